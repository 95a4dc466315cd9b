"""What a person chooses on the settings page, and what they tell about themselves."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from notifier.audience import kinds, limits, queries
from notifier.audience.describe import describe, interests
from notifier.audience.kinds import MACHINES_ONLY, pack, unpack
from notifier.audience.limits import TooOften, check, forget_networks
from notifier.audience.models import Reach, Signup, Subscriber
from notifier.audience.prefer import prefer
from notifier.audience.subscribe import subscribe
from notifier.catalogue import queries as catalogue
from notifier.errors import Refused
from notifier.store.db import session, unit
from notifier.store.history import of
from tests.makers import CLEO, WORDING, Clock, asks, joins, topics

NOTHING: dict[str, Any] = {
    "name": "",
    "organisation": "",
    "uses": "",
    "takes_part": [],
    "asked_by": "",
}


def prefers(person: Subscriber, clock: Clock, **changes: Any) -> None:
    given: dict[str, Any] = {
        "topics": topics("air-quality"),
        "user_type": person.user_type,
        "depth": None,
        "language": "en",
        **changes,
    }
    with unit():
        prefer(person, **given, now=clock())


def test_kinds_and_publications_are_kept_and_reach_the_query(room: Flask, clock: Clock) -> None:
    person = joins(now=clock(), series=("wild-birds",))
    packed = pack({"newsletter": "off", "change": "weekly"}, machines_only=True)
    prefers(person, clock, kinds=packed, series=[catalogue.series("fly-tipping")])
    assert person.kinds == packed
    reach = session.get_one(Reach, person.id)
    assert (reach.kinds, bool(reach.kinds & MACHINES_ONLY)) == (packed, True)
    followed = {s.series_id for s in person.subscriptions if s.ended_at is None}
    assert catalogue.series("fly-tipping").id in followed
    said = of(f"subscriber:{person.id}")[-1].data["kinds"]
    assert (said["newsletter"], said["change"]) == ("off", "weekly")


def test_what_is_urgent_is_never_collected(room: Flask, clock: Clock) -> None:
    person = joins(now=clock())
    prefers(person, clock, kinds=pack(dict.fromkeys(kinds.KINDS, "weekly")))
    found = unpack(person.kinds)
    assert {found[kind] for kind in kinds.URGENT} == {"immediate"}


def test_no_kind_at_all_is_leaving_and_has_its_own_button(room: Flask, clock: Clock) -> None:
    person = joins(now=clock())
    off = pack(dict.fromkeys(kinds.KINDS, "off"))
    with pytest.raises(Refused, match="at least one kind") as refusal:
        prefers(person, clock, kinds=off)
    assert refusal.value.field == "kinds"
    prefers(person, clock, kinds=off, week_ahead=True)
    assert person.week_ahead


def test_ones_words_are_kept_clean_and_history_does_not_repeat_them(
    room: Flask, clock: Clock
) -> None:
    person = joins(now=clock())
    with unit():
        describe(
            person,
            name="  Cleo\r\n Jones\0 ",
            organisation="ŵ Ltd",
            uses="Air maps\r\nfor schools.",
            takes_part=["training", "user_group"],
            asked_by="phone",
            now=clock(),
        )
    assert (person.name, person.organisation) == ("Cleo Jones", "ŵ Ltd")
    assert person.uses == "Air maps\nfor schools."
    assert interests(person.takes_part) == ["user_group", "training"]
    assert session.get_one(Reach, person.id).takes_part == person.takes_part
    last = of(f"subscriber:{person.id}")[-1]
    assert last.action == "describe"
    assert "Jones" not in str((last.data, last.why))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "x" * 101}, "name"),
        ({"organisation": "x" * 201}, "organisation"),
        ({"uses": "x" * 2001}, "uses"),
        ({"asked_by": "pigeon"}, "asked_by"),
        ({"takes_part": ["everything"]}, None),
    ],
)
def test_what_does_not_fit_changes_nothing(
    room: Flask, clock: Clock, changes: dict[str, Any], field: str | None
) -> None:
    person = joins(now=clock())
    before = len(of(f"subscriber:{person.id}"))
    with pytest.raises(Refused) as refusal, unit():
        describe(person, **{**NOTHING, "organisation": "Defra", **changes}, now=clock())
    assert refusal.value.field == field
    assert (person.organisation, len(of(f"subscriber:{person.id}"))) == ("", before)


def signs_up(email: str, network: str, clock: Clock, source: str = "") -> None:
    with unit():
        subscribe(
            email,
            topics=topics("air-quality"),
            user_type=catalogue.user_type("media"),
            wording=WORDING,
            network=network,
            source=source,
            now=clock(),
        )


def test_a_network_may_sign_up_so_often_in_an_hour(
    room: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PER_NETWORK", 3)
    for n in range(3):
        signs_up(f"p{n}@example.org", "here", clock)
    for email in ("p0@example.org", "nobody@example.org"):
        with pytest.raises(TooOften):
            signs_up(email, "here", clock)
    assert queries.by_email("nobody@example.org") is None
    signs_up("elsewhere@example.org", "there", clock)
    clock.forward(hours=1)
    signs_up("nobody@example.org", "here", clock)


def test_everybody_together_has_a_limit_and_invitations_do_not_count(
    room: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "IN_ALL", 4)
    for n in range(4):
        asks(f"brought{n}@example.org", now=clock())  # by a list: no network
    for n in range(4):
        signs_up(f"p{n}@example.org", f"network {n}", clock)
    with pytest.raises(TooOften):
        check("yet another", now=clock())


def test_where_somebody_was_is_forgotten_after_a_day(room: Flask, clock: Clock) -> None:
    signs_up(CLEO, "here", clock)
    clock.forward(hours=23)
    with unit():
        forget_networks(now=clock())
    assert session.query(Signup.network).scalar() == "here"
    clock.forward(hours=1)
    with unit():
        forget_networks(now=clock())
    assert session.query(Signup.network).scalar() == ""


@pytest.mark.parametrize(
    ("said", "kept"),
    [("passed-on", "passed-on"), ("<b>", ""), ("a" * 41, ""), ("Big", ""), ("x y", "")],
)
def test_the_link_they_came_by_is_a_plain_word(
    room: Flask, clock: Clock, said: str, kept: str
) -> None:
    signs_up(CLEO, "", clock, source=said)
    assert session.query(Signup.source).scalar() == kept
