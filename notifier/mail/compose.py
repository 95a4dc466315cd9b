"""One letter, many people: MIME bytes made once, each person's words spliced in.

``naive`` builds a message from the beginning and is the reference; ``compile`` does that work once
and ``Compiled.splice`` only fills the gaps. Both decode to the same message.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from typing import NamedTuple

from notifier.mail import headers, quoted
from notifier.mail.addresses import wire
from notifier.mail.dkim import Signer
from notifier.mail.seal import Seal
from notifier.render import slots

ONE_CLICK = "List-Unsubscribe=One-Click"  # RFC 8058 section 3.1
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._+-]{1,120}@[A-Za-z0-9.-]{1,190}>")
# Values that escaping leaves as they are; nearly all are, and a match costs least.
_SAME_WORDS = re.compile(r"[A-Za-z0-9 @.,+_-]*")
_SAME_URL = re.compile(r"https?://[A-Za-z0-9._~:/?#%-]{1,900}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*(, [A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*)*")

_Write = Callable[[str], bytes]


class _Gap(NamedTuple):
    """A slot, and where it stands in the plain text and in the HTML."""

    name: str
    texts: tuple[int, ...]
    htmls: tuple[int, ...]


class NotCompilable(ValueError):
    """This letter must be made by ``naive``, person by person."""


@dataclass(frozen=True, slots=True)
class Letter:
    """Rendered words with slots (``notifier.render.slots``) where each person's own words go."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What is the same for everybody who gets this variant of a Send.

    ``from_address`` differs between bulk and ``one_off`` mail. ``list_id`` is ``label.domain`` (RFC
    2919); one-off mail has no List headers. ``language`` is "en", "cy" or "en, cy". ``date`` is
    aware. ``extra`` holds names and texts of further headers.
    """

    from_address: str
    from_name: str
    date: datetime
    reply_to: str | None = None
    list_id: str | None = None
    list_id_phrase: str = ""
    one_off: bool = False
    language: str = "en"
    extra: tuple[tuple[str, str], ...] = ()


class Person(NamedTuple):
    """What is one person's own. ``message_id`` has its angle brackets.

    The slots ``address`` and ``unsubscribe_url`` are filled from the fields of the same name,
    every other slot from ``values``.
    """

    address: str
    message_id: str
    unsubscribe_url: str | None
    values: Mapping[str, str]


def naive(letter: Letter, frame: Frame, person: Person) -> bytes:
    """The whole message by the standard library; also for a subject with slots.

    Raises ValueError when a header, the address or a value cannot be written, KeyError when a slot
    has no value.
    """
    values = _values(person)
    subject = slots.fill(letter.subject, values)
    head = [*_shared(frame, subject), *_personal(frame, person)]
    message = EmailMessage(policy=SMTP)
    message.set_content(slots.fill(_ended(letter.text), values), cte="quoted-printable")
    message.add_alternative(
        slots.fill(_ended(letter.html), values, slots.as_html),
        subtype="html",
        cte="quoted-printable",
    )
    written = headers.lines(head) + message.as_bytes()
    headers.verify(written, [*head, ("MIME-Version", ""), ("Content-Type", "")])
    return written


@dataclass(frozen=True, slots=True)
class Compiled:
    """A letter in its frame, cut where people differ. Made by ``compile``.

    What it makes travels as it is (``quoted.travels``): no value can begin or end a line.
    """

    _pieces: tuple[bytes, ...]  # empty where a person's bytes go
    _gaps: tuple[_Gap, ...]
    _one_off: bool
    _seal: Seal | None = None

    def parts(self, person: Person) -> list[bytes]:
        """The person's message as buffers in order; raises as ``naive`` does."""
        found = list(self._pieces)
        found[1] = wire(person.address).encode()
        found[3] = _message_id(person.message_id).encode()
        if not self._one_off:
            found[5] = _unsubscribe(person).encode()
        for name, texts, htmls in self._gaps:
            value = _value(person, name)
            if (_SAME_URL if name.endswith("_url") else _SAME_WORDS).fullmatch(value):
                piece = quoted.piece(value)
                for at in texts + htmls:
                    found[at] = piece
                continue
            for at in texts:
                found[at] = _TEXT[name](value)
            for at in htmls:
                found[at] = _HTML[name](value)
        return found

    def splice(self, person: Person) -> bytes:
        """The person's message, signed where there are keys; raises as ``naive`` does."""
        parts = self.parts(person)
        if self._seal is not None:
            parts.insert(0, self._seal.signatures(parts))
        return b"".join(parts)


