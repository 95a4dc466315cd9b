"""The mailbox that bounces come back to: read each message once, set aside what nobody can read."""

from __future__ import annotations

import contextlib
import imaplib
import itertools
import re
import secrets
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from notifier.errors import Refused
from notifier.mail.dsn import WHOLE
from notifier.mail.envelope import legible
from notifier.mail.relay import is_loopback

QUARANTINE = "Quarantine"
_PATIENCE = 30  # seconds for each answer of an IMAP server
_WINDOW = 10_000  # messages in one search: imaplib refuses an answer of more than a megabyte
_SHAPE = "BOUNCE_MAILBOX must be maildir:PATH or imaps://user:pass@host/folder."


class Away(ConnectionError):
    """The mailbox cannot be used now; the text is one sentence."""


class Mailbox(Protocol):
    """Messages that have not been dealt with. Its methods raise Away."""

    def messages(self, *, limit: int = 100) -> Iterator[tuple[str, bytes]]:
        """Key and octets of each, oldest first; what is over ``dsn.WHOLE`` is cut just above."""
        ...

    def done(self, key: str) -> None:
        """It was understood and need not be read again."""
        ...

    def quarantine(self, key: str) -> None:
        """Move it to the folder Quarantine, for a person to look at; where no folder can be made,
        flag it."""
        ...

    def close(self) -> None: ...


