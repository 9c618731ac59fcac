"""settings.toml is strict, its defaults are the program's, and every key of it is explained."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from app.settings import CHECKOUT, Section, Settings, SettingsError, read_secret, read_settings, settings_path


def keys(model: type[BaseModel] = Settings, section: str = "") -> Iterator[tuple[str, str]]:
    """Yield (section, key) of every setting that is a plain value."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, Section):
            yield from keys(kind, f"{section}.{name}".lstrip("."))
        elif name != "rules":
            yield section, name


def sections_of(text: str, head: str) -> dict[str, str]:
    """Split a document at its section heads into name -> text."""
    parts = re.split(head, text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


SHIPPED = CHECKOUT / "settings.toml"


@pytest.mark.parametrize(("section", "key"), list(keys()))
def test_every_key_is_shipped_with_a_comment_and_documented(section: str, key: str) -> None:
    shipped = sections_of(SHIPPED.read_text(encoding="utf-8"), r"^\[([a-z.]+)\]$")
    assert re.search(rf"^# .+\n{key} = ", shipped[section], re.MULTILINE), f"[{section}] {key} has no comment above it"
    manual = sections_of((CHECKOUT / "docs" / "settings.md").read_text(encoding="utf-8"), r"^## \[([a-z.]+)\]$")
    assert f"\n| `{key}` |" in manual[section], f"docs/settings.md has no row for [{section}] {key}"


def test_the_manual_explains_no_key_that_is_not_there() -> None:
    manual = sections_of((CHECKOUT / "docs" / "settings.md").read_text(encoding="utf-8"), r"^## \[?([A-Za-z.]+)\]?$")
    told = {
        (section, key)
        for section, text in manual.items()
        for key in re.findall(r"^\| `([a-z_]+)` \|", text, re.MULTILINE)
    }
    assert told == set(keys())


def test_the_shipped_file_states_the_defaults() -> None:
    shipped = read_settings(SHIPPED).model_dump(exclude={"rules"})
    assert shipped == Settings().model_dump(exclude={"rules"})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(
            "[report]\nrest_day = 'later'",
            "settings.toml [report]: unknown key 'rest_day'; known keys: rest_day_rule",
            id="an unknown key names the known ones",
        ),
        pytest.param(
            "[mail.smtp]\nhots = ''",
            "settings.toml [mail.smtp]: unknown key 'hots'; "
            "known keys: host, port, security, username, ca_file, timeout_seconds",
            id="an inner section names its own keys",
        ),
        pytest.param("[sight]", "settings.toml: unknown section 'sight'; known sections: site, data", id="a section"),
        pytest.param("[web]\nport = '80'", "settings.toml [web]: key 'port' is '80': ", id="text is not a number"),
        pytest.param("[web]\nport = 65536", "[web]: key 'port' is 65536: ", id="above the last port"),
        pytest.param("[metrics]\nenabled = 1", "[metrics]: key 'enabled' is 1: ", id="a number is not a flag"),
        pytest.param("[site]\ntimezone = 'Mars'", "'Mars' is not a time zone like Asia/Shanghai", id="no such zone"),
        pytest.param("[site]\ndistrict_code = '99010100'", "[site]: key 'district_code'", id="eight digits"),
        pytest.param("[schedule]\ninbox = '* * *'", "is not five crontab fields", id="three crontab fields"),
        pytest.param("[schedule]\ninbox = '0 6 * * 1'", "mon to sun was expected", id="a numbered weekday"),
        pytest.param("[mail]\ntransport = 'fax'", "'files' or 'smtp'", id="an unknown transport"),
        pytest.param("[mail]\nbase_url = 'mz.example.test'", "is not a web address like https://", id="no scheme"),
        pytest.param("[mail]\noperator = 'wang'", "'wang' is not a mail address like name@", id="an operator's name"),
        pytest.param("[levels.codes]\nred = 2", "two levels have one code", id="two levels with one number"),
        pytest.param("web = 3", "key 'web' is 3", id="a section that is a number"),
        pytest.param("[web", "is not a TOML file", id="broken TOML"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        read_settings(path)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml: the settings file cannot be read"):
        read_settings(tmp_path / "nowhere.toml")


def test_the_file_given_comes_first_then_the_environment_then_the_checkout() -> None:
    environment = {"MINGZHANG_SETTINGS": "/etc/mingzhang.toml"}
    assert settings_path(Path("mine.toml"), environment) == Path("mine.toml")
    assert settings_path(None, environment) == Path("/etc/mingzhang.toml")
    assert settings_path(None, {}) == SHIPPED


def test_a_secret_comes_from_the_environment_or_from_a_file_but_not_from_both(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("s3cret\n", encoding="utf-8")
    assert read_secret("MINGZHANG_SMTP_PASSWORD", {}) is None
    assert read_secret("MINGZHANG_SMTP_PASSWORD", {"MINGZHANG_SMTP_PASSWORD": "s3cret"}) == "s3cret"
    assert read_secret("MINGZHANG_SMTP_PASSWORD", {"MINGZHANG_SMTP_PASSWORD_FILE": str(file)}) == "s3cret"
    with pytest.raises(SettingsError, match="both"):
        read_secret("K", {"K": "a", "K_FILE": str(file)})
    with pytest.raises(SettingsError, match="cannot be read"):
        read_secret("K", {"K_FILE": str(tmp_path / "missing")})
    file.write_text("\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="is empty"):
        read_secret("K", {"K_FILE": str(file)})