def compile(letter: Letter, frame: Frame, signers: Sequence[Signer] = ()) -> Compiled:
    """``letter`` in ``frame``, ready for ``splice``, which signs with each of ``signers``.

    Raises NotCompilable when the subject has a slot, ValueError when a header cannot be written.
    """
    if slots.split(letter.subject)[1]:
        raise NotCompilable("A subject with a slot is encoded person by person.")
    shared = _shared(frame, letter.subject)
    boundary = _boundary(letter)
    mime = [
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'),
    ]
    pieces = [headers.lines(shared) + b"To: ", b"", b"\r\nMessage-ID: ", b""]
    pieces += [b"\r\n"] if frame.one_off else [b"\r\nList-Unsubscribe: <", b"", b">\r\n"]
    pieces[-1] += headers.lines(mime)
    body = len(pieces)
    gaps = _add_body(pieces, letter, boundary)
    seal = Seal(signers, headers.lines([*shared, *mime]), pieces, body) if signers else None
    compiled = Compiled(tuple(pieces), gaps, frame.one_off, seal)
    probe = b"".join(compiled.parts(_PROBE))
    headers.verify(probe, [*shared, *_personal(frame, _PROBE), *mime])
    if not quoted.travels(probe):
        raise NotCompilable("A line of it begins with a dot, or does not end with CRLF.")
    return compiled


def _add_body(pieces: list[bytes], letter: Letter, boundary: str) -> tuple[_Gap, ...]:
    """Append the letter's two parts; returns where a person's words go."""
    places: dict[str, tuple[list[int], list[int]]] = {}
    for part, (subtype, words) in enumerate((("plain", letter.text), ("html", letter.html))):
        cut, names = _cut(words)
        cut[0] = _opening(boundary, subtype) + cut[0]
        for i, name in enumerate(names):
            places.setdefault(name, ([], []))[part].append(len(pieces) + 2 * i + 1)
        pieces += cut
    pieces[-1] += f"\r\n--{boundary}--\r\n".encode()
    return tuple(_Gap(name, tuple(texts), tuple(htmls)) for name, (texts, htmls) in places.items())


def _boundary(letter: Letter) -> str:
    # "=_" cannot occur in quoted-printable, so the boundary is in no body (RFC 2045 6.7).
    return "=_" + hashlib.sha256(f"{letter.text}\0{letter.html}".encode()).hexdigest()[:32]


def _opening(boundary: str, subtype: str) -> bytes:
    return (
        f"\r\n--{boundary}\r\n"
        f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode()


def _cut(words: str) -> tuple[list[bytes], list[str]]:
    """The encoded texts of ``words`` at even places, gaps at odd ones; and the gaps' names."""
    texts, names = slots.split(_ended(words))
    cut = [b""] * (2 * len(texts) - 1)
    cut[::2] = [*map(quoted.piece, texts[:-1]), quoted.text(texts[-1])]
    return cut, names


def _ended(words: str) -> str:
    return words if words.endswith("\n") else words + "\n"


def _shared(frame: Frame, subject: str) -> headers.Head:
    if frame.date.tzinfo is None:
        raise ValueError("A letter's date needs its time zone.")
    if not _LANGUAGE.fullmatch(frame.language):
        raise ValueError(f"{frame.language!r} is no language tag.")
    head = [
        ("From", headers.mailbox("From", frame.from_name, frame.from_address)),
        ("Subject", headers.unstructured("Subject", subject)),
        ("Date", format_datetime(frame.date)),
    ]
    if frame.reply_to:
        head.append(("Reply-To", wire(frame.reply_to)))
    if frame.one_off:
        head.append(("Auto-Submitted", "auto-generated"))  # RFC 3834
    else:
        if frame.list_id:
            head.append(("List-Id", headers.list_id(frame.list_id_phrase, frame.list_id)))
        head.append(("List-Unsubscribe-Post", ONE_CLICK))
    head.append(("Content-Language", frame.language))
    return head + [(name, headers.unstructured(name, text)) for name, text in frame.extra]


def _personal(frame: Frame, person: Person) -> headers.Head:
    head = [("To", wire(person.address)), ("Message-ID", _message_id(person.message_id))]
    if not frame.one_off:
        head.append(("List-Unsubscribe", f"<{_unsubscribe(person)}>"))
    return head


def _unsubscribe(person: Person) -> str:
    if person.unsubscribe_url is None:
        raise ValueError("Mail that is not one-off needs a link to unsubscribe.")
    return slots.url(person.unsubscribe_url)


def _message_id(message_id: str) -> str:
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError(f"{message_id[:80]!r} is not a Message-ID.")
    return message_id


def _value(person: Person, name: str) -> str:
    """What goes into one slot, as in ``_values``."""
    if name == "address":
        return person.address
    if name == "unsubscribe_url" and person.unsubscribe_url is not None:
        return person.unsubscribe_url
    return person.values[name]


def _values(person: Person) -> dict[str, str]:
    values = {**person.values, "address": person.address}
    if person.unsubscribe_url is not None:
        values["unsubscribe_url"] = person.unsubscribe_url
    return values


def _writer(name: str, written: slots.Write) -> _Write:
    """How ``name`` is put into a gap. Reasons are few and long, so their bytes are kept."""

    def write(value: str) -> bytes:
        return quoted.piece(written(name, value))

    return lru_cache(maxsize=1024)(write) if name.startswith("reasons_") else write


_TEXT = {name: _writer(name, slots.as_text) for name in slots.SLOTS}
_HTML = {name: _writer(name, slots.as_html) for name in slots.SLOTS}
_PROBE = Person(
    "probe@notifier.example",
    "<probe@notifier.example>",
    "https://notifier.example/u/probe",
    dict.fromkeys(slots.SLOTS, "https://notifier.example/"),
)
