"""JSON of both kinds becomes rows without losing a digit, a key or a line."""

import pytest
from ingest_ground import PAYMENTS, mapping_of, read

from ingest.delivery import Delivery
from ingest.mapping_parts import TableSpec
from ingest.problems import UnreadableError
from ingest.readers import Limits, read_sheets

JSON, LINES = TableSpec(format="json"), TableSpec(format="json_lines")


def cells(content, table=LINES, limits=None):
    raw = content if isinstance(content, bytes) else content.encode()
    return read_sheets("a.json", Delivery.of_bytes(raw), table, limits or Limits())[0].cells.rows()


def test_a_row_counts_as_the_line_it_stands_on():
    content = '{"a": "001", "b": 1.50}\r\n\r\n{"b": 12345678901234567.1}\n\n\n'
    assert cells(content) == [("a", "b"), ("001", "1.50"), (None, None), (None, "12345678901234567.1")]


def test_only_a_line_feed_ends_a_line():
    assert cells('{"a": "x\u2028y"}\n{"a": "z"}') == [("a",), ("x\u2028y",), ("z",)]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"a": 1}\n{"a": 2', r"a\.json line 2 is not JSON"),
        ('{"a": 1}\n[2]', "line 2 is no object; one object a line was expected"),
        ('[{"a": 1}]', "line 1 is no object"),
        ('{"a": 1, "a": 2}', 'line 1 is not JSON: the key "a" stands twice in one object'),
        ('{"a":' * 100_000, "line 1 is not a table: its objects lie too deep"),
        ("\n" * 200, "has more than 100 lines"),
        (b"\xff\xff", "is none of utf-8-sig"),
    ],
)
def test_lines_that_are_no_objects_refuse_the_file_and_say_which(content, told):
    with pytest.raises(UnreadableError, match=told):
        cells(content, limits=Limits(cells=100))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[" * 100_000, "lie too deep within one another"),
        ('[{"a": 1, "a": 2}]', 'the key "a" stands twice in one object'),
        ("[" + ",".join(f'{{"a{n}": 1}}' for n in range(200)) + "]", "spans 200 rows and 200 columns"),
        ("[" + "{}," * 1_000_001 + "{}]", "deliver one object a line"),
    ],
)
def test_lists_that_would_fill_the_memory_or_lose_a_value_are_refused(content, told):
    with pytest.raises(UnreadableError, match=told):
        cells(content, JSON, Limits(cells=10_000))


def test_a_key_that_stands_twice_is_told_in_words_with_its_line():
    for content, table, code in (
        ('{"a": 1}\n{"a": 1, "a": 2}', LINES, "json_line_twin_key"),
        ('[{"a": 1, "a": 2}]', JSON, "json_twin_key"),
    ):
        with pytest.raises(UnreadableError) as raised:
            cells(content, table)
        told = raised.value.refusal
        assert (told.code, told.parts["key"], told.parts["line"]) == (code, "a", 2 if table is LINES else 0)


def test_a_missing_key_is_named_with_the_closest_key_and_with_no_value(tmp_path):
    text = PAYMENTS.replace('format = "csv"', 'format = "json_lines"').replace('from = "金额"', 'from = "amount/value"')
    content = '{"单位": "1", "凭证": "v", "日期": "20260601", "amount": 5, "flag": "value of it"}'.encode()
    (reason,) = read(mapping_of(tmp_path, text), "pay-202606.csv", content).hold_reasons
    assert reason.endswith('the closest to "amount/value" is "amount" in the keys')


def test_lone_halves_of_surrogate_pairs_and_nul_can_be_stored():
    assert cells('[{"a\\ud800": "\\udfff\\u0000"}]', JSON) == [("a?",), ("?␀",)]
