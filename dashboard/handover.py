"""What the pages need to take deliveries in: files put aside, dry runs, publishing, release; passed in by ``app``."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, Literal, Protocol

from budget.refusals import Refusal
from dashboard.services import Account

HANDS_OVER = frozenset({"committee", "system_admin", "office"})
Allows = Callable[[Collection[str | None]], bool]
Problem = Literal["division", "gone", "refused", "done_before"]


class Waiting(Protocol):
    """A file that waits aside for its owner's word."""

    @property
    def token(self) -> str:
        """Return the random name it is found by."""

    @property
    def file_name(self) -> str:
        """Return the name it was delivered under."""

    @property
    def byte_count(self) -> int:
        """Return its size."""

    @property
    def put_at(self) -> dt.datetime:
        """Return when it came, aware UTC."""

    @property
    def batch(self) -> int | None:
        """Return the batch that was made of it; None while it waits."""


@dataclass(frozen=True, kw_only=True)
class MappingName:
    """A mapping to choose from; ``fits`` tells whether it knows the file by its name."""

    name: str
    title: str
    fits: bool = False


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A dry run: ``run`` as ``ingest.dry_run.DryRun.as_json`` gives it, None without a mapping or with a problem.

    ``divisions`` are those whose data it states or would replace; None among them for what belongs to several.
    """

    mappings: Sequence[MappingName] = ()
    mapping: str | None = None
    run: Mapping[str, Any] | None = None
    divisions: frozenset[str | None] = field(default_factory=frozenset)
    problem: str = ""
    refusal: Refusal | None = None  # the problem as code and parts, where it has them


@dataclass(frozen=True, kw_only=True)
class Done:
    """What came of an act: the batch that stands for it, or why nothing was done, with the machine's own words."""

    batch: int | None = None
    problem: Problem | None = None
    words: str = ""
    refusal: Refusal | None = None  # the words as code and parts, where they have them


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A file that was put aside, or why it was not: its name, its size, or a disk that takes nothing."""

    token: str = ""
    problem: Literal["name", "size", "disk"] | None = None


class Handover(Protocol):
    """Taking deliveries in on somebody's word. ``allows`` says whether this person may touch some divisions."""

    def put_aside(self, owner: str, file_name: str, source: IO[bytes]) -> Kept:
        """Keep a file aside and return its token, or why it is not taken."""

    def find(self, owner: str, token: str) -> Waiting | None:
        """Return an owner's file; None where there is none, also where it is another's."""

    def waiting(self, owner: str) -> Sequence[Waiting]:
        """Return an owner's files, the newest first."""

    def drop(self, owner: str, token: str) -> None:
        """Forget a file."""

    def try_out(self, owner: str, token: str, mapping: str | None) -> Tried:
        """Read a file and tell what publishing it would do; without a mapping the one that its name fits."""

    def publish(self, owner: str, token: str, mapping: str, allows: Allows) -> Done:
        """Publish or hold a file, once however often it is asked."""

    def preview(self, batch_id: int) -> Tried:
        """Tell what releasing a held batch would do, with its mapping as it is now."""

    def release(self, batch_id: int, actor: str, reason: str, allows: Allows) -> Done:
        """Publish a held batch for a reason."""

    def replay(self, batch_id: int, actor: str, allows: Allows) -> Done:
        """Read a batch's bytes again with its mapping as it is now."""


def may_hand_over(account: Account) -> bool:
    """Tell whether somebody may hand deliveries over at all, and so sees the pages for it."""
    scope = account.scope
    return account.role in HANDS_OVER and (scope.divisions is None or bool(scope.divisions))


def may_touch(account: Account, divisions: Collection[str | None]) -> bool:
    """Tell whether somebody may put data of some divisions in force: an office its own only, and never of unknown."""
    if not may_hand_over(account):
        return False
    if account.scope.divisions is None:
        return True
    return bool(divisions) and all(account.scope.allows(one) for one in divisions)
