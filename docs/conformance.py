"""Whether a site publishes change notices as the schema says: anyone can run this against any site.

    python3 conformance.py https://updates.example.org

Exit 0: it does. 1: it does not, and each fault is printed. 2: it could not be asked. Needs
Python 3.9 and nothing else. The schema is the site's own, at /schemas/change-notice.json; the
words of JSON Schema 2020-12 that it uses are checked here, and another one is a fault.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from datetime import date, datetime

PAGE = 50
NEXT = re.compile(r'<([^>]+)>; rel="next"')
TYPES = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}
SAID = {"$schema", "$id", "$comment", "$defs", "title", "description", "examples"}


def faults(value, schema, root, where="notice"):
    """What is wrong with ``value``, in sentences; none when it conforms."""
    for word in sorted(set(schema) - SAID):
        if word not in WORDS:
            yield f"{where}: the schema says {word!r}, which this program does not know"
        elif word != "$ref":
            yield from WORDS[word](value, schema[word], schema, root, where)
    if "$ref" in schema:
        at = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            at = at[step]
        yield from faults(value, at, root, where)


def is_a(value, name):
    if name in ("integer", "number") and isinstance(value, bool):
        return False
    return isinstance(value, TYPES[name])


def of_type(value, said, schema, root, where):
    names = [said] if isinstance(said, str) else said
    if not any(is_a(value, name) for name in names):
        yield f"{where} is {type(value).__name__}, not {' or '.join(names)}"


def one_of(value, said, schema, root, where):
    if value not in said:
        yield f"{where} is {value!r}, not one of {said}"


def required(value, said, schema, root, where):
    if isinstance(value, dict):
        yield from (f"{where} has no {name!r}" for name in said if name not in value)


def properties(value, said, schema, root, where):
    if isinstance(value, dict):
        for name in said.keys() & value.keys():
            yield from faults(value[name], said[name], root, f"{where}.{name}")


def additional(value, said, schema, root, where):
    if isinstance(value, dict):
        for name in value.keys() - schema.get("properties", {}).keys():
            yield from faults(value[name], said, root, f"{where}.{name}")


def property_names(value, said, schema, root, where):
    for name in value if isinstance(value, dict) else ():
        yield from faults(name, said, root, f"{where}: the key {name!r}")


def items(value, said, schema, root, where):
    for at, each in enumerate(value if isinstance(value, list) else ()):
        yield from faults(each, said, root, f"{where}[{at}]")


def min_items(value, said, schema, root, where):
    if isinstance(value, list) and len(value) < said:
        yield f"{where} has {len(value)} entries, fewer than {said}"


def minimum(value, said, schema, root, where):
    if is_a(value, "number") and value < said:
        yield f"{where} is {value}, less than {said}"


def min_length(value, said, schema, root, where):
    if isinstance(value, str) and len(value) < said:
        yield f"{where} has {len(value)} characters, fewer than {said}"


def max_length(value, said, schema, root, where):
    if isinstance(value, str) and len(value) > said:
        yield f"{where} has {len(value)} characters, more than {said}"


def pattern(value, said, schema, root, where):
    if isinstance(value, str) and not re.search(said, value):
        yield f"{where} is {value!r}, which does not match {said}"


def form(value, said, schema, root, where):
    read = {"date": date.fromisoformat, "date-time": instant, "uri": uri}.get(said)
    if read is None:
        yield f"{where}: the schema says the format {said!r}, which this program does not know"
    elif isinstance(value, str):
        try:
            read(value)
        except ValueError:
            yield f"{where} is {value!r}, which is no {said}"


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def uri(text):
    if not urllib.parse.urlsplit(text).scheme or not text.isascii() or " " in text:
        raise ValueError(text)


WORDS = {
    "$ref": None,
    "type": of_type,
    "enum": one_of,
    "required": required,
    "properties": properties,
    "additionalProperties": additional,
    "propertyNames": property_names,
    "items": items,
    "minItems": min_items,
    "minimum": minimum,
    "minLength": min_length,
    "maxLength": max_length,
    "pattern": pattern,
    "format": form,
}


def get(address, **headers):
    """(status, headers, body); a refusal is an answer too."""
    if not address.startswith(("https://", "http://")):
        raise ValueError(f"{address} is no address; write one with https://")
    request = urllib.request.Request(address, headers=headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers, refusal.read()


def walk(site, name, read):
    """Every row of a list, over all its pages; each page is named by the Link of the one before."""
    address, rows = f"{site}/{name}?limit={PAGE}", []
    while address:
        status, headers, body = get(address)
        if status != 200:
            raise ValueError(f"{address} answered {status}")
        rows += read(body)
        following = NEXT.search(", ".join(headers.get_all("Link") or []))
        address = following and urllib.parse.urljoin(address, following.group(1))
    return rows


def table(body):
    return list(csv.DictReader(io.StringIO(body.decode(), newline="")))


def check(site):
    """Every fault of the site, in sentences."""
    status, _, body = get(f"{site}/schemas/change-notice.json")
    if status != 200:
        yield f"/schemas/change-notice.json answered {status}"
        return
    schema = json.loads(body)
    for at, example in enumerate(schema.get("examples", [])):
        yield from faults(example, schema, schema, f"example {at + 1}")
    rows = walk(site, "notices.json", json.loads)
    names = [each.get("reference") for each in rows]
    if len(set(names)) != len(names):
        yield "walking the pages of /notices.json gives a notice twice"
    for each in rows:
        yield from faults(each, schema, schema, str(each.get("reference")))
    if sorted(each["reference"] for each in walk(site, "notices.csv", table)) != sorted(names):
        yield "/notices.csv has other notices than /notices.json"
    yield from doors(site, rows)


def doors(site, rows):
    """How the addresses behave: conditional, compressed, refusing in a sentence."""
    address = f"{site}/notices.json"
    _, headers, body = get(address)
    if get(address, **{"If-None-Match": headers["ETag"] or ""})[0] != 304:
        yield "/notices.json does not answer 304 to its own ETag"
    if headers["Access-Control-Allow-Origin"] != "*":
        yield "/notices.json cannot be read by a script of another site"
    _, packed, small = get(address, **{"Accept-Encoding": "gzip"})
    if packed["Content-Encoding"] != "gzip" or gzip.decompress(small) != body:
        yield "/notices.json is not the same when it is compressed"
    status, _, body = get(f"{address}?no_such_filter=1")
    if status != 400 or not json.loads(body).get("detail"):
        yield "a filter that there is not is not refused in a sentence"
    for each in rows[:3]:
        if json.loads(get(f"{site}/notices/{each['reference']}.json")[2]) != each:
            yield f"/notices/{each['reference']}.json differs from its row in /notices.json"


def main(words):
    if len(words) != 1:
        print("usage: conformance.py https://updates.example.org", file=sys.stderr)
        return 2
    try:
        found = list(check(words[0].rstrip("/")))
    except (OSError, ValueError) as fault:
        print(f"It could not be checked: {fault}", file=sys.stderr)
        return 2
    for fault in found:
        print(fault)
    print(f"{len(found)} faults." if found else "It conforms.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
