"""The frame's own words of calendars in English and Welsh; what letters say as well is in render.

The Welsh was written with care but not by a speaker: one must review it. Where Welsh would mutate a
name or a date, it stands after a colon.
"""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "all": ("Releases and changes", "Cyhoeddiadau a newidiadau"),
    "mine": ("What I follow", "Yr hyn rwy'n ei ddilyn"),
    "caldesc": (
        "When statistics come out and when they change. All times are London's.",
        "Pryd y cyhoeddir ystadegau a phryd y maent yn newid. Amser Llundain yw pob amser.",
    ),
    # How a release stands
    "provisional": ("Provisional: the date may still change.", "Dros dro: gall y dyddiad newid."),
    "confirmed": ("Confirmed.", "Wedi'i gadarnhau."),
    "released": ("Out.", "Wedi'i gyhoeddi."),
    "postponed_tbc": (
        "Postponed; there is no new date yet.",
        "Wedi'i ohirio; nid oes dyddiad newydd eto.",
    ),
    "cancelled": (
        "Cancelled: it will not come out.",
        "Wedi'i ganslo: ni fydd yn cael ei gyhoeddi.",
    ),
    "withdrawn": ("Withdrawn after it came out.", "Wedi'i dynnu'n ôl ar ôl ei gyhoeddi."),
    # Before a title
    "title_cancelled": ("Cancelled: ", "Wedi'i ganslo: "),
    "title_withdrawn": ("Withdrawn: ", "Wedi'i dynnu'n ôl: "),
    "title_postponed_tbc": (
        "Postponed, no new date yet: ",
        "Wedi'i ohirio, dim dyddiad newydd eto: ",
    ),
    "title_latest": ("At the latest: ", "Fan bellaf: "),
    "contains": ("Contains a change: {headline} {url}", "Yn cynnwys newid: {headline} {url}"),
    "last_day": (
        "Last day to have your say: {headline}",
        "Diwrnod olaf i ddweud eich dweud: {headline}",
    ),
    "topic_leads": (
        "This calendar leads to that of {into} by itself from this day on.",
        "O'r diwrnod hwn ymlaen bydd y calendr hwn yn arwain at: {into}.",
    ),
    "topic_over": (
        "This calendar ends on this day.",
        "Daw'r calendr hwn i ben y diwrnod hwn.",
    ),
}


def word(key: str, lang: str = "en", **values: object) -> str:
    """The frame's words in ``lang`` (en or cy). Raises KeyError for those that there are not."""
    return WORDS[key][lang == "cy"].format(**values)
