"""The letters' words are written for a site; a feed has the same pages and no reader of its own."""

from __future__ import annotations

from typing import NoReturn

from notifier.render.site import Site


def public_site(base_url: str, organisation: str = "") -> Site:
    """A site whose pages have addresses; a link for one person raises TypeError."""
    return Site(
        base_url=base_url,
        organisation=organisation,
        confirm_url=nobody,
        answer_url=nobody,
        magic_url=nobody,
    )


def nobody(*_: object) -> NoReturn:
    raise TypeError("A feed is read by everybody: it holds no link for one person.")
