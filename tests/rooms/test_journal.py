"""What a dead process had noted reaches the ledger, and nothing that it had not."""

from __future__ import annotations

import fcntl
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from notifier.delivery import lease, single
from notifier.sends.models import Chunk, Send
from notifier.sends.rules import State
from notifier.store.db import session, unit
from notifier.worker.journal import FOLDER, NOBODY, Journal, living, replay
from tests.makers import Clock
from tests.rooms.crowd import counters, crowd, frozen, states
from tests.rooms.test_singles import confirm_mail


def dies(journal: Journal) -> None:
    """What the system does with the files of a killed process: its lock goes, the file stays."""
    assert journal._file is not None
    os.close(journal._file)


@contextmanager
def room_for(octets: int) -> Iterator[None]:
    """No file of this process may be larger: what a full disk is, for one file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_line_that_a_full_disk_cut_off_spoils_no_other(
    room: Flask, clock: Clock, tmp_path: Path
) -> None:
    crowd(40)
    send = frozen(clock, "food")
    journal = Journal(tmp_path, "host:1:a")
    assert journal.note(send.id, 3, 250)
    with room_for((tmp_path / FOLDER / os.listdir(tmp_path / FOLDER)[0]).stat().st_size + 6):
        assert not journal.note(send.id, 31, 250)
    assert journal.note(send.id, 32, 250)
    dies(journal)
    assert replay(tmp_path, now=clock()) == 2
    accepted = [who for who, state in states(send).items() if state is State.ACCEPTED]
    assert accepted == [3, 32]
    assert not list((tmp_path / FOLDER).iterdir())


def test_what_lives_is_left_alone(room: Flask, clock: Clock, tmp_path: Path) -> None:
    crowd(3)
    send = frozen(clock, "food")
    one, other = Journal(tmp_path, "host:1:a"), Journal(tmp_path, "host:2:b")
    for journal, person in ((one, 1), (other, 2)):
        journal.open()
        journal.note(send.id, person, 250)
    dies(other)
    assert living(tmp_path) == {"host:1:a"}
    assert replay(tmp_path, now=clock()) == 1
    assert (states(send)[1], states(send)[2]) == (State.WAITING, State.ACCEPTED)
    one.clear()
    one.close()


def test_the_living_keep_a_chunk_whose_lease_ran_out(
    room: Flask, clock: Clock, tmp_path: Path
) -> None:
    """The database could not be written for a minute: they know what was sent, others do not."""
    crowd(3)
    send = frozen(clock, "food")
    with unit():
        assert lease.claim(send.id, 0, owner="host:1:a", now=clock())
    clock.forward(seconds=65)
    with unit():
        assert lease.claim(send.id, 0, owner="host:2:b", now=clock(), but={"host:1:a"}) is None
        assert lease.claim(send.id, 0, owner="host:1:a", now=clock(), but={"host:2:b"})
    clock.forward(seconds=65)
    with unit():
        assert lease.claim(send.id, 0, owner="host:2:b", now=clock(), but=set())
    session.expire_all()
    assert session.get_one(Chunk, (send.id, 0)).owner == "host:2:b"


def test_a_file_that_was_taken_away_meanwhile_is_made_again(tmp_path: Path) -> None:
    """Between its making and its locking it looks like one of a dead process."""
    journal = Journal(tmp_path, "host:1:a")
    locks = fcntl.flock
    taken: list[int] = []

    def late(file: int, how: int) -> None:
        if not taken:
            taken.append(file)
            journal._path.unlink()
        locks(file, how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("notifier.worker.journal.fcntl.flock", late)
        journal.note(1, 2, 250)
    assert journal._path.read_bytes() == b"\n1 2 250\n"
    journal.clear()
    journal.close()


def test_one_off_mail_is_in_it_too(room: Flask, clock: Clock, tmp_path: Path) -> None:
    """A confirmation that was accepted is not sent again, and one that was not is free at once."""
    send = confirm_mail(clock)
    with unit():
        single.claim(send.id, owner="host:1:a", now=clock())
    journal = Journal(tmp_path, "host:1:a")
    journal.note(send.id, NOBODY, 250)
    dies(journal)
    assert replay(tmp_path, now=clock()) == 1
    session.expire_all()
    done = session.get_one(Send, send.id)
    assert (done.state, done.accepted, done.owner) == ("done", 1, None)
    assert single.due(now=clock()) == []


def test_a_one_off_mail_that_was_only_claimed_is_free_at_once(
    room: Flask, clock: Clock, tmp_path: Path
) -> None:
    send = confirm_mail(clock)
    with unit():
        single.claim(send.id, owner="host:1:a", now=clock())
    assert single.due(now=clock()) == []
    journal = Journal(tmp_path, "host:1:a")
    journal.open()
    dies(journal)
    replay(tmp_path, now=clock())
    assert single.due(now=clock()) == [send.id]


def test_it_counts_once(room: Flask, clock: Clock, tmp_path: Path) -> None:
    """Killed between the commit and the emptying: the ledger knows already."""
    crowd(3)
    send = frozen(clock, "food")
    for _ in range(2):
        journal = Journal(tmp_path, "host:1:a")
        journal.note(send.id, 1, 250)
        dies(journal)
        replay(tmp_path, now=clock())
    assert counters(send)[0] == 1
