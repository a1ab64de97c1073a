"""How fast, how large, how soon: one table, measured against ceilings of the same run. See `__main__`."""
