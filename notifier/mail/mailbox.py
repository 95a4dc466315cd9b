"""The mailbox that bounces come back to: read each message once, set aside what nobody can read."""

from __future__ import annotations

import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from notifier.errors import Refused
from notifier.mail.dsn import LARGEST
from notifier.mail.relay import is_loopback

QUARANTINE = "Quarantine"
_PATIENCE = 30  # seconds for each answer of an IMAP server
_SHAPE = "BOUNCE_MAILBOX must be maildir:PATH or imaps://user:pass@host/folder."


class Mailbox(Protocol):
    """Messages that have not been dealt with. Its methods raise ConnectionError."""

    def messages(self, *, limit: int = 100) -> Iterator[tuple[str, bytes]]:
        """Key and octets of each, oldest first; what is over ``dsn.LARGEST`` is cut just above."""
        ...

    def done(self, key: str) -> None:
        """It was understood and need not be read again."""
        ...

    def quarantine(self, key: str) -> None:
        """Move it to the folder Quarantine, for a person to look at."""
        ...

    def close(self) -> None: ...


class Maildir:
    """A local Maildir: new/ is unread, cur/ is done. Missing folders are an empty mailbox."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def messages(self, *, limit: int = 100) -> Iterator[tuple[str, bytes]]:
        for file in sorted((self._path / "new").glob("[!.]*"))[:limit]:
            # Another worker may have been quicker.
            with contextlib.suppress(FileNotFoundError), file.open("rb") as opened:
                yield file.name, opened.read(LARGEST + 1)

    def done(self, key: str) -> None:
        self._move(key, self._path, "cur", f"{key}:2,S")

    def quarantine(self, key: str) -> None:
        self._move(key, self._path / f".{QUARANTINE}", "new", key)

    def close(self) -> None:
        """Nothing is open."""

    def _move(self, key: str, maildir: Path, folder: str, name: str) -> None:
        for each in ("tmp", "new", "cur"):
            (maildir / each).mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            (self._path / "new" / key).rename(maildir / folder / name)


@dataclass(frozen=True, slots=True)
class ImapAddress:
    """A parsed ``imap(s)://`` address; ``delete``: the understood is deleted, not only seen."""

    host: str
    port: int
    security: str
    user: str
    folder: str
    password: str = field(repr=False)
    delete: bool = False


class Imap:
    """A folder on an IMAP server (RFC 3501), connected at the first call."""

    def __init__(self, address: ImapAddress) -> None:
        self._address = address
        self._client: imaplib.IMAP4 | None = None

    def messages(self, *, limit: int = 100) -> Iterator[tuple[str, bytes]]:
        found = self._uid("SEARCH", "UNSEEN", "UNDELETED")
        keys = (found[0] or b"").decode("ascii", "replace").split() if found else []
        for key in keys[:limit]:
            for item in self._uid("FETCH", key, f"(BODY.PEEK[]<0.{LARGEST + 1}>)"):
                if isinstance(item, tuple):
                    yield key, item[1]

    def done(self, key: str) -> None:
        self._uid("STORE", key, "+FLAGS.SILENT", r"(\Seen)")
        if self._address.delete:
            self._delete(key)

    def quarantine(self, key: str) -> None:
        with _errors():
            self._open().create(QUARANTINE)  # answers NO when it is there
        self._uid("COPY", key, QUARANTINE)
        self._uid("STORE", key, "+FLAGS.SILENT", r"(\Seen)")
        self._delete(key)

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                client.logout()

    def _delete(self, key: str) -> None:
        self._uid("STORE", key, "+FLAGS.SILENT", r"(\Deleted)")
        # A plain EXPUNGE would also remove what a person has marked and not yet regretted.
        if "UIDPLUS" in self._open().capabilities:
            self._uid("EXPUNGE", key)

    def _uid(self, command: str, *arguments: str) -> list[Any]:
        try:
            with _errors():
                status, found = self._open().uid(command, *arguments)
        except ConnectionError:
            self._client = None
            raise
        if status != "OK":
            raise ConnectionError(f"The bounce mailbox refused {command}.")
        return list(found)

    def _open(self) -> imaplib.IMAP4:
        if self._client is None:
            with _errors():
                self._client = _sign_in(self._address)
        return self._client


def from_url(url: str) -> Mailbox:
    """The mailbox that BOUNCE_MAILBOX names; Refused, one sentence, when it is malformed."""
    scheme, _, rest = url.strip().partition(":")
    if scheme == "maildir" and rest:
        return Maildir(Path(rest))
    try:
        split = urlsplit(url.strip())
        port = split.port
    except ValueError:
        raise Refused(_SHAPE) from None
    if scheme not in ("imap", "imaps") or not split.hostname or not split.username:
        raise Refused(_SHAPE)
    folder = unquote(split.path.strip("/")) or "INBOX"
    if not folder.isascii() or not folder.isprintable():
        raise Refused("BOUNCE_MAILBOX must name a folder whose name is plain ASCII.")
    options = parse_qs(split.query)
    plain = is_loopback(split.hostname)
    return Imap(
        ImapAddress(
            host=split.hostname,
            port=port or (993 if scheme == "imaps" else 143),
            security="tls" if scheme == "imaps" else "none" if plain else "starttls",
            user=unquote(split.username),
            password=unquote(split.password or ""),
            folder=folder,
            delete=options.get("delete") == ["1"],
        )
    )


def _sign_in(address: ImapAddress) -> imaplib.IMAP4:
    tls = ssl.create_default_context()
    if address.security == "tls":
        client: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            address.host, address.port, ssl_context=tls, timeout=_PATIENCE
        )
    else:
        client = imaplib.IMAP4(address.host, address.port, timeout=_PATIENCE)
    try:
        if address.security == "starttls":
            client.starttls(tls)
        client.login(address.user, address.password)
        quoted = re.sub(r'(["\\])', r"\\\1", address.folder)
        status, _ = client.select(f'"{quoted}"')
    except BaseException:
        client.shutdown()
        raise
    if status != "OK":
        client.shutdown()
        raise ConnectionError(f"The bounce mailbox has no folder {address.folder!r}.")
    return client


@contextlib.contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except ConnectionError:
        raise
    except (OSError, imaplib.IMAP4.error) as error:
        raise ConnectionError(f"The bounce mailbox cannot be read: {error}") from error
