"""Drafting for every kind of file, and for what is no table at all: a draft or a sentence, never a crash."""

import io
import zipfile

import pytest
from draft_ground import PLATFORM
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest_ground import csv_bytes, write_xlsx

from ingest.draft.opening import open_unknown
from ingest.draft.propose import draft_mapping
from ingest.prepare import NO_LIMITS_GIVEN
from ingest.problems import IngestError


def test_the_sheet_with_the_table_is_chosen(tmp_path):
    rows = [["单位编码", "单位名称", "支付日期", "支付金额"], ["101001", "教育局", "2026-6-1", 12.5]]
    path = write_xlsx(tmp_path / "支付202606.xlsx", rows, sheet="明细")
    draft = draft_mapping(path.name, path.read_bytes(), division="990101010")
    assert (draft.sheet, draft.table["format"], draft.trial.accepted) == ("明细", "excel", 1)


def test_json_lines_and_a_list_within_a_document():
    row = '{"unit_code": "101001", "unit_name": "教育局", "paid_on": "2026-06-01", "payment_fen": "12.50"}'
    lines = draft_mapping("pay-202606.json", f"{row}\n{row}\n".encode(), division="990101010")
    nested = draft_mapping("pay-202606.json", f'{{"data": {{"rows": [{row}]}}}}'.encode(), division="990101010")
    assert (lines.table["format"], lines.trial.accepted) == ("json_lines", 2)
    assert (nested.table["records"], nested.trial.accepted) == ("data.rows", 1)


def test_a_packed_file_names_its_member():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.csv", PLATFORM)
    draft = draft_mapping("zf_202605.zip", packed.getvalue())
    assert draft.table["member"] == r"^inner\.csv$"
    assert draft.trial.accepted == 20


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.csv", b"", "is empty"),
        ("numbers.csv", b"1,2,3\r\n4,5,6\r\n", "no header row found"),
        ("broken.xlsx", b"PK\x03\x04 and no more", "broken.xlsx"),
        ("broken.json", b"[{", "is not JSON"),
        ("broken.gz", b"\x1f\x8b\x08\x00", "not a whole gzip file"),
        ("zeros.bin", bytes(64), "zeros.bin"),
        ("blank.csv", b"\r\n,,\r\n", "no header row found"),
    ],
)
def test_a_file_that_is_no_table_gets_a_sentence(name, content, told):
    with pytest.raises(IngestError, match=told):
        draft_mapping(name, content)


def draft_or_sentence(name, content, **said):
    """Return the draft, or the sentence with which it was refused; any other exception is a failure."""
    try:
        return draft_mapping(name, content, **said)
    except IngestError as error:
        return str(error)


@settings(max_examples=80)
@given(
    st.sampled_from([b"", b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1"), b"\x1f\x8b", b"[", b"{", b"<html>"]),
    st.binary(max_size=300),
)
def test_any_bytes_give_a_draft_or_a_sentence(magic, rest):
    draft = draft_or_sentence("x.csv", magic + rest)
    assert draft
    assert isinstance(draft, str) or draft.missing or draft.trial is not None


@settings(max_examples=80)
@given(st.lists(st.lists(st.text(max_size=12), min_size=2, max_size=6), min_size=2, max_size=6))
def test_any_cells_give_a_draft_or_a_sentence(rows):
    lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    draft = draft_or_sentence("支付202606.csv", csv_bytes(*lines), feed="payments", division="990101010")
    assert draft
    assert isinstance(draft, str) or draft.mapping.startswith("# Drafted from")


@pytest.mark.parametrize(
    ("encoding", "cells", "found"),
    [
        ("gb18030", "单位,局1,办公3", "gb18030"),
        ("gb18030", "局1,局2,ZF3", "gb18030"),
        ("utf-8", "单位,局1,办公3", "utf-8"),
        ("utf-8-sig", "单位,局1,办公3", "utf-8"),
        ("cp1252", "Número,Descripción,CONSTRUCCIÓN DE PUENTE VEHÍCULAR", "cp1252"),
        ("cp1252", "Año,Peñón,Español", "cp1252"),
        ("cp932", "局名,支払いについて,ファイル", "cp932"),
    ],
)
def test_the_encoding_is_told_by_the_text(encoding, cells, found):
    lines = ["单位编码,金额" if encoding.startswith(("gb", "utf")) else "codigo,importe", *[f"{cells},2026-1-1"] * 30]
    content = "\r\n".join(lines).encode(encoding)
    opened = open_unknown("a.csv", content, NO_LIMITS_GIVEN)
    assert opened.encoding == found
    assert opened.sheets[0].cells["c0"][1] == cells.split(",")[0]


def test_a_table_of_ten_thousand_columns_is_looked_at_in_part():
    lines = [",".join(f"列{n}" for n in range(10_000)), *[",".join(map(str, range(10_000)))] * 5]
    draft = draft_mapping("wide.csv", csv_bytes(*lines))
    assert draft.missing
    assert "no feed fits well" in draft.notes[0]
    assert draft.notes[-1] == "of 10,000 columns the first 150 were looked at"
