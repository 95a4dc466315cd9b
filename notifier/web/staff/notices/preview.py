"""A notice as its readers will see it: mail, page, feed entry, calendar event, over what is stored.

They are made by what makes the true ones.
People's words stand in frames of
their own that run no script, send no form and fetch nothing from elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from markupsafe import Markup

from notifier.audience.rules import variant
from notifier.catalogue.rules import DEPTHS, LANGUAGES
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.feeds import calendar_events, notice_entries
from notifier.feeds.desk import desk as feed_desk
from notifier.feeds.happenings import Happening
from notifier.feeds.items import Event, Item
from notifier.feeds.scopes import Scope
from notifier.notices.as_public import as_public
from notifier.notices.mail_to_me import mail_to_me
from notifier.notices.models import ChangeNotice
from notifier.render import dates, preview
from notifier.render.links import site_for
from notifier.render.typeset import Words
from notifier.store.db import unit
from notifier.store.once import reading
from notifier.web.guard import settings
from notifier.web.language import speak_to
from notifier.web.public.changes.change_page import context
from notifier.web.public.shapes import Error, Link
from notifier.web.staff import door
from notifier.web.staff.frame import back, page
from notifier.web.staff.notices.beside_shared import base_of, pressed_on, the_notice
from notifier.web.staff.security import now

blueprint = Blueprint("staff_notice_preview", __name__)

ONE = "/staff/notices/<reference>"
WHERE = {
    "mail": "Mail",
    "phone": "Phone mail",
    "dark": "Dark",
    "plain": "Plain",
    "page": "Page",
    "feed": "Feed",
    "calendar": "Calendar",
}
IN_FRAME = ("mail", "phone", "dark", "page", "feed")
DEPTH_WORDS = {"headline": "Headline", "detail": "Detail", "technical": "Technical"}
LANGUAGE_WORDS = {"en": "English", "cy": "Cymraeg", "both": "Both"}
# Nothing runs and nothing is fetched; of a page of ours, its style sheets and fonts.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox allow-same-origin"
)
DARK, LIGHT = "(prefers-color-scheme: dark)", "(prefers-color-scheme: no-preference)"


@dataclass(frozen=True)
class Chosen:
    where: str
    depth: str
    language: str

    def query(self, **other: str) -> str:
        found = {"where": self.where, "depth": self.depth, "language": self.language, **other}
        return "&".join(f"{name}={value}" for name, value in found.items())


@dataclass(frozen=True)
class Preview:
    """``frame`` is the address of the frame, "" where the words stand in the page itself: ``text``
    of a letter, or ``event`` as term and words."""

    chosen: Chosen
    where: list[Link]
    depths: list[Link]
    languages: list[Link]
    subject: str
    sender: str
    frame: str
    title: str
    text: str
    events: list[list[tuple[str, str]]]
    url: str


def chosen(given: Mapping[str, str]) -> Chosen:
    """What is asked for; what there is not is the first of its kind."""

    def one(name: str, known: Any, default: str) -> str:
        found = given.get(name, default)
        return found if found in known else default

    return Chosen(
        one("where", WHERE, "mail"),
        one("depth", DEPTHS, "detail"),
        one("language", LANGUAGES, "en"),
    )


def shape(
    notice: ChangeNotice,
    asked: Chosen,
    *,
    now: datetime,
    written: Mapping[int, Words] | None = None,
) -> Preview:
    """``written`` are the letters of its announcement, where they are made already."""
    base = base_of(notice)
    words = letter(notice, asked, now=now, written=written)
    events = event_facts(notice, asked, now) if asked.where == "calendar" else []
    of_mail = asked.where in ("mail", "phone", "dark", "plain")
    house = settings()
    return Preview(
        chosen=asked,
        where=links(base, asked, "where", WHERE),
        depths=[]
        if asked.where in ("page", "calendar")
        else links(base, asked, "depth", DEPTH_WORDS),
        languages=links(base, asked, "language", language_words(asked)),
        subject=words.subject if of_mail else "",
        sender=f"{words.frame['from_name']} <{house.mail_from}>" if of_mail else "",
        frame=f"{base}/preview/frame?{asked.query()}" if asked.where in IN_FRAME else "",
        title=f"{WHERE[asked.where]}, as a reader sees it",
        text=words.text if asked.where == "plain" else "",
        events=events,
        url=f"{base}/preview",
    )


def language_words(asked: Chosen) -> dict[str, str]:
    """A page, a feed and a calendar are in one language."""
    one = asked.where in ("page", "feed", "calendar")
    return {key: words for key, words in LANGUAGE_WORDS.items() if not (one and key == "both")}


def links(base: str, asked: Chosen, name: str, words: Mapping[str, str]) -> list[Link]:
    here = single(asked) if name == "language" else getattr(asked, name)
    return [
        Link(label, f"{base}/preview?{asked.query(**{name: key})}#preview", active=key == here)
        for key, label in words.items()
    ]


def single(asked: Chosen) -> str:
    """The language of what is in one."""
    both = asked.language == "both" and asked.where in ("page", "feed", "calendar")
    return "en" if both else asked.language


def letter(
    notice: ChangeNotice,
    asked: Chosen,
    *,
    now: datetime,
    written: Mapping[int, Words] | None = None,
) -> Words:
    site = site_for(settings())
    every = written or preview.letters_of(notice, site=site, now=now)
    return preview.filled(notice, every[variant(asked.depth, asked.language)], site)


@blueprint.get(f"{ONE}/preview")
@door.member()
def show(reference: str) -> Any:
    with reading():
        return shown(the_notice(reference), chosen(request.args))


def shown(
    notice: ChangeNotice, asked: Chosen, errors: list[Error] | None = None, status: int = 200
) -> Any:
    """The whole page; to htmx, the panel alone."""
    given = {"notice": notice, "base": base_of(notice), "preview": shape(notice, asked, now=now())}
    if "HX-Request" in request.headers and not errors:
        answer = make_response(render_template("parts/notice_preview.html", **given))
        answer.headers["Cache-Control"] = "no-store"
        return answer
    return page("notice_preview", status, errors=errors or [], **given)


@blueprint.get(f"{ONE}/preview/frame")
@door.member()
def frame(reference: str) -> Response:
    """What stands inside the frame; alone it shows the same and does no more."""
    notice, asked = the_notice(reference), chosen(request.args)
    with reading():
        if asked.where == "page":
            speak_to(single(asked))
            return framed(page_of(notice), PAGE_POLICY)
        if asked.where == "feed":
            return framed(entry_of(notice, asked), PAGE_POLICY)
        return framed(mail_of(notice, asked), MAIL_POLICY)


def framed(html: str, policy: str) -> Response:
    answer = Response(html, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = policy
    answer.headers["Cache-Control"] = "no-store"
    return answer


def mail_of(notice: ChangeNotice, asked: Chosen) -> str:
    """The letter's HTML; its rules for dark mode count or do not, however this screen is set."""
    html = letter(notice, asked, now=now()).html
    return html.replace(DARK, "all" if asked.where == "dark" else LIGHT)


