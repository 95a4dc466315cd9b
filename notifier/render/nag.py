"""Letters that remind staff: the first sentence says what to do, then the facts and the command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from notifier.accounts.models import Staff
from notifier.clock import london_date
from notifier.notices import queries as notices
from notifier.releases import queries as releases
from notifier.releases.queries import PUBLIC
from notifier.render.confirm import from_us
from notifier.render.nag_asked import Asked, Lines
from notifier.render.nag_notice import ABOUT_NOTICE
from notifier.render.nag_release import ABOUT_RELEASE
from notifier.render.nag_send import ABOUT_SEND, team_of, title_of
from notifier.render.passages import line
from notifier.render.site import Site
from notifier.render.typeset import Part, Words, typeset
from notifier.sends import queries as sends
from notifier.sends.models import Send


@dataclass(frozen=True, kw_only=True)
class View:
    """``lead`` says what to do; ``facts`` are labels and words, ``commands`` words and a command
    line; ``url`` is the public page, None while there is none."""

    kicker: str
    subject: str
    title: str
    lead: str
    facts: Lines
    commands: Lines
    note: str
    url: str | None
    why: str


def write(send: Send, *, site: Site, now: datetime, person: Staff) -> Words:
    """The letter of one nag. KeyError for a stage that has no words, NotFound when its subject is
    gone."""
    asked = Asked(send, person.email, london_date(now), site.url("staff"))
    if send.about.startswith("release:"):
        release = releases.any_release(int(send.about.partition(":")[2]))
        said = ABOUT_RELEASE[stage_of(send)](asked, release)
        title, series, team = line(release.title).text, release.series, release.series.team.name
        url = site.url("releases", str(release.id)) if release.state in PUBLIC else None
    elif send.about.startswith("send:"):
        told = sends.send(int(send.about.partition(":")[2]))
        said = ABOUT_SEND[stage_of(send)](asked, told)
        title, series, team, url = title_of(told), None, team_of(told), None
    else:
        notice = notices.notice(send.about)
        said = ABOUT_NOTICE[stage_of(send)](asked, notice)
        title, series = line(notice.headline).text, notice.series[0]
        team = series.team.name
        url = site.url("changes", notice.reference) if notice.first_public_at else None
    kicker, lead, facts, lines, note = said
    it = View(
        kicker=kicker,
        subject=f"{kicker}: {title}",
        title=title,
        lead=lead,
        facts=[*facts, *([("Series", line(series.name).text)] if series is not None else [])],
        commands=lines,
        note=note,
        url=url,
        why=why(send, line(team).text),
    )
    return typeset("nag", [Part("en", it)], site=site, origin=from_us(site))


def why(send: Send, team: str) -> str:
    if not team:
        return "You get this because you answer for what is sent."
    if send.context.get("hop"):
        return f"You get this because you are on duty as Head of Profession for {team}."
    return f"You get this because you answer for {team}."


def stage_of(send: Send) -> str:
    """The family of a stage: T-42, publish-7 and withheld-3 have words of their family."""
    family = send.stage.partition("-")[0]
    return family if family in ("T", "publish", "withheld") else send.stage
