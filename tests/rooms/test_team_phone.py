"""A team's telephone number: kept as it is written, and refused when it is none."""

from __future__ import annotations

import pytest
from flask import Flask

from notifier.catalogue import queries as catalogue
from notifier.errors import Refused
from notifier.store.db import unit
from tests import makers
from tests.makers import Clock

TEAMS = "teams:\n  - {{slug: soil, name: Soil statistics, contact: soil@example.org, phone: {}}}\n"


@pytest.mark.parametrize("number", ['"020 8026 3000"', '"+44 (0)20 8026 3000"', '"0300 123-456"'])
def test_a_number_is_kept_as_it_is_written(room: Flask, clock: Clock, number: str) -> None:
    with unit():
        makers.load_catalogue(TEAMS.format(number), now=clock())
    assert catalogue.team("soil").phone == number.strip('"')


@pytest.mark.parametrize("number", ['"call us"', '"javascript:1"', '"1"', '"020;ext=1"'])
def test_what_no_telephone_dials_is_refused(room: Flask, clock: Clock, number: str) -> None:
    with pytest.raises(Refused, match=r"teams\[1\]: phone .* is no telephone number"), unit():
        makers.load_catalogue(TEAMS.format(number), now=clock())
