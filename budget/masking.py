"""Personal data as it may leave the house: natural persons' names and bank accounts shortened (个人信息保护法).

Pure. Screens behind a log-in may show more; mail and reports use this.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

# One to three characters after the family name, or a name with the separator dot of 少数民族 names.
_PERSON: Final = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,10}(?:[·•][\u4e00-\u9fff]{1,10})+")
# Characters that end the name of an office or a firm, and words that occur in one; 会 and 社 alone occur in names.
_ORGANISATION: Final = re.compile(
    "[局所厂店院校站部处队馆委办行司]$|公司|中心|银行|集团|小学|中学|大学|协会|商会|工会|委会|基金会|联合会"
    "|合作社|供销社|旅行社|出版社|报社|幼儿园|公园|宾馆|酒店|餐厅|超市|工作室|街道|政府|财政"
)
# Heads of columns that hold names of payees, and of columns whose long numbers are no accounts.
_NAMES: Final = re.compile("收款|户名|姓名|payee")
_CODES: Final = re.compile("编码|代码|编号|凭证|文号|_no$|_code$")
_LONG_NUMBER: Final = re.compile(r"(?<!\d)\d{12,30}(?!\d)")


def is_person(name: str) -> bool:
    """Tell whether a payee reads like a natural person: two to four Chinese characters, no word of an organisation.

    When in doubt the answer is yes, so that a doubtful name is hidden rather than shown.
    """
    return _PERSON.fullmatch(name.strip()) is not None and _ORGANISATION.search(name) is None


def mask_person(name: str) -> str:
    """Keep the family name: 张三丰 becomes 张*; names of organisations stay as they are."""
    return f"{name.strip()[0]}*" if is_person(name) else name


def mask_account(account: str) -> str:
    """Keep the last four digits of a bank account."""
    return f"****{account.strip()[-4:]}" if account.strip() else account


def mask_found(column: str | None, found: str | None, cells: Sequence[str | None] = ()) -> str | None:
    """Return what an unreadable cell says as it may be told.

    A person's name is masked in a column of names, and in longer text where another cell of the row is that name;
    long numbers are shortened but in columns of codes and vouchers.
    """
    if found is None:
        return None
    label, text = column or "", found
    if _NAMES.search(label):
        text = mask_person(text)
    for name in {cell.strip() for cell in cells if cell and is_person(cell)} - {found.strip()}:
        text = text.replace(name, mask_person(name))
    return text if _CODES.search(label) else _LONG_NUMBER.sub(lambda number: mask_account(number[0]), text)


def mask_evidence(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Return a finding's evidence with natural persons and accounts masked wherever they are written.

    Keys that end in ``payee_name`` or ``payee`` hold names, keys that end in ``account`` hold accounts; a person
    named there is masked in every other text too, and long digit runs in any text are shortened.
    """
    people = sorted({name for name in _names(evidence) if is_person(name)}, key=len, reverse=True)
    masked: dict[str, Any] = _masked("", dict(evidence), people)
    return masked


def _names(value: Any, key: str = "") -> list[str]:
    if isinstance(value, Mapping):
        return [name for inner, part in value.items() for name in _names(part, str(inner))]
    if isinstance(value, list | tuple):
        return [name for part in value for name in _names(part, key)]
    return [value.strip()] if isinstance(value, str) and key.endswith(("payee_name", "payee")) else []


def _masked(key: str, value: Any, people: list[str]) -> Any:
    if isinstance(value, Mapping):
        return {inner: _masked(str(inner), part, people) for inner, part in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(key, part, people) for part in value]
    if not isinstance(value, str):
        return value
    if key.endswith("account"):
        return mask_account(value)
    for person in people:
        value = value.replace(person, mask_person(person))
    return (
        value
        if key.endswith(("_no", "_code", "_key", "voucher", "vouchers"))
        else _LONG_NUMBER.sub(lambda found: mask_account(found[0]), value)
    )
