"""The letters' words are written for a site; a feed has the same pages and no reader of its own."""

from __future__ import annotations

from typing import NoReturn

from notifier.feeds.addresses import page
from notifier.render.site import Site


class PublicSite(Site):
    """A site whose pages are those of one language."""

    language = "en"

    def url(self, *path: str) -> str:
        """The address of a page: ``url("changes", "DEFRA-2026-014")``."""
        return page(self.base_url.rstrip("/"), *path, language=self.language)


class WelshSite(PublicSite):
    language = "cy"


def public_site(base_url: str, organisation: str = "", language: str = "en") -> Site:
    """A site whose pages have addresses; a link for one person raises TypeError."""
    kind = WelshSite if language == "cy" else PublicSite
    return kind(
        base_url=base_url,
        organisation=organisation,
        confirm_url=nobody,
        answer_url=nobody,
        magic_url=nobody,
    )


def nobody(*_: object) -> NoReturn:
    raise TypeError("A feed is read by everybody: it holds no link for one person.")
