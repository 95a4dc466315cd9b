"""A list that staff upload is rehearsed, shown, and brought in when they say so; then it goes."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from notifier.audience.importing import Report, import_csv
from notifier.audience.models import WaitingImport
from notifier.errors import Refused
from notifier.store.db import session
from notifier.store.history import By

LARGEST = 5_000_000  # bytes; larger lists come by the command line
MOST_ROWS, MOST_COLUMNS = 50_000, 40
LONGEST_WORDING, LONGEST_NAME = 1_000, 200
LIST_KEPT, REPORT_KEPT = timedelta(hours=1), timedelta(days=1)
MARKS = (b"\xff\xfe", b"\xfe\xff")  # what Excel calls Unicode text


def read(raw: bytes) -> str:
    """The text of an uploaded list. Raises Refused for what is too large, or no text."""
    if not raw:
        raise Refused("Choose a CSV file that has something in it.", field="file")
    if len(raw) > LARGEST:
        raise Refused("The file is larger than 5 MB. Split it into several.", field="file")
    try:
        text = raw.decode("utf-16" if raw[:2] in MARKS else "utf-8-sig")
    except UnicodeError:
        raise Refused(
            "The file is not UTF-8 text. In Excel, save it as “CSV UTF-8”.", field="file"
        ) from None
    if text.count("\n") > MOST_ROWS + 1:
        raise Refused(f"The file has more than {MOST_ROWS:,} rows. Split it.", field="file")
    if text.partition("\n")[0].count(",") >= MOST_COLUMNS:
        raise Refused(
            f"The file has more than {MOST_COLUMNS} columns. Leave out what is not asked for.",
            field="file",
        )
    return text


def consent(words: str) -> str:
    """The wording as it is kept. Raises Refused."""
    said = " ".join(words.split())
    if not said:
        raise Refused("Give the words that these people agreed to.", field="wording")
    if len(said) > LONGEST_WORDING:
        raise Refused(f"Shorten the words to {LONGEST_WORDING:,} characters.", field="wording")
    return said


def rehearse(
    text: str, *, filename: str, wording: str, by: By, now: datetime, pepper: str
) -> Report:
    """What bringing it in would do, in a unit of work that is its own and taken back. Raises
    Refused for a header that is not ours, or what is no CSV."""
    try:
        return run(text, filename=filename, wording=wording, by=by, now=now, pepper=pepper)
    except (Refused, csv.Error) as refusal:
        raise Refused(str(refusal), field="file") from refusal


def run(
    text: str,
    *,
    filename: str,
    wording: str,
    by: By,
    now: datetime,
    pepper: str,
    rehearsal: bool = True,
) -> Report:
    return import_csv(
        io.StringIO(text, newline=""),
        filename=filename,
        sha256=digest(text),
        wording=wording,
        by=by,
        now=now,
        pepper=pepper,
        rehearsal=rehearsal,
    )


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def keep(
    text: str, report: Report, *, filename: str, wording: str, by: By, now: datetime
) -> WaitingImport:
    """The list waits for a decision, beside what was found in it."""
    row = WaitingImport(
        staff_id=by.staff_id,
        filename=" ".join(filename.split())[:LONGEST_NAME] or "list.csv",
        sha256=digest(text),
        wording=wording,
        text=text if report.added else "",
        counts=report.counts,
        refused=[list(each) for each in rows(report)],
        at=now,
    )
    session.add(row)
    session.flush()
    return row


def rows(report: Report) -> list[tuple[int, str]]:
    return sorted(report.refused)  # type: ignore[call-overload, no-any-return]


def begin(row: WaitingImport, *, now: datetime) -> str | None:
    """Take the list to be brought in; None when somebody has, or when its hour is over: a button
    that is pressed twice brings nobody in twice."""
    taken = session.execute(
        update(WaitingImport)
        .where(
            WaitingImport.id == row.id,
            WaitingImport.begun_at.is_(None),
            WaitingImport.text != "",
            WaitingImport.at > now - LIST_KEPT,
        )
        .values(begun_at=now)
        .returning(WaitingImport.text)
        .execution_options(synchronize_session=False)
    ).first()
    return taken[0] if taken is not None else None


def give_back(row_id: int) -> None:
    """It could not be brought in; it waits again."""
    again = update(WaitingImport).where(WaitingImport.id == row_id).values(begun_at=None)
    session.execute(again.execution_options(synchronize_session=False))


def finish(row_id: int, report: Report, *, now: datetime) -> None:
    """It is in: the list goes, its report stays for a day."""
    done = session.get_one(WaitingImport, row_id)
    done.counts, done.done_at, done.text = report.counts, now, ""
    done.refused = [list(each) for each in rows(report)]


def drop(row: WaitingImport) -> None:
    """They do not want it."""
    session.delete(row)
    session.flush()


def recent(staff_id: int, *, limit: int = 5) -> list[WaitingImport]:
    """What somebody uploaded within a day, the newest first."""
    query = select(WaitingImport).where(WaitingImport.staff_id == staff_id)
    return list(session.scalars(query.order_by(WaitingImport.id.desc()).limit(limit)))


def tidy(*, now: datetime) -> None:
    """Lists go after an hour, their reports after a day."""
    session.execute(
        update(WaitingImport)
        .where(WaitingImport.at <= now - LIST_KEPT, WaitingImport.text != "")
        .values(text="")
    )
    session.execute(delete(WaitingImport).where(WaitingImport.at <= now - REPORT_KEPT))
