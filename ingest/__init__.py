"""Sources, readers, mapping, checks and publishing of delivered files."""
