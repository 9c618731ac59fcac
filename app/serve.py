"""``mingzhang serve``: one parent that makes things ready, starts the web and scheduler processes and watches them."""

import signal
import time
from dataclasses import replace
from types import FrameType

from app.address import address_of, answers
from app.children import Child, start_child, stop_children
from app.output import note, print_table, say
from app.people import fresh_sample_passwords, list_people
from app.sample import SampleWish, sample_to_load
from app.settings import SETTINGS_ENV
from app.wiring import DATA_ENV, House, secret_key
from sample.people import ACCOUNTS, DIVISION_NAMES
from warehouse.accounts import ROLES, Account
from warehouse.engine import reading
from warehouse.notes import SAMPLE_UNTIL, read_note
from warehouse.opening import make_ready

ANSWER_SECONDS = 60.0
GLANCE_SECONDS = 0.1
WATCH_SECONDS = 0.5
INTERRUPTED = 130


class Service:
    """The running service: everything it starts is a child of this process and ends with it."""

    def __init__(self, house: House, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._house = replace(house, served_at=self.address)
        self._children: list[Child] = []

    def run(self, wish: SampleWish | None) -> int:
        """Make ready, serve until told to stop, and return the exit code."""
        # SIGINT too: a shell that starts us in the background hands it down as ignored.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _interrupt)
        is_serving = False
        try:
            self._make_ready(wish)
            self._start("web", "app.web", self._host, str(self._port))
            check_rules(self._house)
            check_sources(self._house)
            passwords = self._sample_passwords()
            is_serving = self._wait_for_answer()
            if is_serving:
                self._start("scheduler", "app.schedule", self.address)
                self._welcome(passwords)
            return self._watch()
        except KeyboardInterrupt:
            say("\nStopping …" if is_serving else "\nStopped before it was ready; the next start goes on from here.")
            return 0 if is_serving else INTERRUPTED
        finally:
            # From here on a second Ctrl-C would only leave something behind.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            stop_children(self._children)

    def _make_ready(self, wish: SampleWish | None) -> None:
        is_new = make_ready(self._house.engine, self._house.clock()) == "empty"
        if is_new:
            say(f"Made an empty warehouse in {self._house.data}")
        secret_key(self._house)
        sample = sample_to_load(self._house, wish)
        if sample or is_new:
            # Imported here: a start that loads nothing answers sooner without it.
            from app.first_load import FirstLoad, load_reference  # noqa: PLC0415

            check_rules(self._house)
            load_reference(self._house)
            if sample:
                FirstLoad(self._house, sample.until, sample.scale)(say)
        # Children open connections of their own; an embedded warehouse is best left by whoever is done with it.
        self._house.engine.dispose()

    def _start(self, name: str, module: str, *arguments: str) -> None:
        data = str(self._house.data)
        places = [str(self._house.settings_file.absolute()), data]
        known = {SETTINGS_ENV: places[0], DATA_ENV: data}
        self._children.append(start_child(name, module, [*arguments, *places], known))

    def _sample_passwords(self) -> list[tuple[Account, str]]:
        with reading(self._house.engine) as connection:
            is_sample = read_note(connection, SAMPLE_UNTIL) is not None
        return fresh_sample_passwords(self._house, ACCOUNTS) if is_sample else []

    def _wait_for_answer(self) -> bool:
        """Wait until the pages answer; False when a child ended meanwhile, or nothing came for a minute."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline and self._ended() is None:
            if answers(self._host, self._port):
                return True
            time.sleep(GLANCE_SECONDS)
        return False

    def _ended(self) -> Child | None:
        return next((child for child in self._children if child.process.poll() is not None), None)

    def _watch(self) -> int:
        """Wait until a child ends, which it should not: the others are stopped then, and whoever runs us restarts."""
        while (ended := self._ended()) is None:
            time.sleep(WATCH_SECONDS)
        note(f"mingzhang: the {ended.name} process ended with code {ended.process.returncode}; stopping everything")
        return 1

    def _welcome(self, passwords: list[tuple[Account, str]]) -> None:
        say(f"\n明账 Mingzhang answers at {self.address}")
        if passwords:
            say("The sample district's people (passwords hold until the next start):\n")
            heads = ("user 用户名", "password 密码", "role 角色", "sees 可见范围")
            print_table(heads, [(one.username, made, ROLES[one.role], _sees(one)) for one, made in passwords])
        elif not list_people(self._house):
            say('Nobody can log in yet: make an account with "mingzhang user add NAME --role committee".')
        say("\nCtrl-C stops everything.")

    @property
    def address(self) -> str:
        """Return the address a browser on this machine opens."""
        return address_of(self._host, self._port)


def _sees(account: Account) -> str:
    return "全区" if account.division_code is None else DIVISION_NAMES[account.division_code]


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def check_rules(house: House) -> None:
    """Refuse settings of rules that cannot be used; a nightly run would be a late moment to find out."""
    # Imported here: while the children get ready there is time for it.
    from app.rule_settings import rule_params  # noqa: PLC0415

    rule_params(house)


def check_sources(house: House) -> None:
    """Refuse sources that cannot be used, two that would deliver the same, and a calendar that is wrong."""
    # Imported here: while the children get ready there is time for it.
    from app.fetching import known_sources  # noqa: PLC0415
    from app.freshness import checked_calendar  # noqa: PLC0415

    known_sources(house)
    checked_calendar(house)
