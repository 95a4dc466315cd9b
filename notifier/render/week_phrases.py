"""The frame's words of Friday's letter about the week to come, in English and Welsh.

The Welsh was written with care but not by a speaker: one must review it, as in phrases.py.
"""

from __future__ import annotations

WEEK: dict[str, tuple[str, str]] = {
    "week_title": ("Coming next week: {span}", "Yr wythnos nesaf: {span}"),
    "week_span": ("{first} to {last}", "{first} i {last}"),
    "week_count": ("{what}: {count}", "{what}: {count}"),
    "week_releases": ("What comes out", "Beth fydd yn dod allan"),
    "week_releases_count": ("Releases", "Cyhoeddiadau"),
    "week_changes": ("What changes", "Beth fydd yn newid"),
    "week_changes_count": ("Changes", "Newidiadau"),
    "week_closing": ("Last days to have your say", "Dyddiau olaf i ddweud eich dweud"),
    "week_closing_count": ("Consultations that close", "Ymgyngoriadau sy'n cau"),
    "week_away": (
        "Will not come out in that week",
        "Ni fydd yn dod allan yn yr wythnos honno",
    ),
    "week_away_count": (
        "Releases moved or cancelled",
        "Cyhoeddiadau a symudwyd neu a ganslwyd",
    ),
    "week_vague": ("On a day to come", "Ar ddiwrnod i'w gadarnhau"),
    "week_no_releases": (
        "No release is planned in that week.",
        "Nid oes cyhoeddiad wedi'i gynllunio yn yr wythnos honno.",
    ),
    "week_no_changes": (
        "No announced change takes effect in that week.",
        "Nid oes newid a gyhoeddwyd yn dod i rym yn yr wythnos honno.",
    ),
    "week_contains": ("Contains a change:", "Yn cynnwys newid:"),
    "week_was": ("Was", "Cynt"),
    "week_now": ("Now", "Nawr"),
    "week_page": ("See that week on our site", "Gweld yr wythnos honno ar ein gwefan"),
    "week_page_note": (
        "What is moved after this letter stands on that page.",
        "Mae'r hyn a gaiff ei symud ar ôl y llythyr hwn ar y dudalen honno.",
    ),
    "week_english": ("", "Mae'r rhesymau yn Saesneg ar dudalennau'r cyhoeddiadau."),
}
