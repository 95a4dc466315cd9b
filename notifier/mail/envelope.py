"""What goes into a mail server and what comes out, whichever way it is reached."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, Protocol

State = Literal["accepted", "deferred", "refused", "uncertain"]

_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?=\s|$)")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_LONGEST_TEXT = 500  # characters of a reply that are worth keeping


class Envelope(NamedTuple):
    """One message to one recipient. ``key`` is the caller's and comes back in the outcome.

    ``data`` is the message with CRLF line ends, without dot-stuffing. ``utf8``: the address needs
    SMTPUTF8 (``addresses.needs_utf8``). ``plain``: it is known to end with CRLF, to have no bare CR
    or LF, and no line that begins with a dot.
    """

    key: object
    sender: str
    recipient: str
    data: bytes
    utf8: bool = False
    plain: bool = False


class Outcome(NamedTuple):
    """What the server said about one envelope.

    ``accepted``: it took responsibility. ``deferred``: try again later. ``refused``: trying again
    would not help. ``uncertain``: it had the whole message, but its answer was lost; a retry
    carries the same Message-ID. ``code`` is 0 when no server spoke; ``status`` is the enhanced
    status ("5.1.1", RFC 3463) or "".
    """

    key: object
    state: State
    code: int
    status: str
    text: str


class Transport(Protocol):
    """A way to hand mail over. ``name`` tells it from others, ``limit`` is the messages a second
    that all workers together may give it, 0 for any number."""

    @property
    def name(self) -> str: ...

    @property
    def limit(self) -> float: ...

    def send(self, envelopes: Iterable[Envelope]) -> Iterator[Outcome]:
        """One outcome for each envelope, as soon as it is known; it never raises for the network.

        Outcomes come as they are known, not always in the order of the envelopes; an envelope may
        be taken from the iterable before the outcome of the one before it is known. Closing the
        iterator early leaves the envelopes without an outcome unsent.
        """
        ...

    def close(self) -> None:
        """Say goodbye; ``send`` may be called again and connects anew."""
        ...


def replied(key: object, code: int, text: str) -> Outcome:
    """The outcome that a server's reply means (RFC 5321 4.2.1)."""
    states: dict[int, State] = {2: "accepted", 5: "refused"}
    found = _STATUS.match(text)
    return Outcome(
        key, states.get(code // 100, "deferred"), code, found[1] if found else "", legible(text)
    )


def legible(text: str) -> str:
    """A server's words on one line, cut to a length that a ledger can keep."""
    return _UNSEEN.sub(" ", text)[:_LONGEST_TEXT].strip()
