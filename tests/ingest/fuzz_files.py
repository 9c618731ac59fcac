"""Broken files by number: valid tables of every format, spoiled as files get spoiled; one number, one file."""

import base64
import gzip
import html
import io
import json
import random
import zipfile
from collections.abc import Callable

import xlsxwriter
import xlwt

Row = list[str]
HEADER = ["单位", "凭证", "日期", "金额", "用途"]
FORMATS = ["csv", "xlsx", "xls", "html", "mhtml", "xml", "json", "jsonl"]
NASTY = [
    "1e308", "-1e308", "1E-320", "NaN", "inf", "-0", "-0.00", "0", "9" * 400, "1,2,3", "1,234.5", "（1.00）", "12.5%",
    "=1/0", "=cmd|' /C calc'!A0", "@SUM(A1)", "+1", "#DIV/0!", "#REF!", "2.01E+06", "4.40604E+11", "１２３．４５", "—",
    "0000-00-00", "9999-12-31", "2026-02-30", "2026-13-01", "43555", "2958466", "-1", "20260606", "2026年6月", "25:61",
    "", " ", "\u3000", "\u00a0", "\u200b", "\ufeff", "\u202e1.00\u202c", "a\u200db", "\x01\x02\x1b[2J", "\x7f", "␀",
    "合计", "合    计", "小计", "注：完", "第 1 页", "单位", "金额", "'00123", '="00123"', '"', '""', "'", ",", "\t",
    "|", "a\nb", "a\r\nb", "\r", "\u2028", "\u0085", "𠮷野家", "é", "€", "x" * 300, "教" * 40_000, "{", "}", "[",
    "]", "<td>", "</table>", "&nbsp;", "&#0;", "&#xD800;", "&#99999999;", "<!--", "]]>", "<![CDATA[", "\\", "\\ud800",
    "null",
]  # fmt: skip
BYTES = [
    b"\x00", b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\x80", b"\r", b"\n", b"\r\n",
    b"\n\r", b'"', b",", b"\t", b"\x1a", b"PK\x03\x04", b"\x1f\x8b", b"<", b">", b"&", b"}", b"]", b"{" * 50,
    b"[" * 2_000,
    b"\xa1\xa1", "单位".encode("gb18030"), "单位".encode(), b"\xff" * 64, b"\x00" * 64, b'<td colspan="99999999">',
    b'<td rowspan="99999999">', b"<table><tr><td>", b"</td></tr></table>", b'ss:Index="99999999"', b'r="XFD1048576"',
    b"<!DOCTYPE a [<!ENTITY a '&a;&a;'>]>&a;",
]  # fmt: skip


def good_rows(chance: random.Random) -> list[Row]:
    """Return a header, some payments, and their total."""
    rows, total = [], 0
    for number in range(chance.randint(1, 12)):
        fen = chance.randint(-10_000, 10_000_000)
        total += fen
        unit = chance.choice(["101001", "102001", "0103"])
        # A voucher that another delivery has would hold the file for that alone.
        voucher = f"V{chance.randrange(10**12)}-{number}"
        rows.append([unit, voucher, f"2026-6-{chance.randint(1, 30)}", _yuan(fen), chance.choice(["办公费", "水费"])])
    return [list(HEADER), *rows, ["合计", "", "", _yuan(total), ""]]


def _yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def written(rows: list[Row], kind: str, chance: random.Random) -> bytes:
    """Write a table in a format."""
    return _WRITERS[kind](rows, chance)


def _csv(rows: list[Row], chance: random.Random) -> bytes:
    ends = chance.choice(["\r\n", "\n"])
    lines = [
        ",".join('"' + cell.replace('"', '""') + '"' if set(cell) & set(',"\r\n') else cell for cell in row)
        for row in rows
    ]
    encoding = chance.choice(["utf-8", "utf-8-sig", "gb18030"])
    return (ends.join(lines) + ends).encode(encoding, "surrogatepass" if encoding != "gb18030" else "replace")


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set(',"\r\n') else cell


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).replace("-", "", 1).isdigit() and cell.isascii() and len(cell) < 15


def _xlsx(rows: list[Row], chance: random.Random) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet("支付")
    for r, row in enumerate(rows):
        for c, cell in enumerate(row[:16_384]):
            if r and c == 3 and _is_number(cell):
                page.write_number(r, c, float(cell))
            elif cell.startswith("=") and chance.random() < 0.5:
                page.write_formula(r, c, cell, None, chance.choice(["#DIV/0!", "", "1"]))
            elif cell:
                page.write_string(r, c, cell[:32_767])
    book.close()
    return out.getvalue()


