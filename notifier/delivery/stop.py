"""Staff stop a Send and let it go on: workers notice with their next flush, nobody is doubled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from notifier.accounts.people import must_belong
from notifier.catalogue.queries import body_teams
from notifier.delivery.held import KIND
from notifier.errors import Refused
from notifier.newsletters.models import Newsletter
from notifier.newsletters.send import taken_back
from notifier.notices.models import ChangeNotice
from notifier.sends import stopped
from notifier.sends.carry import carrier_of
from notifier.sends.models import DigestItem, Send
from notifier.sends.rules import SEND
from notifier.store.db import session
from notifier.store.history import By
from notifier.store.moves import move

HEEDED = "heeded"  # in a Send's context: the second at which a person resumed it after the brake


def pause(send: Send, reason: str, *, by: By, now: datetime) -> None:
    """Stop a Send that is planned or being sent; what has no outcome yet waits.

    Raises Refused without a reason, when another Send tells it, and when it cannot be paused.
    """
    why = said(reason)
    own(send, by=by, now=now)
    move(send, "pause", SEND, by=by, now=now, why=why)
    stopped.mark(send, "paused", why, now=now)


def resume(send: Send, *, by: By, now: datetime) -> None:
    """Let a paused Send go on where it stood. After the storm brake the person has decided: it
    brakes again only for refusals that are still to come.

    Raises Refused when it is not paused, and while the change that it is about is on hold.
    """
    own(send, by=by, now=now)
    begun = send.frozen_at is not None
    event = "resume" if begun or send.state != "paused" else "plan"
    SEND.after(send.state, event)
    notice = session.get(ChangeNotice, send.context.get("notice", 0))
    if not begun and notice is not None and notice.state == "on_hold":
        raise Refused(
            f"This send waits because {notice.reference} is on hold; it goes on with: "
            f"bin/notifier notices resume {notice.reference}."
        )
    was, braked = stopped.why(send), stopped.was_braked(send)
    move(send, event, SEND, by=by, now=now, paused_because=was)
    stopped.clear(send)
    if braked:
        send.context = {**send.context, HEEDED: int(now.timestamp())}


def cancel(send: Send, reason: str, *, by: By, now: datetime) -> None:
    """End a Send for good: who has it keeps it, nobody else gets it.

    Rows of a ledger are ended by ``wind_up``, in a unit of work of its own: what is being handed
    over at this moment must be counted as what became of it. Raises Refused as ``pause`` does.
    """
    why = said(reason)
    own(send, by=by, now=now)
    move(send, "cancel", SEND, by=by, now=now, why=why)
    stopped.mark(send, "cancelled", why, now=now)
    send.end_reason = why
    if send.to_one:
        send.skipped = send.audience
        send.next_at = None
    if send.to_one or send.frozen_at is None:
        send.finished_at = now
    issue = session.get(Newsletter, send.context.get("newsletter", 0))
    if issue is not None and send.frozen_at is None and issue.state == "sent":
        taken_back(issue, by=by, now=now, why=why)  # else its page would appear all the same


def said(reason: str) -> str:
    if not reason.strip():
        raise Refused("Say why; the reason is kept in the history: --reason TEXT.", field="reason")
    return reason.strip()


def own(send: Send, *, by: By, now: datetime) -> None:
    """Lock the row and refuse what is not ours to stop at this moment.

    The lock: a worker that claims a one-person Send at the same time either has it, and the lease
    says so, or finds it stopped.
    """
    session.refresh(send, with_for_update=True)
    if send.team_id is not None:
        must_belong(by, team_ids=body_teams({send.team_id}), what="this send")
    carrier = carrier_of(send)
    if carrier is not None:
        raise Refused(f"This is told in the mail of send {carrier}; stop or resume that one.")
    if send.to_one and send.lease_until is not None and send.lease_until > now:
        raise Refused("This is being handed over to the mail server at this moment; look again.")


def digests_of(send: Send) -> list[int]:
    """Digests that tell it to people, and are not over."""
    if send.kind == KIND:
        return []
    query = (
        select(DigestItem.digest_id)
        .join(Send, Send.id == DigestItem.digest_id)
        .where(DigestItem.item_id == send.id, Send.state.in_(("sending", "paused")))
    )
    return sorted(set(session.scalars(query)))
