"""The letter that asks somebody whom a team knows whether they want updates; sent once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from notifier.audience.models import Consent, Signup, Subscriber, SubscriberImport, Wording
from notifier.catalogue.models import Team
from notifier.errors import NotFound
from notifier.render import dates
from notifier.render.confirm import asked
from notifier.render.passages import Passage, line
from notifier.render.phrases import say
from notifier.render.site import Site
from notifier.render.typeset import LANGUAGES, Origin, Part, Words, typeset
from notifier.sends.models import Send
from notifier.store.db import session


@dataclass(frozen=True)
class View:
    who: str
    follows: list[Passage]
    source: str
    url: str
    until: str
    privacy: str  # address of the page


def write(send: Send, *, site: Site, now: datetime, person: Subscriber) -> Words:
    """The letter in the language of the invitation. Raises NotFound when it is gone."""
    signup = session.get(Signup, send.context["signup"])
    kept = session.get(SubscriberImport, signup.import_id or 0) if signup is not None else None
    team = session.get(Team, kept.team_id or 0) if kept is not None else None
    if signup is None or kept is None or team is None:
        raise NotFound("This invitation no longer exists; there is nothing to accept.")
    url = site.confirm_url(signup.id)
    parts = [
        Part(
            lang,
            View(
                who=say(
                    "invitation_who",
                    lang,
                    team=line(team.name).text,
                    organisation=site.organisation,
                ),
                follows=asked(signup, lang),
                source=from_where(kept, lang),
                url=url,
                until=dates.within(dates.moment(signup.lapses_at, lang)),
                privacy=site.url("privacy"),
            ),
        )
        for lang in LANGUAGES[signup.language]
    ]
    origin = Origin(from_name=team.name, reply_to=team.contact or site.reply_to or "", one_off=True)
    return typeset("invitation", parts, site=site, origin=origin, team=line(team.name).text)


def from_where(kept: SubscriberImport, lang: str) -> str:
    """The sentence that says where the team has the address from."""
    return say("brought_source", lang, source=line(kept.source).text.rstrip("."))


def basis(person: Subscriber, send: Send, lang: str) -> list[str]:
    """For a welcome: why somebody gets mail who was never asked, and how to stop; else nothing."""
    kept = session.get(SubscriberImport, send.context.get("import", 0))
    team = session.get(Team, kept.team_id or 0) if kept is not None else None
    if kept is None or team is None or kept.basis != "public_task":
        return []
    note = (
        session.query(Wording.text)
        .join(Consent, Consent.wording_id == Wording.id)
        .filter(Consent.subscriber_id == person.id, Consent.import_id == kept.id)
        .scalar()
    )
    return [
        say("brought_task", lang, team=line(team.name).text, note=line(note).text),
        from_where(kept, lang),
        say("brought_leave", lang),
    ]
