"""The frame's own words of feeds in English and Welsh; what letters say as well stands in render.

The Welsh was written with care but not by a speaker: one must review it. Where Welsh would mutate a
name or a date, it stands after a colon.
"""

from __future__ import annotations

from functools import lru_cache

from notifier.notices.rules import TYPE_WORDS
from notifier.render.passages import Passage, in_language

WORDS: dict[str, tuple[str, str]] = {
    # Feeds
    "all": ("Everything", "Popeth"),
    "changes": ("Changes", "Newidiadau"),
    "releases": ("Releases", "Cyhoeddiadau"),
    "newsletters": ("Newsletters", "Cylchlythyrau"),
    "for_you": ("For you: {name}", "I chi: {name}"),
    "state": ("{title}, as it stands", "{title}, fel y mae"),
    "subtitle": (
        "What will change, what changed, and what came out.",
        "Beth fydd yn newid, beth a newidiodd, a beth a gyhoeddwyd.",
    ),
    "group_main": ("All", "Pob un"),
    "group_topics": ("Topics", "Pynciau"),
    "group_series": ("Series", "Cyfresi"),
    "group_for": ("For what you do", "Yn ôl yr hyn a wnewch"),
    "group_chosen": ("What you chose", "Eich dewis"),
    "opml": ("Feeds of statistics: changes and releases", "Ffrydiau: newidiadau a chyhoeddiadau"),
    # Kinds of entry
    "announced": ("Change announced", "Newid wedi'i gyhoeddi"),
    "in_effect": ("Change in effect", "Newid mewn grym"),
    "moved": ("Release date changed", "Dyddiad cyhoeddi wedi newid"),
    "released": ("Release published", "Wedi'i gyhoeddi"),
    "issue": ("Newsletter", "Cylchlythyr"),
    "topic_ends": ("Topic ends", "Pwnc yn dod i ben"),
    "decision": ("Decision", "Penderfyniad"),
    "release_cancelled": ("Release cancelled", "Cyhoeddiad wedi'i ganslo"),
    "release_withdrawn": ("Release taken back", "Cyhoeddiad wedi'i dynnu'n ôl"),
    "notice": ("Change", "Newid"),
    "release": ("Release", "Cyhoeddiad"),
    # A change
    "opening_announced": ("Announced", "Cyhoeddwyd"),
    "opening_proposed": ("Proposed", "Cynigiwyd"),
    "opening_decided": ("Decided", "Penderfynwyd"),
    "now": ("Now: {status}", "Nawr: {status}"),
    "as_data": ("This notice as data", "Yr hysbysiad hwn fel data"),
    "as_mapping": ("Old codes and new (CSV)", "Hen godau a chodau newydd (CSV)"),
    "have_your_say": ("Have your say", "Dweud eich dweud"),
    "class": ("Class {letter}", "Dosbarth {letter}"),
    # A release
    "provisional": (
        "Provisional: the date may still change.",
        "Dros dro: gall y dyddiad newid eto.",
    ),
    "confirmed": ("Confirmed.", "Wedi'i gadarnhau."),
    "postponed_tbc": (
        "Postponed; there is no new date yet.",
        "Wedi'i ohirio; nid oes dyddiad newydd eto.",
    ),
    "earlier": ("Brought forward", "Wedi'i ddwyn ymlaen"),
    "vaguer": ("Less exact date", "Dyddiad llai pendant"),
    "firmer": ("Date fixed", "Dyddiad wedi'i bennu"),
    "more_exact": ("More exact date", "Dyddiad mwy pendant"),
    "later": ("Moved", "Wedi symud"),
    "no_new_date": ("Postponed, no new date yet", "Wedi'i ohirio, dim dyddiad newydd eto"),
    "was_now": ("Was {was}; now {now}.", "Yn flaenorol: {was}; nawr: {now}."),
    "still_no_date": ("There is still no new date.", "Nid oes dyddiad newydd o hyd."),
    "now_label": ("Now", "Nawr"),
    "expected": ("Expected", "Disgwylir"),
    "published": ("Published", "Cyhoeddwyd"),
    "is_out": ("{title} is out.", "Wedi'i gyhoeddi: {title}."),
    "label": ("Label", "Label"),
    "from": ("From", "O"),
    # A newsletter
    "issue_of": ("Newsletter of {team}.", "Cylchlythyr: {team}."),
    "read_here": (
        "Read this on our site, with what comes next",
        "Darllenwch hyn ar ein gwefan, gyda'r hyn sydd i ddod",
    ),
    # The end of a topic
    "topic_becomes": ("{name} becomes part of {into}", "{name}: yn dod yn rhan o {into}"),
    "topic_is_over": ("{name} ends", "{name}: yn dod i ben"),
    "feed_ends": (
        "On {day}. This feed ends then.",
        "Dyddiad: {day}. Daw'r ffrwd hon i ben bryd hynny.",
    ),
    "feed_leads": (
        "From {day}. This feed then leads to that of {into} by itself.",
        "O'r dyddiad hwn: {day}. Bydd y ffrwd hon wedyn yn arwain at: {into}.",
    ),
    "other_topics": ("Other topics", "Pynciau eraill"),
}

# Types of change; the English are those of notices.rules.
TYPES_CY = {
    "methodology": "Dull",
    "data_source": "Ffynhonnell ddata",
    "definition_or_classification": "Diffiniad",
    "coverage_or_scope": "Cwmpas",
    "geography": "Daearyddiaeth",
    "rebasing": "Blwyddyn sylfaen",
    "seasonal_adjustment": "Addasu tymhorol",
    "scheduled_major_revision": "Diwygiad arfaethedig",
    "questionnaire": "Holiadur",
    "new_product": "Ystadegau newydd",
    "discontinuation": "Dod i ben",
    "suspension": "Oedi",
    "frequency_or_timing": "Amlder",
    "format_or_layout": "Cynllun",
    "access_or_api": "Mynediad at ddata",
    "designation": "Label",
    "correction": "Cywiriad",
    "consultation": "Ymgynghoriad",
}


@lru_cache(maxsize=1024)
def named(english: str, welsh: str, lang: str) -> Passage:
    """The name of a topic, series or team: each stands in most entries of a feed."""
    return in_language(english, welsh, lang)


def kind_word(type_: str, lang: str = "en") -> str:
    """The type of a change as people read it."""
    return TYPES_CY[type_] if lang == "cy" else TYPE_WORDS[type_]


def word(key: str, lang: str = "en", **values: object) -> str:
    """The frame's words in ``lang`` (en or cy). Raises KeyError for those that there are not."""
    return WORDS[key][lang == "cy"].format(**values)
