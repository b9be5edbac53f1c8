"""Several requests → an action for each, and a connection for those that have something in common.

The files are compiled before they are written: what would not be valid is left out, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from callsheet.compiling import Compiled
from callsheet.errors import CallsheetError
from callsheet.importing.accepted import demands, refused
from callsheet.importing.action_text import action_text, notes_of
from callsheet.importing.chosen_parameters import Choice, with_parameters
from callsheet.importing.extracting import extraction, refuse_different
from callsheet.importing.files import with_values_filled
from callsheet.importing.free_names import MAX_NAME, free_name, free_path, name_in_templates
from callsheet.importing.guesses import parameter_name
from callsheet.importing.hiding import hidden, nameable
from callsheet.importing.model import Imported, ImportFault, none_left
from callsheet.importing.placing import Placed, place_values
from callsheet.importing.references import secret_names
from callsheet.importing.sharing import ALONE, Groups, each_note_once, fitting_groups
from callsheet.importing.written_files import Extraction, Texts
from callsheet.language.action import Action


class ImportedOperations(Struct, frozen=True, kw_only=True):
    """The files of operations or requests; nothing of them is written yet.

    Attributes:
        texts: by path relative to the workspace.
        names: of the actions, by operation or request.
        left: by operation or request, why it cannot be an action.
        secrets: the environment variables that hold what was left out.
        connections: by the path of its file, the number of actions that share it.
        values: by the path of an environment's file, the values that it says from now on.
        notes: what is left out of all of them.
        demands: what policies demand of the actions beyond what was imported.
        read: by path, the digest of a file that is written over, as it was read.

    """

    texts: Texts = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)
    secrets: Sequence[str] = ()
    connections: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notes: Sequence[str] = ()
    demands: Sequence[str] = ()
    read: Mapping[str, str] = field(default_factory=dict)

    @property
    def new(self) -> Sequence[str]:
        """The files that are not there yet: all but those of environments."""
        return [one for one in self.texts if one not in self.values]


class Place(Struct, frozen=True, kw_only=True):
    """The workspace in which files are to be written.

    Attributes:
        compiled: what is there.
        compile_with: compiles it with new files, and with other texts of some.
        is_free: returns whether nothing is there at a path relative to it.

    """

    compiled: Compiled
    compile_with: Callable[[Texts], Compiled]
    is_free: Callable[[str], bool]

    @property
    def taken(self) -> set[str]:
        """The names that actions and connections have already."""
        return {*self.compiled.definitions, *self.compiled.connections}

    @property
    def valued(self) -> set[str]:
        """The names under which environments have values already."""
        return {name for one in self.compiled.concrete for name in one.values}


class Request(Struct, frozen=True, kw_only=True):
    """One request that becomes an action.

    Attributes:
        imported: the request.
        name: from which the action's is made.
        folder: in which its file is, below that of the account.
        account: that it calls; empty for the one of all, until `files_of` names it.

    """

    imported: Imported
    name: str
    folder: str = ""
    account: str = ""


def valid_text(place: Place, file: str, name: str, imported: Imported) -> str:
    """Return the text of one action that is valid where it is written; raises ImportFault for none."""
    text = action_text(imported, name)
    after = place.compile_with({file: text})
    reason = refused(place.compiled, after, {name: file}).get(name)
    if reason is None:
        return text
    if imported.responses:
        return valid_text(place, file, name, without_answers(imported, reason))
    way_out = "change what is named in the request, or write the action by hand"
    raise ImportFault(f"the action would not be valid: {reason}", way_out)


def without_answers(imported: Imported, why: str) -> Imported:
    """Return a request without the answers of its description, and with a note of it."""
    note = f"the answers of the description were left out: {why}"
    return replace(imported, responses={}, notes=[*imported.notes, note])


def files_of(
    what: str,
    requests: Mapping[str, Request],
    account: str,
    place: Place,
    left: Mapping[str, str],
    group: Callable[[Any], str],
    choices: Sequence[Choice] = (),
) -> ImportedOperations:
    """Return the files of requests.

    Args:
        what: they are, for what is said of them.
        requests: by what they are called where they come from.
        account: what the first connection is called where nothing else is; secrets are named after it.
        place: the workspace.
        left: what is left out already, each with the reason.
        group: returns what the documents of the actions of one connection have in common.
        choices: the values that are to be parameters.

    Raises:
        CallsheetError: CS938 where none of them can be an action, CS986 for a choice that is none.

    """
    valued: set[str] = set()
    if any(one.imported.values for one in requests.values()):
        account, valued = name_in_templates(account), place.valued
    own = {one.account for one in requests.values()} - {""}
    accounts = {one: free_name(one, {*place.taken, *valued}) for one in sorted({account, *own})}
    account = accounts[account]
    requests = {
        label: replace(one, account=accounts.get(one.account, account)) for label, one in requests.items()
    }
    chosen = with_parameters([one.imported for one in requests.values()], choices)
    requests = {
        label: replace(one, imported=it) for (label, one), it in zip(requests.items(), chosen, strict=True)
    }
    files = _Files(requests, account, place)
    while files.requests:
        wrong = files.wrong()
        if not wrong:
            break
        without = files.without_answers(wrong)
        left = {**left, **{label: why for label, why in wrong.items() if label not in without}}
        again = {
            label: without.get(label, one) for label, one in files.requests.items() if label not in left
        }
        files = _Files(again, account, place)
    if not files.requests:
        raise none_left(what, left)
    texts, connections = files.connected(group)
    return ImportedOperations(
        texts=texts,
        names={hidden(label): name for label, name in files.names.items()},
        left={hidden(label): hidden(why) for label, why in left.items()},
        secrets=sorted(
            {
                it
                for file, one in texts.items()
                if file not in files.placed.texts
                for it in secret_names(one)
            }
        ),
        connections=connections,
        values=dict.fromkeys(files.placed.texts, files.placed.names),
        notes=each_note_once({hidden(label): some for label, some in files.notes.items()}),
        demands=[*map(hidden, demands(place.compiled, place.compile_with(texts)))],
    )


class _Files:
    """The files of requests, each of which names its account: actions with everything that they say."""

    def __init__(self, requests: Mapping[str, Request], account: str, place: Place) -> None:
        self.account = account
        self.place = place
        placed = place_values(place.compiled, account, [one.imported for one in requests.values()])
        self.placed = Placed() if placed is None else placed
        self.requests = requests
        self.names: dict[str, str] = {}
        self.files: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.faults: dict[str, str] = {}
        self.notes: dict[str, list[str]] = {}
        self.accounts: dict[str, str] = {}
        secrets: dict[str, str] = {}
        accounts = {account, *(one.account for one in requests.values())}
        for label, one in requests.items():
            imported = one.imported if placed is not None else with_values_filled(one.imported)
            name = free_name(_name(one.account, one.name), {*place.taken, *self.names.values(), *accounts})
            try:
                text = action_text(imported, name, one.account, secrets)
            except ImportFault as fault:
                self.faults[label] = fault.message
                continue
            self.names[label] = name
            self.notes[label] = notes_of(text)
            self.accounts[name] = one.account
            folder = f"{one.account}/{one.folder}" if one.folder else one.account
            self.files[name] = file = self._path(f"{folder}/{name}.yaml")
            self.texts[file] = text
        self._leave_unread([one.imported for label, one in requests.items() if label in self.names])

    def _leave_unread(self, imported: Sequence[Imported]) -> None:
        """Place only the values that an action reads: another may be a credential."""
        read = {
            it for one in self.texts.values() for it in re.findall(rf"values\.{self.account}\.(\w+)", one)
        }
        if self.placed.texts:
            found = place_values(self.place.compiled, self.account, imported, read)
            self.placed = Placed() if found is None else found

    @property
    def all_texts(self) -> dict[str, str]:
        """The texts of actions and environments, by path."""
        return {**self.texts, **self.placed.texts}

    @cached_property
    def compiled(self) -> Compiled:
        """The workspace with all of them."""
        return self.place.compile_with(self.all_texts)

    def wrong(self) -> dict[str, str]:
        """Return why some of the requests cannot be actions."""
        if self.faults:
            return self.faults
        found = refused(self.place.compiled, self.compiled, self.files)
        return {label: found[name] for label, name in self.names.items() if name in found}

    def without_answers(self, wrong: Mapping[str, str]) -> dict[str, Request]:
        """Return those of some requests that may be valid without the answers of their description."""
        return {
            label: replace(one, imported=without_answers(one.imported, wrong[label]))
            for label, one in self.requests.items()
            if label in wrong and one.imported.responses
        }

    def connected(self, group: Callable[[Any], str]) -> tuple[dict[str, str], dict[str, int]]:
        """Return all files with what actions have in common in connections, and how many share each."""
        texts, compiled = self.all_texts, self.compiled
        groups: dict[str, list[Action]] = {}
        incomplete = {self.names[label] for label, one in self.requests.items() if one.imported.incomplete}
        for name in self.files:
            action = compiled.actions[name]
            # What lacks its authentication has none in common with what needs none.
            groups.setdefault(f"{name in incomplete}{group(action.document.value)}", []).append(action)
        shared = [some for some in groups.values() if len(some) > 1 or len(groups) == 1]

        def can_be(some: Groups) -> bool:
            with_them = {**texts, **_texts_of(self._connections(compiled, some))}
            try:
                refuse_different(compiled, self.place.compile_with(with_them))
            except CallsheetError:
                return False
            return True

        fitting, odd = fitting_groups(shared, can_be)
        labels = {name: label for label, name in self.names.items()}
        for one in odd:
            self.notes[labels[one.name]].append(ALONE)
        found = self._connections(compiled, fitting)
        connections = {str(one.file): len(one.shortened) for one in found}
        return {**texts, **_texts_of(found)}, connections

    def _connections(self, compiled: Compiled, groups: Sequence[Sequence[Action]]) -> list[Extraction]:
        """Return the connection of each group, not yet compiled."""
        taken = {*self.place.taken, *self.names.values()}
        found: list[Extraction] = []
        seen: set[str] = set()
        for some in groups:
            account = self.accounts[some[0].name]
            name = free_name(account, taken)
            file = self._path(f"{account}/{'connection' if account not in seen else name}.yaml")
            seen.add(account)
            one = extraction(compiled, name, some, file, lambda _: compiled)
            if one.file is not None:
                taken.add(name)
                found.append(one)
        return found

    def _path(self, path: str) -> str:
        return free_path(path, lambda it: it in self.texts or not self.place.is_free(it))


def _texts_of(extractions: Sequence[Extraction]) -> dict[str, str]:
    return {file: text for one in extractions for file, text in one.texts.items()}


def _name(account: str, request: str) -> str:
    """Return a name for an action, no longer than one may be."""
    return re.sub(r"_+", "_", f"{account}_{parameter_name(nameable(request))}")[:MAX_NAME].strip("_")
