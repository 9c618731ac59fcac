"""Which encoding of a mapping text is in, and where text that is nearly in one was damaged."""

import codecs
from collections.abc import Callable, Sequence
from typing import BinaryIO

from ingest.problems import UnreadableError

BLOCK = 8 << 20
_SAMPLE, _SURE_OF_UTF_8 = 4_000, 4
_UTF_8 = frozenset({"utf-8", "utf-8-sig", "utf8"})
Open = Callable[[], BinaryIO]


def first_encoding(file_name: str, open_bytes: Open, encodings: Sequence[str]) -> str:
    """Return the first encoding that fits every byte; the last one is found out on the way."""
    for encoding in encodings:
        try:
            codecs.lookup(encoding)
        except LookupError as error:
            raise UnreadableError(
                f"{file_name}: {encoding} is not an encoding; name one such as gb18030",
                "no_such_encoding",
                encoding=encoding,
            ) from error
    for encoding in encodings[:-1]:
        if _misfit(open_bytes, encoding) is None:
            return encoding
        if damage := damage_of(file_name, open_bytes, encoding):
            raise damage
    return encodings[-1]


def _misfit(open_bytes: Open, encoding: str) -> tuple[str, int, int] | None:
    """Return where text stops being of an encoding: what stands just before, bytes before, line; None where it fits."""
    decoder, before, at, line = codecs.getincrementaldecoder(encoding)(), "", 0, 1
    with open_bytes() as file:
        while block := file.read(BLOCK):
            try:
                before = decoder.decode(block)[-_SAMPLE:] or before
            except UnicodeDecodeError as error:
                good = error.object[: error.start]
                told = good.decode(encoding, "ignore")[-_SAMPLE:] or before
                # What was left over from the block before is counted with this one.
                left = len(error.object) - len(block)
                return told, at - left + error.start, line + good.count(b"\n")
            at, line = at + len(block), line + block.count(b"\n")
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            return before, at - len(error.object) + error.start, line
    return None


def damage_of(file_name: str, open_bytes: Open, encoding: str) -> UnreadableError | None:
    """Return what to raise where bytes are UTF-8 but for a damaged place; None where they are something else.

    The next encoding would make other words of all the rest.
    """
    if encoding.replace("_", "-").lower() not in _UTF_8:
        return None
    found = _misfit(open_bytes, encoding)
    # Chinese text in GB18030 is no UTF-8 for more than a character or two by chance.
    if found is None or sum(letter >= "\u0800" for letter in found[0]) < _SURE_OF_UTF_8:
        return None
    _, at, line = found
    return UnreadableError(
        f"{file_name} is UTF-8 up to a damaged byte in line {line} (byte {at}); it was cut or two files were mixed: "
        "ask for it again",
        "damaged_text",
        file=file_name,
        line=line,
    )
