#!/usr/bin/env python3
"""Checks an evidence pack on its own: that no file was altered, and that history adds up.

    python3 verify_evidence.py PACK.zip

Needs Python 3.8 or newer and nothing else. Exit 0: whole. Exit 1: it says what is wrong. Exit 2: it
could not be read. The last line is the pack's fingerprint: compare it with the one that you were
told by another way, for whoever alters all of a pack can also make its sums anew.
"""

import hashlib
import json
import re
import sys
import zipfile

SUMS = "SHA256SUMS"
LINE = re.compile(r"([0-9a-f]{64})  (.+)")
LARGEST = 500_000_000  # bytes of one file


def main(arguments):
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(__doc__.strip())
        return 2
    try:
        with zipfile.ZipFile(arguments[0]) as pack:
            found = read(pack)
    except (OSError, ValueError, RuntimeError, zipfile.BadZipFile) as error:
        print(f"This is no pack that can be read: {error}")
        return 2
    wrong = [*files(found), *history(found)]
    for sentence in wrong:
        print(sentence)
    if wrong:
        print(f"NOT WHOLE: {len(wrong)} thing{'' if len(wrong) == 1 else 's'} wrong.")
        return 1
    rows = found["history.jsonl"].count(b"\n")
    print(f"Whole: {len(found)} files, {rows} rows of history.")
    print(f"Fingerprint {hashlib.sha256(found[SUMS]).hexdigest()}")
    return 0


def read(pack):
    """Every file by name. Two of one name would let a reader see another than was checked."""
    found = {}
    for info in pack.infolist():
        if info.filename in found:
            raise ValueError(f"{info.filename} is in it twice")
        if info.file_size > LARGEST:
            raise ValueError(f"{info.filename} is too large")
        found[info.filename] = pack.read(info)
    return found


def files(found):
    """What differs between the files and their sums."""
    if SUMS not in found:
        yield f"{SUMS} is missing."
        return
    sums = {}
    for line in found[SUMS].decode("utf-8", "replace").splitlines():
        match = LINE.fullmatch(line)
        if match is None:
            yield f"{SUMS} has a line that is no sum."
        else:
            sums[match[2]] = match[1]
    for name in sorted(sums.keys() - found.keys()):
        yield f"{name} is missing."
    for name in sorted(found.keys() - sums.keys() - {SUMS}):
        yield f"{name} does not belong to the pack."
    for name in sorted(sums.keys() & found.keys()):
        if hashlib.sha256(found[name]).hexdigest() != sums[name]:
            yield f"{name} was altered."


def history(found):
    """Where a chain of history does not add up, and where it ends before it should."""
    if "history.jsonl" not in found or "verification.json" not in found:
        yield "history.jsonl or verification.json is missing."
        return
    last = {}
    try:
        for line in found["history.jsonl"].decode().splitlines():
            row = json.loads(line)
            seq, before = last.get(row["object"], (0, ""))
            if row["seq"] != seq + 1 or row["previous"] != before:
                yield f"History of {row['object']}: row {row['seq']} does not follow row {seq}."
            if row["hash"] != digest(row):
                yield f"History of {row['object']}: row {row['seq']} was altered."
            last[row["object"]] = row["seq"], row["hash"]
        checked = json.loads(found["verification.json"])
        said = {one["object"]: (one["rows"], one["last_hash"]) for one in checked["chains"]}
        total = sum(rows for rows, _ in said.values())
        if checked["rows"] != total or checked["whole"] is not True:
            yield "verification.json says that the history does not add up."
    except (ValueError, KeyError, TypeError) as error:
        yield f"The history cannot be read: {error!r}."
        return
    for name in sorted(said.keys() | last.keys()):
        if said.get(name) != last.get(name):
            yield f"History of {name}: it does not end where verification.json says."


def digest(row):
    """SHA-256 of the row and the hash before it, as the house makes it."""
    names = ("previous", "object", "seq", "at", "action", "by", "why", "data")
    text = json.dumps([row[name] for name in names], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
