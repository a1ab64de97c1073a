"""Reads a collective's own spreadsheet: bytes in, drafts and named problems out. `reader` is the way in."""