def _xls(rows: list[Row], _chance: random.Random) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("支付")
    for r, row in enumerate(rows[:60_000]):
        for c, cell in enumerate(row[:256]):
            if r and c == 3 and _is_number(cell):
                page.write(r, c, float(cell))
            elif cell == "#DIV/0!":
                page.row(r).set_cell_error(c, cell)
            elif cell:
                page.write(r, c, cell[:32_000].encode("utf-8", "replace").decode())
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _html(rows: list[Row], chance: random.Random) -> bytes:
    quoted = chance.random() < 0.8
    cells = [
        "<tr>" + "".join(f"<td>{html.escape(cell) if quoted else cell}</td>" for cell in row) + "</tr>" for row in rows
    ]
    text = f"<html><meta charset=gb2312><table border=1>{''.join(cells)}</table></html>"
    return text.encode(chance.choice(["utf-8", "gb18030"]), "replace")


def _mhtml(rows: list[Row], chance: random.Random) -> bytes:
    inner = base64.encodebytes(_html(rows, chance)).decode()
    head = "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n"
    return f"{head}Content-Transfer-Encoding: base64\nContent-Location: file:///a.htm\n\n{inner}\n--b--\n".encode()


def _xml(rows: list[Row], _chance: random.Random) -> bytes:
    def cell(text: str) -> str:
        kind = "Number" if "." in text and _is_number(text) else "String"
        return f'<Cell><Data ss:Type="{kind}">{html.escape(text)}</Data></Cell>'

    space = "urn:schemas-microsoft-com:office:spreadsheet"
    body = "".join(f"<Row>{''.join(map(cell, row))}</Row>" for row in rows)
    head = f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}"><Worksheet ss:Name="支付"><Table>'
    return f"{head}{body}</Table></Worksheet></Workbook>".encode("utf-8", "replace")


def _records(rows: list[Row]) -> list[dict[str, str]]:
    return [dict(zip(rows[0], row, strict=False)) for row in rows[1:]]


def _json(rows: list[Row], chance: random.Random) -> bytes:
    return json.dumps(_records(rows), ensure_ascii=chance.random() < 0.5).encode("utf-8", "replace")


def _jsonl(rows: list[Row], chance: random.Random) -> bytes:
    ends = chance.choice(["\n", "\r\n", "\n\n"])
    return ends.join(json.dumps(one) for one in _records(rows)).encode()


_WRITERS: dict[str, Callable[[list[Row], random.Random], bytes]] = {
    "csv": _csv, "xlsx": _xlsx, "xls": _xls, "html": _html, "mhtml": _mhtml, "xml": _xml, "json": _json,
    "jsonl": _jsonl,
}  # fmt: skip


def spoiled_rows(rows: list[Row], chance: random.Random) -> list[Row]:  # noqa: C901  # one case a way to spoil it
    """Return a table with cells, rows and labels as nobody should send them."""
    rows = [list(row) for row in rows]
    for _ in range(chance.randint(1, 4)):
        row = chance.randrange(len(rows))
        match chance.randrange(12):
            case 0:
                rows.insert(row, [chance.choice(NASTY) for _ in HEADER])
            case 1:
                del rows[row]
            case 2:
                rows[row] = rows[row][: chance.randint(0, 5)]
            case 3:
                rows[row] = rows[row] + [chance.choice(NASTY)] * chance.randint(1, 9)
            case 4:
                rows = [[*one, one[-1] if one else ""] for one in rows]
            case 5:
                rows.insert(row, list(HEADER))
            case 6:
                chance.shuffle(rows)
            case 7:
                rows[0] = [*rows[0], *[chance.choice(HEADER)] * chance.randint(1, 3)]
            case _:
                if rows[row]:
                    rows[row][chance.randrange(len(rows[row]))] = chance.choice(NASTY)
        rows = rows or [[]]
    return rows


def spoiled_bytes(content: bytes, chance: random.Random) -> bytes:  # noqa: C901
    """Return bytes as broken lines, disks and editors leave them."""
    for _ in range(chance.choice([1, 1, 1, 2, 5])):
        size = max(len(content), 1)
        at, until = sorted((chance.randrange(size), chance.randrange(size)))
        match chance.randrange(9):
            case 0:
                content = content[:at]
            case 1 | 2:
                changed = bytearray(content)
                for _flip in range(chance.choice([1, 1, 2, 16, 200])):
                    if changed:
                        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
                content = bytes(changed)
            case 3:
                content = content[:at] + chance.choice(BYTES) * chance.choice([1, 1, 50]) + content[at:]
            case 4:
                content = content[:at] + content[until:]
            case 5:
                content = content[:until] + content[at:]
            case 6:
                content = content[:at] + bytes(until - at) + content[until:]
            case 7:
                content = content.replace(b"\r\n", chance.choice([b"\n", b"\r", b"\n\r", b"\r\r\n"]))
            case _:
                content = content.replace(
                    chance.choice([b"1", b",", b"<td", b'"', b"0"]), chance.choice(BYTES), chance.randint(1, 3)
                )
    return content


