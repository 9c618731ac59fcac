"""The channel that mail leaves by, as the settings say."""

from pathlib import Path

from alerts.channels.channel import Channel
from alerts.channels.files import FilesChannel
from alerts.channels.smtp import SmtpChannel, SmtpSettings
from app.settings import read_secret
from app.wiring import House


def open_channel(house: House) -> Channel:
    """Return the channel of the settings; the password of a mail server comes from the environment."""
    mail = house.settings.mail
    if mail.transport == "files":
        return FilesChannel(house.mail, mail.sender)
    smtp = mail.smtp
    return SmtpChannel(
        SmtpSettings(
            host=smtp.host,
            port=smtp.port,
            sender=mail.sender,
            security=smtp.security,
            user=smtp.username or None,
            secret=read_secret("MINGZHANG_SMTP_PASSWORD"),
            ca_file=Path(smtp.ca_file) if smtp.ca_file else None,
            timeout_seconds=smtp.timeout_seconds,
        )
    )