class Maildir:
    """A local Maildir: new/ is unread, cur/ is done. Missing folders are an empty mailbox."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def messages(self, *, limit: int = 100) -> Iterator[tuple[str, bytes]]:
        # Regular files only: a pipe that somebody made there would hold the reader for ever.
        found = (f for f in sorted((self._path / "new").glob("[!.]*")) if _is_regular(f))
        for file in itertools.islice(found, limit):
            # Another worker may have been quicker; what may not be read must not hold up the rest.
            with contextlib.suppress(FileNotFoundError, PermissionError), file.open("rb") as opened:
                yield file.name, opened.read(WHOLE + 1)

    def done(self, key: str) -> None:
        self._move(key, self._path, "cur", f"{key}:2,S")

    def quarantine(self, key: str) -> None:
        self._move(key, self._path / f".{QUARANTINE}", "new", key)

    def close(self) -> None:
        """Nothing is open."""

    def _move(self, key: str, maildir: Path, folder: str, name: str) -> None:
        with _errors(), contextlib.suppress(FileNotFoundError):
            for each in ("tmp", "new", "cur"):
                (maildir / each).mkdir(parents=True, exist_ok=True)
            there = maildir / folder / name
            if there.exists():  # names are unique, but not everybody keeps to that
                there = there.with_name(f"{secrets.token_hex(8)}.{name}")
            (self._path / "new" / key).rename(there)


@dataclass(frozen=True, slots=True)
class ImapAddress:
    """A parsed ``imap(s)://`` address; ``delete``: the understood is deleted, not only seen.

    ``ca``: a file of certificates to trust instead of the system's.
    """

    host: str
    port: int
    security: str
    user: str
    folder: str
    password: str = field(repr=False)
    delete: bool = False
    ca: str | None = None


class Imap:
    """A folder on an IMAP server (RFC 3501), connected at the first call."""

    def __init__(self, address: ImapAddress) -> None:
        self._address = address
        self._client: imaplib.IMAP4 | None = None
        self._holds = 0  # messages, when the folder was opened
        self._expunges_one = False

    def messages(self, *, limit: int = 100) -> Iterator[tuple[str, bytes]]:
        # All are found before the first is dealt with: what is deleted shifts the later numbers.
        for key in list(itertools.islice(self._unseen(), limit)):
            for item in self._uid("FETCH", key, f"(BODY.PEEK[]<0.{WHOLE + 1}>)"):
                if isinstance(item, tuple):
                    yield key, item[1]

    def _unseen(self) -> Iterator[str]:
        self._open()
        for first in range(1, self._holds + 1, _WINDOW):
            last = min(first + _WINDOW - 1, self._holds)
            found = self._uid("SEARCH", f"{first}:{last}", "UNSEEN", "UNDELETED")
            yield from (found[0] or b"").decode("ascii", "replace").split() if found else []

    def done(self, key: str) -> None:
        self._uid("STORE", key, "+FLAGS.SILENT", r"(\Seen)")
        if self._address.delete:
            self._delete(key)

    def quarantine(self, key: str) -> None:
        if any(self._copies(key, each + QUARANTINE) for each in ("", "INBOX.", "INBOX/")):
            self._uid("STORE", key, "+FLAGS.SILENT", r"(\Seen)")
            self._delete(key)
        else:  # a quota, or a server that lets nobody make folders
            self._uid("STORE", key, "+FLAGS.SILENT", r"(\Seen \Flagged)")

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                client.logout()

    def _copies(self, key: str, folder: str) -> bool:
        """Some servers keep every folder below INBOX."""
        with _errors():
            self._open().create(folder)  # answers NO when it is there
        return self._ask("COPY", key, folder)[0] == "OK"

    def _delete(self, key: str) -> None:
        self._uid("STORE", key, "+FLAGS.SILENT", r"(\Deleted)")
        # A plain EXPUNGE would also remove what a person has marked and not yet regretted.
        if self._expunges_one:
            self._uid("EXPUNGE", key)

    def _uid(self, command: str, *arguments: str) -> list[Any]:
        status, found = self._ask(command, *arguments)
        if status != "OK":
            raise Away(f"The bounce mailbox refused {command}.")
        return found

    def _ask(self, command: str, *arguments: str) -> tuple[str, list[Any]]:
        try:
            with _errors():
                status, found = self._open().uid(command, *arguments)
        except Away:
            self._client = None
            raise
        return status, list(found)

    def _open(self) -> imaplib.IMAP4:
        if self._client is None:
            with _errors():
                client, self._holds = _sign_in(self._address)
                # Asked again: servers say what they can do for a user once the user is known.
                _, found = client.capability()
            self._client = client
            self._expunges_one = b"UIDPLUS" in b" ".join(each or b"" for each in found).upper()
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
    plain = is_loopback(split.hostname) and options.get("starttls") != ["1"]
    return Imap(
        ImapAddress(
            host=split.hostname,
            port=port or (993 if scheme == "imaps" else 143),
            security="tls" if scheme == "imaps" else "none" if plain else "starttls",
            user=unquote(split.username),
            password=unquote(split.password or ""),
            folder=folder,
            delete=options.get("delete") == ["1"],
            ca=options.get("ca", [None])[0],
        )
    )


def _is_regular(file: Path) -> bool:
    return file.is_file() and not file.is_symlink()


def _sign_in(address: ImapAddress) -> tuple[imaplib.IMAP4, int]:
    """A client with the folder open, and how many messages that holds."""
    tls = ssl.create_default_context(cafile=address.ca)
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
        status, found = client.select(f'"{quoted}"')
    except BaseException:
        with contextlib.suppress(OSError):  # a failed handshake has closed it: not to be told twice
            client.shutdown()
        raise
    if status != "OK":
        client.shutdown()
        raise Away(f"The bounce mailbox has no folder {address.folder!r}.")
    return client, int((found[0] or b"0").decode("ascii", "replace"))


@contextlib.contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except Away:
        raise
    except (OSError, imaplib.IMAP4.error, ValueError) as error:
        raise Away(f"The bounce mailbox cannot be read: {_why(error)}.") from error


def _why(error: Exception) -> str:
    """A server's or the system's words, on one line."""
    said = error.args[0] if error.args and isinstance(error.args[0], bytes) else str(error).encode()
    return legible(said.decode("utf-8", "replace")).rstrip(".") or type(error).__name__
