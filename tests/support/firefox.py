"""A real Firefox by WebDriver BiDi (https://w3c.github.io/webdriver-bidi), which it speaks itself: no driver.

Playwright drives only a Firefox of its own making.
"""

from __future__ import annotations

import atexit
import itertools
import json
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FIREFOX = next((path for name in ("firefox-esr", "firefox") if (path := shutil.which(name))), None)
_PREFERENCES = {
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.enabled": False,
}


@pytest.fixture(scope="session")
def firefox() -> Firefox:
    pytest.importorskip("websocket", reason="the package websocket-client is not installed")
    if FIREFOX is None:
        pytest.skip("no Firefox is installed (apt-get install firefox-esr)")
    return _started(FIREFOX)


@cache
def _started(program: str) -> Firefox:
    """Start a Firefox, once for all tests of this process, at whose end it is stopped."""
    import websocket

    profile = Path(tempfile.mkdtemp())
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in _PREFERENCES.items())
    (profile / "user.js").write_text("\n".join(lines), "utf-8")
    process = subprocess.Popen(
        [program, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )

    def stop() -> None:
        process.kill()
        process.communicate()
        shutil.rmtree(profile, ignore_errors=True)

    atexit.register(stop)
    return Firefox(websocket.create_connection(_address(process), suppress_origin=True, timeout=60))


def _address(process: subprocess.Popen[str]) -> str:
    """Return where it listens; raises AssertionError where it ends first."""
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", line):
            return f"{found[1]}/session"
    raise AssertionError("Firefox ended without listening")


class Firefox:
    """A running Firefox; `new_page` is as that of Playwright's browsers, as far as tests here need it."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.numbers = itertools.count(1)
        self.events: list[dict[str, Any]] = []
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Return the answer to a command; what happens meanwhile is kept."""
        number = next(self.numbers)
        self.connection.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            told: dict[str, Any] = json.loads(self.connection.recv())
            if told.get("id") == number:
                assert told["type"] == "success", told
                result: dict[str, Any] = told["result"]
                return result
            self.events.append(told)

    def new_page(self) -> Page:
        return Page(self)


class Page:
    """A tab, with what it said and asked."""

    def __init__(self, firefox: Firefox) -> None:
        self.firefox = firefox
        self.context = firefox.ask("browsingContext.create", type="tab")["context"]

    def goto(self, url: str) -> None:
        self.firefox.ask("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def resize(self, width: int) -> None:
        viewport = {"width": width, "height": 900}
        self.firefox.ask("browsingContext.setViewport", context=self.context, viewport=viewport)

    def set_content(self, text: str) -> None:
        self.goto("about:blank")
        self.evaluate(f"document.body.innerHTML = {json.dumps(text)}; 0")

    def evaluate(self, expression: str, *given: Any) -> Any:
        """Return what statements end with, which is plain, or what a function of what is given returns."""
        call = f"({expression})({', '.join(map(json.dumps, given))})"
        found = self.firefox.ask(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await {call}))()" if given else expression,
            target={"context": self.context},
            awaitPromise=True,
        )
        assert found["type"] == "success", found["exceptionDetails"]["text"]
        value = found["result"].get("value")
        return json.loads(value) if given and value is not None else value

    def said(self, allowed: str) -> list[str]:
        """Return what the page said, and what it asked for that does not begin like that."""
        self.evaluate("new Promise(done => setTimeout(() => done(1), 50))")
        found = []
        for one in self.firefox.events:
            params = one.get("params", {})
            if one["method"] == "log.entryAdded":
                found.append(str(params.get("text")))
            # It takes letters for its own controls from a font that is text.
            elif not params["request"]["url"].startswith((allowed, "about:", "data:font/")):
                found.append(f"asked {params['request']['url']}")
        return found

    def close(self) -> None:
        self.firefox.ask("browsingContext.close", context=self.context)
        self.firefox.events.clear()
