"""How a stranger reads the pages of a house in which everything is announced."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

from flask import Flask
from flask.testing import FlaskClient

from notifier.notices import follow
from notifier.notices.models import ChangeNotice
from notifier.releases.dated import exact
from notifier.releases.models import Release
from notifier.store.db import session, unit
from tests import makers
from tests.makers import ALICE, Clock, acting


def all_announced(house: Flask, clock: Clock) -> FlaskClient:
    """A stranger's browser; all that can be announced is."""
    with house.app_context():
        for notice in session.query(ChangeNotice).order_by(ChangeNotice.id):
            if "Monthly landings" not in notice.headline:
                makers.announced(notice, now=clock())
    return house.test_client()


def words(client: FlaskClient, path: str) -> str:
    """The page's words as they are read, one blank between them."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    page = re.sub(r"<(script|style)\b.*?</\1>", "", answer.get_data(as_text=True), flags=re.S)
    hidden = re.sub(r'<span aria-hidden="true">[^<]*</span>', "", page)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", hidden)).split())


def release(word: str) -> Release:
    return session.query(Release).filter(Release.title.contains(word)).one()


def moves(client: FlaskClient, word: str, to: date, reason: str, clock: Clock) -> int:
    """Alice moves the release, Hana approves; its id."""
    with client.application.app_context():
        found = release(word)
        with unit():
            follow.move(found, exact(to), makers.decided(reason), by=acting(ALICE), now=clock())
        return found.id
