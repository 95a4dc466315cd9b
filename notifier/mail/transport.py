"""MAIL_URL becomes a way to send: the outbox, one relay, or several by weight."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from notifier.errors import Refused
from notifier.mail.envelope import Envelope, Outcome, State, Transport
from notifier.mail.outbox import Outbox
from notifier.mail.plain import Plain
from notifier.mail.relay import Relay, parse
from notifier.mail.smtp import Smtp

__all__ = ["Envelope", "Outcome", "Several", "State", "Transport", "from_url", "pick", "relays"]


class Several:
    """Batches go to the transports in turn, each as often as its weight says.

    The turn is kept per process: nginx's smooth weighted round robin, so a weight of 3 against 1
    gives a a b a, not a a a b.
    """

    name = "several"
    limit = 0.0

    def __init__(self, weighted: Sequence[tuple[int, Transport]]) -> None:
        self._weighted = weighted
        self._credit = [0] * len(weighted)

    @property
    def all(self) -> list[Transport]:
        return [transport for _, transport in self._weighted]

    def pick(self, avoid: Collection[str] = ()) -> Transport | None:
        """Whose turn it is among those whose name is not in ``avoid``; None when all are."""
        able = [n for n, one in enumerate(self.all) if one.name not in avoid]
        if not able:
            return None
        for n in able:
            self._credit[n] += self._weighted[n][0]
        chosen = max(able, key=lambda n: (self._credit[n], -n))
        self._credit[chosen] -= sum(self._weighted[n][0] for n in able)
        return self._weighted[chosen][1]

    def send(self, envelopes: Iterable[Envelope]) -> Iterator[Outcome]:
        chosen = self.pick()
        return chosen.send(envelopes) if chosen is not None else iter(())

    def close(self) -> None:
        for _, transport in self._weighted:
            transport.close()


def relays(transport: Transport) -> list[Transport]:
    """The relays behind a transport: itself, when it is one."""
    return transport.all if isinstance(transport, Several) else [transport]


def pick(transport: Transport, avoid: Collection[str] = ()) -> Transport | None:
    """The relay for the next batch, but none whose name is in ``avoid``."""
    if isinstance(transport, Several):
        return transport.pick(avoid)
    return None if transport.name in avoid else transport


def from_url(url: str, *, host_name: str, instance: Path) -> Transport:
    """The transport that MAIL_URL describes; ``host_name`` is what we call ourselves in EHLO.

    Several URLs are separated by spaces or commas (a comma in a password is written ``%2C``).
    Nothing is connected yet. Raises Refused, one sentence, when a URL is malformed.
    """
    urls = [one for one in re.split(r"[\s,]+", url) if one]
    if not urls:
        raise Refused("MAIL_URL is empty; outbox: keeps mail in a folder, smtp://host sends it.")
    weighted: list[tuple[int, Transport]] = []
    for one in urls:
        if one == "outbox:":
            weighted.append((1, Outbox(instance / "outbox")))
        else:
            relay = parse(one)
            weighted.append((relay.weight, _open(relay, host_name)))
    return weighted[0][1] if len(weighted) == 1 else Several(weighted)


def _open(relay: Relay, host_name: str) -> Transport:
    kind = Plain if relay.plain_library else Smtp
    return kind(relay, host_name=host_name)
