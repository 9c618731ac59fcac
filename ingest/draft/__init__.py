"""Drafting a mapping for a file nobody has seen: what it looks like, which feed it is, which column is which."""
