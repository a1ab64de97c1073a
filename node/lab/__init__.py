"""The lab: three collectives on one machine, to try Qafila out. It talks to nobody but itself."""
