"""What the room of notices refuses, as a person at a desk reads it: the room speaks of an entry."""

from __future__ import annotations

import re

from notifier.errors import Refused
from notifier.web.public.shapes import Error
from notifier.web.staff.notices.fields import BY_PATH

# What the room says, and what a form says: keys of an entry and options of commands mean nothing
# here. These take the place of the whole sentence,
WHOLE = (
    (
        r"say by when you will tell more",
        "Say when you will know more, because the date or the size is not known yet",
    ),
    (
        r"only formats, labels and timing may have no impact",
        "Only a layout, a label or a time may have no effect on the figures; say whether its "
        "size is known",
    ),
    (
        r"size_low, (.+), is more than size_high, (.+); change",
        r"“From”, \1, is more than “To”, \2; change one of them",
    ),
    (
        r"a consultation has a first and a last day",
        "Give the first and the last day on which you ask",
    ),
    (
        r"consultation\.response_due, (.+), must come after it closes on (.+)\.",
        "The answer must be promised for a day after the last one on which you ask",
    ),
    (
        r"consultation\.reason says in a sentence",
        "Give either the days on which you ask, or why nobody is asked; not both",
    ),
    (
        r"consultation\.url must begin",
        "The address must begin with https://",
    ),
    (
        r"the consultation is open for (\d+) days; class . needs (\d+)\. Close it on (.+) or "
        r"later",
        r"This is open for \1 days; such a change needs \2. Let it close on \3 or later",
    ),
    (
        r"consulting and has no days for it",
        "Give the first and the last day on which you ask, or another answer to “Is it decided?”",
    ),
    (
        r"stops or cuts a statistic, and users are asked",
        "A statistic that stops is asked about for 42 days first: give the days, or say why "
        "nobody is asked",
    ),
    (
        r"is must be one of|a correction is not chosen",
        "Choose it from the list",
    ),
    (
        r"say because: why the table",
        "Say why; users read it",
    ),
    (
        r"the table says . already",
        "The rules say this already; choose “as the rules say”",
    ),
    (
        r"effect and scope name two periods",
        "Two periods are named; leave this one empty",
    ),
    (
        r"its series have no release called",
        "None of these publications has that release; choose another",
    ),
    (
        r"the effect, (.+), is in the past",
        "This day is past; give a day to come",
    ),
    (
        r"say under action what users must do",
        "Say what users must do in each line that you begin",
    ),
    (
        r"each row has an old or a new code",
        "Each line needs an old or a new code",
    ),
    (
        r"evidence: give each a title and a url",
        "Give each a title and an address",
    ),
    (
        r"alternatives: give each a title",
        "Give each a title",
    ),
    (
        r"identifiers: give each its value",
        "Give each file or data set its name or number",
    ),
    (
        r"contact .+ must be an email address",
        "Give an email address, or an address with https://, or nothing for the team’s own",
    ),
    (
        r"is no address; write one with https",
        "Write an address that begins with https://",
    ),
    (
        r"the headline has (\d+) characters; shorten it to (\d+)",
        r"The headline has \1 characters; shorten it to \2",
    ),
    (
        r"there is no user type",
        "Choose the people from the list",
    ),
    (
        r"there is no series",
        "Choose the publications from the list",
    ),
    (
        r"Say in a sentence what changed \(--summary\)",
        "Say in a sentence what changed; it stands in the public log",
    ),
    (
        r"This changes the meaning \((.+)\), so it is not editorial",
        r"This changes the meaning (\1), so everybody has to be told: answer yes",
    ),
)
# and these of a part.
PARTS = (
    (
        r" Give a public reason \(--short-notice-reason\) and ask the Head of Profession "
        r"\(--approved-by\)",
        " Give a public reason, and the Head of Profession is asked",
    ),
    (
        r", and name them with --approved-by",
        "",
    ),
    (
        r" \(--approved-by\)| \(--reason\)",
        "",
    ),
    (
        r": bin/notifier [^.]*\.|; see: .*$",
        ".",
    ),
)
CLASS = re.compile(r" \(class [A-K]\)")
WHERE = re.compile(r"^(?:the notice|[A-Z][A-Z0-9]*-\d{4}-\d{3,}|notice)(?:: [a-z_]+)*: ", re.DOTALL)


def plainly(refusal: Refused | str) -> str:
    """The sentence without the names of keys and commands; no full stop, as beside a field."""
    said = str(refusal)
    for pattern, words in WHOLE:
        if found := re.search(pattern, said):
            return found.expand(words)
    for pattern, words in PARTS:
        said = re.sub(pattern, words, said)
    said = CLASS.sub("", WHERE.sub("", said)).strip()
    return (said[:1].upper() + said[1:]).rstrip(".")


def error_of(refusal: Refused, otherwise: str = "headline") -> Error:
    """Beside the field that it is about."""
    path = refusal.field or ""
    field = BY_PATH.get(path) or BY_PATH.get(f"{path}.opens") or BY_PATH.get(path.split(".")[0])
    if path == "effect.date" or path == "effect.reference_period":
        place = {"effect.date": "effect_date", "effect.reference_period": "effect_from"}[path]
        return Error(place, plainly(refusal))
    return Error(field.name if field else (path or otherwise), plainly(refusal))
