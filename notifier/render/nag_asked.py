"""What the words of every reminder to staff are made from: the Send, who reads it, on which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from notifier.render import dates
from notifier.sends.models import Send

Lines = list[tuple[str, str]]
Said = tuple[str, str, Lines, Lines, str]  # kicker, lead, facts, commands, note


@dataclass(frozen=True)
class Asked:
    """One reminder: its Send, the address of who reads it, today in London; where the desk is."""

    send: Send
    by: str
    today: date
    desk: str = ""

    @property
    def pair(self) -> dict[str, str]:
        """Who acts and who agrees to it: a Head of Profession agrees, and cannot do both."""
        if self.send.context.get("hop"):
            return {"by": "EMAIL", "approved_by": self.by}
        return {"by": self.by}


def day(value: date | None) -> str:
    return dates.full(value) if value is not None else "no day"


def news_due(asked: Asked) -> str:
    return "News overdue" if asked.send.stage == "update-overdue" else "News due"
