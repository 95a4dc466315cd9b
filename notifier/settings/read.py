"""Settings are read once, from the environment or ``instance/notifier.toml``.

The environment wins over the file. A secret may be given by the path of a file that holds it
(``NOTIFIER_SECRET_KEY_FILE``).
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

from notifier.errors import Refused
from notifier.settings.complete import complete
from notifier.settings.model import Settings

PREFIX = "NOTIFIER_"


def load(environ: Mapping[str, str] | None = None, *, instance: Path | None = None) -> Settings:
    """The settings in force.

    Raises Refused when one is malformed or not safe for production, or unknown in the file; other
    NOTIFIER_ names in the environment are somebody else's.
    """
    environ = os.environ if environ is None else environ
    folder = Path(instance or environ.get(PREFIX + "INSTANCE") or default_instance()).resolve()
    given: dict[str, Any] = {**from_file(folder / "notifier.toml"), **from_environ(environ)}
    types = get_type_hints(Settings)
    values = {n: coerce(n, v, types[n]) for n, v in given.items() if n in types and n != "instance"}
    settings = Settings(instance=folder, **values)
    return complete(settings)


def default_instance() -> Path:
    """``instance/`` beside the package in a checkout, else ``notifier-instance`` here."""
    beside = Path(__file__).resolve().parents[2] / "instance"
    return beside if beside.is_dir() else Path.cwd() / "notifier-instance"


def from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        found = {k.lower(): v for k, v in tomllib.loads(path.read_text("utf-8")).items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(f"{path} is not valid TOML ({error}); correct it or remove it.") from error
    for name in found.keys() - {f.name for f in fields(Settings)}:
        raise Refused(f"{path} holds {name!r}, which is no setting; see the table in README.md.")
    return found


def from_environ(environ: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in environ.items():
        if not key.startswith(PREFIX) or key == PREFIX + "INSTANCE":
            continue
        name = key.removeprefix(PREFIX)
        if name.endswith("_FILE"):
            try:
                found[name.removesuffix("_FILE").lower()] = Path(value).read_text("utf-8").strip()
            except (OSError, ValueError) as error:  # ValueError: not text
                why = getattr(error, "strerror", None) or "it is not text"
                raise Refused(f"{key} names {value}, which cannot be read: {why}.") from error
        else:
            found[name.lower()] = value
    return found


def coerce(name: str, value: Any, kind: Any) -> Any:
    if kind is int:
        try:
            return int(value)
        except (TypeError, ValueError):
            raise Refused(
                f"{PREFIX}{name.upper()} must be a whole number, not {value!r}."
            ) from None
    if kind is str and not isinstance(value, list | dict):
        return str(value).strip()
    if kind is not str and isinstance(value, str):
        return tuple(value.replace(",", " ").split())
    if kind is not str and isinstance(value, list) and all(isinstance(v, str) for v in value):
        return tuple(value)
    raise Refused(f"{name} in notifier.toml must be {'a text' if kind is str else 'texts'}.")
