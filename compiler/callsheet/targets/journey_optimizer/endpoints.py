"""Configurations of endpoints at Adobe: read, and brought step by step to what they should be.

A step is brought on from wherever an earlier one stopped: nothing is created that is there, nothing is sent
that it says already, and nothing counts as done before it is deployed and was read back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import astuple, replace
from typing import Any

from callsheet.documents import among, equal
from callsheet.errors import CallsheetError
from callsheet.targets.journey_optimizer.account import ORCHESTRATION, Account, objects
from callsheet.targets.journey_optimizer.configs import (
    CAPPING,
    PATHS,
    Config,
    Settings,
    compiled_from,
    endpoint_call,
    read_config,
    settings_of,
)
from callsheet.targets.journey_optimizer.notes import GONE, Note, Notes
from callsheet.targets.journey_optimizer.refusals import cannot_deploy, code_of, refusal_of
from callsheet.targets.model import Author, Deployed, Step, StepRefused, canonical_of
from callsheet.targets.rest.client import Answer
from callsheet.templates.values import digest_of

KIND = "EndpointConfig"
LOOKS = 6
"""How often a deployed configuration is read back before it is said that it does not show."""
REFUSALS = (500,)
"""Adobe answers 500 to what is invalid, too."""


class EndpointConfigs:
    """The capping and throttling configurations of one sandbox.

    Args:
        account: calls the API.
        notes: what callsheet knows of them.
        wanted: the compiled EndpointConfigs of the workspace: one of the same URL and service, of which
            nothing is known, is taken for the one that is there.

    Attributes:
        kept: the configurations of a snapshot, which stand for the API where it is not reached.

    """

    def __init__(self, account: Account, notes: Notes, wanted: Iterable[Mapping[str, Any]]) -> None:
        self.account = account
        self.notes = notes
        self.kept: list[Config] | None = None
        self.wanted = {_likeness(*_said(one)): one for one in wanted}

    def read(self) -> dict[str, Deployed]:
        """Return every configuration, by address; one that nobody knows by a name has its uid for one.

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
                    self._delete(config)
                self.notes.drop(note.name)
        except _UntouchedError:
            if original is None:
                self.notes.drop(note.name)
            else:
                self.notes.put(original)
            raise

    def _unknown(self, name: str, config: Config | None) -> Note:
        """Return a note for a configuration of which nothing is noted.

        What the API does not hold, as a title, is as the workspace wants it, where that is the same one.
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
        return self.configs() if self.kept is None else self.kept

    def configs(self) -> list[Config]:
        """Return every configuration as the API answers it now."""
        found = []
        for path in PATHS:
            answer = self.account.call("POST", f"{ORCHESTRATION}/list{path}", body={}, reads=True)
            found += [_read(path, one) for one in objects(answer, f"list{path}")]
        return found

    def _get(self, path: str, uid: str) -> Config | None:
        answer = self.account.call("GET", f"{ORCHESTRATION}{path}/{uid}")
        if answer.status == 404:
            return None
        if answer.status != 200 or not isinstance(answer.value, dict):
            raise CallsheetError(
                "CS873", f"Adobe's API cannot be read: it answered {answer.status}", help="try again later"
            )
        body = answer.value.get("result")
        return _read(path, body if isinstance(body, dict) else answer.value)

    # -- writing ---------------------------------------------------------------------------

    def _bring(self, note: Note, config: Config | None) -> str:
        """Bring a configuration to what is pending, and read it back; gives its uid."""
        wanted = json.loads(note.pending or GONE)
        path, body = endpoint_call(wanted)
        said = settings_of(body)
        if config is not None and config.path != path:
            # Capping became throttling, or the other way round: another collection.
            self._delete(config)
            config = None
            self.notes.put(replace(note, uid=None))
        if config is None:
            config = self._create(path, body, said)
            self.notes.put(replace(note, uid=config.uid))
        elif not equal(config.draft, said):
            config = self._update(config, body, note)
        refused = None
        if not (config.settled and equal(config.active, said)):
            try:
                self._deploy(config)
            except StepRefused as error:
                # 500 may stand for what broke behind it: what is read back tells.
                refused = error
        for look in range(LOOKS):
            now = self._get(path, config.uid)
            if now is not None and now.settled and equal(now.active, said):
                return config.uid
            if refused is not None:
                raise refused
            self.account.client.wait(0.1 * 2.0**look)
        what = "is gone" if now is None else f"is {now.state}, and differs from what was sent"
        raise StepRefused(
            f"Adobe accepted it, but what is read back {what}: check it at Adobe, and plan again"
        )

    def _create(self, path: str, body: dict[str, Any], said: Settings) -> Config:
        answer = self.account.call("POST", f"{ORCHESTRATION}{path}", body=body, answers=REFUSALS)
        if answer.status != 200:
            # 500 stands for what is invalid, and for what broke: whether it is there, the list tells.
            made = [one for one in self._all() if one.path == path and equal(one.draft, said)]
            if len(made) == 1 and answer.status >= 500:
                return made[0]
            raise _UntouchedError(*self._refused(answer).args)
        element = answer.value.get("createdElement") if isinstance(answer.value, dict) else None
        config = _read(path, element if isinstance(element, dict) else {})
        refusal = cannot_deploy(answer.value)
        if refusal is not None:
            self._delete(config)
            raise _UntouchedError(*refusal.args)
        return config

    def _update(self, config: Config, body: dict[str, Any], note: Note) -> Config:
        where = f"{ORCHESTRATION}{config.path}/{config.uid}"
        answer = self.account.call("PUT", where, body=body, answers=REFUSALS)
        if answer.status != 200:
            refused = self._refused(answer)
            now = self._get(config.path, config.uid)
            # 500 stands for what broke half way, too.
            raise refused if now is None or not _same(now, config) else _UntouchedError(*refused.args)
        refusal = cannot_deploy(answer.value)
        if refusal is not None:
            if note.compiled is None:
                raise refusal
            # What counts did not change: put back what was written, so that nobody deploys this.
            before = endpoint_call(json.loads(note.compiled))[1]
            self.account.call("PUT", where, body=before, answers=REFUSALS)
            raise _UntouchedError(*refusal.args)
        now = self._get(config.path, config.uid)
        if now is None:
            raise StepRefused("it was deleted at Adobe in the meantime; plan again")
        return now

    def _deploy(self, config: Config) -> None:
        """Make a configuration count: one that counts already is taken back first, as the page says."""
        where = f"{ORCHESTRATION}{config.path}/{config.uid}"
        if config.path == CAPPING and config.active is not None:
            self._done(f"{where}/undeploy")
        elif config.settled:
            return  # throttling counts as soon as it is written
        self._done(f"{where}/deploy")

    def _delete(self, config: Config) -> None:
        where = f"{ORCHESTRATION}{config.path}/{config.uid}"
        for look in range(LOOKS):
            # What counts for nothing is deleted as it is; the answer tells where that is not so any more.
            if look or config.active is not None:
                self._done(f"{where}/undeploy", gone=True)
            answer = self.account.call("DELETE", where, answers=REFUSALS)
            if answer.status == 404:
                return
            if answer.status in (200, 204):
                self._gone(config)
                return
            if code_of(answer.value) != "1451":
                break
            self.account.client.wait(0.1 * 2.0**look)
        raise self._refused(answer)

    def _gone(self, config: Config) -> None:
        """Read back that a configuration is gone: some readings show for a while what was there before."""
        for look in range(LOOKS):
            if self._get(config.path, config.uid) is None:
                return
            self.account.client.wait(0.1 * 2.0**look)
        raise StepRefused("Adobe accepted the deletion, but still shows the configuration; plan again")

    def _refused(self, answer: Answer) -> StepRefused:
        return refusal_of(answer, self.account.client.shown)

    def _done(self, where: str, *, gone: bool = False) -> None:
        for look in range(LOOKS):
            answer = self.account.call("POST", where, answers=REFUSALS, repeatable=True, read_back=True)
            if answer.status in (200, 204) or (gone and answer.status == 404):
                return
            if answer.status != 404:
                break
            # What was just created may not be there yet, everywhere.
            self.account.client.wait(0.1 * 2.0**look)
        raise self._refused(answer)


class _UntouchedError(StepRefused):
    """A step was refused, and what was there is there as it was."""


def _read(path: str, body: Mapping[str, Any]) -> Config:
    try:
        return read_config(path, body)
    except (KeyError, TypeError, AttributeError):
        raise CallsheetError(
            "CS873",
            f"Adobe's API cannot be read: a configuration of {path} does not match Adobe's description",
            help="check that `api` is the URL of Adobe's gateway; nothing more was changed",
        ) from None


def _same(one: Config, other: Config) -> bool:
    return equal(astuple(one), astuple(other))


def _said(compiled: Mapping[str, Any]) -> tuple[str, Settings]:
    path, body = endpoint_call(compiled)
    return path, settings_of(body)


def _likeness(path: str, settings: Settings) -> tuple[str, ...]:
    """Return what two configurations share that are one: there may be one for a URL and a service."""
    return (path, str(settings["url"]), *sorted(settings.get("services") or ()))


def _name(address: str) -> str:
    return address.partition("/")[2]


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
        # What callsheet never wrote was written by somebody else, whatever is pending.
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
