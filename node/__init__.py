"""One collective's house: its database, its use cases, its command line and its pages."""
