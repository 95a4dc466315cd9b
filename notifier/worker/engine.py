"""What a worker process has at hand: settings, clock, the way to send, and compiled letters."""

from __future__ import annotations

import os
import secrets
import socket
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from threading import Event, local

import structlog

from notifier.clock import Now
from notifier.mail.compose import Compiled, Frame, Letter, NotCompilable, Person, compile, naive
from notifier.mail.dkim import sign, signers
from notifier.mail.transport import Transport, from_url
from notifier.render.letters import Site
from notifier.sends.models import Letter as LetterRow
from notifier.settings import Settings
from notifier.tokens import Stamps
from notifier.worker.journal import Journal
from notifier.worker.pace import Pacing

log = structlog.get_logger()

KEPT = 256  # compiled letters in memory; a campaign has nine variants, or as many more groups


class Engine:
    """One per process; transports are one per thread, because a connection is not shared."""

    def __init__(self, settings: Settings, *, site: Callable[[], Site], now: Now) -> None:
        self.settings = settings
        self._site = site
        self.now = now
        self.stamps = Stamps(settings.keys)
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.signers = signers(settings)
        self.held: set[tuple[int, int]] = set()  # chunks that a thread works on at this moment
        self.housekept: datetime | None = None
        self.pacing = Pacing(settings, now)
        self.stopping = Event()  # SIGTERM: no new envelope is begun
        self._compiled: OrderedDict[tuple[int, int], tuple[Compiled | None, Letter, Frame]] = (
            OrderedDict()
        )
        self._thread = local()

    @property
    def site(self) -> Site:
        """What letters know of this site as it is now: a catalogue may have been loaded since."""
        return self._site()

    @property
    def transport(self) -> Transport:
        """This thread's way to send; connections stay open between batches."""
        if not hasattr(self._thread, "transport"):
            self._thread.transport = from_url(
                self.settings.mail_url,
                host_name=self.settings.host_name,
                instance=self.settings.instance,
            )
        found: Transport = self._thread.transport
        return found

    @property
    def journal(self) -> Journal:
        """This thread's notes of what the mail server took."""
        if not hasattr(self._thread, "journal"):
            self._thread.journal = Journal(self.settings.instance, self.owner)
        kept: Journal = self._thread.journal
        return kept

    def message(self, row: LetterRow, frame: Frame, person: Person) -> tuple[bytes, bool]:
        """One person's message: spliced where the letter compiles, else made by the library; and
        whether it travels as it is (``Envelope.plain``)."""
        key = (row.send_id, row.variant)
        if key not in self._compiled:
            letter = Letter(row.subject, row.text, row.html)
            try:
                self._compiled[key] = (compile(letter, frame, self.signers), letter, frame)
            except NotCompilable:
                log.warning("a letter is made person by person", send=row.send_id)
                self._compiled[key] = (None, letter, frame)
            if len(self._compiled) > KEPT:
                self._compiled.popitem(last=False)
        compiled, letter, frame = self._compiled[key]
        if compiled:
            return compiled.splice(person), True
        data = naive(letter, frame, person)
        return sign(data, self.signers) if self.signers else data, False
