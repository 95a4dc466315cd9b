"""Envelope senders and Message-IDs come back whole, lower-cased or not, and cannot be forged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.mail import verp
from notifier.tokens import Stamp

STAMP = Stamp(["a key of the tests"], "bounce")
IDS = st.integers(0, 2**40 - 1)


@given(IDS, IDS)
def test_a_sender_fits_a_local_part_and_comes_back(send_id: int, subscriber_id: int) -> None:
    address = verp.sender(STAMP, send_id, subscriber_id, "bounces.example")
    assert len(address.partition("@")[0]) <= 64
    for met in (address, address.upper(), f" <{address}> ", address.partition("@")[0]):
        assert verp.parse(met, STAMP) == (send_id, subscriber_id)


def test_a_message_id_is_the_same_on_every_retry_and_comes_back() -> None:
    first, again = (verp.message_id(STAMP, 7, 11, "n.example") for _ in range(2))
    assert first == again
    assert verp.message_id(STAMP, 7, 12, "n.example") != first
    for met in (first, first.strip("<>"), first.upper()):
        assert verp.parse_message_id(met, STAMP) == (7, 11)


@pytest.mark.parametrize(
    "address", ["", "cleo@example.org", "b+00@n.example", f"b+{'0' * 52}@n.example", "b+", "@"]
)
def test_a_forged_address_is_nobody(address: str) -> None:
    assert verp.parse(address, STAMP) is None
    assert verp.parse_message_id(address.replace("b+", "<m."), STAMP) is None


def test_an_older_key_is_still_understood() -> None:
    old = verp.sender(Stamp(["old"], "bounce"), 1, 2, "n.example")
    assert verp.parse(old, Stamp(["new", "old"], "bounce")) == (1, 2)
    assert verp.parse(old, Stamp(["new"], "bounce")) is None
