"""Links that carry a proof: made for mail, read by pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from notifier.audience.magic import VALID
from notifier.catalogue.queries import organisation
from notifier.render.letters import Site
from notifier.settings import Settings
from notifier.tokens import Signer, Stamp, Stamps

PRIVATE_FEED = "private-feed"


def site_for(settings: Settings) -> Site:
    """What letters know of this site. Needs an app context: the organisation is in the database."""
    house = organisation()
    confirm, magic = Signer(settings.keys, "confirm"), Signer(settings.keys, "magic")
    answer, moving = Signer(settings.keys, "answer"), Signer(settings.keys, "address")

    def confirm_url(signup_id: int) -> str:
        return f"{settings.base_url}/confirm/{confirm.sign({'signup': signup_id})}"

    def answer_url(answer_id: int) -> str:
        return f"{settings.base_url}/confirm/answer/{answer.sign({'answer': answer_id})}"

    def address_url(change_id: int) -> str:
        return f"{settings.base_url}/confirm/address/{moving.sign({'change': change_id})}"

    def magic_url(subscriber_id: int, now: datetime) -> str:
        token = magic.sign({"subscriber": subscriber_id}, expires=now + VALID)
        return f"{settings.base_url}/preferences/{token}"

    return Site(
        base_url=settings.base_url,
        organisation=house.name if house else "Statistics updates",
        confirm_url=confirm_url,
        answer_url=answer_url,
        address_url=address_url,
        magic_url=magic_url,
        licence_name=house.licence_name if house else "",
        licence_url=house.licence_url if house else "",
        reply_to=settings.reply_to,
    )


def read_confirm(settings: Settings, token: str, *, now: datetime) -> int | None:
    """The sign-up that a confirm link is for. It lapses with the sign-up, not by itself."""
    body = Signer(settings.keys, "confirm").read(token, now=now)
    return int(body["signup"]) if body and "signup" in body else None


def read_answer(settings: Settings, token: str, *, now: datetime) -> int | None:
    """The answer that a confirm link is for. It lapses with the answer, not by itself."""
    body = Signer(settings.keys, "answer").read(token, now=now)
    return int(body["answer"]) if body and "answer" in body else None


def read_address(settings: Settings, token: str, *, now: datetime) -> int | None:
    """The change of address that a confirm link is for. It lapses with the change."""
    body = Signer(settings.keys, "address").read(token, now=now)
    return int(body["change"]) if body and "change" in body else None


@dataclass(frozen=True)
class Opened:
    """Whose settings a link opens. ``fresh``: it was asked for within ten minutes; else it stands
    in a mail, perhaps an old or forwarded one, and may not do what cannot be undone."""

    subscriber_id: int
    fresh: bool


def read_preferences(settings: Settings, token: str, *, now: datetime) -> Opened | None:
    """The person whose preferences a link opens: a fresh magic link, or one from any mail."""
    body = Signer(settings.keys, "magic").read(token, now=now)
    if body and "subscriber" in body:
        return Opened(int(body["subscriber"]), fresh=True)
    found = Stamps(settings.keys).preferences.read(token)
    return Opened(found[1], fresh=False) if found else None


def read_unsubscribe(settings: Settings, token: str) -> tuple[int, int] | None:
    """(send_id, subscriber_id) of a letter's one-click link."""
    return Stamps(settings.keys).unsubscribe.read(token)


def read_got_it(settings: Settings, token: str) -> tuple[int, int] | None:
    """(send_id, subscriber_id) of a letter's “got it” link."""
    return Stamps(settings.keys).got_it.read(token)


def early_url(settings: Settings, announcement_id: int, reader_id: int) -> str:
    """Where a named reader may read a release's words before its instant."""
    token = Stamps(settings.keys).early.make(announcement_id, reader_id)
    return f"{settings.base_url}/early/{token}"


def read_early(settings: Settings, token: str) -> tuple[int, int] | None:
    """(announcement_id, reader_id) of a named reader's link."""
    return Stamps(settings.keys).early.read(token)


def private_token(settings: Settings, count: int, subscriber_id: int) -> str:
    """What a person's private feed and calendar have in their addresses: 128 bits of MAC."""
    return Stamp(settings.keys, PRIVATE_FEED).make(count, subscriber_id)


def read_private(settings: Settings, token: str) -> tuple[int, int] | None:
    """(count, subscriber_id) of a private address, whether it still works or not."""
    return Stamp(settings.keys, PRIVATE_FEED).read(token)
