"""One thing as a digest tells it: what it is, when it happens, a few sentences, and its page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from markdown_it.token import Token

from notifier.catalogue.models import Series, Topic, UserType
from notifier.clock import london_date
from notifier.newsletters import queries as newsletters
from notifier.newsletters.models import Newsletter
from notifier.notices.followers import kinds as kinds_of_notice
from notifier.notices.models import ChangeNotice
from notifier.releases import announce
from notifier.releases import queries as releases
from notifier.render import dates
from notifier.render.event import ENDED
from notifier.render.markdown import as_html, parse
from notifier.render.notice_view import View, view
from notifier.render.notice_words import stage_words
from notifier.render.origin import main_series
from notifier.render.passages import Passage, in_language, line
from notifier.render.phrases import say
from notifier.render.plaintext import write as as_text
from notifier.render.released import WORDS, Points
from notifier.render.site import Site
from notifier.sends.models import Send
from notifier.store.db import session

SECTIONS = ("changes", "consultations", "releases", "newsletters")
LONGEST = {"headline": 220, "detail": 450, "technical": 700}  # characters of one passage
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_LATEST = "9999"  # sorts after every date


@dataclass(frozen=True, kw_only=True)
class Entry:
    """``rank`` sorts the entries of a section: what is nearest and gravest comes first."""

    section: str
    topic: Passage
    rank: tuple[str, str]
    kicker: str
    opening: str = ""  # of a subject, before the headline: In 28 days
    first_told: bool = False  # nothing was said of it before, and the headline alone says it
    headline: Passage
    when: str = ""
    left: str = ""
    was: str = ""
    words: Sequence[Passage] = ()
    points: Points | None = None
    call: str = ""
    url: str
    read: str  # what the link says

    def brief(self) -> Entry:
        """Without its sentences."""
        return replace(self, words=(), points=None, call="")

    @property
    def subject(self) -> str:
        return f"{self.opening}: {self.headline.text}" if self.opening else self.headline.text

    @property
    def english(self) -> bool:
        """Whether something that the team wrote is in English."""
        points = [self.points.lang] if self.points else []
        return "en" in [*points, self.headline.lang, *(passage.lang for passage in self.words)]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How an entry is read; ``beside`` its English words, what has no Welsh is left out."""

    lang: str
    depth: str
    beside: bool = False


def entry(
    told: Sequence[Send],
    how: Reading,
    *,
    kinds: Mapping[str, UserType],
    site: Site,
    now: datetime,
) -> Entry:
    """What the Sends ``told``, all about one thing and by their age, have to say together.

    NotFound when that is gone; KeyError for a kind that no digest tells.
    """
    last = told[-1]
    if last.kind == "notice":
        notice = session.get_one(ChangeNotice, last.context["notice"])
        return of_notice(notice, spoken(told, notice), how, kinds=kinds, site=site, now=now)
    return {"released": of_release, "newsletter": of_newsletter}[last.kind](last, how, site)


def spoken(told: Sequence[Send], notice: ChangeNotice) -> Send:
    """The message whose wording it has: the newest; but a change that one has not heard of is
    announced, as it stands now, unless it has come to an end."""
    last = told[-1]
    if stage_words(last.stage, notice) in (*ENDED, "held", "outcome"):
        return last
    return next((send for send in told if send.stage == "announce"), last)


def of_notice(
    notice: ChangeNotice,
    send: Send,
    how: Reading,
    *,
    kinds: Mapping[str, UserType],
    site: Site,
    now: datetime,
) -> Entry:
    stage = stage_words(send.stage, notice)
    it = view(
        notice,
        how.lang,
        stage=stage,
        summary=str(send.context.get("summary", "")),
        part=send.context.get("part"),
        news=None,
        kinds=kinds,
        site=site,
        now=now,
        beside=how.beside,
    )
    lead = [Passage(it.event.lead, how.lang)] if it.event.lead else []
    when = f"{it.effect_label}: {dates.within(it.effect)}" if it.effect else it.next_update
    return Entry(
        section="consultations" if kinds_of_notice(notice) == ["consultation"] else "changes",
        topic=topic_of(main_series(notice), how.lang),
        rank=(notice.effect_at.isoformat() if notice.effect_at else _LATEST, notice.class_),
        kicker=it.status or say(f"stage_{stage}", how.lang),
        opening=it.opening,
        first_told=stage in ("announce", "proposal"),
        headline=it.headline or line(notice.headline),
        when=when,
        left=it.left,
        was=it.was,
        words=[*lead, *it.event.words, *excerpts(it, how.depth)],
        call="" if it.event.brief else it.call,
        url=it.url,
        read=say("say_page" if it.comment and not it.event.brief else "read_notice", how.lang),
    )


