"""One person of the demo's story asks for one email a day, and gets it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from notifier.cli.postbox import letter_to, text_of
from notifier.cli.visitor import assert_ok, hidden
from notifier.delivery.held import KIND
from notifier.sends import queries as sends
from notifier.store.db import session
from notifier.worker.drain import drain

if TYPE_CHECKING:  # the story tells this part of itself
    from notifier.cli.story import Story

WHO = "alys@example.org"
TOPICS = ("air-quality", "waste", "livestock", "food")  # the last two are new
ITEMS = re.compile(r"/changes/\S+")


def one_person_chooses(story: Story) -> Iterator[str]:
    """On the settings page, behind the link in the last mail."""
    found = re.search(r"/preferences/\S+", text_of(letter_to(story.outbox, WHO, "/preferences/")))
    link = found[0] if found else ""
    # Flask-WTF keeps a visitor's token in the context; Alys must not be given another's.
    with story.app.app_context():
        client = story.app.test_client()
        page = client.get(link).get_data(as_text=True)
        answer = client.post(
            link,
            data={
                "csrf_token": hidden(page, "csrf_token"),
                "topics": list(TOPICS),
                "often-change": "daily",
                "user_type": "government",
            },
        )
    assert_ok(answer.status_code)
    yield f"  {WHO} adds two topics in the settings, and asks for changes in one email a day."


def the_daily_mail(story: Story) -> Iterator[str]:
    """The next morning: what the teams announced since comes together."""
    due = next(s.due_at for s in sends.calendar(state="planned") if s.kind == KIND)
    story.clock.instant = due + timedelta(minutes=1)
    session.remove()
    drain(story.engine)
    items = ITEMS.findall(text_of(letter_to(story.outbox, WHO, "/changes/")))
    yield f"  The next morning's email to {WHO} tells {len(items)} of these changes in one."
