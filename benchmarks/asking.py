"""People who ask for a link while a campaign runs: started by beside.py in a process of its own."""

from __future__ import annotations

import json
import sys
import time

from sqlalchemy import select

from notifier.app import create_app
from notifier.audience.magic import ask_for_link
from notifier.clock import now
from notifier.sends.models import Send
from notifier.settings import load
from notifier.store.db import session, unit

EVERY = 0.1  # seconds
PATIENCE = 60.0  # seconds for the last of them, and for the campaign to begin


def main() -> None:
    """Ask until the campaign is done; prints how many seconds each of the mails took."""
    campaign = int(sys.argv[1])
    with create_app(load(), web=False).app_context():
        asked = time.monotonic()
        while state(campaign) != "sending":
            if time.monotonic() - asked > PATIENCE:
                sys.exit("the campaign did not begin")
            time.sleep(0.05)
        number = 0
        while state(campaign) == "sending":
            with unit():
                ask_for_link(f"person{number}@site{number % 997}.example.org", now=now())
            number += 1
            time.sleep(EVERY)
        print(json.dumps(waited(campaign)))


def state(campaign: int) -> str:
    session.remove()
    return session.get_one(Send, campaign).state


def waited(campaign: int) -> list[float]:
    """Seconds from the asking to the mail server's word, of all, the last ones too."""
    mine = select(Send).where(Send.subscriber_id.is_not(None), Send.id > campaign)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        session.remove()
        found = list(session.scalars(mine))
        if all(send.finished_at for send in found):
            return [(s.finished_at - s.created_at).total_seconds() for s in found if s.finished_at]
        time.sleep(0.2)
    sys.exit("not every one was mailed")


if __name__ == "__main__":
    main()
