"""Every letter that a test sends is compared, when it is compiled, with what the library makes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import cast

from notifier.mail.compose import Compiled, Frame, Letter, Person, compile, naive
from notifier.mail.dkim import Signer
from notifier.render.slots import SLOTS
from notifier.worker import engine

NAMES = (
    *("Siân Ŵyn", "O'Neil & <co>", "🧪👩\u200d🔬", "שלום\u202eabc", ".dot ", "=?utf-8?q?=0A?="),
    *("a" * 90, ""),
)
PEOPLE = 2  # of each letter; each costs 3 ms


def check_compiling() -> None:
    """From now on; more than once is once."""
    engine.compile = checked


def checked(letter: Letter, frame: Frame, signers: Sequence[Signer] = ()) -> Compiled:
    """``compile``; AssertionError unless the copies of random people decode to the naive ones."""
    compiled = compile(letter, frame, signers)
    chance = random.Random(letter.text)
    for number in range(PEOPLE):
        person = somebody(chance, number, one_off=frame.one_off)
        found, meant = read(compiled.splice(person)), read(naive(letter, frame, person))
        assert found == meant, letter.subject
    return compiled


def somebody(chance: random.Random, number: int, *, one_off: bool) -> Person:
    links = {name: f"https://n.example/{name}/{number}" for name in SLOTS if name.endswith("_url")}
    words = {name: chance.choice(NAMES) for name in SLOTS if not name.endswith("_url")}
    return Person(
        address=chance.choice(["o'neil+x@example.org", "siân@ffermŵyr.example"]),
        message_id=f"<m.{number}@notifier.example>",
        unsubscribe_url=None if one_off else "https://n.example/u/1",
        values={**links, **words},
    )


def read(raw: bytes) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Decoded headers, and the type and words of both parts."""
    message = cast(EmailMessage, BytesParser(policy=policy.default).parsebytes(raw))
    ours = (
        (name.lower(), str(value))
        for name, value in message.items()
        if name.lower() not in ("content-type", "dkim-signature")
    )
    parts = ((part.get_content_type(), part.get_content()) for part in message.iter_parts())
    return sorted(ours), [(kind, words.replace("\r\n", "\n")) for kind, words in parts]