def page_of(notice: ChangeNotice) -> str:
    moment = now()
    return render_template(
        "pages/public/change.html", **context(as_public(notice, now=moment), moment)
    )


def entry_of(notice: ChangeNotice, asked: Chosen) -> str:
    item = entry(notice, asked, now=now())
    return render_template(
        "pages/staff/preview_entry.html",
        title=item.title,
        summary=item.summary_text,
        content=Markup(item.content_html),  # noqa: S704 (made by feeds, which escape)
        language=item.language,
        categories=[label for _, label in item.categories],
        day=dates.full(london_date(item.published)),
    )


def entry(notice: ChangeNotice, asked: Chosen, *, now: datetime) -> Item:
    """The entry of its announcement, as feeds write it."""
    shown_as = as_public(notice, now=now)
    at = shown_as.first_public_at or now
    scope = Scope(path="all", title="", depth=asked.depth, language=single(asked))
    at_desk = feed_desk([shown_as], scope, now=now, base_url=settings().base_url)
    it = Happening(at, "announced", notice.reference, notice.id, at)
    return notice_entries.of_change(shown_as, it, at_desk)


def event_facts(
    notice: ChangeNotice, asked: Chosen, moment: datetime
) -> list[list[tuple[str, str]]]:
    """Its events as a calendar shows them."""
    found = calendar_events.notice_events(
        [as_public(notice, now=moment)], base_url=settings().base_url, lang=single(asked)
    )
    return [event_words(event) for event in found]


def event_words(event: Event) -> list[tuple[str, str]]:
    start = event.start if not isinstance(event.start, datetime) else london_date(event.start)
    end = event.end if isinstance(event.end, date) else start
    days = dates.full(start) if end == start else f"{dates.full(start)} to {dates.full(end)}"
    status = {"CONFIRMED": "Settled", "TENTATIVE": "Not settled yet", "CANCELLED": "Cancelled"}
    return [
        ("Title", event.summary),
        ("Day", f"{days}, all day"),
        ("State", status[event.status]),
        ("Words", event.description),
        ("Topics", ", ".join(event.categories)),
    ]


@blueprint.post(f"{ONE}/mail-to-me")
@door.member("author", "approver", "hop", "deputy", "admin")
def mail(reference: str) -> Any:
    """One mail to whoever asks; nobody else is told, and nothing is approved by it."""
    notice, asked = the_notice(reference), chosen(request.form)
    person = door.me()
    try:
        with unit():
            mail_to_me(
                notice,
                depth=asked.depth,
                language=asked.language,
                person=person,
                by=door.by(),
                now=now(),
            )
    except Refused as refusal:
        return shown(notice, asked, [Error("mail", str(refusal).rstrip("."))], 400)
    done = f"A preview is on its way to {person.email}, and to nobody else."
    return back(pressed_on(f"{base_of(notice)}/preview?{asked.query()}"), done)
