"""A made-up district that writes raw feed files, with planted irregularities and their list."""
