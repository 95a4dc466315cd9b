"""What each noun may become is a picture that people approved; a new step shows as a difference."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from notifier.audience.rules import SUBSCRIBER
from notifier.errors import Refused
from notifier.lifecycle import Lifecycle
from notifier.newsletters.rules import NEWSLETTER
from notifier.notices.rules import NOTICE
from notifier.releases.rules import ANNOUNCEMENT, RELEASE
from notifier.sends.rules import SEND

PICTURE = Path(__file__).parents[1] / "data" / "lifecycles.txt"
ALL = (NOTICE, RELEASE, ANNOUNCEMENT, NEWSLETTER, SEND, SUBSCRIBER)


def matrix(table: Lifecycle) -> str:
    """Rows are states, columns events, cells the next state."""
    events = list(dict.fromkeys(event for _, event in table.steps))
    rows = [[table.noun, *events]]
    rows += [[s, *(table.steps.get((s, e), ".") for e in events)] for s in table.states]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(w) for cell, w in zip(r, widths, strict=True)) for r in rows]
    return "\n".join(line.rstrip() for line in lines)


def test_the_state_tables_are_those_that_were_approved() -> None:
    """After a change that is meant: APPROVE=1 bin/test tests/rules/test_lifecycles.py"""
    found = "\n\n".join(matrix(table) for table in ALL) + "\n"
    if os.environ.get("APPROVE"):
        PICTURE.write_text(found, "utf-8")
    assert found == PICTURE.read_text("utf-8")


@pytest.mark.parametrize("table", ALL, ids=lambda table: str(table.noun))
def test_what_the_table_does_not_name_is_refused_in_a_sentence(table: Lifecycle) -> None:
    for state in table.states:
        for event in {e for _, e in table.steps}:
            if (state, event) in table.steps:
                assert table.after(state, event) in table.states
                continue
            with pytest.raises(Refused, match=f"^This {table.noun} is [^:;_]+[;,:] .+\\.$"):
                table.after(state, event)


def test_the_refusal_names_the_states_from_which_it_is_possible() -> None:
    with pytest.raises(Refused) as refusal:
        NOTICE.after("draft", "announce")
    assert str(refusal.value) == (
        "This notice is a draft, so it cannot be announced; only what is approved can be."
    )
    with pytest.raises(Refused, match="it cannot be explode: nothing can"):
        NOTICE.after("draft", "explode")


def test_ends_are_ends() -> None:
    assert not [event for (s, event) in SEND.steps if s == "done"]
    assert not [event for (s, event) in SUBSCRIBER.steps if s == "erased"]
    assert not [event for (s, event) in RELEASE.steps if s in ("cancelled", "withdrawn")]


def test_a_confirmed_release_never_goes_back_to_provisional() -> None:
    assert "provisional" not in {n for (s, _), n in RELEASE.steps.items() if s == "confirmed"}


def test_only_a_confirmation_makes_somebody_active_or_the_end_of_their_pause() -> None:
    """Or that staff take back what staff alone had stopped: tests/rooms/test_stopped_by_hand.py."""
    leads = {e for (_, e), n in SUBSCRIBER.steps.items() if n == "active"}
    assert leads == {"confirm", "resume", "lift"}
    assert [s for (s, e) in SUBSCRIBER.steps if e == "lift"] == ["suppressed"]
    assert [s for (s, e) in SUBSCRIBER.steps if e == "resume"] == ["paused"]
    assert [s for (s, e) in SUBSCRIBER.steps if e == "pause"] == ["active"]
