"""A request of a Postman collection → what Postman's own runtime sends for it."""

from __future__ import annotations

import json
import re
import selectors
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from verdicts import UNFINISHED

from support.sent_requests import Recorder, Sent

_VARIABLE = re.compile(r"\{\{([^{}]+)\}\}")
_SECONDS = 12
"""That a request may take; the runtime itself gives up after eight, where it still can."""


class Judge:
    """A process of node that runs one request after the other.

    A request that keeps it busy without end is given up, and another process takes the next one.

    Args:
        folder: that contains node_modules.
        recorder: to which every host is led.
        seconds: that a request may take.

    """

    def __init__(self, folder: Path, recorder: Recorder, seconds: float = _SECONDS) -> None:
        self.folder = folder
        self.recorder = recorder
        self.seconds = seconds
        self.process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        plain, secure = self.recorder.ports
        return subprocess.Popen(
            ["node", Path(__file__).with_suffix(".cjs"), self.folder, str(plain), str(secure)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "NODE_TLS_REJECT_UNAUTHORIZED": "0"},
        )  # fmt: skip

    def sent(
        self, file: Path, index: int, values: Mapping[str, str], params: Mapping[str, str]
    ) -> tuple[Sent | None, str]:
        """Return what is sent for a request of a file, and what the runtime says where that is nothing."""
        self.recorder.seen.clear()
        asked = {"file": str(file), "index": index, "values": values, "params": params}
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(asked).encode() + b"\n")
        self.process.stdin.flush()
        answer = self._answer()
        if answer is None:
            self.process.kill()
            self.process.wait()
            self.process = self._started()
            return None, UNFINISHED
        error = json.loads(answer or '{"error": "node has ended"}')["error"]
        return (self.recorder.seen[-1] if self.recorder.seen else None), str(error)

    def _answer(self) -> bytes | None:
        """Return the next line of the process, which writes one for each request; None where none comes."""
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            ready = selector.select(self.seconds)
        return self.process.stdout.readline() if ready else None

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)


def requests_of(items: Any, above: tuple[dict[str, Any], ...] = ()) -> Iterator[tuple[dict[str, Any], ...]]:
    """Yield the requests of a collection, each after the folders that it is in."""
    for one in items or ():
        if isinstance(one, dict) and isinstance(one.get("item"), list):
            yield from requests_of(one["item"], (*above, one))
        elif isinstance(one, dict) and one.get("request"):
            yield (*above, one)


def values_for(
    request: tuple[dict[str, Any], ...], collection: dict[str, Any], params: Mapping[str, Any]
) -> dict[str, str]:
    """Return values for the variables of a request that have none: those that the action is tested with."""
    shown = json.dumps([request[-1], *({**one, "item": ()} for one in (collection, *request[:-1]))])
    variables = collection.get("variable")
    mappings = [one for one in (variables if isinstance(variables, list) else ()) if isinstance(one, dict)]
    listed = [one for one in mappings if not one.get("disabled")]
    # An empty value is none, but of these types: Postman reads it as false and as 0.
    cast = ("boolean", "number")
    known = {
        str(one.get("key"))
        for one in listed
        if one.get("value") not in (None, "") or (one.get("value") == "" and one.get("type") in cast)
    }
    return {name: value_of(name, params) for name in {*_VARIABLE.findall(shown)} - known}


def values_of_path(request: dict[str, Any], params: Mapping[str, Any]) -> dict[str, str]:
    """Return values for what is written `:name` in the path of a request."""
    return {name: value_of(name, params) for name in re.findall(r"[/\"]:([^/\"?.#]+)", json.dumps(request))}


def value_of(name: str, params: Mapping[str, Any]) -> str:
    """Return the value with which an action is tested in the place of a variable."""
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_") or "value"
    lowered = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", plain).lower()
    # Blanks are part of a name: the import tells `{{ it }}` and `{{it}}` apart by a number.
    numbered = (f"{plain}_2",) if name != name.strip() else ()
    near = next((params[one] for one in (*numbered, plain, lowered) if one in params), plain)
    return near if isinstance(near, str) else json.dumps(near)
