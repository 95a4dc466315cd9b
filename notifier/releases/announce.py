"""The words of a release mail: written early, and read early only by people who are named."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from notifier.accounts import rulings
from notifier.accounts.models import Staff
from notifier.audience.rules import address
from notifier.catalogue.document import Keys, check_entry
from notifier.catalogue.queries import both_languages
from notifier.catalogue.rules import DEPTHS
from notifier.errors import Conflict, NotFound, Refused
from notifier.releases import guards
from notifier.releases.models import Announcement, EarlyReader, EarlyView, Release
from notifier.releases.rules import ANNOUNCEMENT
from notifier.store.db import session
from notifier.store.history import By, record
from notifier.store.history import of as of_history
from notifier.store.moves import move

WORDS = Keys({"detail"}, {"headline", "technical", "cy"}, {"cy": (dict,)})
WELSH = Keys(set(), set(DEPTHS))
READING = timedelta(hours=1)  # the page of the words, opened again within it, is one reading
LONGEST = 20_000  # characters of one depth; mail programs clip a letter at 102 KB of HTML
READY = ("provisional", "confirmed", "postponed_tbc")


def write(
    release: Release, entry: Mapping[str, Any], *, author: Staff, by: By, now: datetime
) -> Announcement:
    """Keep the words, by depth: ``detail`` is needed, ``headline`` and ``technical`` fall back to
    it; ``cy`` holds the same in Welsh. Words that were approved already lose the approval.

    Raises Refused for another key, a merge field, or a release that is out or will not come out.
    """
    guards.staff_of(release, author)
    if release.state == "planned":
        raise Refused(
            "This release is not public yet; make it so first: "
            f"bin/notifier releases pre-announce {release.id}."
        )
    if release.state not in READY:
        raise Refused(f"This release is {release.state}; only one that is to come is announced.")
    words = checked(entry)
    found = of(release)
    if found is None:
        found = Announcement(
            release_id=release.id, state="draft", words=words, created_at=now, changed_at=now
        )
        session.add(found)
        session.flush()
        record(f"announcement:{found.id}", "write", by=by, now=now, release=release.id)
    else:
        move(found, "edit", ANNOUNCEMENT, by=by, now=now)
        rulings.answered(f"announcement:{found.id}", now=now)
    found.words, found.author_id, found.changed_at = words, author.id, now
    found.approver_id = found.approved_at = found.armed_at = None
    found.checked_at = found.alarmed_at = None
    found.check_result = ""
    return found


def checked(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The words as they are kept: {"en": {depth: Markdown}, "cy": …}."""
    check_entry("the announcement", entry, *WORDS)
    welsh = entry.get("cy") or {}
    check_entry("the announcement's cy", welsh, *WELSH)
    words = {
        lang: {depth: str(texts[depth]).strip() for depth in DEPTHS if texts.get(depth)}
        for lang, texts in (("en", entry), ("cy", welsh))
    }
    for lang, texts in words.items():
        for depth, text in texts.items():
            if "{{" in text or "}}" in text:
                raise Refused(
                    "A release mail has no merge fields; take out the curly brackets.",
                    field=f"{lang}-{depth}",
                )
            if len(text) > LONGEST:
                raise Refused(
                    f"The {depth} words ({lang}) have {len(text):,} characters; shorten them to "
                    f"{LONGEST:,}.",
                    field=f"{lang}-{depth}",
                )
    if not words["en"].get("detail"):
        raise Refused(
            "Write the main points under detail; the other depths fall back to them.",
            field="en-detail",
        )
    return words


def both_or_neither(announcement: Announcement) -> None:
    """Refuse words that lack Welsh at a depth, where the organisation promises both languages."""
    words = announcement.words
    missing = [depth for depth in words["en"] if depth not in words.get("cy", {})]
    if missing and both_languages("release"):
        raise Refused(
            f"The release mail has no Welsh for {', '.join(missing)}; add it under cy, for this "
            "organisation publishes release mails in both languages or not at all."
        )


def disarm(announcement: Announcement, *, person: Staff, by: By, now: datetime) -> None:
    """Take the approval back: nothing goes out at the instant until it is approved again."""
    guards.staff_of(announcement.release, person)
    move(announcement, "disarm", ANNOUNCEMENT, by=by, now=now)
    announcement.approver_id = announcement.approved_at = announcement.armed_at = None
    announcement.changed_at = now


