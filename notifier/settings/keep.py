"""The instance folder, and the secrets that development makes for itself."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from notifier.errors import Refused


def make_folder(path: Path) -> None:
    """The instance folder, made when it is not there."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(
            f"The instance folder {path} cannot be made ({error.strerror}); "
            "set NOTIFIER_INSTANCE to a folder that can be written to."
        ) from error


def kept_secret(path: Path) -> str:
    """A random secret for development, made once and kept in the instance folder."""
    make_folder(path.parent)
    if not path.exists():
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        fresh.write_text(secrets.token_urlsafe(48), "utf-8")
        fresh.chmod(0o600)
        # link() fails when the name exists: of two processes that start together one makes the
        # key and the other reads it, whole.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text("utf-8").strip()
