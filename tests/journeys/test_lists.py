"""A list comes in and goes out; a team brings its own; who is erased stands nowhere any more."""

from __future__ import annotations

import csv
import io
import stat
from pathlib import Path

import pytest

from tests.journeys.world import World, one_click, path_in, text_of
from tests.makers import ALICE, CLEO, DAN, HANA

HEADER = "email,user_type,topics,frequency,language,organisation,confirmed_at,name"
CONSENT = ("--consent", "I agree to get mail.")
TERMS = ("--team", "food", "--source", "Users' meeting, May 2026", "--by", ALICE)
TASK = ("--basis", "public_task", "--note", "You answer our survey.", "--topics", "waste;water")


def written(world: World, text: str | bytes, name: str = "people.csv") -> str:
    path = world.folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


def taken(world: World, *more: str, name: str = "out.csv") -> list[dict[str, str]]:
    world.done("subscribers", "export", str(world.folder / name), *more)
    with (world.folder / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def status(world: World, email: str) -> str:
    return str(world.cli("subscribers", "show", email, "--json").json["status"])


def test_a_rehearsal_says_the_same_and_changes_nothing(world: World) -> None:
    rows = f"{HEADER}\n{CLEO},media,food,,,,2026-01-15,Cleo\n{DAN},media,fod,,,,2026-01-15,\n"
    file = written(world, rows)
    said = world.cli("subscribers", "import", file, *CONSENT, "--dry-run", "--json").json
    report = Path(said["report"]).read_text("utf-8")
    assert (said["added"], said["already"], said["refused"]) == (1, 0, 1)
    assert "Nobody is subscribed" in world.cli("subscribers", "show", CLEO).err
    done = world.cli("subscribers", "import", file, *CONSENT, "--json").json
    assert {**done, "dry_run": True} == said
    assert Path(said["report"]).read_text("utf-8") == report
    assert report == "row,reason\n3,there is no topic 'fod'\n"


def test_an_export_comes_in_again_as_it_went_out(world: World) -> None:
    rows = [
        [CLEO, "media", "food;waste", "change=off;newsletter=weekly", "cy", "=1+1", "2026-01-15"],
        ["+dan@example.org", "academic", "waste", "weekly", "both", "-Dan & Co", "2026-01-15"],
        ["'q@example.org", "academic", "waste", "daily", "", "'=it", "2026-01-15T10:11:12.5Z"],
        ["zoë@bücher.example", "public", "water", "", "en", '@home, "x"', "2026-01-15"],
    ]
    out = io.StringIO()
    csv.writer(out).writerows(
        [HEADER.split(","), *([*row, f"N {n}"] for n, row in enumerate(rows))]
    )
    world.done("subscribers", "import", written(world, out.getvalue()), *CONSENT)
    world.joins("eve@example.org", topics=["food"], user_type="academic")
    first = taken(world)
    assert [row["email"] for row in first] == [
        CLEO, "'+dan@example.org", "''q@example.org", "zoë@bücher.example", "eve@example.org",
    ]  # fmt: skip
    assert [row["organisation"] for row in first][:4] == [
        "'=1+1", "'-Dan & Co", "'=it", "'@home, \"x\"",
    ]  # fmt: skip
    assert list(first[0]) == HEADER.split(",")
    assert stat.S_IMODE((world.folder / "out.csv").stat().st_mode) == 0o600
    again = world.cli("subscribers", "import", str(world.folder / "out.csv"), *CONSENT).out
    assert again == "0 added, 5 there already.\n"
    # With other addresses these are other people, who are like them in everything.
    text = (world.folder / "out.csv").read_text("utf-8").replace("@", "2@").replace("'2@", "'@")
    world.done("subscribers", "import", written(world, text, "other.csv"), *CONSENT)
    assert [{**row, "email": row["email"].replace("2@", "@")} for row in taken(world)[5:]] == first


def test_a_single_series_comes_along_where_somebody_follows_one(world: World) -> None:
    rows = f"{HEADER},series\n{CLEO},media,,,,,2026-01-15,,fly-tipping\n"
    world.done("subscribers", "import", written(world, rows), *CONSENT)
    assert world.cli("subscribers", "show", CLEO, "--json").json["series"] == ["fly-tipping"]
    assert [row["series"] for row in taken(world)] == ["fly-tipping"]


def test_an_export_is_of_those_who_get_mail_and_of_a_segment(world: World) -> None:
    for email, topics in ((CLEO, ["food"]), (DAN, ["waste"]), ("eve@example.org", ["waste"])):
        world.joins(email, topics=topics, user_type="academic")
    left = one_click(world.last_mail("eve@example.org", "/u/"))
    assert world.post(left, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert [row["email"] for row in taken(world)] == [CLEO, DAN]
    waste = '{"topic": "waste"}'
    world.done("segments", "save", "wasters", "--filter", waste, "--by", HANA)
    assert [row["email"] for row in taken(world, "--segment", "wasters")] == [DAN]
    assert "There is no segment" in world.cli("subscribers", "export", "-", "--segment", "x").err
    piped = world.done("subscribers", "export", "-")
    assert piped.startswith("email,user_type,topics")
    assert piped.count("\n") == 3


def test_a_team_invites_its_list_once_and_who_accepts_gets_mail(world: World) -> None:
    world.joins(DAN, topics=["food"], user_type="academic")
    world.done("subscribers", "forget", DAN)
    file = written(world, f"Cleo Jones <{CLEO}>; {DAN}; bob@x\neve@example.org", "list.txt")
    ask = ("subscribers", "bring", file, *TERMS, "--basis", "consent", "--json")
    said = world.cli(*ask).json
    assert (said["added"], said["already"], said["refused"]) == (2, 0, 2)
    report = Path(said["report"]).read_text("utf-8")
    assert "2,this person asked us not to write to them" in report
    assert "@" not in report
    assert world.cli(*ask).json["added"] == 0
    world.drain()
    mail = world.last_mail(CLEO, "/confirm/")
    assert "Food statistics" in str(mail["From"])
    assert mail["List-Unsubscribe"] is None
    assert "They have your address from this source: Users' meeting, May 2026." in text_of(mail)
    assert len(world.mails(CLEO)) == 1, "the second time nobody is written to"
    link = path_in(mail, "/confirm/")
    page = world.get(link).get_data(as_text=True)
    assert "Food statistics invites you to hear about:" in page
    agreed = "By pressing the button you agree to get emails about these topics."
    assert agreed in page
    assert status(world, CLEO) == "pending"
    assert world.presses(link).status_code == 200
    world.drain()
    cleo = world.cli("subscribers", "show", CLEO, "--json").json
    assert (cleo["status"], cleo["topics"]) == ("active", ["food"])
    consent = cleo["consents"][0]
    assert (consent["basis"], consent["how"]) == ("consent", "invitation")
    assert consent["wording"].startswith(agreed)
    assert consent["source"].startswith("Users' meeting")
    assert cleo["sends"][0]["why"].startswith("invited by Food statistics, which has")


def test_an_invitation_lapses_after_28_days_without_a_reminder(world: World) -> None:
    file = written(world, CLEO, "list.txt")
    world.done("subscribers", "bring", file, *TERMS, "--basis", "consent")
    world.drain()
    link = path_in(world.last_mail(CLEO, "/confirm/"), "/confirm/")
    world.clock.forward(days=27)
    world.drain()
    assert (status(world, CLEO), len(world.mails(CLEO))) == ("pending", 1)
    world.clock.forward(days=1, minutes=1)
    world.drain()
    assert "Nobody is subscribed" in world.cli("subscribers", "show", CLEO).err
    assert world.get(link).status_code == 404
    assert len(world.mails(CLEO)) == 1


def test_a_public_task_starts_at_once_and_says_why_and_how_to_leave(world: World) -> None:
    heads = '\ufeff"Title","First Name","Last Name","Company","E-mail Address"\r\n'
    rows = f"{heads},Cleo,Jones,X Ltd,{CLEO}\r\n,Ex,,,/o=Exch/cn=ex\r\n"
    file = written(world, rows.encode("utf-16"), "contacts.csv")
    assert "2 would be" not in world.done("subscribers", "bring", file, *TERMS, *TASK, "--dry-run")
    said = world.done("subscribers", "bring", file, *TERMS, *TASK)
    assert said.startswith("1 added, 0 known already; 1 refused.")
    world.drain()
    welcome = world.last_mail(CLEO, "/u/")
    text = " ".join(text_of(welcome).split())
    for words in ("Food statistics added you", "You answer our survey.", "you may object"):
        assert words in text
    cleo = world.cli("subscribers", "show", CLEO, "--json").json
    assert (cleo["status"], cleo["topics"]) == ("active", ["waste", "water"])
    assert cleo["consents"][0]["basis"] == "public_task"
    assert cleo["sends"][0]["why"].startswith("added as a public task by Food statistics")
    assert world.post(one_click(welcome), {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert status(world, CLEO) == "left"
    world.done("subscribers", "bring", file, *TERMS, *TASK)
    assert (status(world, CLEO), len(world.mails(CLEO))) == ("left", 1)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--basis", "public_task"), "A public task needs a note"),
        (("--basis", "consent", "--note", "x"), "A public task needs a note"),
        (("--basis", "consent", "--source", " "), "where the list comes from"),
        (("--basis", "consent", "--topics", "fod"), "There is no topic 'fod'"),
        (("--basis", "consent", "--team", "nobody"), "There is no team"),
        (("--basis", "consent", "--by", DAN), "is not a member of staff"),
    ],
)
def test_terms_that_lack_something_are_refused(
    world: World, more: tuple[str, ...], sentence: str
) -> None:
    said = world.cli("subscribers", "bring", written(world, CLEO, "l.txt"), *TERMS, *more)
    assert (said.status, said.err.count("\n")) == (1, 1)
    assert sentence in said.err
    assert "Nobody is subscribed" in world.cli("subscribers", "show", CLEO).err
