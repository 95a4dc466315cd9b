"""The relay by nothing but smtplib, for a server that dislikes how ``smtp`` talks."""

from __future__ import annotations

import smtplib
from collections.abc import Iterable, Iterator

from notifier.mail.addresses import wire
from notifier.mail.envelope import Envelope, Outcome, State, legible, replied
from notifier.mail.relay import Relay
from notifier.mail.session import CLOSING, Broken, Patience, library_client


class Plain:
    """One command, one answer. Chosen by ``?smtplib=1``; ``Transport``'s contract holds."""

    def __init__(self, relay: Relay, *, host_name: str, patience: Patience | None = None) -> None:
        self._relay, self._host_name = relay, host_name
        self.name, self.limit = relay.name, relay.limit
        self._patience = patience or Patience()
        self._client: smtplib.SMTP | None = None
        self._carried = 0

    def send(self, envelopes: Iterable[Envelope]) -> Iterator[Outcome]:
        down: Broken | None = None
        for envelope in envelopes:
            if down is None:
                try:
                    client = self._open()
                except Broken as error:
                    down = error
            if down is None:
                yield self._one(client, envelope)
            else:
                yield Outcome(envelope.key, "deferred", down.code, "", legible(down.text))

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            try:
                client.quit()
            except (OSError, smtplib.SMTPException):
                client.close()

    def _open(self) -> smtplib.SMTP:
        if self._carried >= self._relay.per_connection:
            self.close()
        if self._client is not None and not self._answers(self._client):
            self._client = None
        if self._client is None:
            self._client = library_client(
                self._relay, host_name=self._host_name, patience=self._patience
            )
            self._carried = 0
        return self._client

    def _answers(self, client: smtplib.SMTP) -> bool:
        """Whether the connection still stands; RSET also ends what an error left half done."""
        try:
            return client.rset()[0] == 250
        except (OSError, smtplib.SMTPException):
            client.close()
            return False

    def _one(self, client: smtplib.SMTP, envelope: Envelope) -> Outcome:
        self._carried += 1
        dot_is_out = False
        try:
            options = ["SMTPUTF8", "BODY=8BITMIME"] if envelope.utf8 else []
            if envelope.utf8 and not client.has_extn("smtputf8"):
                return Outcome(envelope.key, "refused", 553, "5.6.7", "no SMTPUTF8 here")
            client.command_encoding = "utf-8" if envelope.utf8 else "ascii"
            sender = wire(envelope.sender) if envelope.sender else ""
            code, text = client.mail(sender, options)
            if code == 250:
                code, text = client.rcpt(wire(envelope.recipient))
            if code // 100 == 2:
                dot_is_out = True  # smtplib does not say how far data() came
                code, text = client.data(envelope.data)
        except smtplib.SMTPDataError as error:
            code, text = error.smtp_code, _octets(error.smtp_error)
        except ValueError as error:
            return Outcome(envelope.key, "refused", 553, "5.1.3", legible(str(error)))
        except (OSError, smtplib.SMTPException) as error:
            client.close()
            self._client = None
            state: State = "uncertain" if dot_is_out else "deferred"
            return Outcome(envelope.key, state, 0, "", legible(str(error)))
        if code == CLOSING or code < 200:
            client.close()
            self._client = None
        return replied(envelope.key, code, text.decode("utf-8", "replace"))


def _octets(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text
