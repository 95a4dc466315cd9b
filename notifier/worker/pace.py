"""What a worker knows of limits: the settings, and what it saw in the database lately."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from notifier.clock import Now, elapsed
from notifier.delivery import limits, limits_rules
from notifier.delivery.limits import DOMAIN, RELAY, Bases, InForce
from notifier.delivery.limits_rules import EVERYBODY, WarmUp
from notifier.mail.transport import Transport
from notifier.settings import Settings
from notifier.store.db import look

FRESH = 2.0  # seconds for which a look at what is in force is good enough


class Pacing:
    """One per process, kept by its engine."""

    def __init__(self, settings: Settings, now: Now) -> None:
        self.now = now
        self.named = limits_rules.limits_of(settings.limits)
        self.warm_up = WarmUp.of(settings.warm_up)
        self._seen: InForce | None = None
        self._until = 0.0

    def in_force(self) -> InForce:
        """Never within a unit of work: a look ends it."""
        if self._seen is None or elapsed() >= self._until:
            with look():
                self._seen = limits.in_force(self.now())
            self._until = elapsed() + FRESH
        return self._seen

    def forget(self) -> None:
        """Look again: this process has changed something itself."""
        self._seen = None

    @property
    def any_domain(self) -> bool:
        """Whether any domain is limited at all: on most days none, and nothing more is asked."""
        seen = self.in_force()
        return bool(self.named or seen.own or seen.slowed)

    def quota(self, now: datetime) -> int | None:
        return self.warm_up.quota(limits_rules.warm_day(now))

    def domain_base(self, name: str) -> float | None:
        """Messages a second as set, None where nothing is set."""
        own = self.in_force().own.get((DOMAIN, name))
        return own or self.named.get(name) or self.named.get(EVERYBODY)

    def relay_bases(self, found: Iterable[Transport]) -> Bases:
        own = self.in_force().own
        return {one.name: own.get((RELAY, one.name)) or one.limit or None for one in found}

    def is_limited(self, relay: Transport) -> bool:
        slowed = (RELAY, relay.name) in self.in_force().slowed
        return slowed or self.relay_bases([relay])[relay.name] is not None

    def limited(self, domains: Iterable[str]) -> Bases:
        """Of these domains those that must be asked for, with what is set."""
        seen = self.in_force()
        bases = {name: self.domain_base(name) for name in domains}
        return {n: b for n, b in bases.items() if b is not None or (DOMAIN, n) in seen.slowed}
