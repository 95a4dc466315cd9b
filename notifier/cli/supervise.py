"""Runs the web (gunicorn) and workers as processes and ends them together."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from threading import Event, Thread
from types import FrameType
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from notifier.errors import Refused

WORKER = [sys.executable, "-m", "notifier", "worker"]
THREADS = 8
DRAIN = 40  # seconds that a worker may take to finish what is in flight


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
        self.stopping = Event()
        self.thread = Thread(target=self.watch, daemon=True)

    def start(self) -> None:
        self.processes = [self.spawn() for _ in range(self.count)]
        self.thread.start()

    def spawn(self) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C reaches the parent only, which then asks politely.
        return subprocess.Popen(WORKER, start_new_session=True)  # noqa: S603 (our own command)

    def watch(self) -> None:
        while not self.stopping.wait(2):
            for place, process in enumerate(self.processes):
                if process.poll() is not None and not self.stopping.is_set():
                    self.processes[place] = self.spawn()

    def stop(self) -> None:
        self.stopping.set()
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(DRAIN)
            except subprocess.TimeoutExpired:
                process.kill()
