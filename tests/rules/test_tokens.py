"""Links prove for whom and for what they were made, and outlive a change of keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.tokens import Signer, Stamp, Stamps, fingerprint

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
OLD, NEW = "the old key" * 4, "the new key" * 4
IDS = st.integers(0, 2**40 - 1)


def test_a_signed_link_gives_back_its_payload() -> None:
    signer = Signer([NEW], "confirm")
    token = signer.sign({"signup": 7}, expires=NOW + timedelta(days=7))
    assert signer.read(token, now=NOW) == {"signup": 7}


def test_it_ends_at_its_instant() -> None:
    signer = Signer([NEW], "confirm")
    token = signer.sign({"signup": 7}, expires=NOW)
    assert signer.read(token, now=NOW - timedelta(seconds=1)) == {"signup": 7}
    assert signer.read(token, now=NOW) is None
    forever = signer.sign({"signup": 7})
    assert signer.read(forever, now=NOW + timedelta(days=9999)) == {"signup": 7}


def test_a_link_for_another_purpose_is_not_accepted() -> None:
    token = Signer([NEW], "confirm").sign({"signup": 7})
    assert Signer([NEW], "magic").read(token, now=NOW) is None


def test_old_keys_are_accepted_but_do_not_sign() -> None:
    old, rotated = Signer([OLD], "confirm"), Signer([NEW, OLD], "confirm")
    assert rotated.read(old.sign({"signup": 7}), now=NOW) == {"signup": 7}
    assert old.read(rotated.sign({"signup": 7}), now=NOW) is None
    assert Signer([NEW], "confirm").read(rotated.sign({"a": 1}), now=NOW) == {"a": 1}


@pytest.mark.parametrize(
    "token", ["", ".", "a.b", "a.b.c", "é.é", "\x00", "." * 5000, "eyJzaWdudXAiOjd9.AAAA"]
)
def test_rubbish_is_none(token: str) -> None:
    assert Signer([NEW], "confirm").read(token, now=NOW) is None
    assert Stamp([NEW], "unsubscribe").read(token) is None


@given(st.integers(0, 200), st.sampled_from("abcXYZ019-_."))
def test_one_changed_letter_forges_nothing(place: int, letter: str) -> None:
    signer = Signer([NEW], "confirm")
    token = signer.sign({"signup": 7}, expires=NOW + timedelta(days=7))
    place %= len(token)
    forged = token[:place] + letter + token[place + 1 :]
    # The last letter of base64 carries spare bits: another spelling of the same signature.
    assert signer.read(forged, now=NOW) is None or forged[:-1] == token[:-1]


@given(IDS, IDS)
def test_a_stamp_gives_back_its_two_numbers_also_when_its_case_was_changed(
    send_id: int, person: int
) -> None:
    stamp = Stamp([NEW], "unsubscribe")
    token = stamp.make(send_id, person)
    assert len(token) == Stamp.LENGTH == 52
    assert token == token.lower()
    assert stamp.read(token) == stamp.read(token.upper()) == (send_id, person)


@given(IDS, IDS, st.integers(0, 51), st.sampled_from("0123456789abcdef"))
def test_a_stamp_with_one_changed_digit_is_not_ours(
    send_id: int, person: int, place: int, digit: str
) -> None:
    stamp = Stamp([NEW], "unsubscribe")
    token = stamp.make(send_id, person)
    forged = token[:place] + digit + token[place + 1 :]
    assert stamp.read(forged) == ((send_id, person) if forged == token else None)


def test_stamps_are_bound_to_their_purpose_and_survive_a_rotation() -> None:
    old, rotated = Stamps([OLD]), Stamps([NEW, OLD])
    made = [s.make(3, 4) for s in (old.unsubscribe, old.preferences, old.envelope, old.message_id)]
    assert len(set(made)) == 4
    assert rotated.unsubscribe.read(made[0]) == (3, 4)
    assert rotated.unsubscribe.read(made[1]) is None
    assert rotated.preferences.read(made[0]) is None
    assert old.unsubscribe.read(rotated.unsubscribe.make(3, 4)) is None
    assert Stamps([NEW]).unsubscribe.read(made[0]) is None


def test_a_stamp_padded_to_the_right_length_is_not_read() -> None:
    token = Stamp([NEW], "unsubscribe").make(3, 4)
    assert Stamp([NEW], "unsubscribe").read(token[:-2] + "  ") is None
    assert Stamp([NEW], "unsubscribe").read(token + "00") is None


def test_a_secret_is_stored_as_its_fingerprint() -> None:
    assert fingerprint("s") != "s"
    assert len(fingerprint("s")) == 64
