"""The first load of the made-up district: write, load, evaluate, dispatch."""

import datetime as dt
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.jobs import send_due
from app.judging import ONE_DAY, judge
from app.loading import Loaded, load_files
from app.output import note
from app.reading import Refused
from app.wiring import House
from budget.calendar import Quarter
from ingest.mapping import reference_files
from sample.people import OFFICES
from sample.write import write_sample
from warehouse.engine import reading, writing
from warehouse.findings import latest_run
from warehouse.notes import SAMPLE_LOADED, SAMPLE_SCALE, SAMPLE_UNTIL, save_note
from warehouse.offices import Office, save_offices

SEED = 20260101
QUARTERS_BACK = 4
Say = Callable[[str], None]


@dataclass(frozen=True)
class FirstLoad:
    """The first load of the sample, or what is left of one that was interrupted."""

    house: House
    until: dt.date
    scale: float

    def __call__(self, say: Say) -> None:
        """Write, load, evaluate and dispatch; every step may be repeated and goes on where it was cut off."""
        began = self.house.clock()
        files = self._write(say)
        self._load(files, say)
        self._judge(say)
        self._report(say)
        say(f"[4/4] {self._mails()}")
        with writing(self.house.engine) as connection:
            save_note(connection, SAMPLE_LOADED, self.house.clock().isoformat())
        say(f"The sample district is ready after {(self.house.clock() - began).total_seconds():.0f} s.")

    def _write(self, say: Say) -> list[Path]:
        folder = self.house.data / "sample"
        say(f"[1/4] Writing the sample district 青禾区 (made up) up to {self.until} into {folder}")
        with writing(self.house.engine) as connection:
            save_note(connection, SAMPLE_UNTIL, self.until.isoformat())
            save_note(connection, SAMPLE_SCALE, str(self.scale))
            save_offices(connection, [Office(**office._asdict()) for office in OFFICES])
        return list(write_sample(folder, until=self.until, seed=SEED, scale=self.scale).files)

    def _load(self, files: list[Path], say: Say) -> None:
        say(f"[2/4] Loading {len(files)} delivered files")
        counted = _Counter(len(files), say)
        load_files(self.house, files, actor="sample", workers=os.cpu_count() or 1, watch=counted)
        counted.close()

    def _judge(self, say: Say) -> None:
        days = list(self._quarter_ends())
        say(f"[3/4] Evaluating {len(days)} past quarter ends and {self.until}")
        for day in days:
            if not self._is_judged(day):
                judge(self.house, as_of=day, history=True)
        if not self._is_judged(self.until):
            judged = judge(self.house, as_of=self.until)
            found = ", ".join(f"{count} {level}" for level, count in judged.levels.items())
            say(f"      findings as of {self.until}: {found}")

    def _mails(self) -> str:
        """Send the digests and say where they went, and how many still wait."""
        done, mail = send_due(self.house), self.house.settings.mail
        went = f"sent through {mail.smtp.host}" if mail.transport == "smtp" else f"written to {self.house.mail}"
        waiting = f", {done.deferred} wait for the mail server" if done.deferred else ""
        refused = f", {done.dead} refused for good" if done.dead else ""
        return f"{done.sent} digests {went}{waiting}{refused}"

    def _report(self, say: Say) -> None:
        """Draft the last finished quarter's report of every office that has none."""
        # Imported here: documents need heavy libraries, and only what gets this far pays for them.
        from app.reporting import draft_reports, last_finished  # noqa: PLC0415

        quarter = last_finished(self.until)
        drafted = draft_reports(self.house, quarter, only_missing=True)
        say(f"      drafted {len(drafted)} reports of {quarter}")

    def _quarter_ends(self) -> Iterator[dt.date]:
        """Yield the last days of the quarters before the one that contains the sample's last day, oldest first."""
        days, quarter = [], Quarter.of(self.until)
        for _ in range(QUARTERS_BACK):
            quarter = Quarter.of(quarter.first_day - ONE_DAY)
            days.append(quarter.last_day)
        yield from reversed(days)

    def _is_judged(self, day: dt.date) -> bool:
        with reading(self.house.engine) as connection:
            return latest_run(connection, as_of=day, include_history=True) is not None


class _Counter:
    """Counts loaded files and says so now and then."""

    EVERY = 25

    def __init__(self, total: int, say: Say) -> None:
        self._total, self._say = total, say
        self._files = self._rows = 0

    def __call__(self, loaded: Loaded) -> None:
        self._files += 1
        if isinstance(loaded, Refused):
            note(f"      refused: {loaded.reason}")
        else:
            self._rows += loaded.accepted
            if loaded.status == "held":
                self._say(f"      held, as a person has to look at it: {loaded.file}")
        if self._files % self.EVERY == 0:
            self._line()

    def close(self) -> None:
        """Say the total."""
        if self._files % self.EVERY:
            self._line()

    def _line(self) -> None:
        self._say(f"      {self._files}/{self._total} files, {self._rows:,} rows")


def load_reference(house: House) -> None:
    """Load the classification tables that are shipped, which every warehouse needs."""
    load_files(house, reference_files(), actor="mingzhang")


def write_files(folder: Path, *, until: dt.date, seed: int, scale: float) -> list[Path]:
    """Write the sample's files and planted.json into a folder and return the files."""
    return list(write_sample(folder, until=until, seed=seed, scale=scale, progress=note).files)
