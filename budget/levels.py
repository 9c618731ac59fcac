"""The four warning levels, lowest first, with their Chinese names, glyphs and colours.

The ladder fits an office that cannot block a payment: 蓝 提示, 黄 关注, 橙 函询, 红 约谈.
"""

from typing import Final, Literal, NamedTuple

Level = Literal["blue", "yellow", "orange", "red"]
LEVELS: Final[tuple[Level, ...]] = ("blue", "yellow", "orange", "red")


class LevelLook(NamedTuple):
    """How one level is shown: never by colour alone."""

    colour_name: str
    action: str
    glyph: str
    colour: str


LOOKS: Final[dict[Level, LevelLook]] = {
    "blue": LevelLook("蓝", "提示", "○", "#2F6FAB"),
    "yellow": LevelLook("黄", "关注", "●", "#8A6A00"),
    "orange": LevelLook("橙", "函询", "▲", "#C2570C"),
    "red": LevelLook("红", "约谈", "◆", "#B3261E"),
}


def rank(level: str) -> int:
    """Return the position of a level, 0 for blue up to 3 for red."""
    return LEVELS.index(level)
