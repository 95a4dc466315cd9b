"""JSON Feed 1.1 and OPML, key by key."""

from __future__ import annotations

import json

from lxml import etree
from test_feeds_readers import ITEMS, SITE, channel, item

from notifier.feeds import json_feed, opml
from notifier.feeds.opml import Outline


def test_json_feed_has_the_required_keys_and_its_extras() -> None:
    feed = json.loads(json_feed.render(channel(hub=f"{SITE}/hub"), ITEMS))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == channel().self_url
    assert feed["hubs"] == [{"type": "WebSub", "url": f"{SITE}/hub"}]
    assert feed["_about"]["licence"]["url"] == f"{SITE}/licence"
    assert [i["url"][-3:] for i in feed["items"]] == ["003", "002", "001"]
    first = feed["items"][0]
    assert first["title"] == item(3).title
    assert first["date_published"] == item(3).published.isoformat()
    assert first["tags"] == ["Air quality", "Major change"]
    assert [a["mime_type"] for a in first["attachments"]] == ["application/json", "text/csv"]
    assert first["authors"] == [
        {"name": "Air team", "url": "mailto:air@defra.example"},
        {"name": "Emissions team"},
    ]


def test_opml_lists_feeds_and_folders_the_same_twice() -> None:
    outlines = [
        Outline(text="Everything", xml_url=f"{SITE}/feeds/all.atom", html_url=SITE, language="en"),
        Outline(
            text="Topics & \x0bmore",
            children=(Outline(text="Air", xml_url=f"{SITE}/feeds/topics/air.rss"),),
        ),
    ]
    body = opml.render("Feeds <of> Defra", outlines)
    assert body == opml.render("Feeds <of> Defra", outlines)
    root = etree.fromstring(body)
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert root.findtext("head/title") == "Feeds <of> Defra"
    assert [o.get("xmlUrl") for o in root.iter("outline")] == [
        f"{SITE}/feeds/all.atom",
        None,
        f"{SITE}/feeds/topics/air.rss",
    ]
    assert [o.get("text") for o in root.iter("outline")] == ["Everything", "Topics & more", "Air"]
