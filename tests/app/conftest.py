"""Fixtures of the running program, for every test of this folder."""

from running_program import port, small_house, story

__all__ = ["port", "small_house", "story"]
