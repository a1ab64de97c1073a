"""Backups: the whole collective in one file, encrypted, the same from either database."""