def spoiled_within(content: bytes, chance: random.Random) -> bytes:
    """Return a zip or gzip that is whole, with something spoiled inside."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        chosen = chance.choice([name for name in names if name.startswith("xl/")] or names)
        for name in names:
            raw = old.read(name)
            new.writestr(name, spoiled_bytes(raw, chance) if name == chosen else raw)
    return out.getvalue()


def packed(content: bytes, name: str, chance: random.Random) -> bytes:
    """Return bytes packed as .gz or .zip."""
    if chance.random() < 0.4:
        return gzip.compress(content, 1)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(name, content)
        if chance.random() < 0.3:
            book.writestr(chance.choice(["说明.txt", "../../a.csv", "__MACOSX/._a"]), b"x")
    return out.getvalue()


def absurd_files() -> list[tuple[str, str, bytes]]:
    """Return name, format and bytes of files made to fill a memory or never to end."""
    chunk = bytes(1 << 20)
    bomb = gzip.compress(chunk, 1) * 300
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book, book.open("a.csv", "w") as member:
        for _ in range(300):
            member.write(chunk)
    wide = ",".join(["单位", "凭证", "日期", "金额", *(f"列{n}" for n in range(10_000))])
    row = "101001,V1,2026-6-1,1.00"
    same = ",".join(["单位", "凭证", "日期", "金额", *["列"] * 10_000])
    many = "<tr>" + "<td>1" * 9_000 + "</tr>"
    far = [list(HEADER), *[[] for _ in range(1_000)], ["", *[""] * 254, "x"]]
    chance = random.Random(0)
    far_xlsx = _xlsx([list(HEADER)], chance)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(far_xlsx)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            raw = old.read(name)
            if name.endswith("sheet1.xml"):
                raw = raw.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
            new.writestr(name, raw)
    return [
        ("bomb.csv", "csv", bomb),
        ("bomb.xlsx", "excel", bomb),
        ("bomb.zip", "csv", inner.getvalue()),
        ("bomb.xlsx", "excel", inner.getvalue()),
        ("wide.csv", "csv", "\n".join([wide, *[row] * 300]).encode()),
        ("same.csv", "csv", "\n".join([same, *[row] * 3]).encode()),
        ("tall.csv", "csv", (",".join(HEADER) + "\n" + "," * 9_000 + "\n" + "\n" * 3_000).encode()),
        ("cell.csv", "csv", (",".join(HEADER) + "\n101001,V1,2026-6-1,1.00," + "教" * 5_000_000).encode()),
        ("quote.csv", "csv", (",".join(HEADER) + '\n"' + "x,\n" * 2_000_000).encode()),
        ("blank.csv", "csv", b"\n" * 1_000_000),
        ("wide.xls", "excel", f"<table>{many * 60}</table>".encode()),
        ("deep.xls", "excel", b"<table><tr><td>" * 50_000),
        ("tags.xls", "excel", b"<b>" * 400_000 + b"<table><tr><td>1"),
        ("far.xls", "excel", _xls(far, chance)),
        ("far.xlsx", "excel", out.getvalue()),
        ("deep.json", "json", b"[" * 5_000_000),
        ("deeper.json", "json", b'[{"a":' * 100_000),
        ("wide.json", "json", json.dumps([{f"k{n}": "1"} for n in range(20_000)]).encode()),
        ("many.json", "json", b"[" + b"{}," * 3_000_000 + b"{}]"),
        ("long.json", "json", b'[{"' + "单位".encode() + b'":' + b"9" * 5_000_000 + b"}]"),
        ("deep.jsonl", "json_lines", b'{"a":' * 1_000_000),
        ("nothing.csv", "csv", b"\x00" * 5_000_000),
    ]


def broken_file(seed: int, number: int) -> tuple[str, str, bytes]:
    """Return name, format of the mapping, and bytes of the broken file of a number."""
    chance = random.Random(f"{seed}-{number}")
    kind = FORMATS[number % len(FORMATS)]
    rows = good_rows(chance)
    if chance.random() < 0.5:
        rows = spoiled_rows(rows, chance)
    content = written(rows, kind, chance)
    if chance.random() < 0.15:
        content += written(good_rows(chance), chance.choice(FORMATS), chance)
    if kind == "xlsx" and chance.random() < 0.6:
        content = spoiled_within(content, chance)
    elif chance.random() < 0.75:
        content = spoiled_bytes(content, chance)
    asked = {"csv": "csv", "json": "json", "jsonl": "json_lines"}.get(kind, "excel")
    if chance.random() < 0.1:
        content = packed(content, f"表.{kind}", chance)
    if chance.random() < 0.05:
        content = spoiled_bytes(content, chance)
    if chance.random() < 0.05:
        asked = chance.choice(["csv", "excel", "json", "json_lines"])
    return f"pay-202606-{number}.{chance.choice([kind, kind, 'xls', 'csv', 'zip'])}", asked, content or b"\n"
