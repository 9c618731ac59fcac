"""Masking of personal data on the screen and in exports, by the one definition of ``budget.masking``."""

from collections.abc import Sequence

from budget.masking import is_person, mask_account, mask_found, mask_person


def masked_name(name: str | None) -> str | None:
    """Return a natural person's name as 张*; names of organisations and missing names stay as they are."""
    return None if name is None else mask_person(name)


def masked_account(account: str | None) -> str | None:
    """Return an account number with only its last four digits."""
    return None if account is None else mask_account(account)


def masked_text(text: str | None, payee_name: str | None) -> str | None:
    """Return a remark with the payee masked in it where the payee is a person."""
    return None if text is None else _masked_cell(text, payee_name, None)


def masked_cells(cells: tuple[str, ...], payee_name: str | None, payee_account: str | None) -> tuple[str, ...]:
    """Return a delivered row with the payee's name and account masked wherever they stand in it."""
    return tuple(_masked_cell(cell, payee_name, payee_account) for cell in cells)


def masked_row(header: Sequence[str], cells: Sequence[str]) -> tuple[str, ...]:
    """Return a delivered row, whose payee nobody has read, with persons and long numbers masked by its heads."""
    heads = [*header, *[""] * (len(cells) - len(header))]
    return tuple(mask_found(head, cell, cells) or "" for head, cell in zip(heads, cells, strict=False))


def _masked_cell(cell: str, payee_name: str | None, payee_account: str | None) -> str:
    if payee_account:
        cell = cell.replace(payee_account, mask_account(payee_account))
    if payee_name and is_person(payee_name):
        cell = cell.replace(payee_name, mask_person(payee_name))
    return cell
