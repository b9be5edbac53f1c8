"""A relay in this process, as `callsheet relay` runs it, with what it wrote."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from callsheet import RelaySettings, Workspace
from callsheet.relay import RelaySession

KEY = "relay-key-canary-0123456789"
ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {{name: {name}}}
spec:
  request:
    method: {method}
    url: {url}/v1/{{{{ params.list }}}}
    headers: {{X-Person: "{{{{ params.person }}}}", X-Key: {{secret: "env:CANARY"}}}}
    payload: {{text: "{{{{ params.text }}}}", key: {{secret: "env:CANARY"}}, fixed: {fixed}}}
  authentication: {authentication}
  parameters:
    list: {{type: string, example: news, maxLength: 100}}
    text: {{type: string, example: Hi, sensitivity: free-text}}
    person: {{type: string, optional: true, sensitivity: name}}
    count: {{type: integer, optional: true, minimum: 1, maximum: 9}}
    kind: {{type: string, optional: true, enum: [one, two]}}
  limits: {limits}
"""
PARAMS = {"list": "news", "text": "Hi"}


@dataclass
class Running:
    """A relay that runs, a client of it, and what it wrote."""

    session: RelaySession
    client: httpx.Client
    thread: threading.Thread
    log: list[str] = field(default_factory=list)

    def call(self, params: Any = None, name: str = "example", **headers: str) -> httpx.Response:
        """Call an action; `Idempotency_Key` is the header of that name."""
        sent = {key.replace("_", "-"): value for key, value in headers.items()}
        return self.client.post(f"/actions/{name}", json=PARAMS if params is None else params, headers=sent)

    def send(self, body: bytes, name: str = "example", **headers: str) -> httpx.Response:
        """Call an action with bytes as they are."""
        sent = {"Content-Type": "application/json"} | {
            one.replace("_", "-"): two for one, two in headers.items()
        }
        return self.client.post(f"/actions/{name}", content=body, headers=sent)

    def events(self, event: str) -> list[dict[str, Any]]:
        return [one for one in map(json.loads, self.log) if one["event"] == event]

    def metric(self, name: str) -> float:
        """Return the sum of a metric over its labels."""
        lines = self.client.get("/metrics").text.splitlines()
        return sum(
            float(one.split()[-1])
            for one in lines
            if one.split("{")[0].split(" ")[0] == f"callsheet_relay_{name}"
        )


def wait_for(true: Callable[[], bool], what: str, seconds: float = 10) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"it never came to this: {what}"
        time.sleep(0.02)


_OF_THE_VERB: dict[str, Any] = {"allow_hosts": (), "to": None, "environment": None}


@contextmanager
def relaying(root: Path, verify: Any = True, cert: Any = None, **settings: Any) -> Iterator[Running]:
    """Run a relay of an environment of a workspace, with a key, on any free port."""
    log: list[str] = []
    chosen = {"keys": ("env:RELAY_KEY",), "port": 0, "poll": 0.1, **settings}
    allow, to, environment = (chosen.pop(one, default) for one, default in _OF_THE_VERB.items())
    workspace = Workspace(root, allow_hosts=allow)
    session = workspace.relay(environment, settings=RelaySettings(**chosen), to=to, write=log.append)
    thread = threading.Thread(target=session.run, daemon=True)
    thread.start()
    url = session.url.replace("127.0.0.1", "localhost") if session.url.startswith("https") else session.url
    if url.startswith("http:"):
        verify = False  # to read the system's certificates takes longer than most calls
    client = httpx.Client(
        base_url=url, headers={"X-Callsheet-Key": KEY}, timeout=30, verify=verify, trust_env=False
    )
    try:
        yield Running(session, client, thread, log)
    finally:
        client.close()
        session.stop()
        thread.join(40)
    assert not thread.is_alive(), "the relay does not stop"
