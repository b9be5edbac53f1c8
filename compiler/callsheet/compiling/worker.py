"""One file × all environments → its unit: read, check, compile, and check what comes out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, cast

from msgspec.structs import replace

import callsheet.rules  # noqa: F401 - fills the catalog
from callsheet.compiling.compilers import compiler_of
from callsheet.compiling.context import Context, is_named_by_credential, may_be_shared
from callsheet.compiling.digests import part_digests
from callsheet.compiling.findings import unused_in
from callsheet.compiling.foreign import (
    is_collection_file,
    is_description_file,
    is_foreign,
    is_large_and_foreign,
)
from callsheet.compiling.items import read_items
from callsheet.compiling.kept import Kept
from callsheet.compiling.model import CompiledAction
from callsheet.compiling.named_fragments import NamedFragments
from callsheet.compiling.parts import named_parts
from callsheet.compiling.sets import (
    RowFault,
    credentials_of,
    expanded,
    faulty_row,
    nameless_row,
    repeated_name,
    rows_of,
    unused_fields,
)
from callsheet.compiling.unit import Broken, Computed, Unit
from callsheet.documents import Document, Problem, Source, Unreadable
from callsheet.documents.file_references import files_referred_to
from callsheet.documents.parsed import ParsedDocument
from callsheet.documents.problems import ANY, Concern
from callsheet.documents.reading import decode, parse
from callsheet.documents.recording import OpeningSource
from callsheet.language.action import Action, Definition
from callsheet.language.catalog import Rule, Spots, rules_on
from callsheet.language.content import Content, Head
from callsheet.language.environment import Environment, overlaid_spots, own_spots
from callsheet.language.kinds import KINDS, DeployedKind, deployed_kinds
from callsheet.language.origin import Origin, Row
from callsheet.language.own_output import is_own_file
from callsheet.language.schema_check import check_document
from callsheet.language.secret_patterns import secret_kind, secret_kind_of_file
from callsheet.rules.cases import check_test_environments
from callsheet.rules.overlays import check_assembled, check_overlay
from callsheet.rules.policies import ReadyPolicy, prepare, violations
from callsheet.rules.secrets import references_in
from callsheet.rules.secrets_beside import (
    has_literal_secret,
    in_comments,
    named_by_credential,
    repeats_secret,
)
from callsheet.targets.journey_optimizer.forms import is_channel
from callsheet.targets.journey_optimizer.rules.judged import JourneyAction
from callsheet.templates.template_files import TemplateFiles

_NAME = re.compile(r"[A-Za-z0-9_]{1,30}\Z")


class Worker:
    """Computes units; the schemas of the policies are compiled once for all of them."""

    def __init__(self, source: Source, context: Context) -> None:
        self.source = source
        self.context = context
        self.ready: list[ReadyPolicy] = prepare(list(context.policies))[0]
        self.digests = part_digests(context.parts)
        kinds = deployed_kinds()
        self.rules_of = {name: rules_on(kind.rules) for name, kind in kinds.items()}
        self.compilers = {name: compiler_of(kind) for name, kind in kinds.items()}
        self.journey_rules = rules_on("journey")
        self.relay_rules = rules_on("relay")
        self.orchestration_rules = rules_on("orchestration")
        self.channel_rules = rules_on("channel")
        self.compiled_rules = [one for one in rules_on("compiled") if one.check is not None]
        self.reference_rules = rules_on("references")
        self.document_rules = rules_on("document")
        self.parameter_rules = rules_on("parameters")

    def units(self, files: Sequence[str]) -> list[Computed]:
        """Compute the units of a batch of files."""
        return [self.computed(file) for file in files]

    def bundle(self, file: str) -> bytes:
        """Compute the unit of one file again, for its texts alone."""
        return self.computed(file).bundle

    def computed(self, file: str) -> Computed:
        """Compute the unit of one file, as it is sent to another process."""
        unit = self.unit(file)
        unit.secret = self._has_secret(unit)
        return Computed.of(unit, self.source.let_go() if isinstance(self.source, OpeningSource) else {})

    def _has_secret(self, unit: Unit) -> bool:
        """Return whether a secret is in a file, in what it is made of, or in what is found in it."""
        made_of = {*unit.parts, *(f"Environment/{name}" for name in unit.compiled)}
        problems = [one for one, _ in unit.found] + [one.problem for one in unit.broken]
        # No name is one: what is named by a credential is not read.
        return any(one.code == "CS601" or repeats_secret(one) for one in problems) or (
            not self._tainted.isdisjoint(made_of)
        )

    @cached_property
    def _tainted(self) -> frozenset[str]:
        """The addresses of what the files share into which a secret is written."""
        parts = self.context.parts
        shared = [(f"Connection/{name}", [one.document]) for name, one in parts.connections.items()]
        shared += [(f"Fragment/{name}", [one.document]) for name, one in parts.fragments.items()]
        shared += [(f"Environment/{one.name}", [*one.chain]) for one in self.context.environments]
        return frozenset(name for name, documents in shared if any(map(has_literal_secret, documents)))

    def unit(self, file: str) -> Unit:
        """Compute the unit of one file."""
        unit = Unit(file)
        found = named_by_credential(file)
        if found is not None:
            unit.found.append((found, []))
            return unit
        try:
            content = self.source.read(file)
        except Unreadable as unreadable:
            if not is_large_and_foreign(self.source, file):
                unit.found.append((unreadable.problem, []))
            return unit
        unit.hash = hashlib.sha256(content).hexdigest()
        text, problem = decode(content, file)
        if problem is not None:
            unit.found.append((problem, []))
            return unit
        is_json = file.endswith(".json")
        if is_json and not text.strip():
            return unit  # an empty file, as the shell makes one for `> report.json`, contains no document
        parsed, problems = parse(text, file)
        # By its text: `--out plan.yaml` writes JSON, too.
        as_json = is_json or text.lstrip()[:1] in ("{", "[")
        if problems and as_json and is_own_file(content):
            # What keeps a document from being read, as its size, is nothing wrong with a report.
            return unit
        unit.refers = files_referred_to(file, text)
        if problems or unit.refers:
            values = [one.value for one in parsed]
            unit.describes = is_description_file(text, values, is_json=is_json)
        if problems and (unit.describes or is_collection_file(text)):
            return unit  # it is not ours to correct
        shared = may_be_shared(content)
        unit.found += [(one if shared else _about_document(one, parsed), []) for one in problems]
        # JSON has no comments.
        unit.ignores = not is_json and "callsheet:" in text
        for index, one in enumerate(parsed):
            if is_foreign(one.value, is_json=as_json):
                continue
            unit.documents += 1
            self._document(Document(file, index, text, one), unit)
        unit.found += [(one, []) for one in self._unused_in(unit, text)]
        if unit.documents and not as_json:
            commented = list(in_comments(file, text, [one for one, _ in unit.found]))
            unit.found += [(_about_document(one, parsed), []) for one in commented]
        return unit

    def _unused_in(self, unit: Unit, text: str) -> Iterator[Problem]:
        return unused_in(unit, text, self.parameter_rules, self.context.parts.connections)

    def _document(self, document: Document, unit: Unit) -> None:
        shape = check_document(document)
        about = _concern_of(document.value)
        unit.found += [(replace(one, about=about), []) for one in shape]
        if isinstance(document.value, dict):
            found = self._collected(self.document_rules, document.value, document)
            unit.found += [(replace(one, about=about), []) for one in found]
        if shape or is_named_by_credential(document):
            return
        kind = KINDS[document.value["kind"]]
        head: Head = {
            "kind": kind.name,
            "name": document.value["metadata"]["name"],
            "index": document.index,
            "line": document.line,
        }
        unit.heads.append(head)
        if isinstance(kind, DeployedKind):
            self._define(kind.definition, Origin(document), head, unit)
        elif kind.name == "ActionSet":
            self._set(document, unit)

    def _set(self, document: Document, unit: Unit) -> None:
        """Compile each action of a set; none where the name of the file of its rows is a credential."""
        if secret_kind_of_file(document.value["spec"].get("itemsFile", "")):
            return
        items = read_items(document, TemplateFiles(self.source, unit.templates, unit.found).read)
        unit.found += [(one, []) for one in [*items.problems, *unused_fields(document, items)]]
        first: dict[str, Row] = {}
        for row in rows_of(items):
            origin = Origin(document, row, expanded)
            try:
                name = origin.value["metadata"]["name"]
            except RowFault as fault:
                unit.found.append((faulty_row(document, row, fault), []))
                continue
            unit.found += [(one, []) for one in credentials_of(document, row, origin.value)]
            if not isinstance(name, str) or not _NAME.match(name):
                unit.found.append((nameless_row(document, row, name), []))
            elif secret_kind(name):
                continue  # found as a credential, and shown nowhere
            elif first.setdefault(name, row) is not row:
                unit.found.append((repeated_name(name, row, first[name]), []))
            else:
                head: Head = {
                    "kind": Action.kind, "name": name, "index": document.index, "line": document.line,
                }  # fmt: skip
                unit.heads.append(head)
                self._define(Action, origin, head, unit)

    def _define(self, kind: type[Definition], origin: Origin, head: Head, unit: Unit) -> None:
        """Read a definition with the connection that it names, and compile it."""
        one = kind.read(origin, replace(self.context.parts, read_named=self._reader(unit)))
        head |= cast("Head", one.head())
        parts = named_parts(one, self.context.environments)
        unit.parts |= {address: self.digests.get(address, "") for address in parts.addresses}
        problems = [*parts.problems, *check_assembled(one)] if parts.whole else parts.problems
        unit.found += [(replace(problem, about=((one.name, ANY),)), []) for problem in problems]
        if parts.whole and not problems:
            self._definition(one, unit)

    def _reader(self, unit: Unit) -> NamedFragments:
        """Return what reads the fragments of template files; the unit depends on what it read."""
        return NamedFragments(TemplateFiles(self.source, unit.templates).read)

    def _collected(self, chosen: Sequence[Any], value: Any, document: Document) -> Iterator[Problem]:
        for rule in chosen:
            yield from rule.check(value, Spots(rule.code, document))

    def _definition(self, action: Definition, unit: Unit) -> None:
        about = ((action.name, ANY),)
        for rule in self.rules_of[action.kind]:
            if rule.check is not None:
                spots = own_spots(rule.code, action)
                unit.found += [(replace(one, about=about), []) for one in rule.check(action, spots)]
        if isinstance(action, Action) and not self.context.nowhere:
            named = check_test_environments(action, self.context.environments)
            unit.found += [(replace(one, about=about), []) for one in named]
        found: dict[Problem, list[str]] = {}
        deploying = [one for one in self.context.environments if one.deploys(action)]
        kept = Kept() if len(deploying) > 1 else None
        for environment in deploying:
            for problem in self._in(environment, action, kept, unit):
                found.setdefault(replace(problem, about=about), []).append(environment.name)
        unit.found += list(found.items())

    def _in(
        self, environment: Environment, action: Definition, kept: Kept | None, unit: Unit
    ) -> Iterator[Problem]:
        """Compile a definition for one environment, and check what comes out."""
        if kept is not None and environment.layers_of(action) is not action.layers:
            kept = None
        invalid = check_overlay(action, environment)
        if invalid:
            yield from invalid
            # What it would use is not known: no parameter is reported as unused.
            unit.used.setdefault(action.name, {})[environment.name] = sorted(action.parameters)
            return
        about = ((action.name, environment.name),)
        templates = TemplateFiles(self.source, unit.templates, unit.found, about)
        outcome = self.compilers[action.kind](action, environment, templates.read, kept)
        unit.used.setdefault(action.name, {})[environment.name] = sorted(outcome.used)
        yield from outcome.problems
        compiled = outcome.compiled
        if compiled is None:
            return
        yield from self._check(compiled, action, environment, kept)
        for one in violations(self.ready, action, environment, compiled):
            unit.broken.append(Broken(one.problem, one.policy.name, action.name, environment.name))
        # The first of two actions of one name counts; the second is reported.
        there = unit.compiled.setdefault(environment.name, {})
        if there.setdefault(compiled.address, compiled.digest) is compiled.digest:
            unit.texts[compiled.digest] = compiled.canonical

    def _check(
        self, compiled: CompiledAction, action: Definition, environment: Environment, kept: Kept | None
    ) -> Iterator[Problem]:
        if isinstance(action, Action):
            yield from self._compiled(compiled.content, action, environment, kept)
            if environment.manual:
                yield from self._on_screen(compiled, action, environment)
        references = references_in(compiled.content)
        if references:
            for rule in self.reference_rules:
                if rule.check is not None:
                    yield from rule.check(references, overlaid_spots(rule.code, action, environment))

    def _compiled(
        self, content: Content, action: Action, environment: Environment, kept: Kept | None
    ) -> Iterator[Problem]:
        """Check what was compiled: each rule once for all environments in which it reads the same."""
        rules = self.compiled_rules
        if kept is None:
            yield from _judged(rules, content, action, environment)
        else:
            yield from kept.found(
                rules, content, lambda rule: _judged([rule], content, action, environment)
            )

    def _on_screen(
        self, compiled: CompiledAction, action: Action, environment: Environment
    ) -> Iterator[Problem]:
        """Check an action as the screen of Journey Optimizer, or of the older product, holds it."""
        target = environment.target or {}
        subject = JourneyAction.of(compiled.content, has_relay=environment.relay is not None, target=target)
        rules = self.channel_rules if is_channel(target) else self.journey_rules
        yield from _judged([*rules, *self.relay_rules], subject, action, environment)
        if target.get("flavor") == "journey-orchestration":
            yield from _judged(self.orchestration_rules, subject, action, environment)


def _judged(
    rules: Sequence[Rule], subject: object, action: Definition, environment: Environment
) -> Iterator[Problem]:
    for rule in rules:
        if rule.check is not None:
            yield from rule.check(subject, overlaid_spots(rule.code, action, environment))


_NOTHING_READ = (("", ANY),)
"""About a definition that has no name, because nothing of it could be read."""


def _about_document(problem: Problem, parsed: Sequence[ParsedDocument]) -> Problem:
    """Return a reader's problem with the definition that it is in, as far as that could be read."""
    above = [one for one in parsed if one.line <= problem.span.line]
    return replace(problem, about=_concern_of(above[-1].value) if above else _NOTHING_READ)


def _concern_of(value: Any) -> tuple[Concern, ...]:
    """Return what an error in a document concerns: its own definition, or anything."""
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in deployed_kinds():
        return ()
    metadata = value.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return ((name if isinstance(name, str) else "", ANY),)
