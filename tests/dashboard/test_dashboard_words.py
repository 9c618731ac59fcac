"""Every word on the screen has its English, and every English text has its message."""

import re
import string
from pathlib import Path

from babel.messages.extract import extract_from_dir

import dashboard
from budget import counted, expectations, flagged, holding, refusals
from dashboard.words import english, language_of, words

ROOM = Path(dashboard.__file__).parent
TEMPLATE_CALL = re.compile(r't\("([^"]+)"')


def messages() -> set[str]:
    """Return every message that the code and the templates ask for, and those that budget keeps for page and mail."""
    found = extract_from_dir(str(ROOM), method_map=[("**.py", "python")], keywords={"t": None, "noted": None})
    in_code = {message for _file, _line, message, _comments, _context in found if isinstance(message, str)}
    in_pages = {
        message
        for path in (ROOM / "templates").glob("*.html")
        for message in TEMPLATE_CALL.findall(path.read_text("utf-8"))
    }
    modules = (holding, expectations, refusals, counted, flagged)
    return in_code | in_pages | {message for module in modules for message in module.MESSAGES}


def fields(text: str) -> set[str]:
    """Return the names of the figures in a message."""
    return {name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name}


def test_extraction_sees_the_pages() -> None:
    assert {"总览", "登录", "政府性基金预算", "看线索"} <= messages()


def test_every_message_has_english() -> None:
    assert sorted(messages() - set(english())) == []


def test_no_english_is_left_over() -> None:
    from_levels = {"蓝", "黄", "橙", "红", "提示", "关注", "函询", "约谈"}
    assert sorted(set(english()) - messages() - from_levels) == []


def test_english_keeps_the_figures_of_its_message() -> None:
    assert {message: text for message, text in english().items() if fields(message) != fields(text)} == {}


def test_english_has_no_chinese_left_but_names_of_languages() -> None:
    assert [text for text in english().values() if re.search("[一-鿿]", text)] == []


def test_an_unknown_language_is_chinese() -> None:
    assert language_of("fr") == "zh"
    assert words(language_of(None))("总览") == "总览"


def test_a_message_is_filled_in_both_languages() -> None:
    assert words("zh")("{count} 天", count=3) == "3 天"
    assert "3" in words("en")("{count} 天", count=3)
