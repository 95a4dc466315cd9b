"""Faults of the mail server: it breaks off, loses its reply, puts off, refuses, closes, is away."""

from __future__ import annotations

from tests.faults.check import Verdict, judge
from tests.faults.ground import Ground
from tests.faults.server import serving

# What the sink is told for each fault (``sink.Manners``).
MANNERS: dict[str, dict[str, float]] = {
    "disconnects before DATA": {"before": 0.02},
    "disconnects in the body": {"middle": 0.02},
    "disconnects after the dot": {"after": 0.02},
    "reply to the dot lost": {"lose": 0.02},
    "20 % 4xx": {"later": 0.2},
    "2 % 5xx": {"never": 0.02},
    "421 every 500": {"closing": 500},
}


def misbehaves(ground: Ground, fault: str, *, seed: int) -> Verdict:
    """The mail server is as ``MANNERS`` says; no process is killed, so a second copy needs a reply
    that was lost."""
    return sent(ground, fault, MANNERS[fault], seed=seed)


def is_down(ground: Ground, *, seconds: float, seed: int) -> Verdict:
    """A third of the way it goes away, in the middle of messages, and comes back."""
    manners = {"down_after": ground.people // 3, "down_for": seconds}
    return sent(ground, f"mail server down for {seconds:g} s", manners, seed=seed)


def sent(ground: Ground, fault: str, manners: dict[str, float], *, seed: int) -> Verdict:
    with serving(ground.folder, seed=seed, **manners) as sink:
        ground.mail_url = sink.url
        worker = ground.worker()
        ground.until_done()
        ground.end(worker)
        found = judge(ground, sink, fault)
        if not happened(manners, found.allowed, sink.lines()):
            found.wrong.append("the fault did not happen")
        return found


def happened(
    manners: dict[str, float], lost: int, lines: list[tuple[float, str, str, str]]
) -> bool:
    """Whether what leaves a trace at the server has left one."""
    fates = {fate for _, fate, _, _ in lines}
    wanted = {"later": "deferred", "never": "refused", "lose": "lost"}
    return all(wanted[name] in fates for name in manners if name in wanted)
