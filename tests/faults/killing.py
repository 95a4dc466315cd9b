"""Faults of our own processes: killed at random, one for good, told to stop, paused."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from contextlib import suppress

from tests.faults.check import Verdict, judge
from tests.faults.ground import Ground, children
from tests.faults.server import Sink, serving

PROCESSES = 2


def kill_9(ground: Ground, *, kills: int, seed: int) -> Verdict:
    """One of the workers, or now and then all of them and the parent, at random times."""
    dice, done = random.Random(seed), list[float]()
    with serving(ground.folder, seed=seed, slow=0.002) as sink:
        ground.mail_url = sink.url
        parent = ground.worker(PROCESSES)
        for number in range(kills):
            wait(ground, sink, dice, kills)
            if ground.send()["state"] == "done":
                break
            if number % 8 == 7:
                done += kill(*children(parent.pid), parent.pid)
                parent.wait(10)
                parent = ground.worker(PROCESSES)
            else:
                done += kill(dice.choice(living(parent)))
        ground.until_done(300)
        seconds = ground.end(parent)
        note = f"{len(done)} killed; the end took {seconds:.1f} s"
        return judge(ground, sink, "kill -9", kills=done, note=note)


def wait(ground: Ground, sink: Sink, dice: random.Random, kills: int) -> None:
    """Until a random share of the messages went out, or a random time has passed."""
    most = dice.randrange(2 * ground.people // (kills + 5) or 1)
    before, end = sink.count, time.monotonic() + dice.uniform(0.2, 3)
    while sink.count < before + most and time.monotonic() < end:
        time.sleep(0.002)


def living(parent: subprocess.Popen[bytes]) -> list[int]:
    """The workers of that parent; waits until it has begun one again."""
    end = time.monotonic() + 20
    while not (found := children(parent.pid)):
        assert time.monotonic() < end, "no worker was started again"
        time.sleep(0.01)
    return found


def kill(*pids: int) -> list[float]:
    """SIGKILL; the instants at which they died."""
    times = []
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            times.append(time.monotonic())
    return times


def one_dies_for_good(ground: Ground, *, seed: int) -> Verdict:
    """Two workers that know nothing of each other; nobody starts the one that dies again."""
    with serving(ground.folder, seed=seed, slow=0.002) as sink:
        ground.mail_url = sink.url
        first, second = ground.worker(), ground.worker()
        ground.until(lambda: sink.count > ground.people // 3)
        died = kill(first.pid)
        ground.until_done()
        ground.end(second)
        return judge(ground, sink, "one of two workers dies", kills=died)


def told_to_stop(ground: Ground, *, times: int, seed: int) -> Verdict:
    """SIGTERM in the middle, so many times; nothing is lost, nothing doubled, in less than 30 s."""
    longest = 0.0
    with serving(ground.folder, seed=seed, slow=0.002) as sink:
        ground.mail_url = sink.url
        for number in range(1, times + 1):
            parent = ground.worker(PROCESSES)
            share = ground.people * number // (times + 2)
            ground.until(lambda share=share: sink.count > share)
            longest = max(longest, ground.end(parent))
        parent = ground.worker(PROCESSES)
        ground.until_done()
        longest = max(longest, ground.end(parent))
        found = judge(ground, sink, "SIGTERM", note=f"the longest end took {longest:.1f} s")
        found.wrong += ["it took longer than 30 s"] if longest >= 30 else []
        return found


def told_to_stop_while_the_server_stalls(ground: Ground, *, seed: int) -> Verdict:
    """SIGTERM while each connection waits for a mail server that does not answer for a minute."""
    with serving(ground.folder, seed=seed, slow=90) as sink:
        ground.mail_url = sink.url
        worker = ground.worker()
        time.sleep(8)
        seconds = ground.end(worker)
    with serving(ground.folder, seed=seed) as sink:
        ground.mail_url = sink.url
        worker = ground.worker()
        ground.until_done()
        ground.end(worker)
        note = f"it ended after {seconds:.1f} s"
        found = judge(ground, sink, "SIGTERM while the server stalls", note=note)
        found.wrong += [] if 20 < seconds < 30 else ["not between 20 and 30 s"]
        return found


def paused(ground: Ground, *, waits: tuple[float, ...], seed: int) -> Verdict:
    """Paused in the middle and resumed after so many seconds; nobody is doubled."""
    with serving(ground.folder, seed=seed, slow=0.02) as sink:
        ground.mail_url = sink.url
        parent, number = ground.worker(PROCESSES), str(ground.send()["id"])
        for place, seconds in enumerate(waits, 1):
            share = ground.people * place // (len(waits) + 2)
            ground.until(lambda share=share: sink.count > share)
            ground.cli("sends", "pause", number, "--reason", "A typo.")
            time.sleep(seconds)
            ground.cli("sends", "resume", number)
        ground.until_done()
        ground.end(parent)
        named = " and ".join(f"{seconds:g} s" for seconds in waits)
        return judge(ground, sink, f"paused, resumed after {named}")
