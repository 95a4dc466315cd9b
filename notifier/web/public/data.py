"""Change notices and releases as data over HTTP, and the look-up of a dataset's address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request

from notifier.errors import NotFound, Refused
from notifier.feeds import data, data_csv, data_filters, data_pages, data_schema, registry
from notifier.feeds.characters import uri
from notifier.feeds.data_values import Document, dumped, licence
from notifier.feeds.endings import leads_to
from notifier.web.guard import public
from notifier.web.public.feeds import answer, clock, site

blueprint = Blueprint("data", __name__)

JSON, CSV, TEXT = "application/json", "text/csv", "text/plain"
PROBLEM = "application/problem+json"
SCHEMA = "application/schema+json"
FORMS = ("json", "nginx")


@blueprint.get("/notices.<any(json, csv):form>")
@public
def notices(form: str) -> Response:
    now = clock()
    if (elsewhere := moved()) is not None:
        return elsewhere
    asked = whole(data_filters.of_notices(given(), now=now), form)
    write = dumped if form == "json" else data_csv.notices
    return document(data.notices(asked, now=now, base_url=site(), form=write), form)


@blueprint.get("/releases.<any(json, csv):form>")
@public
def releases(form: str) -> Response:
    now = clock()
    if (elsewhere := moved()) is not None:
        return elsewhere
    asked = whole(data_filters.of_releases(given(), now=now), form)
    write = dumped if form == "json" else data_csv.releases
    return document(data.releases(asked, now=now, base_url=site(), form=write), form)


@blueprint.get("/notices/<reference>.json")
@public
def notice(reference: str) -> Response:
    return document(data.one_notice(reference, base_url=site()), "json")


@blueprint.get("/schemas/<name>.json")
@public
def schema(name: str) -> Response:
    """A version for ever, or by the name without a number the newest."""
    return document(data_schema.document(name, base_url=site()), "json", media_type=SCHEMA)


@blueprint.get("/registry")
@public
def look_up() -> Response:
    """The dataset at ``?url=``: its answer carries the header fields that the dataset's should
    carry; ``format=nginx`` writes them to paste. Without a url: every dataset with an address."""
    now, base_url = clock(), site()
    data_filters.check_names(given(), ("url", "format", "lang"))
    form = request.args.get("format", "json")
    if form not in FORMS:
        raise data_filters.unknown(f"There is no format {data_filters.shown(form)}", FORMS)
    url = request.args.get("url", "").strip()
    if not url:
        body = dumped({"datasets": registry.directory(base_url), "licence": licence()})
        return document(Document(body, data_pages.last_change()), "json")
    found = registry.look_up(url, now=now, base_url=base_url)
    body = found.nginx.encode() if form == "nginx" else dumped(found.body)
    response = document(Document(body, found.changed), "json" if form == "json" else "txt")
    for name, value in found.fields:
        response.headers.add(name, value)
    return response


def whole(asked: data_filters.Asked, form: str) -> data_filters.Asked:
    """A table is opened by people, who follow no links: as long as a page may be."""
    if form == "csv" and not request.args.get("limit"):
        return replace(asked, limit=data_filters.MOST)
    return asked


def document(found: Document, form: str, *, media_type: str = "") -> Response:
    """With what caches need, and links to the next page, the licence and the schema (RFC 8288)."""
    kind = media_type or {"json": JSON, "csv": CSV}.get(form, TEXT)
    response = answer(found.body, kind, changed=found.changed, now=clock())
    response.headers.pop("Link", None)
    for rel, address in links(found, form).items():
        response.headers.add("Link", f'<{uri(address)}>; rel="{rel}"')
    # A script on another site may read these too.
    response.headers["Access-Control-Expose-Headers"] = "Link, Deprecation, Sunset, ETag"
    if form == "csv":
        name = request.path.rpartition("/")[2]
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def links(found: Document, form: str) -> dict[str, str]:
    told: dict[str, str] = {}
    if found.after:
        query = [(n, v) for n, v in request.args.items(multi=True) if n != "after"]
        told["next"] = f"{site()}{request.path}?{urlencode([*query, ('after', found.after)])}"
    if house := licence():
        told["license"] = house["url"]
    if request.path.startswith("/notices"):
        told["describedby"] = f"{site()}/schemas/{data_schema.NEWEST}.json"
    return told


def given() -> Mapping[str, list[str]]:
    return {name: request.args.getlist(name) for name in request.args}


def moved() -> Response | None:
    """301 where a topic that is asked for has become another, 410 where none took its place."""
    given_, now = list(request.args.items(multi=True)), clock()
    query = []
    for name, value in given_:
        to = leads_to(f"topics/{value}", now=now) if name == "topic" and value else value
        if to is None:
            return problem(f"The topic {value} has ended; leave it out.", 410)
        query.append((name, to.removeprefix("topics/") if name == "topic" else to))
    if query == given_:
        return None
    address = f"{site()}{request.path}?{urlencode(query)}"
    return Response(f"{address}\n", 301, {"Location": address}, TEXT)


@blueprint.errorhandler(NotFound)
def not_found(error: NotFound) -> Response:
    return problem(str(error), 404, known=getattr(error, "known", None))


@blueprint.errorhandler(Refused)
def refused(error: Refused) -> Response:
    return problem(str(error), 400, known=getattr(error, "known", None))


def problem(sentence: str, status: int, *, known: list[str] | None = None) -> Response:
    """A refusal that a program can read (RFC 9457): the sentence, and the words that there are."""
    titles = {400: "Not a filter or value that there is", 404: "Not there", 410: "Ended"}
    body: dict[str, Any] = {"title": titles[status], "status": status, "detail": sentence}
    if known:
        body["known"] = known
    response = jsonify(body)
    response.status_code, response.mimetype = status, PROBLEM
    response.access_control_allow_origin = "*"
    return response
