"""What every channel is: something that takes one claimed message and says what the other side answered."""

from typing import Protocol

from warehouse.outbox import Claimed


class ChannelError(RuntimeError):
    """A message was not taken; ``is_permanent`` tells whether trying again could help. The text is safe to store."""

    def __init__(self, words: str, *, is_permanent: bool) -> None:
        super().__init__(words)
        self.is_permanent = is_permanent


class Channel(Protocol):
    """One way to reach people."""

    def send(self, claimed: Claimed) -> str:
        """Hand a message over and return the other side's words; raise ChannelError where it was not taken."""
        ...
