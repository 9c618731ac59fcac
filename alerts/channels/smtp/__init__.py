"""Mail through an SMTP server."""

from alerts.channels.smtp.send import SmtpChannel, SmtpSettings

__all__ = ["SmtpChannel", "SmtpSettings"]
