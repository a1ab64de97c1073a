"""The machine side: what other nodes, and the programs of people, ask of this one."""
