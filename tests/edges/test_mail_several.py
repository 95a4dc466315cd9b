"""Several connections to one relay: as many as are worth it, and one that fails stops no other."""

from __future__ import annotations

from collections.abc import Iterator

from aiosmtpd.smtp import Envelope as Received
from aiosmtpd.smtp import Session as Client

from notifier.mail.envelope import Envelope
from tests.edges.test_mail_smtp import Handler, people, running, to


class Counting(Handler):
    """Bears so many connections at once, and says so to the next."""

    def __init__(self, most: int) -> None:
        super().__init__("PIPELINING")
        self.most = most

    async def handle_MAIL(  # noqa: N802
        self, _: object, session: Client, envelope: Received, address: str, options: list[str]
    ) -> str:
        self.peers.add(session.peer)
        if len(self.peers) > self.most:
            self.peers.discard(session.peer)
            return "421 4.7.0 too many connections from you"
        envelope.mail_from = address
        return "250 ok"


def test_a_large_batch_has_several_connections_and_a_small_one_has_one() -> None:
    handler = Handler("PIPELINING")
    with running(handler) as port:
        transport = to(port, connections=3)
        assert len(list(transport.send(people(15)))) == 15
        assert len(handler.peers) == 1
        outcomes = list(transport.send(people(300)))
        assert len(handler.peers) == 3
        again = list(transport.send(people(300)))
        transport.close()
    assert sorted(int(str(o.key)) for o in outcomes) == list(range(300))
    assert {o.state for o in (*outcomes, *again)} == {"accepted"}
    assert len(handler.taken) == 615
    assert len(handler.peers) == 3, "they are kept for the next batch"


def test_a_server_that_bears_fewer_gets_all_of_it_over_those() -> None:
    handler = Counting(2)
    with running(handler) as port:
        outcomes = list(to(port, connections=6).send(people(300)))
    deferred = [o for o in outcomes if o.state == "deferred"]
    assert len(outcomes) == 300
    assert len(deferred) < 30, "only what the refused connections were asked to carry"
    assert {o.code for o in deferred} <= {421}
    assert len(handler.taken) == 300 - len(deferred)


def test_no_envelope_is_asked_for_after_the_caller_stops() -> None:
    asked: list[object] = []

    def watched() -> Iterator[Envelope]:
        for one in people(300):
            asked.append(one.key)
            yield one

    handler = Handler("PIPELINING")
    with running(handler) as port:
        outcomes = to(port, connections=4).send(watched())
        known = [next(outcomes).key for _ in range(100)]
        outcomes.close()  # type: ignore[attr-defined]
    assert len(asked) <= 100 + 2 * 4
    kept = {e.rcpt_tos[0] for e in handler.taken}
    assert {f"cleo{key}@example.org" for key in known} <= kept
    assert len(kept) <= 100 + 4, "at most the one in flight on each connection"
