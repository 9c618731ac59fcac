"""One component for one thing, drawn the same on every page."""
