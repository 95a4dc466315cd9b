"""Runs the web (gunicorn) and workers as processes and ends them together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from threading import Event, Thread
from types import FrameType
from typing import Any

import structlog
from flask import Flask
from gunicorn.app.base import BaseApplication

from notifier.clock import elapsed
from notifier.errors import Refused

WORKER = [sys.executable, "-m", "notifier", "worker"]
THREADS = 8
DRAIN = 28  # seconds that workers may take to finish what is in flight; they stop after 25
LOOK = 0.5  # seconds between looks whether all live
SHORTEST = 3.0  # seconds from the start of a worker to that of the next in its place


log = structlog.get_logger()


class Web(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn around an app that was built already."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self.flask, self.given = app, options
        super().__init__()

    def load_config(self) -> None:
        for key, value in self.given.items():
            self.cfg.set(key, value)

    def load(self) -> Flask:
        return self.flask


def must_be_free(host: str, port: int) -> None:
    """Refuse in a sentence before anything is started: gunicorn would try five times in its own
    words, with a worker running beside it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise Refused(
                f"Something else answers on port {port}; stop it, or choose another with --port."
            ) from None


def run_web(app: Flask, *, host: str, port: int, workers: int, **hooks: Any) -> None:
    """Serve until SIGTERM or SIGINT. Raises Refused when the port is taken."""
    must_be_free(host, port)
    Web(
        app,
        {
            "bind": f"{host}:{port}",
            "workers": workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "accesslog": None,
            "loglevel": "warning",
            "control_socket_disable": True,  # two instances of one user would share its path
            # X-Forwarded-* is judged by the app, which knows the trusted proxies.
            "forwarded_allow_ips": "",
            **hooks,
        },
    ).run()


def serve_both(app: Flask, *, host: str, port: int, workers: int) -> None:
    """The web here, a worker beside it; a worker that dies is started again."""
    must_be_free(host, port)
    keeper = Keeper(1)
    keeper.start()
    run_web(app, host=host, port=port, workers=workers, on_exit=lambda server: keeper.stop())


def run_processes(count: int) -> int:
    """Several workers until SIGTERM or SIGINT; returns the exit status."""
    keeper, done = Keeper(count), Event()

    def stop(number: int, frame: FrameType | None) -> None:
        done.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    keeper.start()
    done.wait()
    keeper.stop()
    return 0


class Keeper:
    """Keeps a number of worker processes alive."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.processes: list[subprocess.Popen[bytes]] = []
        self.born: dict[int, float] = {}
        self.stopping = Event()
        self.thread = Thread(target=self.watch, daemon=True)

    def start(self) -> None:
        self.processes = [self.spawn() for _ in range(self.count)]
        self.thread.start()

    def spawn(self) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C reaches the parent only, which then asks politely.
        command = [*WORKER, "--kept-by", str(os.getpid())]
        process = subprocess.Popen(command, start_new_session=True)  # noqa: S603 (our own command)
        self.born[process.pid] = elapsed()
        return process

    def watch(self) -> None:
        while not self.stopping.wait(LOOK):
            for place, process in enumerate(self.processes):
                if process.poll() is not None and self.may_follow(process):
                    log.error("a worker died; another begins", status=process.returncode)
                    self.processes[place] = self.spawn()

    def may_follow(self, process: subprocess.Popen[bytes]) -> bool:
        """Whether a dead one's place is taken at once: one that lives for a moment only, over and
        over, would keep the machine busy with nothing but starting."""
        return elapsed() - self.born[process.pid] >= SHORTEST

    def stop(self) -> None:
        """SIGTERM to all; who has not ended in time is killed, which loses nothing."""
        self.stopping.set()
        self.thread.join()  # it might be starting one at this moment
        end = elapsed() + DRAIN
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(max(0.0, end - elapsed()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
