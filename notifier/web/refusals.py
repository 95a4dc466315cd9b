"""What the rooms refuse, said in the language of the page: their sentences are English.

Each sentence that a visitor can meet stands here as the room says it, with names for what varies; a
test finds one that does not.
"""

from __future__ import annotations

import re
from functools import cache

from notifier.errors import Refused
from notifier.web.language import gettext


def N_(text: str) -> str:  # noqa: N802 (the name by which the catalogue's extractor knows it)
    """Marks a sentence for the catalogue; it is translated when it is said."""
    return text


SENTENCES = (
    # addresses
    N_("Enter an email address in the correct format, like name@example.com."),
    N_("We use this address already; enter the new one."),
    # sign-up and confirming
    N_("Select at least one topic you want to hear about."),
    N_("Select what describes you best"),
    N_("There is no topic %(slug)s; choose one of the topics on the sign-up page."),
    N_("There is no series %(slug)s; see /topics for those that there are."),
    N_("Too many people signed up from your network; try again in an hour."),
    N_("This link no longer works; sign up again to get a new one."),
    N_("This link no longer works; ask for a new one in your settings."),
    N_("This link is more than %(days)s days old; sign up again to get a new one."),
    N_("What you asked for is no longer there; sign up again to choose anew."),
    # settings
    N_("You no longer get updates from us; sign up again to start."),
    N_("Choose how much detail you want: %(choices)s."),
    N_("Choose English, Welsh or both."),
    N_("Choose at least one kind, or use “Leave everything”."),
    N_("Select at least one topic, or use “Leave everything”."),
    N_("There is no kind %(kind)s; use %(choices)s."),
    N_("How often must be one of %(choices)s, not %(word)s."),
    N_("Shorten this to %(longest)s characters."),
    N_("Choose how we may ask you from the list."),
    N_("Choose what you would like to take part in from the list."),
    # a break
    N_("The day on which emails start again must be in the future."),
    N_("A pause lasts for a year at most; choose an earlier day, or leave everything."),
    N_("Enter a real date, like 27 3 2027."),
    # complaints
    N_("Tell us what went wrong."),
    # a form
    N_("This form was open for too long or came from elsewhere; go back, reload and retry."),
    N_("The request could not be understood."),
    N_("This is more than a form may hold; shorten it and send it again."),
    # rows that two people change at once (store.moves), and states (lifecycle)
    N_("Somebody else changed this %(noun)s a moment ago; look again."),
)
VARIES = re.compile(r"%\((\w+)\)s")


def said(refusal: Refused | str) -> str:
    """The sentence in the language of the page; as it stands where there is no translation."""
    sentence = str(refusal)
    for text, pattern in patterns():
        if found := pattern.fullmatch(sentence):
            values = found.groupdict()
            return gettext(text, **values) if values else gettext(text)
    return sentence


def label(refusal: Refused | str) -> str:
    """As an error beside a field: without the full stop."""
    return said(refusal).rstrip(".")


@cache
def patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Each sentence with what finds it in a room's words."""
    return [(text, re.compile(pattern(text), re.DOTALL)) for text in SENTENCES]


def pattern(text: str) -> str:
    pieces = VARIES.split(text)
    return "".join(
        f"(?P<{piece}>.*)" if at % 2 else re.escape(piece) for at, piece in enumerate(pieces)
    )
