"""Masking of personal data: natural persons' names and account numbers are never shown or exported whole."""

import re
from collections.abc import Mapping
from typing import Any

# A name of at most four Chinese characters that does not end like an office or a firm is taken for a person:
# in doubt, mask.
_ORGANISATION = re.compile(
    r"(公司|厂|店|局|所|院|校|社|协会|商会|工会|学会|部|站|中心|银行|政府|委|办|处|队|馆|幼儿园|集团|超市|财政|街道|镇|小学|中学|大学)$"
)
_PERSON = re.compile(r"^[㐀-鿿]{1,4}(?:[·•.][㐀-鿿]{1,8})*$")
_NAME_KEYS = ("payee_name", "payee")
_ACCOUNT_KEYS = ("payee_account", "account")


def is_person(name: str | None) -> bool:
    """Tell whether a payee's name reads like a natural person's."""
    plain = (name or "").strip().replace(" ", "")
    return bool(_PERSON.match(plain)) and not _ORGANISATION.search(plain)


def masked_name(name: str | None) -> str | None:
    """Return a natural person's name as 张*; names of organisations are returned as they stand."""
    if name is None or not is_person(name):
        return name
    return name.strip()[0] + "*"


def masked_account(account: str | None) -> str | None:
    """Return an account number with only its last four digits."""
    if not account:
        return account
    return "****" + account[-4:] if len(account) > 4 else "****"


def masked_evidence(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Return a finding's evidence with payees' names and accounts masked."""
    shown = dict(evidence)
    for key in _NAME_KEYS:
        if isinstance(shown.get(key), str):
            shown[key] = masked_name(shown[key])
    for key in _ACCOUNT_KEYS:
        if isinstance(shown.get(key), str):
            shown[key] = masked_account(shown[key])
    return shown


def masked_cells(cells: tuple[str, ...], payee_name: str | None, payee_account: str | None) -> tuple[str, ...]:
    """Return a delivered row with the payee's name and account masked wherever they stand in it."""
    return tuple(_masked_cell(cell, payee_name, payee_account) for cell in cells)


def _masked_cell(cell: str, payee_name: str | None, payee_account: str | None) -> str:
    if payee_account and payee_account in cell:
        cell = cell.replace(payee_account, masked_account(payee_account) or "")
    if payee_name and is_person(payee_name) and payee_name in cell:
        cell = cell.replace(payee_name, masked_name(payee_name) or "")
    return cell


def masked_subject(subject: str) -> str:
    """Return a subject with the payee's part masked (payee:unit/张三/302 becomes payee:unit/张*/302)."""
    if not subject.startswith("payee:"):
        return subject
    unit, _, rest = subject.partition("/")
    name, _, tail = rest.rpartition("/")
    return f"{unit}/{masked_name(name)}/{tail}"
