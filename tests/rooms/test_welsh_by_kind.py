"""Both languages or neither: chosen for all, and another way for one kind of words."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from notifier.catalogue import document
from notifier.catalogue import queries as catalogue
from notifier.catalogue.load import load
from notifier.errors import Refused
from notifier.newsletters import send as newsletters
from notifier.newsletters.models import Newsletter
from notifier.notices import out
from notifier.releases import announce
from notifier.releases.models import Announcement, Release
from notifier.store.db import session, unit
from tests.makers import ALICE, BOB, Clock, acting, approved, draft, member, on_sqlite

BOTH = "both_or_neither"


def rule(welsh: str, **kinds: str) -> None:
    house = catalogue.organisation()
    assert house is not None
    with unit():
        house.welsh, house.welsh_kinds = welsh, kinds


def armed(clock: Clock, entry: dict[str, Any]) -> Announcement:
    release = session.scalars(select(Release).where(Release.state == "confirmed")).first()
    assert release is not None
    with unit():
        release.contains_change = False
        words = announce.write(release, entry, author=member(ALICE), by=acting(ALICE), now=clock())
        out.arm(words, approver=member(BOB), by=acting(BOB), now=clock())
        return words


def issue(clock: Clock) -> Newsletter:
    found = session.scalars(select(Newsletter)).first()
    assert found is not None
    with unit():
        if found.state == "draft":
            newsletters.submit(found, author=member(ALICE), by=acting(ALICE), now=clock())
    with unit():
        newsletters.approve(found, approver=member(BOB), by=acting(BOB), now=clock())
    return found


@pytest.mark.parametrize("chosen", [{}, {"notice": BOTH, "newsletter": "frame"}])
def test_a_rule_for_one_kind_goes_before_the_rule_for_all(
    room: Flask, clock: Clock, chosen: dict[str, str]
) -> None:
    rule("frame" if chosen else BOTH, **chosen)
    with pytest.raises(Refused, match="has no Welsh for headline, what, why; add it under cy"):
        approved(draft(now=clock()), now=clock(), by=BOB)
    if chosen:
        assert issue(clock).state == "approved"
        assert armed(clock, {"detail": "Fell."}).state == "armed"
    else:
        with pytest.raises(Refused, match="set --welsh-for newsletter=frame"):
            issue(clock)
        with pytest.raises(Refused, match="The release mail has no Welsh for detail"):
            armed(clock, {"detail": "Fell."})


@on_sqlite
def test_each_depth_of_a_release_mail_has_its_welsh(room: Flask, clock: Clock) -> None:
    rule(BOTH, notice="frame")
    assert approved(draft(now=clock()), now=clock(), by=BOB).state == "approved"
    words = {"headline": "Fell.", "detail": "Fell by 4%.", "technical": "−4%"}
    with pytest.raises(Refused, match="no Welsh for headline, technical; add it under cy"):
        armed(clock, {**words, "cy": {"detail": "Gostyngodd."}})
    assert session.scalars(select(Announcement)).all() == []
    assert armed(clock, {**words, "cy": dict.fromkeys(words, "Gostyngodd.")}).state == "armed"


@on_sqlite
def test_the_catalogue_says_it_per_kind(app: Flask) -> None:
    def loaded(more: str) -> dict[str, int]:
        with unit():
            return load(document.read(f"organisation:\n  name: Example\n{more}"))

    with app.app_context():
        with pytest.raises(Refused, match=r"welsh_kinds knows notice, .*, not 'survey'"):
            loaded("  welsh_kinds: {survey: frame}\n")
        with pytest.raises(Refused, match=r"welsh_kinds\.notice must be one of frame, both"):
            loaded("  welsh_kinds: {notice: both}\n")
        with pytest.raises(Refused, match="welsh must be one of frame, both_or_neither"):
            loaded("  welsh: both\n")
        loaded("  welsh: both_or_neither\n  welsh_kinds: {release: frame}\n")
        promised = [kind for kind in ("notice", "release") if catalogue.both_languages(kind)]
        assert promised == ["notice"]
