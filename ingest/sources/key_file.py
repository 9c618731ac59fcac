"""The private key of an SFTP source, opened first: the other side cannot tell what is wrong with it."""

import paramiko


def key_trouble(path: str, secret: str | None, variable: str) -> str | None:
    """Return why a private key cannot be opened with a passphrase, None where it can; ``variable`` holds the secret."""
    try:
        paramiko.PKey.from_path(path, secret.encode() if secret else None)
    except OSError as error:
        return f"key_file {path}: {error.strerror or error}"
    except TypeError:
        # With a secret: the key has no passphrase, and needs none.
        return None if secret else f"key_file {path} has a passphrase; put it into {variable}"
    except (ValueError, paramiko.SSHException):
        if secret:
            return f"key_file {path} does not open with the passphrase in {variable}, or is no private key"
        return f"key_file {path} is no private key"
    return None
