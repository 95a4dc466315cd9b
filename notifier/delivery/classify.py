"""What a refusal says about an address: one rule for SMTP replies and for bounces."""

from __future__ import annotations

from typing import Literal

Verdict = Literal["hard", "hard_after_2", "soft", "sender_fault", "delayed", "delivered"]

_ARRIVED = frozenset({"delivered", "relayed", "expanded"})  # RFC 3464 2.3.3

# RFC 3463 and its registry; subjects not named here follow _SUBJECTS.
_STATUSES: dict[str, Verdict] = {
    "5.1.1": "hard",  # no such mailbox
    "5.1.2": "hard",  # no such system
    "5.1.3": "hard",  # bad syntax
    "5.1.10": "hard",  # the domain has a null MX, RFC 7505
    "5.1.7": "sender_fault",  # it is our sender's address that is bad
    "5.1.8": "sender_fault",
    "5.2.2": "soft",  # full
    "5.2.3": "sender_fault",  # too long for this mailbox
    "5.2.4": "soft",
    "5.3.4": "sender_fault",  # too big
    "5.4.1": "hard_after_2",  # Exchange Online says this of recipients that do not exist
    "5.4.4": "hard_after_2",  # Postfix: host or domain not found
    "5.4.310": "hard_after_2",  # Exchange Online: the domain does not exist
}
_SUBJECTS: dict[str, Verdict] = {
    "1": "hard_after_2",
    "2": "hard_after_2",
    "3": "soft",
    "4": "soft",
    "6": "sender_fault",
    "7": "sender_fault",
}
# Replies without a status, or with one that says nothing (x.0.0, and 5.5.x: Outlook.com answers
# "550 5.5.0 mailbox unavailable").
_CODES: dict[int, Verdict] = {
    521: "hard_after_2",
    550: "hard_after_2",
    551: "hard_after_2",
    552: "soft",
    553: "hard_after_2",
    556: "hard_after_2",
}


def classify(code: int, status: str, action: str | None = None) -> Verdict:
    """What to conclude from an SMTP reply or from one recipient of a delivery report.

    ``code`` is the reply code, 0 when there is none; ``status`` the enhanced status ("5.1.1") or
    "". ``action`` is the report's (RFC 3464 2.3.3). ``hard``: suppress now. ``hard_after_2``: at
    the second. ``soft``: when it goes on for long. ``sender_fault``: the address is innocent.
    """
    action = (action or "").lower()
    if action == "delayed":
        return "delayed"
    if action in _ARRIVED or (action != "failed" and (code // 100 == 2 or status[:2] == "2.")):
        return "delivered"
    if code // 100 == 4 or status[:2] == "4.":
        return "soft"  # also Action: failed with 4.x.x, which is Postfix giving up
    if status in _STATUSES:
        return _STATUSES[status]
    if status[:2] == "5." and (subject := status.split(".")[1]) in _SUBJECTS:
        return _SUBJECTS[subject]
    if code // 100 == 5:
        return _CODES.get(code, "sender_fault")
    if status[:2] == "5.":
        return "sender_fault" if status.startswith("5.5.") else "hard_after_2"
    return "soft"


def slows(code: int, status: str) -> Literal["server", "mailbox", ""]:
    """Whether a reply asks for fewer messages: the server does, or this mailbox alone, or neither.

    421 is the server's own trouble (RFC 5321 3.8), 450 its usual word for a limit; 4.7.x is policy,
    4.3.2 "not accepting messages now", 4.4.5 congestion (RFC 3463). A 450 about the mailbox (4.1.x,
    4.2.x) may be either: some servers word a limit, or grey-listing, like that.
    """
    if code == 421 or (code // 100 == 4 and status.startswith("4.7.")):
        return "server"
    if code // 100 == 4 and status in ("4.3.2", "4.4.5"):
        return "server"
    if code == 450:
        return "mailbox" if status.startswith(("4.1.", "4.2.")) else "server"
    return ""


def permanent(code: int, status: str) -> Verdict:
    """The verdict on a reply that the transport took for a refusal; it may have had no code."""
    return classify(code or 500, status)
