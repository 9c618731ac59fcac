"""An outbox row as an internet mail, the same bytes at every attempt. Pure."""

import hashlib
import json
import re
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Any

from alerts.channels.channel import ChannelError
from warehouse.outbox import Claimed

DIVISION_HEADER = "X-Mingzhang-Division"
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


class _WholeSubject(EmailPolicy):
    """Folds the subject so that every space survives: EmailPolicy loses those that fall between encoded words."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() != "subject":
            return super().fold_binary(name, value)
        folded = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {folded}{self.linesep}".encode("ascii")


_POLICY = _WholeSubject(linesep="\r\n", cte_type="7bit")


def build_message(claimed: Claimed, *, sender: str, sender_name: str = "明账") -> EmailMessage:
    """Build the mail of one outbox row: text first, HTML as its alternative, no attachment, nothing remote.

    Message-ID and Date are those of the row, and the MIME boundary follows from them, so a repeated attempt is the
    same mail. Raises a permanent ChannelError for an address that cannot be one.
    """
    content = json.loads(claimed.payload_json)
    message = EmailMessage(policy=_POLICY)
    message["From"] = _address(sender, sender_name)
    message["To"] = _address(claimed.recipient, "")
    message["Subject"] = " ".join(claimed.subject.split())
    message["Date"] = claimed.created_at
    message["Message-ID"] = claimed.message_id
    # Kept from auto-responders: a statutory notice asks for no out-of-office reply.
    message["Auto-Submitted"] = "auto-generated"
    message[DIVISION_HEADER] = claimed.division_code
    message.set_content(content["text"], cte="base64")
    message.add_alternative(content["html"], subtype="html", cte="base64")
    message.set_boundary(f"=_{hashlib.sha256(claimed.message_id.encode()).hexdigest()[:32]}")
    return message


def _address(text: str, name: str) -> Address:
    # Checked here: the standard parser fails in its own ways on what is no address at all.
    if _ADDRESS.fullmatch(text) is None:
        raise ChannelError(
            f"地址 {text!r} 不是有效的邮箱地址；应形如 name@example.org，请更正机构地址", is_permanent=True
        )
    local, _, domain = text.partition("@")
    return Address(display_name=name, username=local, domain=domain)
