"""What a mail server's answer means, when somebody is tried again, and who is stopped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.delivery.bounces import judge
from notifier.delivery.classify import classify, permanent
from notifier.delivery.record import Found, state_of
from notifier.delivery.rules import (
    CHUNK_LARGEST,
    COUNTER,
    GIVE_UP_AFTER,
    LONGEST_WAIT,
    OPEN,
    TERMINAL,
    WORDS,
    Result,
    changed,
    chunk_size,
    retry_at,
)
from notifier.sends.rules import State

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


# STANDARDS.md section 1, Bounces.
@pytest.mark.parametrize(
    ("code", "status", "action", "verdict"),
    [
        (250, "2.0.0", None, "delivered"),
        (250, "", None, "delivered"),
        (0, "2.1.5", "delivered", "delivered"),
        (0, "2.0.0", "relayed", "delivered"),
        (0, "", "expanded", "delivered"),
        (0, "4.2.2", "delayed", "delayed"),
        (550, "5.1.1", None, "hard"),
        (550, "5.1.2", None, "hard"),
        (501, "5.1.3", None, "hard"),
        (556, "5.1.10", None, "hard"),
        (0, "5.1.1", "failed", "hard"),
        (550, "5.2.1", None, "hard_after_2"),
        (552, "5.2.2", None, "soft"),
        (452, "4.2.2", None, "soft"),
        (421, "", None, "soft"),
        (450, "4.7.1", None, "soft"),
        (0, "4.4.1", "failed", "soft"),  # Postfix giving up
        (550, "5.7.1", None, "sender_fault"),
        (550, "5.7.26", None, "sender_fault"),
        (0, "5.7.1", "failed", "sender_fault"),
        (550, "5.6.0", None, "sender_fault"),
        (552, "5.3.4", None, "sender_fault"),
        (550, "5.1.8", None, "sender_fault"),
        (550, "5.4.4", None, "hard_after_2"),
        (554, "", None, "sender_fault"),
        (500, "", None, "sender_fault"),
        (550, "", None, "hard_after_2"),  # a reply without a reason may be about anything
        (551, "", None, "hard_after_2"),
        (553, "", None, "hard_after_2"),
        (550, "5.5.0", None, "hard_after_2"),  # Outlook.com's word for an unknown mailbox
        (552, "", None, "soft"),
        (0, "5.0.0", "failed", "hard_after_2"),
        (0, "2.0.0", "failed", "soft"),
        (0, "", "failed", "soft"),
        (0, "", None, "soft"),
        (0, "nonsense", "failed", "soft"),
        (0, "5.", "failed", "hard_after_2"),
    ],
)
def test_what_a_reply_or_a_report_means(
    code: int, status: str, action: str | None, verdict: str
) -> None:
    assert classify(code, status, action) == verdict


def test_a_refusal_without_code_is_not_taken_for_a_dead_mailbox() -> None:
    assert permanent(0, "") == "sender_fault"
    assert permanent(0, "5.1.1") == "hard"


def test_5_1_10_is_not_read_as_5_1_1_with_a_tail() -> None:
    assert classify(550, "5.1.11") != "hard"


DEAD = ("5.1.1", "5.1.2", "5.1.3", "5.1.10")
STATUSES = st.from_regex(r"[245]\.[0-9]\.[0-9]{1,2}", fullmatch=True) | st.sampled_from(DEAD)


@given(
    st.integers(0, 599),
    STATUSES | st.text(max_size=10),
    st.sampled_from([None, "failed", "delayed", "delivered", "nonsense"]),
)
def test_only_what_says_that_the_mailbox_is_dead_suppresses_at_once(
    code: int, status: str, action: str | None
) -> None:
    found = classify(code, status, action)
    if found == "hard":
        assert status in DEAD
        assert code // 100 != 4


@pytest.mark.parametrize(
    ("result", "code", "status", "state"),
    [
        ("accepted", 250, "2.0.0", State.ACCEPTED),
        ("uncertain", 0, "", State.UNCERTAIN),
        ("deferred", 451, "4.3.0", State.RETRYING),
        ("refused", 550, "5.1.1", State.BOUNCED),
        ("refused", 552, "5.2.2", State.BOUNCED),
        ("refused", 550, "5.7.1", State.FAILED),
        ("refused", 554, "", State.FAILED),
    ],
)
def test_an_outcome_becomes_what_we_know(
    result: Result, code: int, status: str, state: State
) -> None:
    assert state_of(Found(1, result, code, status, 0)) is state


def test_every_state_is_open_or_terminal_and_has_its_word_and_counter() -> None:
    """Of those that are held the next digest sees to it, and not the drain."""
    assert {State.HELD} | set(OPEN) | set(TERMINAL) == set(State) == set(WORDS)
    assert not {*OPEN, State.HELD} & set(TERMINAL)
    assert State.HELD not in OPEN
    assert set(COUNTER) == set(TERMINAL)


@pytest.mark.parametrize(
    ("tries", "least", "most"),
    [(1, 30, 60), (2, 120, 240), (3, 480, 960), (4, 1920, 3840), (5, 7680, 15360)],
)
def test_waits_grow_fourfold_from_30_to_60_seconds(tries: int, least: int, most: int) -> None:
    waits = [retry_at(tries, NOW, NOW) for _ in range(300)]
    lengths = [(at - NOW).total_seconds() for at in waits if at is not None]
    assert len(lengths) == 300
    assert least <= min(lengths) < max(lengths) <= min(most, LONGEST_WAIT)


@given(st.integers(0, 10_000), st.timedeltas(timedelta(0), timedelta(hours=100)))
def test_nobody_waits_longer_than_four_hours_or_is_tried_after_three_days(
    tries: int, since: timedelta
) -> None:
    at = retry_at(tries, NOW - since, NOW)
    assert (at is None) == (since >= GIVE_UP_AFTER)
    if at is not None:
        assert timedelta(seconds=20) < at - NOW <= timedelta(seconds=LONGEST_WAIT)


@pytest.mark.parametrize(
    ("people", "size"),
    [
        (0, 500),
        (10, 500),
        (20_000, 500),
        (100_000, 2_500),
        (200_000, 5_000),
        (10_000_000, CHUNK_LARGEST),
    ],
)
def test_a_lease_holds_between_500_and_5000_people(people: int, size: int) -> None:
    assert chunk_size(people) == size


def days(*reports: tuple[str, float]) -> list[tuple[str, datetime]]:
    return [(verdict, NOW + timedelta(days=day)) for verdict, day in reports]


@pytest.mark.parametrize(
    ("reports", "reason"),
    [
        ([], ""),
        (days(("hard", 0)), "hard_bounce"),
        (days(("hard_after_2", 0)), ""),
        (days(("hard_after_2", 0), ("hard_after_2", 1)), "hard_bounce"),
        (days(("soft", 0), ("soft", 30)), ""),
        (days(("soft", 0), ("soft", 7), ("soft", 13.9)), ""),
        (days(("soft", 0), ("soft", 7), ("soft", 14)), "soft_bounces"),
        (days(("soft", 14), ("soft", 0), ("soft", 7)), "soft_bounces"),
        (days(*[("sender_fault", n) for n in range(50)]), ""),
        (days(("soft", 0), ("sender_fault", 7), ("soft", 20)), ""),
        (days(("complaint", 0)), "complaint"),
        (days(("hard", 0), ("complaint", 1)), "complaint"),
    ],
)
def test_why_an_address_is_stopped(reports: list[tuple[str, datetime]], reason: str) -> None:
    assert judge(reports) == reason


def test_a_row_that_nothing_has_happened_to_changed_when_its_send_was_frozen() -> None:
    assert changed(0, NOW) == NOW
    later = NOW + timedelta(seconds=90)
    assert changed(int(later.timestamp()), NOW) == later
