"""Postfix's smtp-sink and smtp-source: a mail server that throws away, and a fast sender."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from types import TracebackType

FOLDERS = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])


def tool(name: str) -> str | None:
    return shutil.which(name, path=FOLDERS)


def need() -> tuple[str, str]:
    """Where smtp-sink and smtp-source are; ends with a sentence when they are missing."""
    found = tool("smtp-sink"), tool("smtp-source")
    if not (found[0] and found[1]):
        sys.exit(
            "This benchmark needs Postfix's smtp-sink and smtp-source, which were not found; "
            "install the package postfix (Debian: apt-get install postfix). It need not run."
        )
    return found[0], found[1]


class Sink:
    """smtp-sink on a free port of 127.0.0.1; ``messages`` is what it took, known after the end."""

    def __init__(self, path: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{probe.getsockname()[1]}"
        # As root it wants to become somebody else.
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        self._command = [path, "-c", *user, self.address, "1000"]
        self.messages = 0

    def __enter__(self) -> Sink:
        self._counters = tempfile.TemporaryFile()
        self._process = subprocess.Popen(self._command, stdout=self._counters)
        host, _, port = self.address.partition(":")
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex((host, int(port))) == 0:
                    return self
            time.sleep(0.05)
        self._process.kill()
        sys.exit(f"smtp-sink did not start on {self.address}.")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait()
        self._counters.seek(0)
        counts = re.findall(rb"mesg=(\d+)", self._counters.read())
        self.messages = int(counts[-1]) if counts else 0
        self._counters.close()
