"""Dash pages over stored results."""
