"""For programs that watch a node: is it alive, and how much does it do. Never who."""
