"""Servers that misbehave: what they do to a message becomes an honest outcome for it."""

from __future__ import annotations

import threading

from tests.edges.misbehaving import FEATURES, Talk, mails, misbehaving, people, states, to, well


@FEATURES
def test_a_reply_lost_after_the_final_dot_is_uncertain(features: tuple[str, ...]) -> None:
    def script(connection: int, talk: Talk) -> None:
        if connection:
            return well(talk, *features)
        talk.greet(*features)
        talk.take()
        for answer in ("250 sender", "250 recipient", "354 go on"):
            talk.hear()
            talk.say(answer)
        return talk.body()

    with misbehaving(script) as (port, bodies, _):
        outcomes = list(to(port).send(people(4)))
    assert states(outcomes) == ["accepted", "uncertain", "accepted", "accepted"]
    assert outcomes[1].code == 0
    assert len(bodies) == 4


@FEATURES
def test_silence_after_the_final_dot_is_uncertain(features: tuple[str, ...]) -> None:
    release = threading.Event()

    def script(connection: int, talk: Talk) -> None:
        if connection:
            return well(talk, *features)
        talk.greet(*features)
        for answer in ("250 sender", "250 recipient", "354 go on"):
            talk.hear()
            talk.say(answer)
        talk.body()
        release.wait(1.3)
        return None

    with misbehaving(script) as (port, _, __):
        outcomes = list(to(port).send(people(2)))
    release.set()
    assert states(outcomes) == ["uncertain", "accepted"]


@FEATURES
def test_a_server_that_stops_reading_has_not_got_the_message(features: tuple[str, ...]) -> None:
    release = threading.Event()

    def script(connection: int, talk: Talk) -> None:
        if connection > 1:
            return well(talk, *features)
        talk.greet(*features)
        for answer in ("250 sender", "250 recipient", "354 go on"):
            talk.hear()
            talk.say(answer)
        release.wait(2)
        return None

    large = mails("a@n.example", data=(b"x" * 70 + b"\r\n") * 300_000)
    with misbehaving(script) as (port, _, __):
        (outcome,) = to(port).send(large)
        release.set()
    assert (outcome.state, outcome.code) == ("deferred", 0)


@FEATURES
def test_a_close_after_data_is_tried_once_more_and_then_deferred(features: tuple[str, ...]) -> None:
    def script(connection: int, talk: Talk) -> None:
        if connection > 1:
            return well(talk, *features)
        talk.greet(*features)
        for answer in ("250 sender", "250 recipient"):
            talk.hear()
            talk.say(answer)
        talk.hear()
        return None

    with misbehaving(script) as (port, bodies, _):
        outcomes = list(to(port).send(people(3)))
    assert states(outcomes) == ["deferred", "accepted", "accepted"]
    assert outcomes[0].code == 0
    assert len(bodies) == 2


@FEATURES
def test_a_421_defers_its_message_and_the_rest_goes_over_a_new_connection(
    features: tuple[str, ...],
) -> None:
    def script(connection: int, talk: Talk) -> None:
        talk.greet(*features)
        talk.take()
        if not connection:
            talk.hear()
            talk.say("421 4.3.2 going down")
            return
        while True:
            talk.take()

    with misbehaving(script) as (port, bodies, seen):
        outcomes = list(to(port).send(people(4)))
    assert states(outcomes) == ["accepted", "deferred", "accepted", "accepted"]
    assert (outcomes[1].code, outcomes[1].status) == (421, "4.3.2")
    assert len(seen) == 2
    assert len(bodies) == 3


@FEATURES
def test_421_instead_of_the_last_answer_means_not_taken(features: tuple[str, ...]) -> None:
    def script(connection: int, talk: Talk) -> None:
        if connection:
            return well(talk, *features)
        talk.greet(*features)
        return talk.take("421 4.3.2 going down")

    with misbehaving(script) as (port, _, __):
        outcomes = list(to(port).send(people(2)))
    assert states(outcomes) == ["deferred", "accepted"]
    assert outcomes[0].code == 421


def test_a_server_that_always_says_421_is_left_alone() -> None:
    def script(_: int, talk: Talk) -> None:
        talk.greet("PIPELINING")
        talk.hear()
        talk.say("421 4.7.0 too much")

    with misbehaving(script) as (port, _, seen):
        outcomes = list(to(port).send(people(100)))
    assert states(outcomes) == ["deferred"] * 100
    assert {o.code for o in outcomes} == {421}
    assert len(seen) == 3
