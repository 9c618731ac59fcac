"""An outbox row as an internet mail, the same bytes at every attempt. Pure."""

import hashlib
import json
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from alerts.channels.channel import ChannelError
from warehouse.outbox import Claimed

DIVISION_HEADER = "X-Mingzhang-Division"


def build_message(claimed: Claimed, *, sender: str, sender_name: str = "明账") -> EmailMessage:
    """Build the mail of one outbox row: text first, HTML as its alternative, no attachment, nothing remote.

    Message-ID and Date are those of the row, and the MIME boundary follows from them, so a repeated attempt is the
    same mail. Raises a permanent ChannelError for an address that cannot be one.
    """
    content = json.loads(claimed.payload_json)
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
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
    try:
        address = Address(display_name=name, addr_spec=text)
    except (ValueError, HeaderParseError) as error:
        raise ChannelError(
            f"收件或发件地址 {text!r} 不是有效的邮箱地址；应形如 name@example.org，请更正机构地址", is_permanent=True
        ) from error
    if not text.isascii() or "@" not in text:
        raise ChannelError(f"地址 {text!r} 含有非 ASCII 字符或缺少 @；请更正机构地址", is_permanent=True)
    return address
