"""What must be done in one place is done in one place: commits, the clock, who gets what."""

from __future__ import annotations

import ast
import re

from tests.house.source import calls, dotted, imported, modules, tree

READS_THE_CLOCK = re.compile(
    r"(^|\.)(datetime|date)\.(now|utcnow|today)$"
    r"|^time\.(time|time_ns|monotonic|monotonic_ns|perf_counter|localtime|gmtime)$"
    r"|^(monotonic|perf_counter|utcnow)$"
)
CLOCK_NAMES = {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "localtime"}
# Who gets what is asked of receivers.py, and why of why.py; reach.py keeps the one row of each
# person that they read.
ASKS_SUBSCRIPTION = {"audience/receivers.py", "audience/why.py", "audience/reach.py"}
DOORS = ("web/", "cli/", "worker/")


def test_only_unit_commits() -> None:
    found = {
        name
        for name, path in modules().items()
        for called, _ in calls(path)
        if called.rpartition(".")[2] in ("commit", "begin_nested")
    }
    assert found == {"store/db.py"}


def test_only_doors_and_the_worker_open_a_unit_of_work() -> None:
    for name, path in modules().items():
        opened = [called for called, _ in calls(path) if called == "unit"]
        assert not opened or name.startswith((*DOORS, "store/db.py")), name


def test_only_the_clock_reads_the_clock() -> None:
    for name, path in modules().items():
        if name == "clock.py":
            continue
        for called, node in calls(path):
            assert not READS_THE_CLOCK.search(called), f"{name}:{node.lineno} {called}"
        for module, thing in imported(path):
            assert not (module == "time" and thing in CLOCK_NAMES), name


def test_the_clock_itself_is_read_by_the_doors() -> None:
    """Rooms and edges are given ``now``; nothing below the doors asks the clock module for it."""
    for name, path in modules().items():
        if name.startswith(DOORS) or name in ("app.py", "__main__.py"):
            continue
        for module, thing in imported(path):
            assert not (module == "notifier.clock" and thing in ("now", "elapsed")) or (
                name.startswith(("mail/", "fetch.py")) and thing == "elapsed"
            ), name
        for called, node in calls(path):
            assert called != "clock.now", f"{name}:{node.lineno}"


def test_one_query_decides_who_gets_what() -> None:
    """No second query over subscription: not by its columns, and not by its table in words."""
    asking = set()
    for name, path in modules().items():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute) and dotted(node.value) == "Subscription":
                asking.add(name)
        assert not re.search(r"\b(FROM|JOIN|UPDATE|INTO)\s+subscription\b", path.read_text("utf-8"))
    assert asking == ASKS_SUBSCRIPTION


def test_states_are_moved_by_move() -> None:
    """No ``row.state = …``: only move() goes along the state table and writes history.

    Ledger rows and leases are no nouns of the business; they are claimed by compare-and-set.
    """
    rooms = {n: p for n, p in modules().items() if not n.startswith(("web/", "feeds/", "render/"))}
    for name, path in rooms.items():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    assert not dotted(target).endswith(".state"), f"{name}:{node.lineno}"
