"""One tick of the worker, timed from inside: started by the benchmarks in a process of its own."""

from __future__ import annotations

import json
import time

from notifier.app import create_app
from notifier.clock import now
from notifier.render.links import site_for
from notifier.settings import load
from notifier.worker.engine import Engine
from notifier.worker.tick import tick


def main() -> None:
    """Render and freeze what is due; prints how long that took without the start of Python."""
    settings = load()
    app = create_app(settings)
    with app.app_context():
        engine = Engine(settings, site=lambda: site_for(settings), now=now)
        started = time.perf_counter()
        work = tick(engine)
        seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "chunks": len(work.chunks)}))


if __name__ == "__main__":
    main()
