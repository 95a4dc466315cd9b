"""The line in a Welsh letter about a change that says what in it is English."""

from __future__ import annotations

from notifier.notices.models import ChangeNotice
from notifier.render import dates, notice_words
from notifier.render.notice_view import View
from notifier.render.passages import Passage
from notifier.render.phrases import say

# The words that a letter of each depth shows; of a change that does not happen, only BRIEF.
DETAIL = ("headline", "what", "not_changing", "why", "driver")
SHOWN = {"headline": ("headline", "brief"), "detail": DETAIL, "technical": (*DETAIL, "technical")}
BRIEF = ("headline", "what")


def note(it: View, notice: ChangeNotice, lang: str, *, depth: str) -> str:
    """That the details are in English and when their Welsh follows, if that is known; or that some
    of the team's words are. Nothing when all that this depth shows is Welsh."""
    if lang != "cy":
        return ""
    if any(getattr(notice, name) and not notice.cy.get(name) for name in shown(it, depth)):
        follows = notice_words.day_of(notice.cy.get("follows"))
        key = "details_below" if it.beside else "details_english"
        if follows is None:
            return say(key, lang)
        key = "details_below_follow" if it.beside else "details_follow"
        return say(key, lang, day=dates.within(dates.full(follows, lang)))
    if it.beside:
        return say("words_below", lang) if it.english_event else ""
    return say("words_some", lang) if any(p.lang == "en" for p in also(it, depth)) else ""


def shown(it: View, depth: str) -> list[str]:
    return [name for name in SHOWN[depth] if not it.event.brief or name in BRIEF]


def also(it: View, depth: str) -> list[Passage]:
    """What stands beside those words: sentences of this message, the size, what to do."""
    found = [*it.event.words, *it.since]
    if it.event.brief:
        return found
    headline = depth == "headline"
    found += it.impact_short if headline else [*it.impact, *it.comparability, *it.questions]
    found += [item.action for item in it.todo if item.for_headline or not headline]
    return [*found, *([it.short_reason] if it.short_reason else [])]
