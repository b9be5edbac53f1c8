"""One call of a caller → one call of the service, or the answer to a key that was used before."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar

from msgspec.structs import replace

from callsheet.calling.attempts import Answer, Progress
from callsheet.errors import CallsheetError
from callsheet.relay.gate import Gate, TooLateError, TooManyError
from callsheet.relay.model import RelaySettings
from callsheet.relay.renderings import Renderings
from callsheet.relay.replies import Reply, known_of, refusal, reply_of, reply_of_error
from callsheet.relay.serving import Served
from callsheet.relay.window import Window
from callsheet.relay.workers import Workers
from callsheet.templates.values import canonical_text

Done = TypeVar("Done")
MARGIN_SECONDS = 0.25
"""So much earlier the service's time ends, that its answer, or that there is none, is known in time."""

LEAST_SECONDS = 0.5
"""A call that has less than this left is not begun: it would hardly get its answer."""


class Calls:
    """The calls that are made and that wait; it belongs to one event loop."""

    def __init__(self, settings: RelaySettings, fault: Callable[[BaseException], None]) -> None:
        self.settings = settings
        self.fault = fault
        self.gate = Gate(settings.concurrency, settings.waiting)
        self.window = Window(settings.window)
        self.workers = Workers(settings.concurrency)
        self.renderings = Renderings()
        self.stopping = False
        self._abandoned = False
        self._waiting: set[asyncio.Future[Reply]] = set()
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def busy(self) -> int:
        """How many calls are made, or wait."""
        return self.gate.running + self.gate.waiting

    async def call(
        self, served: Served, params: dict[str, Any], key: str | None, end: float
    ) -> tuple[Reply, bool]:
        """Return the answer to a call, before `end`; and whether it is that of an earlier one."""
        progress = Progress()
        if key is None:
            made = self._begin(self._make(served, params, end, progress))
            return await self._within(made, end, progress), False
        text = _same_text(params)
        name = hashlib.sha256(f"{served.name}\0{key}".encode()).digest()
        digest = hashlib.sha256(text.encode()).digest()
        entry = self.window.find(name)
        if entry is not None:
            if entry.digest != digest:
                return _USED_OTHERWISE, False
            return await self._within(entry.answer, end, entry.progress), True
        if self.window.full:
            return _WINDOW_FULL, False
        entry = self.window.begin(name, digest, progress)
        self._begin(self._settle(name, self._make(served, params, end, progress)))
        return await self._within(entry.answer, end, progress), False

    def _begin(self, work: Coroutine[Any, Any, Done]) -> asyncio.Task[Done]:
        """Let something go on by itself; a loop keeps no task alive."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _settle(self, name: bytes, made: Coroutine[Any, Any, Reply]) -> None:
        reply = _FAULT
        try:
            reply = await made
        finally:
            self.window.settle(name, reply)

    async def _within(self, answer: asyncio.Future[Reply], end: float, progress: Progress) -> Reply:
        """Wait for an answer; when the time is over, what was sent goes on, and nothing else is sent."""
        waiting = asyncio.shield(answer)
        self._waiting.add(waiting)
        try:
            return await asyncio.wait_for(waiting, max(end - time.monotonic(), 0.0))
        except TimeoutError:
            return _unanswered("timedout", "the deadline is over", progress.end())
        except asyncio.CancelledError:
            if not self._abandoned:
                raise
            return _unanswered("stopped", "the relay has stopped", progress.end())
        finally:
            self._waiting.discard(waiting)

    def abandon(self) -> None:
        """Answer everyone who waits that the relay has stopped."""
        self._abandoned = True
        for one in list(self._waiting):
            one.cancel()

    async def _make(self, served: Served, params: dict[str, Any], end: float, progress: Progress) -> Reply:
        try:
            await self.gate.enter(served.name, end - MARGIN_SECONDS - LEAST_SECONDS - time.monotonic())
        except TooManyError:
            return _TOO_MANY
        except TooLateError:
            return _TOO_LATE
        end -= MARGIN_SECONDS
        turn = self.renderings.turn(served.name, end - LEAST_SECONDS)
        within = end - time.monotonic()
        done: Future[Answer] = self.workers.do(
            partial(served.line.send, params, within=within, turn=turn, progress=progress)
        )
        try:
            # The turn ends with the call and not with the caller, who may have gone.
            return reply_of(await asyncio.wrap_future(done))
        except TooLateError:
            return _TOO_LATE
        except CallsheetError as error:
            return reply_of_error(error)
        except Exception as error:
            self.fault(error)
            return _FAULT
        finally:
            self.gate.leave(served.name)


def _same_text(params: dict[str, Any]) -> str:
    """Return the same text for the same parameters: null is the same as left out, and 1.0 the same as 1."""
    given = {name: value for name, value in params.items() if value is not None}
    try:
        return canonical_text(given)
    except ValueError:
        # A number beyond 2^53: whether it can be sent is the action's matter.
        return json.dumps(given, sort_keys=True)


def _unanswered(outcome: str, why: str, attempts: int) -> Reply:
    """Return the answer to whoever waits no longer; with no attempt begun, none will be."""
    known = known_of(left=attempts > 0)
    return replace(refusal(504, "CS888", outcome, f"{why}: {known}"), sent=attempts > 0, attempts=attempts)


_USED_OTHERWISE = refusal(
    422, "CS886", "key-used", "the idempotency key was used with other parameters: nothing was sent"
)
_WINDOW_FULL = refusal(
    503, "CS887", "busy", "no more idempotency keys can be kept now: nothing was sent", again_after=5
)
_TOO_MANY = refusal(429, "CS887", "busy", "too many calls wait: nothing was sent", again_after=1)
_TOO_LATE = refusal(503, "CS887", "busy", "its turn did not come in time: nothing was sent", again_after=1)
_FAULT = replace(
    refusal(500, "CS999", "fault", "an internal error: whether something was sent is not known"), sent=True
)
