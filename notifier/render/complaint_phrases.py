"""Phrases of the letter that answers a complaint, in English and Welsh.

Welsh: for review by a speaker.
"""

from __future__ import annotations

COMPLAINTS = {
    "complaint_subject": ("Our answer to your complaint", "Ein hateb i'ch cwyn"),
    "complaint_lead": (
        "You told us on {day} that something went wrong. This is our answer.",
        "Dywedasoch wrthym ar {day} fod rhywbeth wedi mynd o'i le. Dyma ein hateb.",
    ),
    "complaint_button": ("Tell us more", "Dywedwch fwy wrthym"),
    "complaint_more": (
        "If this does not settle it, tell us on the page below. You can also complain to the "
        "Information Commissioner's Office.",
        "Os nad yw hyn yn ei ddatrys, dywedwch wrthym ar y dudalen isod. Gallwch hefyd gwyno i "
        "Swyddfa'r Comisiynydd Gwybodaeth.",
    ),
}
