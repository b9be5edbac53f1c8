"""Configurations of endpoints at Adobe: read, and brought step by step to what they should be.

A step is brought on from wherever an earlier one stopped: nothing is created that is there, nothing is sent
that it says already, and nothing counts as done before it is deployed and was read back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from callsheet.documents import among, equal
from callsheet.errors import CallsheetError
from callsheet.language.addresses import Address
from callsheet.language.steps import Step
from callsheet.targets.journey_optimizer.account import Account
from callsheet.targets.journey_optimizer.configs import (
    Config,
    Settings,
    compiled_from,
    endpoint_call,
    settings_of,
)
from callsheet.targets.journey_optimizer.endpoint_api import EndpointApi, UntouchedError
from callsheet.targets.journey_optimizer.notes import GONE, Note, Notes
from callsheet.targets.model import Author, Deployed, StepRefused, canonical_of
from callsheet.templates.values import digest_of

KIND = "EndpointConfig"


class EndpointConfigs:
    """The capping and throttling configurations of one sandbox.

    Args:
        account: calls the API.
        notes: what callsheet knows of them.

    Attributes:
        kept: the configurations of a snapshot, which stand for the API where it is not reached.

    """

    def __init__(self, account: Account, notes: Notes) -> None:
        self.account = account
        self.api = EndpointApi(account)
        self.notes = notes
        self.kept: list[Config] | None = None
        self.wanted: dict[tuple[str, ...], Mapping[str, Any]] = {}

    def expect(self, wanted: Iterable[Mapping[str, Any]]) -> None:
        """Take note of the compiled EndpointConfigs of the workspace.

        One of the same URL and service, of which nothing is known, is taken for the one that is there.
        """
        self.wanted = {_likeness(*_said(one)): one for one in wanted}

    def read(self) -> dict[str, Deployed]:
        """Return every configuration, by address; one without a known name has its uid for one.

        Raises:
            CallsheetError: CS871 to CS873 where the API cannot be read, CS874 where two are the same.

        """
        known = self.notes.all()
        found: dict[str, Deployed] = {}
        configs = self._named(known)
        for name, config in configs.items():
            note = known.get(name) or self._unknown(name, config)
            found[f"{KIND}/{name}"] = one = _deployed(name, config, note)
            if note.pending is not None and one.canonical == note.pending and self.notes.writable:
                # Everything was done, and this was not noted any more.
                self.notes.put(replace(note, uid=config.uid, compiled=note.pending, pending=None))
        for name, note in known.items():
            if name not in configs and note.pending == GONE and self.notes.writable:
                self.notes.drop(name)
        return found

    def apply(self, step: Step, author: Author) -> None:
        """Do one step.

        Raises:
            StepRefused: where it is not what the step expects, or Adobe refuses it.
            CallsheetError: CS871 where nothing is known of what became of a call.

        """
        name, before = _name(step.address), _name(step.address_before)
        known = self.notes.all()
        if step.key in {one.key for one in known.values()}:
            return
        config = self._named(known).get(before)
        note = known.get(before) or self._unknown(before, config)
        there = None if config is None else _deployed(before, config, note).digest
        if there != step.before and step.action != "forget":
            raise StepRefused(f"{step.address_before} has changed since the plan was made")
        note = replace(note, uid=config.uid if config else None, pending=step.canonical or GONE)
        done = replace(
            note, name=name, compiled=step.canonical, pending=None, revision=note.revision + 1,
            applied_by=author.name, applied_at=author.at, key=step.key,
        )  # fmt: skip
        if step.action == "adopt":
            self.notes.put(done)
        elif step.action == "forget":
            self.notes.drop(before)
        else:
            # It keeps its old name until everything is done.
            self.notes.put(note)
            self._do(note, done, config, known.get(before))

    def _do(self, note: Note, done: Note, config: Config | None, original: Note | None) -> None:
        try:
            if done.compiled is not None:
                uid = self._bring(note, config)
                self.notes.rename(note.name, replace(done, uid=uid))
            else:
                if config is not None:
                    self.api.delete(config)
                self.notes.drop(note.name)
        except UntouchedError:
            if original is None:
                self.notes.drop(note.name)
            else:
                self.notes.put(original)
            raise

    def _unknown(self, name: str, config: Config | None) -> Note:
        """Return a note for a configuration of which nothing is noted.

        What the API does not contain, as a title, is as the workspace wants it, where that is the same one.
        """
        likeness = () if config is None else _likeness(config.path, config.draft)
        wanted = self.wanted.get(likeness, {})
        same = wanted.get("name") == name
        return Note(name=name, compiled=canonical_of(wanted) if same else None)

    # -- reading ---------------------------------------------------------------------------

    def _named(self, known: Mapping[str, Note]) -> dict[str, Config]:
        """Return every configuration by its name: by what is noted, else by what it is like."""
        by_uid = {one.uid: one.name for one in known.values() if one.uid is not None}
        begun = {
            _likeness(*_said(json.loads(one.pending))): one.name
            for one in known.values()
            if one.uid is None and one.pending not in (None, GONE)
        }
        configs = self._all()
        found = {by_uid[one.uid]: one for one in configs if one.uid in by_uid}
        for config in configs:
            if config.uid in by_uid:
                continue
            likeness = _likeness(config.path, config.draft)
            name = begun.get(likeness) or self.wanted.get(likeness, {}).get("name")
            other = found.get(name or "")
            if name is None or (other is not None and other.uid in by_uid):
                found[config.uid] = config
            elif other is not None:
                raise CallsheetError(
                    "CS874",
                    f"two configurations at Adobe are {KIND}/{name}: {other.uid} and {config.uid}",
                    help="delete one of the two there; callsheet does not choose",
                )
            else:
                found[name] = config
        return dict(sorted(found.items()))

    def _all(self) -> list[Config]:
        return self.api.configs() if self.kept is None else self.kept

    # -- writing ---------------------------------------------------------------------------

    def _bring(self, note: Note, config: Config | None) -> str:
        """Bring a configuration to what is pending, and read it back; return its uid."""
        wanted = json.loads(note.pending or GONE)
        path, body = endpoint_call(wanted)
        said = settings_of(body)
        if config is not None and config.path != path:
            # Capping became throttling, or the other way round: another collection.
            self.api.delete(config)
            config = None
            self.notes.put(replace(note, uid=None))
        if config is None:
            config = self.api.create(path, body, said)
            self.notes.put(replace(note, uid=config.uid))
        elif not equal(config.draft, said):
            last = None if note.compiled is None else endpoint_call(json.loads(note.compiled))[1]
            config = self.api.update(config, body, last)
        refused = None
        if not (config.settled and equal(config.active, said)):
            try:
                self.api.deploy(config)
            except StepRefused as error:
                # 500 may come from a failure after the write: what is read back decides.
                refused = error
        for _ in self.api.looks():
            now = self.api.get(path, config.uid)
            if now is not None and now.settled and equal(now.active, said):
                return config.uid
            if refused is not None:
                raise refused
        what = "is gone" if now is None else f"is {now.state}, and differs from what was sent"
        raise StepRefused(
            f"Adobe accepted it, but what is read back {what}: check it at Adobe, and plan again"
        )


def _said(compiled: Mapping[str, Any]) -> tuple[str, Settings]:
    path, body = endpoint_call(compiled)
    return path, settings_of(body)


def _likeness(path: str, settings: Settings) -> tuple[str, ...]:
    """Return what two configurations share that are one: there may be one for a URL and a service."""
    return (path, str(settings["url"]), *sorted(settings.get("services") or ()))


def _name(address: str) -> str:
    return Address.read(address).name


def _deployed(name: str, config: Config, note: Note) -> Deployed:
    """Return what a configuration is as an object of callsheet's."""
    base = json.loads(note.compiled or note.pending or GONE)
    base = base or {"kind": KIND, "name": name if name != config.uid else _made_up(config)}
    was, wanted = (_said_by(one, config.path) for one in (note.compiled, note.pending))
    unfinished = ""
    if config.settled and among(config.active, (was, wanted)):
        canonical = (note.pending if equal(config.active, wanted) else note.compiled) or ""
    else:
        content = compiled_from(config.active if config.active is not None else config.draft, base)
        if config.active is None:
            content["atTarget"] = {"state": f"{config.state}, and not deployed"}
        elif not config.settled:
            content["atTarget"] = {"state": config.state, "draft": config.draft}
        canonical = canonical_of(content)
        # What callsheet never wrote was written by another program or a person, whatever is pending.
        ours = among(config.draft, (was, wanted)) and among(config.active, (None, was, wanted))
        if note.pending is not None and ours:
            unfinished = "an earlier apply stopped halfway"
    return Deployed(
        address=f"{KIND}/{name}", canonical=canonical, digest=digest_of(canonical), revision=note.revision,
        applied_by=config.changed or note.applied_by, applied_at=note.applied_at, unfinished=unfinished,
    )  # fmt: skip


def _said_by(canonical: str | None, path: str) -> Settings | None:
    """Return what a compiled EndpointConfig says in a collection; None where it says nothing there."""
    if canonical in (None, GONE):
        return None
    where, settings = _said(json.loads(canonical or GONE))
    return settings if where == path else None


def _made_up(config: Config) -> str:
    """Return a name for a configuration that has none: of its URL."""
    text = re.sub(r"^https?://", "", str(config.draft["url"]))
    return re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")[:30] or "endpoint"
