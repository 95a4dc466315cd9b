"""Who keeps workers alive starts them again; when it dies itself, they end and do not linger."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

from tests.conftest import Databases
from tests.faults.ground import children, ground
from tests.faults.killing import kill


def lives(pid: int) -> bool:
    with contextlib.suppress(OSError):
        os.kill(pid, 0)
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    return False


def test_a_worker_is_started_again_and_ends_with_its_parent(
    databases: Databases, tmp_path: Path
) -> None:
    with ground(databases, "sqlite", 1000, tmp_path) as made:
        made.mail_url = "smtp://127.0.0.1:9"  # nobody answers there
        parent = made.worker(2)
        made.until(lambda: made.words().count('"worker started"') == 2, 30)
        first = set(children(parent.pid))
        kill(min(first))
        made.until(lambda: len(set(children(parent.pid)) | first) == 3, 20)
        made.until(lambda: made.words().count('"worker started"') == 3, 30)
        workers = children(parent.pid)
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait(10)
        made.until(lambda: not any(map(lives, workers)), 20)
        assert made.words().count('"worker stopped"') == 2
