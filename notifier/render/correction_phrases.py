"""The frame's words of a letter that corrects another, in English and Welsh.

The Welsh was written with care but not by a speaker: one must review it, as in phrases.py.
"""

from __future__ import annotations

CORRECTIONS: dict[str, tuple[str, str]] = {
    "corrected_kicker": ("Correction", "Cywiriad"),
    "corrected_subject": ("Correction: {name}", "Cywiriad: {name}"),
    "corrected_lead": (
        "Our message of {day} was wrong.",
        "Roedd ein neges yn anghywir. Dyddiad y neges: {day}.",
    ),
    "corrected_what": ("What is right", "Beth sy'n gywir"),
    "corrected_sorry": (
        "We are sorry. This goes to everybody who got that message, and to nobody else.",
        "Mae'n ddrwg gennym. Anfonir hyn at bawb a gafodd y neges honno, ac at neb arall.",
    ),
    "corrected_page": ("See it on our site", "Gweld hyn ar ein gwefan"),
    "corrected_week": ("The week ahead", "Yr wythnos i ddod"),
}