def excerpts(it: View, depth: str) -> list[Passage]:
    """The first sentences of what this depth reads; of what does not happen, none."""
    if it.event.brief:
        return []
    found = [each for name in WORDS[depth] if (each := getattr(it, name))]
    some = found[:1] if depth == "headline" else found
    return [Passage(excerpt(each.text, LONGEST[depth]), each.lang) for each in some]


def excerpt(text: str, longest: int) -> str:
    """Whole sentences of the first paragraph, up to ``longest`` characters; at least a part of
    the first one."""
    words = " ".join(re.split(r"\n[ \t]*\n", text.strip())[0].split())
    if len(words) <= longest:
        return words
    kept = ""
    for sentence in _SENTENCE.split(words):
        if len(kept) + len(sentence) > longest:
            break
        kept = f"{kept} {sentence}".lstrip()
    return kept or words[:longest].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def of_release(send: Send, how: Reading, site: Site) -> Entry:
    release = releases.any_release(send.context["release"])
    out, series = release.published_at, release.series
    title = in_language(release.title, release.cy_title, how.lang)
    if series.name.lower() not in release.title.lower():
        welsh = f"{series.cy or series.name}: {release.cy_title}" if release.cy_title else None
        title = in_language(f"{series.name}: {release.title}", welsh, how.lang)
    when = dates.within(dates.moment(out, how.lang)) if out else ""
    words = announce.public([release.id]).get(release.id)
    source, lang = announce.words_at(words, how.depth, how.lang) if words else ("", "en")
    shown = source and not (how.beside and lang != how.lang)
    return Entry(
        section="releases",
        topic=topic_of(series, how.lang),
        rank=(out.isoformat() if out else _LATEST, release.title),
        kicker=say("out_kicker", how.lang),
        opening=say("out_subject", how.lang),
        first_told=True,
        headline=title,
        when=say("out_when", how.lang, when=when) if when else "",
        points=points(source, lang, LONGEST[how.depth]) if shown else None,
        url=site.url("releases", str(release.id)),
        read=say("digest_read_release", how.lang),
    )


def points(source: str, lang: str, longest: int) -> Points:
    """The opening of a team's Markdown: whole blocks, up to so many characters, at least one."""
    kept = opening(parse(source), longest)
    return Points(as_html(kept), as_text(kept), lang)


def opening(tokens: Sequence[Token], longest: int) -> list[Token]:
    """The first blocks of the top level that fit."""
    kept: list[Token] = []
    block: list[Token] = []
    for token in tokens:
        block.append(token)
        if token.level == 0 and token.nesting <= 0:
            if kept and len(as_text([*kept, *block])) > longest:
                break
            kept, block = [*kept, *block], []
    return kept


def of_newsletter(send: Send, how: Reading, site: Site) -> Entry:
    issue = newsletters.issue(send.about.removeprefix("newsletter:"))
    text = first_words(issue)
    at = issue.published_at
    return Entry(
        section="newsletters",
        topic=line(
            say("digest_newsletter_of", how.lang, team=line(issue.team.name).text), how.lang
        ),
        rank=(at.isoformat() if at else _LATEST, issue.title),
        kicker="",
        headline=line(issue.title),
        when=dates.full(london_date(at), how.lang) if at else "",
        words=[] if how.beside or not text else [line(excerpt(text, LONGEST[how.depth]))],
        url=site.url("newsletters", issue.slug),
        read=say("digest_read_newsletter", how.lang),
    )


def first_words(issue: Newsletter) -> str:
    """The first paragraph that is prose: no heading, nothing that is filled in per reader."""
    for block in re.split(r"\n[ \t]*\n", issue.body.strip()):
        if "{{" not in block and not block.lstrip().startswith("#"):
            return " ".join(bare(token) for token in parse(block) if token.type == "inline")
    return ""


def bare(token: Token) -> str:
    """The words of a run of text, without the addresses of its links."""
    return "".join(" " if t.type == "softbreak" else t.content for t in token.children or ())


def topic_of(series: Series, lang: str) -> Passage:
    """The topic under which a series stands; the series itself where there is none."""
    first: Topic | None = min(
        series.topics, key=lambda topic: (topic.position, topic.id), default=None
    )
    return (
        in_language(first.name, first.cy, lang)
        if first
        else in_language(series.name, series.cy, lang)
    )
