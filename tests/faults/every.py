"""The faults, each with its sizes: short for every run of the tests, long for a night."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.faults import killing, leaving, machine, mailing
from tests.faults.check import Verdict
from tests.faults.ground import Ground

Run = Callable[[Ground, int], Verdict]  # with the seed
BOTH, SQLITE, POSTGRESQL = ("sqlite", "postgresql"), ("sqlite",), ("postgresql",)
OF_THE_WIRE = ("disconnects before DATA", "disconnects in the body", "421 every 500")


class Fault(NamedTuple):
    """``people`` are all who are to be told; ``kinds`` the databases on which it is tried."""

    name: str
    run: Run
    kinds: tuple[str, ...] = BOTH
    people: int = 1000


def short() -> list[Fault]:
    """For every run of the tests: few people and kills, and shorter waits where only they differ.
    What breaks off before the ledger hears of it is tried on one database."""
    return [
        Fault("kill", lambda g, seed: killing.kill_9(g, kills=50, seed=seed), SQLITE, 10_000),
        Fault("kill some", lambda g, seed: killing.kill_9(g, kills=8, seed=seed), POSTGRESQL),
        Fault("term", lambda g, seed: killing.told_to_stop(g, times=1, seed=seed)),
        *always(),
        *(wire(name, SQLITE if name in OF_THE_WIRE else BOTH) for name in mailing.MANNERS),
        Fault("down", lambda g, seed: mailing.is_down(g, seconds=4, seed=seed)),
        Fault(
            "one-off", lambda g, seed: leaving.letters_to_one(g, letters=200, kills=3, seed=seed)
        ),
        Fault("full", lambda g, seed: machine.disk_full(g, seconds=3, seed=seed), SQLITE),
        Fault(
            "no-room",
            lambda g, seed: machine.disk_full(g, seconds=3, everywhere=True, seed=seed),
            POSTGRESQL,
        ),
        Fault(
            "locked", lambda g, seed: machine.locked(g, seconds=6, patience=2, seed=seed), SQLITE
        ),
        Fault("restart", lambda g, seed: machine.restarted(g, restarts=2, seed=seed), POSTGRESQL),
    ]


def long(*, people: int, kills: int) -> list[Fault]:
    """``people`` and ``kills`` are of the first one, the others are told to a part of so many."""
    some = min(people, 5000)
    faults = [
        Fault("term", lambda g, seed: killing.told_to_stop(g, times=8, seed=seed)),
        *always(),
        Fault("stall", lambda g, seed: killing.told_to_stop_while_the_server_stalls(g, seed=seed)),
        *(wire(name, BOTH) for name in mailing.MANNERS),
        Fault("down", lambda g, seed: mailing.is_down(g, seconds=60, seed=seed)),
        Fault(
            "one-off", lambda g, seed: leaving.letters_to_one(g, letters=500, kills=20, seed=seed)
        ),
        Fault("full", lambda g, seed: machine.disk_full(g, seconds=10, seed=seed)),
        Fault(
            "no-room", lambda g, seed: machine.disk_full(g, seconds=10, everywhere=True, seed=seed)
        ),
        Fault("locked", lambda g, seed: machine.locked(g, seconds=65, seed=seed), SQLITE),
        Fault("restart", lambda g, seed: machine.restarted(g, restarts=10, seed=seed), POSTGRESQL),
    ]
    killed = Fault("kill", lambda g, seed: killing.kill_9(g, kills=kills, seed=seed), BOTH, people)
    return [killed, *(fault._replace(people=some) for fault in faults)]


def always() -> list[Fault]:
    """The same, short or long."""
    return [
        Fault("dies", lambda g, seed: killing.one_dies_for_good(g, seed=seed)),
        Fault("pause", lambda g, seed: killing.paused(g, waits=(0.2, 5.0), seed=seed)),
        Fault("leave", lambda g, seed: leaving.leave_in_time(g, leavers=40, seed=seed)),
        # Two chunks for each machine.
        Fault("two", lambda g, seed: machine.two_machines(g, seed=seed), POSTGRESQL, 2000),
        Fault("machine", lambda g, seed: machine.machine_lost(g, seed=seed), POSTGRESQL, 2000),
    ]


def wire(name: str, kinds: tuple[str, ...]) -> Fault:
    return Fault(name, lambda g, seed: mailing.misbehaves(g, name, seed=seed), kinds)
