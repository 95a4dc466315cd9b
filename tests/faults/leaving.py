"""People who leave a second before their turn, and letters to one person, while all goes wrong."""

from __future__ import annotations

import random
import time

from sqlalchemy import func, select

from notifier import clock
from notifier.audience.models import Subscriber
from notifier.audience.suppress import suppress
from notifier.sends.models import Send
from notifier.settings import load
from notifier.store.db import session, unit
from notifier.tokens import Stamps
from tests.faults.check import IN_FLIGHT, Verdict, judge
from tests.faults.ground import Ground
from tests.faults.killing import PROCESSES, kill, living
from tests.faults.server import CONNECTIONS, Sink, serving
from tests.makers import PEPPER, asks

WITHIN = 1.5  # seconds: leaving takes effect within one; the rest is for a busy machine


def leave_in_time(ground: Ground, *, leavers: int, seed: int) -> Verdict:
    """While the mail goes out, slowly, people press one click, others are suppressed: who is not
    told a second later is never told."""
    dice = random.Random(seed)
    with serving(ground.folder, seed=seed, slow=0.05) as sink:
        ground.mail_url = sink.url
        parent = ground.worker(PROCESSES)
        ground.until(lambda: sink.count > ground.people // 10)
        gone: dict[str, float] = {}
        for _ in range(leavers):
            email = f"p{dice.randrange(ground.people)}@example.org"
            if email not in gone:
                (click if len(gone) % 2 else be_suppressed)(ground, email)
                gone[email] = time.monotonic() + WITHIN
        ground.until_done()
        ground.end(parent)
        found = judge(ground, sink, "people leave a second before", never=gone)
        spared = len(gone.keys() - sink.copies().keys())
        found.note = f"{len(gone)} left, {spared} of them untold"
        found.wrong += [] if spared else ["everybody who left had been told before"]
        return found


def letters_to_one(ground: Ground, *, letters: int, kills: int, seed: int) -> Verdict:
    """Workers are killed while they send one-off mail: confirmations, beside the rest."""
    dice, done = random.Random(seed), list[float]()
    with serving(ground.folder, seed=seed, slow=0.005) as sink:
        ground.mail_url = sink.url
        with ground.app.app_context():
            for number in range(letters):
                asks(f"q{number}@example.org", now=clock.now())
        parent = ground.worker(PROCESSES)
        for _ in range(kills):
            most = told(sink) + dice.randint(1, letters // (kills + 1))
            ground.until(lambda most=most: told(sink) >= most)
            done += kill(dice.choice(living(parent)))
        ground.until(lambda: not open_singles(ground), 120)
        ground.until_done()
        ground.end(parent)
        found = judge(
            ground, sink, "kill -9, one-off mail", kills=done, each=IN_FLIGHT + CONNECTIONS
        )
        copies = {to: taken for to, taken in sink.copies().items() if to.startswith("q")}
        found.lost += letters - len(copies)
        found.doubled += sum(len(taken) - 1 for taken in copies.values())
        return found


def told(sink: Sink) -> int:
    return sum(to.startswith("q") for to in sink.copies())


def open_singles(ground: Ground) -> int:
    query = (
        select(func.count())
        .select_from(Send)
        .where(Send.kind == "confirm", Send.state.in_(("planned", "sending")))
    )
    with ground.engine.connect() as connection:
        return int(connection.scalar(query) or 0)


def click(ground: Ground, email: str) -> None:
    """One click, as a mail program does it for its reader."""
    with ground.engine.connect() as connection:
        person = connection.scalar(select(Subscriber.id).where(Subscriber.email == email))
    stamps = Stamps(load(ground.environment()).keys)
    token = stamps.unsubscribe.make(ground.send()["id"], int(person or 0))
    answer = ground.app.test_client().post(f"/u/{token}", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200


def be_suppressed(ground: Ground, email: str) -> None:
    """What a hard bounce of another letter does."""
    with ground.app.app_context(), unit():
        person = session.scalars(select(Subscriber).where(Subscriber.email == email)).one()
        suppress(person, reason="hard_bounce", now=clock.now(), pepper=PEPPER)
