"""A relay under load on this machine, beside the same call made directly by httpx, and by nginx as a plain proxy.

    python tests/benchmarks/relay_run.py                    # requests per second, and the latency that is added
    python tests/benchmarks/relay_run.py --hold 600         # and so many seconds at 70 % of its limit, with failures

Everything runs in one go, on loopback: the service, nginx, the relay and the callers in processes of their own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.relay_load import Load, at_a_rate, closed_loop, request_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "benchmark-key-0123456789"
ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {{name: example}}
spec:
  request:
    method: POST
    url: http://127.0.0.1:{port}/v1/send
    headers: {{X-Key: {{secret: "env:VENDOR_KEY"}}}}
    payload: {{text: "{{{{ params.text }}}}", kind: push, n: 1}}
  parameters:
    text: {{type: string, example: Hi, maxLength: 100}}
---
apiVersion: callsheet/v1
kind: Environment
metadata: {{name: local}}
spec:
  target: {{type: sqlite, path: .callsheet/local.db}}
"""
NGINX = """\
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream vendor {{ server 127.0.0.1:{vendor}; keepalive 64; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass http://vendor; proxy_http_version 1.1; proxy_set_header Connection ""; }}
  }}
}}
"""


@contextmanager
def started(*command: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
        cwd=Path(__file__).parents[1],
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


@contextmanager
def vendor(fail: float, log: Path | None = None) -> Iterator[int]:
    with started(
        sys.executable, "-m", "support.relay_load", "0", str(fail), *([str(log)] if log else [])
    ) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())


@contextmanager
def relay(folder: Path, service: int, *options: str) -> Iterator[tuple[int, int]]:
    """Apply an action that calls the service, and serve it; yields the port and the number of the process."""
    folder.mkdir()
    (folder / "workspace.yaml").write_text(ACTION.format(port=service))
    callsheet = (sys.executable, "-m", "callsheet")
    subprocess.run([*callsheet, "apply", "-C", str(folder), "--yes", "--quiet"], check=True)
    log = (folder / "log.jsonl").open("w")
    command = [*callsheet, "relay", "-C", str(folder), "--key", "env:RELAY_KEY", "--port", "0", *options]
    process = subprocess.Popen(
        command, stdout=log, env={**os.environ, "RELAY_KEY": KEY, "VENDOR_KEY": "vendor-key"}
    )
    try:
        while '"listening"' not in (text := (folder / "log.jsonl").read_text()):
            assert process.poll() is None, text
            time.sleep(0.05)
        (line,) = [one for one in map(json.loads, text.splitlines()) if one["event"] == "listening"]
        yield int(line["url"].rpartition(":")[2]), process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        log.close()


@contextmanager
def nginx(folder: Path, service: int) -> Iterator[int | None]:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        yield None
        return
    folder.mkdir()
    port = 18_080
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, vendor=service, port=port))
    with started(program, "-p", str(folder), "-c", str(folder / "nginx.conf")):
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1)
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.05)
        yield port


def by_httpx(port: int, callers: int, seconds: float) -> Load:
    """The same call by httpx, from threads that share a client, as a program without a relay makes it."""
    import httpx

    load = Load()
    body = {"text": "hello", "kind": "push", "n": 1}
    begin = time.perf_counter()
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"X-Key": "vendor-key"}) as client:

        def one(number: int) -> None:
            del number
            while (before := time.perf_counter()) < begin + seconds:
                load.statuses[client.post("/v1/send", json=body).status_code] += 1
                load.latencies.append(time.perf_counter() - before)

        with ThreadPoolExecutor(callers) as pool:
            list(pool.map(one, range(callers)))
    load.seconds = time.perf_counter() - begin
    return load


def _loop(port: int, request: bytes, callers: int, seconds: float) -> Load:
    return asyncio.run(closed_loop(port, request, callers, seconds))


