"""The demo, also from a wheel, plays on the catalogue that the tests load."""

from __future__ import annotations

from notifier.cli.demo import CATALOGUE
from tests import makers


def test_there_is_one_catalogue() -> None:
    assert CATALOGUE.read_bytes() == makers.CATALOGUE.read_bytes()
