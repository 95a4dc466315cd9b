"""What can be set: one field a setting, with the sentence that the README shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Settings:
    """One field a setting; its ``doc`` is the sentence that the README shows."""

    instance: Path = field(metadata={"doc": "Folder of the database, secrets and outbox"})
    env: str = field(default="development", metadata={"doc": "development or production"})
    secret_key: str = field(
        default="", metadata={"doc": "Signs links; 32 characters or more", "secret": True}
    )
    old_secret_keys: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Earlier keys, newest first: their links keep working", "secret": True},
    )
    suppression_pepper: str = field(
        default="", metadata={"doc": "Key of the suppression list; never change it", "secret": True}
    )
    database_url: str = field(
        default="",
        metadata={
            "doc": "SQLAlchemy URL; SQLite in the instance folder by default",
            "secret": True,
        },
    )
    queue_url: str = field(
        default="",
        metadata={
            "doc": "The queue: sqlite:PATH, postgresql://… or redis://…; follows the database",
            "secret": True,
        },
    )
    base_url: str = field(
        default="http://127.0.0.1:8000",
        metadata={"doc": "Public address of the site; every link starts with it"},
    )
    mail_url: str = field(
        default="outbox:",
        metadata={
            "doc": "outbox:, smtp://user:pass@host:port or smtps://…; several with ?weight=N",
            "secret": True,
        },
    )
    mail_from: str = field(
        default="statistics@notifier.example", metadata={"doc": "From address of bulk mail"}
    )
    mail_from_oneoff: str = field(
        default="",
        metadata={
            "doc": "From address of one-off mail; no-reply@ the domain of MAIL_FROM by default"
        },
    )
    limits: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Messages to a domain, as in gmail.com=600/min; `*` is each other domain"},
    )
    warm_up: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "A first day and the most messages of it and of each day after it"},
    )
    reply_to: str = field(
        default="", metadata={"doc": "Reply-To where a team has no contact of its own"}
    )
    bounce_domain: str = field(
        default="",
        metadata={"doc": "Domain of the envelope senders; the domain of MAIL_FROM by default"},
    )
    bounce_mailbox: str = field(
        default="",
        metadata={
            "doc": "maildir:PATH or imaps://user:pass@host/folder that the worker reads",
            "secret": True,
        },
    )
    bounce_hook_secret: str = field(
        default="",
        metadata={
            "doc": "Bearer token, or key of the signature, for /hooks/bounces; closed without it",
            "secret": True,
        },
    )
    dkim_domain: str = field(
        default="",
        metadata={"doc": "Domain that signs (d=); empty leaves signing to the mail server"},
    )
    dkim_selector: str = field(default="", metadata={"doc": "Selector of the RSA key"})
    dkim_key: str = field(
        default="",
        metadata={
            "doc": "RSA private key, PEM; without keys the mail server signs",
            "secret": True,
        },
    )
    dkim_ed25519_selector: str = field(
        default="", metadata={"doc": "Selector of the second, Ed25519 key"}
    )
    dkim_ed25519_key: str = field(
        default="", metadata={"doc": "Ed25519 private key, PEM", "secret": True}
    )
    trusted_proxies: tuple[str, ...] = field(
        default=(), metadata={"doc": "Addresses or networks whose X-Forwarded-For counts"}
    )
    fetch_allow: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Private networks whose pages may be checked for links, also over http"},
    )
    websub_hub: str = field(default="", metadata={"doc": "WebSub hub to tell of news in feeds"})
    metrics_token: str = field(
        default="",
        metadata={
            "doc": "Bearer token that may read /metrics from elsewhere than loopback",
            "secret": True,
        },
    )
    two_step_roles: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "Roles that must sign in by two steps or passkey; by default approver, hop, "
            "deputy and admin; `none` asks nobody"
        },
    )
    oidc_issuer: str = field(
        default="", metadata={"doc": "Issuer of single sign-on by OpenID Connect; empty is none"}
    )
    oidc_client_id: str = field(default="", metadata={"doc": "Our client id at the issuer"})
    oidc_client_secret: str = field(
        default="", metadata={"doc": "Our client secret at the issuer", "secret": True}
    )
    oidc_roles: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "What the issuer's groups may do: group=role, or group=role@team"},
    )
    oidc_claim: str = field(
        default="groups", metadata={"doc": "Claim of the ID token that holds the groups"}
    )
    retention_delivery_months: int = field(
        default=13,
        metadata={"doc": "Delivery rows are kept so long after what they are about is closed"},
    )

    @property
    def keys(self) -> tuple[str, ...]:
        """All signing keys, the one that signs first."""
        return (self.secret_key, *self.old_secret_keys)

    @property
    def production(self) -> bool:
        return self.env == "production"

    @property
    def development_inbox(self) -> bool:
        """Whether /dev/inbox exists: development only, and only when mail goes to the outbox."""
        return not self.production and self.mail_url.strip() == "outbox:"

    @property
    def host_name(self) -> str:
        return urlsplit(self.base_url).hostname or "localhost"
