"""The plain statement of a quarter: sentences of which each figure leads to its rows."""

from __future__ import annotations

from dataclasses import dataclass

from notifier.insight.announced import Count
from notifier.insight.punctual import BEFORE, LATE, ON_TIME, THAT_DAY
from notifier.insight.statement import Statement
from notifier.insight.time_to_tell import TimeToTell
from notifier.render import dates
from notifier.web.staff.insight.asked import Asked
from notifier.web.staff.insight.words import capital, changes, some, word


@dataclass(frozen=True)
class Piece:
    """Words; with ``url`` they lead to the rows that they count."""

    text: str
    url: str = ""


Line = list[Piece]


def lines(found: Asked, figures: Statement) -> list[Line]:
    """Each a paragraph. What does not exist in the quarter is said, too: it was looked for."""
    return [
        told(found, figures),
        happened(found, figures.effective),
        dates_moved(found, figures),
        came_out(found, figures),
        corrected(found, figures.corrected),
    ]


def told(found: Asked, figures: Statement) -> Line:
    """ "From July to September 2026 Defra announced 14 changes. Twelve with the notice we promise;
    two short, both with a public reason."."""
    count, who = figures.announced, found.whose.words
    if not count.total:
        return [Piece(f"{found.span} {who} announced no change.")]
    line = [
        Piece(f"{found.span} {who} announced "),
        rows(found, changes(count.total), "announced"),
        Piece(": "),
        rows(found, some(count.kept, count.total), "announced", "kept"),
        Piece(" with the notice that we promise, or more"),
    ]
    if count.late:
        line += [
            Piece("; "),
            rows(found, word(count.late), "announced", "late"),
            Piece(" with less"),
            *reasons(found, count, "announced"),
        ]
    if count.undated:
        line += [
            Piece("; "),
            rows(found, word(count.undated), "announced", "undated"),
            Piece(f" {'has' if count.undated == 1 else 'have'} no day of effect yet"),
        ]
    line.append(Piece("."))
    if figures.taken_back:
        line.append(Piece(f" {capital(word(figures.taken_back))} more was taken back as an error."))
    return line


def reasons(found: Asked, count: Count, by: str) -> Line:
    """ ", both with a public reason", ", one of them with a public reason"."""
    link = rows(found, how_many(count.explained, count.late), by, "explained")
    if not count.explained:
        return [Piece(", without a public reason")]
    return [Piece(", "), link, Piece(" with a public reason")]


def how_many(part: int, whole: int) -> str:
    """ "both", "all five", "two of them", "it" is left out for one."""
    if part == whole:
        return {1: "and that", 2: "both"}.get(whole, f"all {word(whole)}")
    return f"{word(part)} of them"


def happened(found: Asked, count: Count) -> Line:
    if not count.total:
        return [Piece("No change took effect.")]
    took = rows(found, capital(changes(count.total)), "effect")
    kept = rows(found, some(count.kept, count.total), "effect", "kept")
    line = [took, Piece(" took effect; users had been told of "), kept]
    line.append(Piece(" as early as we promise"))
    for verdict, words in (
        ("short", "later than that"),
        ("same_day", "only on the day"),
        ("after", "only after it had happened"),
    ):
        if number := getattr(count, verdict):
            line += [Piece(", of "), rows(found, word(number), "effect", verdict)]
            line.append(Piece(f" {words}"))
    return [*line, Piece(".")]


def dates_moved(found: Asked, figures: Statement) -> Line:
    moved = figures.moved
    if not moved.total:
        return [Piece("No date of a release was changed, and none was cancelled.")]
    noun = "release date" if moved.total == 1 else "release dates"
    url = found.url("releases") + "#moved"
    return [
        Piece(f"{capital(word(moved.total))} {noun}", url),
        Piece(f" {'was' if moved.total == 1 else 'were'} changed or cancelled; "),
        Piece(f"{soon(moved)}."),
    ]


def soon(found: TimeToTell) -> str:
    """ "users were told of two on the day of the decision and of one later than the next working
    day"."""
    parts = [
        (found.same_day, "on the day of the decision"),
        (found.next_day, "by the next working day"),
        (found.later, "later than we promise"),
        (found.unknown, "with no day of decision on record"),
    ]
    said = [f"of {word(number)} {words}" for number, words in parts if number]
    return f"users were told {', '.join(said)}"


def came_out(found: Asked, figures: Statement) -> Line:
    releases, url = figures.releases, found.url("releases")
    total = len(releases.out)
    line: Line = []
    if total:
        noun = "release" if total == 1 else "releases"
        line = [
            Piece(f"{capital(word(total))} {noun}", f"{url}#out"),
            Piece(" came out: "),
            Piece(some(releases.number(ON_TIME), total), f"{url}&how=on-time#out"),
            Piece(" on the day and at the time that had been announced"),
        ]
        for how, slug, words in (
            (THAT_DAY, "later-that-day", "later on that day"),
            (LATE, "late", "on a later day"),
            (BEFORE, "before-its-date", "before its date"),
        ):
            if number := releases.number(how):
                line += [Piece(", "), Piece(word(number), f"{url}&how={slug}#out")]
                line.append(Piece(f" {words}"))
        line.append(Piece("."))
    else:
        line = [Piece("No release came out.")]
    if figures.waiting:
        be = "was" if figures.waiting == 1 else "were"
        words = capital(word(figures.waiting))
        there = found.url("releases", as_of=found.last.isoformat())
        line += [Piece(" "), Piece(words, f"{there}#waiting")]
        line.append(Piece(f" {be} overdue on {dates.past(found.last)}."))
    return line


def corrected(found: Asked, count: TimeToTell) -> Line:
    if not count.total:
        return [Piece("No error was corrected.")]
    noun = "error was" if count.total == 1 else "errors were"
    return [Piece(f"{capital(word(count.total))} {noun} corrected; {soon(count)}.")]


def rows(found: Asked, words: str, by: str, told: str = "") -> Piece:
    return Piece(words, f"{found.url('notice', by=by, told=told)}#changes")


def how_counted(found: Asked, base: str) -> list[str]:
    """What a reader who has only the text must know."""
    stands = "stands" if found.at is None else "stood at"
    return [
        f"As it {stands} {found.as_of_words}.",
        "Notice is counted in calendar days from the first public announcement, whose date nobody "
        "can edit, to the day of effect. Changes that users were told of only afterwards are "
        "recorded and counted. Announced means published on our site, in its feeds and calendars.",
        f"What we promise, and whose rule it is: {base}/policy. Every change: {base}/changes. The "
        f"whole record: {base}/notice-given?year={found.quarter.year}.",
    ]


def as_text(found: Asked, figures: Statement, base: str) -> str:
    """The whole as plain text, to be copied."""
    paragraphs = ["".join(piece.text for piece in line) for line in lines(found, figures)]
    title = f"Notice of changes to statistics, {found.quarter.words}"
    heading = f"{title}\n{found.whose.words}"
    return "\n\n".join([heading, *paragraphs, *how_counted(found, base)]) + "\n"