def compare(seconds: float) -> dict[int, dict[str, Load]]:
    """The four ways to the service, for one caller and for sixteen."""
    found: dict[int, dict[str, Load]] = {}
    vendors_own = request_bytes("/v1/send", b'{"kind":"push","n":1,"text":"hello"}', X_Key="vendor-key")
    relays = request_bytes("/actions/example", b'{"text":"hello"}', X_Callsheet_Key=KEY)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack, ProcessPoolExecutor(1) as pool:
        folder = Path(name)
        service = stack.enter_context(vendor(0.0))
        port, _ = stack.enter_context(relay(folder / "relay", service))
        proxy = stack.enter_context(nginx(folder / "nginx", service))
        for callers in (1, 16):
            ways = {
                "directly": (_loop, service, vendors_own),
                "by nginx": (_loop, proxy, vendors_own),
                "by the relay": (_loop, port, relays),
            }
            found[callers] = {
                words: pool.submit(do, to, request, callers, seconds).result()
                for words, (do, to, request) in ways.items()
                if to is not None
            }
            found[callers]["directly, by httpx"] = pool.submit(by_httpx, service, callers, seconds).result()
    return found


def hold(limit: float, seconds: float) -> None:
    """Hold 70 % of the limit with a service that fails 5 %, each tenth call repeated with its key."""
    rate = 0.7 * limit
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack, ProcessPoolExecutor(1) as pool:
        folder, log = Path(name), Path(name) / "vendor.log"
        service = stack.enter_context(vendor(0.05, log))
        port, process = stack.enter_context(relay(folder / "relay", service, "--window", "60"))
        run = pool.submit(_rate, port, rate, seconds)
        memory = []
        while not run.done():
            memory.append(_resident(process))
            time.sleep(min(5.0, seconds / 12))
        load = run.result()
        sent = Counter(json.loads(line) for line in log.read_text().splitlines())
        logged = Counter(
            one["status"]
            for one in map(json.loads, (folder / "relay" / "log.jsonl").read_text().splitlines())
            if one["event"] == "call" and not one["replayed"]
        )
    third = max(1, len(memory) // 3)
    print(f"\n{seconds:.0f} s at {rate:.0f} calls a second (70 % of {limit:.0f}), the service fails 5 %:\n")
    print("| | |\n|---|---|")
    print(f"| calls | {sum(load.statuses.values())} |")
    print(f"| answers, by status | {dict(sorted(load.statuses.items()))} |")
    print(f"| without an answer | {load.statuses[0]} |")
    print(
        f"| answered 200 and not sent | {sum(1 for key, one in load.answers.items() if one == 200 and not sent[key])} |"
    )
    print(f"| sent twice with one key | {sum(1 for count in sent.values() if count > 1)} |")
    print(f"| answered otherwise when its key was repeated | {len(load.wrong)} |")
    print(f"| calls in the relay's log | {sum(logged.values())} |")
    print(f"| p50, p99 | {load.at(0.5):.1f} ms, {load.at(0.99):.1f} ms |")
    print(f"| memory, after the first third to the end | {memory[third]:.1f} to {memory[-2]:.1f} MiB |")


def _rate(port: int, rate: float, seconds: float) -> Load:
    return asyncio.run(at_a_rate(port, "/actions/example", rate, seconds, repeat=0.1, X_Callsheet_Key=KEY))


def _resident(process: int) -> float:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_048_576


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=10.0, help="for each way; default: 10")
    parser.add_argument(
        "--hold", type=float, default=0.0, help="seconds at 70 %% of the limit; default: none"
    )
    chosen = parser.parse_args()
    found = compare(chosen.seconds)
    for callers, ways in found.items():
        base = ways["directly"]
        print(
            f"\n{callers} at once | calls a second | p50 | p99 | p50 added | p99 added\n---|---|---|---|---|---"
        )
        for words, load in ways.items():
            strange = {status: n for status, n in load.statuses.items() if status != 200}
            print(
                f"{words} | {load.per_second:.0f} | {load.at(0.5):.2f} ms | {load.at(0.99):.2f} ms"
                f" | {load.at(0.5) - base.at(0.5):+.2f} ms | {load.at(0.99) - base.at(0.99):+.2f} ms"
                + (f" | {strange}" if strange else "")
            )
    if chosen.hold:
        hold(found[16]["by the relay"].per_second, chosen.hold)


if __name__ == "__main__":
    main()
