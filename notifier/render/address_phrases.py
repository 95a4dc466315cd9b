"""Phrases of the letters about another address, in English and Welsh.

Welsh: for review by a speaker.
"""

from __future__ import annotations

ADDRESSES = {
    "address_subject": (
        "Confirm your new email address",
        "Cadarnhewch eich cyfeiriad e-bost newydd",
    ),
    "address_title": ("Confirm your new email address", "Cadarnhewch eich cyfeiriad e-bost newydd"),
    "address_asked": (
        "Somebody, we hope you, asked that updates from {organisation} come to this address from "
        "now on.",
        "Mae rhywun, chi gobeithio, wedi gofyn i ddiweddariadau oddi wrth {organisation} ddod i'r "
        "cyfeiriad hwn o hyn ymlaen.",
    ),
    "address_do": (
        "Open the page below and press the button there. Nothing changes before that.",
        "Agorwch y dudalen isod a phwyswch y botwm yno. Nid oes dim yn newid cyn hynny.",
    ),
    "address_button": ("Confirm the new address", "Cadarnhau'r cyfeiriad newydd"),
    "address_ignore": (
        "If it was not you, do nothing. We forget this address after 7 days.",
        "Os nad chi oedd hyn, peidiwch â gwneud dim. Byddwn yn anghofio'r cyfeiriad hwn ar ôl "
        "7 diwrnod.",
    ),
    "changed_subject": (
        "Your updates now go to another address",
        "Mae eich diweddariadau nawr yn mynd i gyfeiriad arall",
    ),
    "changed_title": (
        "Your updates now go to another address",
        "Mae eich diweddariadau nawr yn mynd i gyfeiriad arall",
    ),
    "changed_words": (
        "A new address was asked for in your settings and confirmed there. From now on nothing "
        "comes to this one, and we forget it.",
        "Gofynnwyd am gyfeiriad newydd yn eich gosodiadau, a chadarnhawyd ef yno. O hyn ymlaen ni "
        "ddaw dim i'r cyfeiriad hwn, a byddwn yn ei anghofio.",
    ),
    "changed_not_you": (
        "Was it not you? Tell us at once:",
        "Nid chi wnaeth hyn? Dywedwch wrthym ar unwaith:",
    ),
    "changed_button": ("Tell us what went wrong", "Dywedwch wrthym beth aeth o'i le"),
}
