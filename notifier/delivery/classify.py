"""One classifier for what mail servers say, at SMTP time and in bounces. Pure. [RFC 3463]"""

from __future__ import annotations

import re
from typing import Literal

Verdict = Literal["hard", "hard_after_2", "soft", "sender_fault", "delayed", "delivered"]

HARD = {"5.1.1", "5.1.2", "5.1.3", "5.1.10"}  # no such mailbox, system or address
HARD_AFTER_2 = {"5.2.1"}  # mailbox disabled: often for a day only
SOFT = {"5.2.2"}  # mailbox full
SENDER = re.compile(r"5\.(?:7|6)\.\d+|5\.3\.4")  # policy, content, size: the sender's fault
# Without an enhanced status only these replies say that the mailbox does not exist, RFC 5321 4.2.3.
HARD_CODES = {550, 551, 553}


def classify(code: int, status: str, action: str | None = None) -> Verdict:
    """What a reply (code 250 to 599, enhanced status or "") or a DSN's Action and Status mean.

    ``Action: failed`` with a 4.x.x status (Postfix giving up) is soft. What is not known to be the
    person's mailbox is taken as soft: suppressing somebody wrongly is worse than one more try.
    """
    if action in ("delivered", "relayed", "expanded") or status.startswith("2."):
        return "delivered"
    if action == "delayed":
        return "delayed"
    if status in HARD:
        return "hard"
    if status in HARD_AFTER_2:
        return "hard_after_2"
    if status in SOFT or status.startswith("4.") or 400 <= code < 500:
        return "soft"
    if SENDER.fullmatch(status) or code in (552, 554, 555):
        return "sender_fault"
    if not status and code in HARD_CODES:
        return "hard"
    if status or code >= 500:
        return "soft"
    return "delivered" if 200 <= code < 300 else "soft"


def permanent(code: int, status: str) -> Verdict:
    """The verdict on a reply that the transport took for a refusal."""
    return classify(code or 500, status)
