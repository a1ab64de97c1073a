"""Between the domain and the wire: for each thing one file with a pure `build_x` and `read_x`."""
