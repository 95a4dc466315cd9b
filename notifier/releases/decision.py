"""Why a date changes, who decided it and who agreed: what every public change of one must say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from notifier.accounts.models import Staff


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Code of Practice for Statistics, Standard 3.2: announced promptly, agreed, with reasons."""

    reason: str  # public
    person: Staff
    approved_by: Staff  # the second person: never the first
    reason_code: str = "other"  # one of rules.REASONS
    decided_at: datetime | None = None  # None: now
