"""Times plan and apply on a REST collection that answers in 20 ms and lets through 50 calls in a second.

    python tests/benchmarks/collection_run.py [--objects 1000] [--rate 50] [--latency 0.02]

What the rate allows is the number of calls divided by the rate; the ratio is what counts.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.collection import TOKEN, Collection, collecting
from support.hooks import ENVIRONMENT
from support.workspaces import ACTION


def timed(what: str, service: Collection, rate: int, *arguments: str) -> None:
    """Run callsheet; prints how long it took beside what the rate allows."""
    service.arrivals.clear()
    begin = time.monotonic()
    subprocess.run([sys.executable, "-m", "callsheet", *arguments], check=True, stdout=subprocess.DEVNULL)
    took, calls = time.monotonic() - begin, len(service.arrivals)
    # The first window is open at once.
    allowed = max(calls - rate, 0) / rate
    most = max(
        sum(one <= other < one + 1 for other in service.arrivals[at : at + 2 * rate])
        for at, one in enumerate(service.arrivals)
    )
    ratio = (
        f"{took / allowed:.2f} x of the {allowed:.2f} s that the rate allows"
        if allowed
        else "within the first second"
    )
    print(
        f"{what}: {took:.2f} s for {calls} calls, {ratio}; at most {most} arrived in a second", flush=True
    )


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=1000)
    parser.add_argument("--rate", type=int, default=50)
    parser.add_argument("--latency", type=float, default=0.02)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, collecting() as service:
        folder = Path(name)
        service.latency, service.paging = wanted.latency, "cursor"
        os.environ |= {"HOOKS_URL": service.url, "HOOKS_TOKEN": TOKEN}
        text = ENVIRONMENT.replace("limits: {", f"limits: {{rate: {wanted.rate} per 1s, ")
        text = text.replace(
            "items: data", "items: data, paging: {type: cursor, parameter: after, next: meta.next}"
        )
        (folder / "environments.yaml").write_text(text)
        service.page_size = 100
        for number in range(wanted.objects):
            (folder / f"a{number:04}.yaml").write_text(ACTION.format(name=f"a{number:04}", constant=1))
        at = ("-C", name)
        timed("plan, all new", service, wanted.rate, "plan", *at)
        timed("apply, all new", service, wanted.rate, "apply", "--yes", "-q", *at)
        timed("plan, nothing changed", service, wanted.rate, "plan", *at)
        for number in range(0, wanted.objects, 2):
            (folder / f"a{number:04}.yaml").write_text(ACTION.format(name=f"a{number:04}", constant=2))
        timed(
            "apply, half of it changed",
            service,
            wanted.rate,
            "apply",
            "--yes",
            "-q",
            "--accept",
            "max-update",
            *at,
        )
        assert len(service.objects) == wanted.objects


if __name__ == "__main__":
    main()
