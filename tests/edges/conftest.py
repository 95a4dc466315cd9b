"""The change of emissions, announced, and the release that carries it: letters are about them."""

from __future__ import annotations

import pytest
from flask import Flask

from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release
from notifier.sends.models import Send
from notifier.store.db import session
from notifier.store.history import By
from tests.makers import ALICE, Clock, acting, announced, emissions


@pytest.fixture
def change(room: Flask, clock: Clock) -> ChangeNotice:
    """The change of emissions, announced on 23 November 2026 and mailed."""
    found = announced(emissions(), now=clock())
    for send in session.query(Send).filter_by(about=found.reference, stage="announce"):
        send.frozen_at, send.audience = clock(), 3
    session.commit()
    clock.at("2026-12-14 11:00")
    return found


@pytest.fixture
def by(room: Flask) -> By:
    return acting(ALICE)


@pytest.fixture
def release(change: ChangeNotice) -> Release:
    """It comes out at 9:30am on Monday 1 March 2027."""
    assert change.effect_release is not None
    return change.effect_release
