"""Stops a pipeline before the data change under it: asks a Notifier what is announced.

    python3 check_series.py https://updates.example.org milk-volumes --before 2027-03-01

Exit 0: nothing is announced. 1: something is, and it is printed. 2: it could not be checked.
Needs Python 3.8 and nothing else; copy it beside your pipeline.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

OPEN = ("announced", "on_hold")
DONE = ("in_effect", "closed")
NOT_DONE = ("deferred", "dropped")  # outcomes of a change that did not happen
KEYS = ("reference", "headline", "effect", "machine_breaking", "outcome", "url")
NEXT = re.compile(r'<([^>]+)>; rel="next"')


def main(words=None):
    """The exit status."""
    given = arguments().parse_args(words)
    try:
        found = list(changes(given))
    except (OSError, ValueError, http.client.HTTPException) as fault:
        print(f"It could not be checked: {fault}", file=sys.stderr)
        return 2
    dated = [each for each in found if each["effect"]]
    undated = [each for each in found if not each["effect"]]
    if given.json:
        print(json.dumps({"changes": dated, "undated": undated}, indent=2))
    else:
        tell(dated, undated, given)
    return 1 if dated else 0


def arguments():
    parser = argparse.ArgumentParser(description="Exit 1 where a change is announced.")
    parser.add_argument("site", help="where the Notifier is: https://updates.example.org")
    parser.add_argument("identifier", help="a series, what a table is called, or its address")
    parser.add_argument("--before", metavar="DATE", help="what takes effect before that day")
    parser.add_argument("--since", metavar="DATE", help="also what took effect from that day on")
    parser.add_argument("--machine-breaking", action="store_true", help="what breaks programs")
    parser.add_argument("--json", action="store_true")
    return parser


def changes(given):
    """The notices, the first to take effect first; those without a day at the end."""
    asked = [("identifier", given.identifier)]
    if given.machine_breaking:
        asked.append(("machine_breaking", "yes"))
    found = [*asks(given.site, [*asked, *(("state", word) for word in OPEN)])]
    if given.before:
        soon = [("effective_before", given.before), *(("state", word) for word in OPEN)]
        names = {each["reference"] for each in asks(given.site, [*asked, *soon])}
        found = [each for each in found if not each["effect"] or each["reference"] in names]
    if given.since:
        done = [("effective_from", given.since), *(("state", word) for word in DONE)]
        found += [each for each in asks(given.site, [*asked, *done]) if happened(each)]
    return sorted(found, key=lambda each: (not each["effect"], each["effect"] or ""))


def happened(notice):
    return (notice["outcome"] or {}).get("word") not in NOT_DONE


def asks(site, query):
    """Every notice that fits, over all pages."""
    address = f"{site.rstrip('/')}/notices.json?{urllib.parse.urlencode(query)}"
    while address:
        rows, following = fetch(address)
        yield from rows
        address = following and urllib.parse.urljoin(address, following)


def fetch(address):
    """(rows, the address of the next page). Raises ValueError with what the site says."""
    if not address.startswith(("https://", "http://")):
        raise ValueError(f"{address} is no address; write one with https://")
    request = urllib.request.Request(address, headers={"Accept": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            following = NEXT.search(", ".join(answer.headers.get_all("Link") or []))
            return notices(json.load(answer)), following and following.group(1)
    except urllib.error.HTTPError as fault:
        raise ValueError(sentence(fault)) from None


def notices(rows):
    """The rows, if a Notifier said them: what something else answers must not read as "nothing"."""
    if not isinstance(rows, list) or not all(is_notice(row) for row in rows):
        raise ValueError("what answered there is no Notifier; look at the address")
    return rows


def is_notice(row):
    return isinstance(row, dict) and all(key in row for key in KEYS)


def sentence(fault):
    try:
        return json.load(fault)["detail"]
    except (ValueError, KeyError, TypeError):
        return f"the site answered {fault.code}"


def tell(dated, undated, given):
    until = f" before {given.before}" if given.before else ""
    if not dated:
        print(f"No change of {given.identifier} is announced{until}.")
    for each in dated:
        breaks = " (breaks programs)" if each["machine_breaking"] else ""
        print(
            f"{each['effect'][:10]}  {plain(each['headline'])}{breaks}\n            {each['url']}"
        )
    for each in undated:
        print(f"Announced without a day yet: {plain(each['headline'])}\n            {each['url']}")


def plain(words):
    """On one line and without what steers a terminal."""
    return "".join(c if c.isprintable() else " " for c in words)


if __name__ == "__main__":
    sys.exit(main())
