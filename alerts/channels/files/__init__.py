"""Mail as ``.eml`` files in a folder: the default, for a house without a mail server."""

from alerts.channels.files.send import FilesChannel

__all__ = ["FilesChannel"]
