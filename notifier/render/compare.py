"""Two versions of a text side by side, word by word: whoever approves reads what changed."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Tag = tuple[str, str]  # (words, tone)
# A word with its figures and its inner stops ("14.5%", "burning-in-homes"), the end of a line, or
# one mark. Each alternative begins with what no other does, so that no text is read twice.
TOKENS = re.compile(r"(?P<space>[^\S\n]*)(?P<token>\n\s*|[\w£$€%#]+(?:[.,:'’/-][\w%]+)*|\S)")
DEEPEST = 12  # blocks within blocks that are aligned by their rare words
CELLS = 4_096  # of the table that aligns a block without rare words; above it is all replaced
LONE = 3  # a single word between changes of so many words is not worth a break


@dataclass(frozen=True)
class Piece:
    """Words in a row that have one mark: "" (in both), "del" (only before) or "ins" (only now)."""

    words: str
    mark: str = ""


@dataclass(frozen=True)
class Part:
    """One part in both versions. ``tag`` is (words, tone) or None; ``spaces``: nothing that is read
    changed, only spaces or the ends of lines."""

    name: str
    before: tuple[Piece, ...]
    now: tuple[Piece, ...]
    changed: bool
    tag: Tag | None = None
    spaces: bool = False


def parts(
    before: Mapping[str, str],
    now: Mapping[str, str],
    *,
    tags: Mapping[str, Tag] | None = None,
) -> list[Part]:
    """Every part that either version has, by its name, in the order of ``now``.

    What only one has is marked whole. ``tags`` are given to the parts that changed.
    """
    names = [*now, *(name for name in before if name not in now)]
    return [
        part(name, before.get(name, ""), now.get(name, ""), tag=(tags or {}).get(name))
        for name in names
    ]


def part(name: str, before: str, now: str, *, tag: Tag | None = None) -> Part:
    was, then = side_by_side(before, now)
    changed = before.strip() != now.strip()
    marked = any(piece.mark for piece in (*was, *then))
    return Part(
        name,
        tuple(was),
        tuple(then),
        changed=changed,
        tag=tag if changed else None,
        spaces=changed and not marked,
    )


def side_by_side(before: str, now: str) -> tuple[list[Piece], list[Piece]]:
    """The pieces of both texts; joined they are the text without the spaces around it, and with at
    most one empty line in a row.

    Aligned by words that stand once in both (patience), and between those by a bounded table: time
    grows with n log n, and 100 kB against another 100 kB took 0.1 s.
    """
    a, b = list(tokens(before)), list(tokens(now))
    kept_a, kept_b = [False] * len(a), [False] * len(b)
    words_a, words_b = [word for _, word in a], [word for _, word in b]
    pairs = sorted(matches(words_a, words_b))
    for i, j in without_lone(pairs, len(a), len(b)):
        kept_a[i] = kept_b[j] = True
    return pieces(a, kept_a, "del"), pieces(b, kept_b, "ins")


def tokens(text: str) -> Iterator[tuple[str, str]]:
    """(space before it, word); the end of a line is a word, however many empty lines follow."""
    for found in TOKENS.finditer(text.strip()):
        word = found["token"]
        if word[0] == "\n":
            word = "\n\n" if word.count("\n") > 1 else "\n"
        yield found["space"], word


def matches(a: list[str], b: list[str]) -> list[tuple[int, int]]:
    """Pairs of places that say the same in both, rising on both sides, in no order."""
    found: list[tuple[int, int]] = []
    waiting = [(0, len(a), 0, len(b), 0)]
    while waiting:
        first, end, start, stop, depth = waiting.pop()
        while first < end and start < stop and a[first] == b[start]:
            found.append((first, start))
            first, start = first + 1, start + 1
        while first < end and start < stop and a[end - 1] == b[stop - 1]:
            end, stop = end - 1, stop - 1
            found.append((end, stop))
        if first == end or start == stop:
            continue
        anchors = rare(a[first:end], b[start:stop]) if depth < DEEPEST else []
        if not anchors:
            small = table(a[first:end], b[start:stop])
            found += [(first + i, start + j) for i, j in small]
            continue
        was = (first, start)
        for i, j in [*((first + i, start + j) for i, j in anchors), (end, stop)]:
            waiting.append((was[0], i, was[1], j, depth + 1))
            was = (i, j)
    return found


def rare(a: list[str], b: list[str]) -> list[tuple[int, int]]:
    """Places of the words that stand once in each, as many as rise on both sides."""
    once_a, once_b = Counter(a), Counter(b)
    at = {word: j for j, word in enumerate(b) if once_b[word] == 1}
    pairs = [(i, at[word]) for i, word in enumerate(a) if once_a[word] == 1 and word in at]
    ends: list[int] = []  # the least end of a rising row of each length
    rows: list[int] = []  # which pair that is
    previous: list[int] = []
    for number, (_, j) in enumerate(pairs):
        length = bisect_left(ends, j)
        previous.append(rows[length - 1] if length else -1)
        if length == len(ends):
            ends.append(j)
            rows.append(number)
        else:
            ends[length], rows[length] = j, number
    found, number = [], rows[-1] if rows else -1
    while number >= 0:
        found.append(pairs[number])
        number = previous[number]
    return found[::-1]


def table(a: list[str], b: list[str]) -> list[tuple[int, int]]:
    """The longest common row of two short blocks; none for long ones, which would take a time that
    grows with the product."""
    if len(a) * len(b) > CELLS:
        return []
    longest = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) - 1, -1, -1):
        row, below = longest[i], longest[i + 1]
        for j in range(len(b) - 1, -1, -1):
            row[j] = below[j + 1] + 1 if a[i] == b[j] else max(below[j], row[j + 1])
    found, i, j = [], 0, 0
    while i < len(a) and j < len(b):
        if a[i] == b[j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif longest[i + 1][j] >= longest[i][j + 1]:
            i += 1
        else:
            j += 1
    return found


def without_lone(pairs: list[tuple[int, int]], a: int, b: int) -> Iterator[tuple[int, int]]:
    """Leave out a single word that stayed between two long changes: three marks for one sentence
    that was written anew are harder to read than one."""
    edges = [(-1, -1), *pairs, (a, b)]
    for before, (i, j), after in zip(edges, pairs, edges[2:], strict=False):
        gap = max(i - before[0], j - before[1]) - 1
        next_gap = max(after[0] - i, after[1] - j) - 1
        if gap < LONE or next_gap < LONE:
            yield i, j


def pieces(found: list[tuple[str, str]], kept: list[bool], mark: str) -> list[Piece]:
    """Join neighbours of one mark; the space before a mark stays outside it."""
    runs: list[tuple[str, list[str]]] = []
    for (space, word), same in zip(found, kept, strict=True):
        now = "" if same else mark
        if runs and runs[-1][0] == now:
            runs[-1][1].extend((space, word))
        elif space and now and runs:
            runs[-1][1].append(space)
            runs.append((now, [word]))
        elif space and runs:
            runs.append((now, [space, word]))
        else:
            runs.append((now, [word]))
    return [Piece("".join(words), mark_) for mark_, words in runs]


def flat(value: Any) -> str:
    """What is kept as JSON as lines for people: of a list each on its own line, of a mapping "Size
    low: 8", and nothing for what is empty."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Mapping):
        said = ((str(key).replace("_", " "), flat(inner)) for key, inner in value.items())
        return "\n".join(f"{key[:1].upper()}{key[1:]}: {text}" for key, text in said if text)
    if isinstance(value, list | tuple):
        return "\n".join(filter(None, (flat(inner) for inner in value)))
    return "" if value is None else str(value)