def name_reader(
    announcement: Announcement, email: str, *, name: str, person: Staff, by: By, now: datetime
) -> EarlyReader:
    """Let somebody read the words before the instant; naming them twice is no error."""
    guards.staff_of(announcement.release, person)
    if announcement.state == "announced":
        raise Refused("This release is out; everybody may read it.", field="email")
    kept = address(email)
    for reader in announcement.readers:
        if reader.email == kept:
            if reader.ended_at is not None:
                reader.ended_at = None
                about = f"announcement:{announcement.id}"
                record(about, "name_reader", by=by, now=now, reader=reader.id)
            return reader
    row = EarlyReader(
        announcement_id=announcement.id,
        email=kept,
        name=name.strip(),
        added_by=person.email,
        added_at=now,
    )
    session.add(row)
    session.flush()
    session.expire(announcement, ["readers"])
    record(f"announcement:{announcement.id}", "name_reader", by=by, now=now, reader=row.id)
    return row


def named(announcement: Announcement, email: str) -> EarlyReader:
    """Raises NotFound for somebody who was never named."""
    kept = address(email)
    for reader in announcement.readers:
        if reader.email == kept:
            return reader
    raise NotFound(f"{kept} was never named to read this early.")


def end_reader(reader: EarlyReader, *, person: Staff, by: By, now: datetime) -> None:
    """Their link shows nothing any more; what they read before stays on record."""
    guards.staff_of(reader.announcement.release, person)
    if reader.ended_at is not None:
        raise Refused("They were taken off already.")
    reader.ended_at = now
    about = f"announcement:{reader.announcement_id}"
    record(about, "end_reader", by=by, now=now, reader=reader.id)


def opened(announcement: Announcement, *, by: By, now: datetime) -> bool:
    """Keep that a member of the team had the words before the instant; returns whether it is new.

    Once an hour for each person and version of the words: a page that they reload is one reading.
    """
    if announcement.state == "announced":
        return False
    since = max(now - READING, announcement.changed_at)
    for row in reversed(of_history(f"announcement:{announcement.id}")):
        if row.at < since:
            break
        if row.action == "open" and row.by.get("staff") == by.staff_id:
            return False
    record(f"announcement:{announcement.id}", "open", by=by, now=now)
    return True


def view(reader: EarlyReader, *, now: datetime) -> Mapping[str, Any]:
    """The words, and the row that says who read them when. Raises Refused once they are public."""
    if reader.announcement.state == "announced":
        raise Refused("This release is out; read it on its page.")
    if reader.ended_at is not None:
        raise Refused("You were taken off the list of those who may read this early.")
    session.add(EarlyView(reader_id=reader.id, at=now))
    return reader.announcement.words


def held(release: Release, base: str) -> Announcement | None:
    """The words, kept for this unit of work. Raises Conflict when they are not as the form showed
    them: ``base`` is ``version`` of them, "" for none."""
    session.refresh(release, with_for_update=True)  # two may write the first words at once
    found = of(release)
    if found is not None:
        session.refresh(found, with_for_update=True)
    if base != version(found):
        raise Conflict("Somebody else saved these words while you typed.")
    return found


def version(found: Announcement | None) -> str:
    """What a form holds to say which words it shows; an approval changes it too."""
    return f"{found.changed_at.isoformat()}/{found.state}" if found is not None else ""


def of(release: Release) -> Announcement | None:
    return session.scalars(
        select(Announcement).where(Announcement.release_id == release.id)
    ).first()


def written(release: Release) -> Announcement:
    """The announcement of a release. Raises NotFound when nobody has written one."""
    found = of(release)
    if found is None:
        raise NotFound(
            f"Release {release.id} has no words yet; write them with: "
            f"bin/notifier releases announce {release.id} --from FILE.yaml."
        )
    return found


def reader(reader_id: int) -> EarlyReader | None:
    return session.get(EarlyReader, reader_id)


def public(release_ids: Collection[int]) -> dict[int, Announcement]:
    """The words that are out, by release."""
    query = select(Announcement).where(
        Announcement.release_id.in_(release_ids), Announcement.state == "announced"
    )
    return {found.release_id: found for found in session.scalars(query)}


def words_at(announcement: Announcement, depth: str, lang: str = "en") -> tuple[str, str]:
    """Markdown and its language: at that depth or in detail, in that language or in English."""
    for wanted in dict.fromkeys((lang, "en")):
        texts = announcement.words.get(wanted, {})
        if source := texts.get(depth) or texts.get("detail"):
            return str(source), wanted
    return "", "en"
