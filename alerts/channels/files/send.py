"""Writing mail to a folder, whole or not at all."""

import os
from dataclasses import dataclass
from pathlib import Path

from alerts.channels.channel import ChannelError
from alerts.channels.files.payload import file_bytes, file_name
from warehouse.outbox import Claimed


@dataclass(frozen=True)
class FilesChannel:
    """Writes each message to ``folder``; the folder is made when missing."""

    folder: Path
    sender: str = "mingzhang@mingzhang.localdomain"

    def send(self, claimed: Claimed) -> str:
        """Write one message and return its file name; a repeated attempt overwrites the same file."""
        name = file_name(claimed)
        content = file_bytes(claimed, self.sender)
        aside = self.folder / f".{name}.{os.getpid()}.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _write_through(aside, content)
            aside.replace(self.folder / name)
        except OSError as error:
            words = f"无法写入邮件文件夹 {self.folder}：{error.strerror}；请检查磁盘空间和权限"
            raise ChannelError(words, is_permanent=False) from error
        return name


def _write_through(path: Path, content: bytes) -> None:
    """Write a file down to the disk before it gets its name."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
