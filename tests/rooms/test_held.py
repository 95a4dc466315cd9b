"""The export about a person holds everything: each table that knows them is in it or named here."""

from __future__ import annotations

import json

from flask import Flask

from notifier.audience.acknowledge import acknowledge
from notifier.audience.address_change import ask
from notifier.audience.complain import complain
from notifier.audience.describe import describe
from notifier.audience.leave import stop_newsletters
from notifier.catalogue import queries as catalogue
from notifier.insight.held import held
from notifier.store.db import db, unit
from tests.makers import CLEO, WORDING, Clock, joins, pepper

# Table to the key of the export, or why it is not in it.
TABLES = {
    "subscriber": "person",
    "subscription": "follows",
    "consent": "consents",
    "signup": "sign_ups",
    "address_change": "address_changes",
    "send": "messages",
    "delivery": "messages",
    "bounce": "bounces",
    "acknowledgement": "got_it",
    "newsletter_opt_out": "newsletters_stopped",
    "consultation_answer": "answers",
    "complaint": "complaints",
    "private_feed": "private_addresses",
    "suppression": "stopped",
    "reach": "",  # follows from the others; rebuilt from them
    "retry": "",  # a message on its way, which "messages" has
}


def test_each_table_that_knows_a_person_is_in_the_export(room: Flask, clock: Clock) -> None:
    knowing = {
        table.name
        for table in db.metadata.sorted_tables
        if table.name == "subscriber" or "subscriber_id" in table.columns
    }
    facts = held(joins(now=clock()))
    named = {table for table, key in TABLES.items() if not key or key in facts}
    assert knowing == named == set(TABLES)


def test_the_export_tells_all_of_it(room: Flask, clock: Clock) -> None:
    person = joins(now=clock(), follows=("air-quality",), series=("wild-birds",), language="cy")
    with unit():
        describe(
            person,
            name="Cleo Jones",
            organisation="Defra",
            uses="School maps",
            takes_part=["workshop"],
            asked_by="email",
            now=clock(),
        )
        ask(person, "new@example.org", now=clock(), pepper=pepper())
        acknowledge(person, "DEFRA-2026-001", now=clock())
        stop_newsletters(person, catalogue.all_series()[0].team.id, now=clock())
        complain("Too many mails.", person=person, now=clock())
    facts = json.loads(json.dumps(held(person)))
    assert (
        facts["person"]
        | {
            "email": CLEO,
            "name": "Cleo Jones",
            "uses": "School maps",
            "takes_part": ["workshop"],
            "language": "cy",
        }
        == facts["person"]
    )
    assert facts["person"]["how_often"]["newsletter"] == "immediate"
    assert [row.get("topic") or row.get("series") for row in facts["follows"]] == [
        "air-quality",
        "wild-birds",
    ]
    (consent,) = facts["consents"]
    assert (consent["wording"], consent["how"], consent["basis"]) == (WORDING, "form", "consent")
    assert facts["address_changes"][0]["new_email"] == "new@example.org"
    assert [row["kind"] for row in facts["messages"]] == ["confirm", "welcome", "address_change"]
    assert facts["got_it"][0]["about"] == "DEFRA-2026-001"
    assert len(facts["newsletters_stopped"]) == 1
    assert facts["complaints"][0]["words"] == "Too many mails."
    assert {"confirm", "describe", "got_it"} <= {row["action"] for row in facts["history"]}
