"""A real IMAP server of the test's own: Debian's Dovecot on loopback, over one Maildir."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.edges.web_server import certificate

LOGIN = "cleo:p%40ss"
DOVECOT = next(filter(None, map(shutil.which, ("dovecot", "/usr/sbin/dovecot"))), None)
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
listen = 127.0.0.1
protocols = imap
mail_location = maildir:{folder}/Maildir
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
default_login_user = {login}
default_internal_user = {internal}
default_internal_group = {internal_group}
ssl = {ssl}
ssl_cert = <{pem}
ssl_key = <{pem}
disable_plaintext_auth = no
passdb {{
  driver = static
  args = password=p@ss
}}
namespace inbox {{
  inbox = yes
  separator = .
  prefix = {prefix}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}
}}
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
"""


class Server:
    """A running Dovecot; ``folder/Maildir`` is the mailbox of whoever has the password p@ss."""

    def __init__(self, folder: Path, *, ssl: str = "yes", prefix: str = "") -> None:
        self.folder, self.ssl, self.prefix = folder, ssl, prefix
        self.port, self.tls_port = free(), free()
        self.pem = certificate(folder / "server.pem", now=datetime.now(UTC))
        self.box = folder / "Maildir"
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, options: str = "", *, scheme: str = "imap", login: str = LOGIN) -> str:
        port = self.tls_port if scheme == "imaps" else self.port
        return f"{scheme}://{login}@127.0.0.1:{port}/INBOX{options}"

    def start(self) -> None:
        config = self.folder / "dovecot.conf"
        config.write_text(CONFIG.format(**self.facts()), "utf-8")
        self.process = subprocess.Popen([DOVECOT or "dovecot", "-F", "-c", str(config)])
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        pytest.fail((self.folder / "log").read_text("utf-8"))

    def facts(self) -> dict[str, object]:
        """As root Dovecot has users of its own; otherwise everything runs as whoever tests."""
        root, me = os.getuid() == 0, pwd.getpwuid(os.getuid()).pw_name
        mail = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.getuid())
        return {
            "folder": self.folder,
            "ssl": self.ssl,
            "prefix": self.prefix,
            "pem": self.pem,
            "port": self.port,
            "tls_port": self.tls_port,
            "user": mail.pw_uid,
            "group": mail.pw_gid,
            "login": "dovenull" if root else me,
            "internal": "dovecot" if root else me,
            "internal_group": "dovecot" if root else str(os.getgid()),
        }

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)

    def gets(self, name: str, raw: bytes) -> None:
        """A mail server delivers a message into the mailbox."""
        facts = self.facts()
        for folder in (self.box, *(self.box / each for each in ("tmp", "new", "cur"))):
            folder.mkdir(exist_ok=True)
            own(folder, facts)
        fresh = self.box / "tmp" / name
        fresh.write_bytes(raw)
        own(fresh, facts)
        fresh.rename(self.box / "new" / name)

    def holds(self, folder: str = "") -> dict[str, str]:
        """Names of the messages in the mailbox or a folder of it, with their Maildir flags."""
        found = {}
        for part in ("new", "cur"):
            for file in (self.box / folder / part).glob("*"):
                name, _, flags = file.name.partition(":2,")
                found[name.partition(",")[0]] = flags
        return found


def own(path: Path, facts: dict[str, object]) -> None:
    os.chown(path, int(str(facts["user"])), int(str(facts["group"])))


def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running(*, ssl: str = "yes", prefix: str = "") -> Iterator[Server]:
    """A server in a folder that its users may enter: pytest's own is closed to them."""
    if DOVECOT is None:
        pytest.skip("there is no Dovecot here; install the system's package dovecot-imapd")
    folder = Path(tempfile.mkdtemp(prefix="notifier-imap-"))
    folder.chmod(0o755)
    server = Server(folder, ssl=ssl, prefix=prefix)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
