"""Checks before publishing, a file each: pure functions from a Case to Check rows; the registry lists them."""
