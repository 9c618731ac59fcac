"""What the documents point at is there: files, headings of the house, commands and make targets."""

import re
from pathlib import Path

import pytest
import typer.main

from app.cli import cli

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")])
COMMANDS = typer.main.get_command(cli)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_links_and_pictures_of_a_page_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    own = [target for target in targets if not re.match(r"[a-z]+:", target)]
    assert [target for target in own if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_commands_that_a_page_names_exist(page: Path) -> None:
    named = set(re.findall(r"\bmingzhang ([a-z]+)\b", page.read_text(encoding="utf-8")))
    assert named - set(getattr(COMMANDS, "commands", {})) == set()


def test_every_command_is_told_of_in_some_page() -> None:
    every = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [name for name in getattr(COMMANDS, "commands", {}) if not re.search(rf"[` ]{name}\b", every)] == []


def test_the_readme_names_the_two_commands_exactly() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for command in ("make serve", "make test"):
        assert f"```\n{command}\n```" in readme
        assert command.removeprefix("make ") in targets


def test_the_readme_maps_every_room() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    rooms = {path.parent.name for path in REPOSITORY.glob("*/__init__.py")}
    assert {room for room in rooms if f"| `{room}/` |" not in readme} == set()


def test_the_changelog_heads_this_version() -> None:
    changelog = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    (version,) = re.findall(
        r'^version = "(.+)"$', (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert f"\n## {version}\n" in changelog
