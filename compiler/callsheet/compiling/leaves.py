"""The leaves of a definition × an environment → what they compile to: constants, slots, references."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, cast

from msgspec.structs import replace

from callsheet.compiling.compilers import CompileResult, ReadTemplate
from callsheet.compiling.kept import Kept
from callsheet.compiling.model import CompiledAction
from callsheet.documents import Path, Problem
from callsheet.language.action import Definition, Parameter, read_parameters
from callsheet.language.catalog import Spots
from callsheet.language.content import Content
from callsheet.language.environment import Environment, overlaid_spots
from callsheet.language.fragment import Binding
from callsheet.language.layers import assembled, binding_at
from callsheet.language.when_empty import DROP, WHEN_EMPTY, is_misspelt
from callsheet.rules.secrets_beside import is_put_together, put_together
from callsheet.rules.written_forms import lost_in_template
from callsheet.templates.encoding import encode, literal_mapping
from callsheet.templates.evaluate import evaluate_leaf, evaluate_part
from callsheet.templates.faults import TemplateFault
from callsheet.templates.residual import Residual
from callsheet.templates.scope import JSON_TYPES, Scope, join_parts
from callsheet.templates.syntax import Expression, is_template, parse_leaf
from callsheet.templates.template_files import in_workspace
from callsheet.templates.values import canonical_text, digest_of
from callsheet.words import nearest

_NAMED_BY_THE_VENDOR = ("headers", "bodyParams")
_WORD = re.compile(r"[A-Za-z0-9_]+")


class LeafCompiler:
    """Compiles the leaves of one definition for one environment; problems are collected, not raised."""

    def __init__(
        self,
        action: Definition,
        environment: Environment,
        read_template: ReadTemplate,
        kept: Kept | None = None,
    ) -> None:
        self.action = action
        self.environment = environment
        self.read_template = read_template
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.kept = kept
        self.varied = 0
        self.alike: set[int] = set()
        self.layers = environment.layers_of(action)
        self.bound = any(layer.bindings for layer in self.layers)
        self.arguments: dict[Binding, dict[str, Any]] = {}
        self.spec = action.spec if self.layers is action.layers else assembled(self.layers)
        self.parameters: dict[str, Parameter] = (
            action.parameters
            if self.spec is action.spec
            else read_parameters(self.spec.get("parameters") or {})
        )
        # A parameter that an overlay takes away is mapped by no journey there: it is not unused.
        self.used = set(action.parameters).difference(self.parameters)
        self.types = {name: JSON_TYPES[one.type] for name, one in self.parameters.items()}
        self.names: dict[str, Any] = {} if action.item is None else {"item": action.item}
        self.names |= {
            "values": environment.values,
            "env": {"name": environment.name},
            "action": {"name": action.name, "labels": action.labels, "owner": action.owner},
        }

    def run(self) -> CompileResult:
        """Compile the definition; with any error there is nothing compiled."""
        kept = self.kept
        if kept is not None and kept.whole:
            self.used |= kept.used
            self.warnings += kept.warnings
        content = self._content()
        if kept is not None and not kept.whole:
            self._fill(kept)
        if self.problems:
            return CompileResult(None, self.problems + self.warnings, self.used)
        try:
            canonical = canonical_text(content) if kept is None else kept.canonical(content)
            digest = digest_of(canonical)
        except (ValueError, RecursionError):
            problem = self._problem(
                (),
                TemplateFault(
                    "CS520",
                    0,
                    "a rendered value cannot be written as JSON",
                    "look for unpaired surrogates, and for numbers beyond 2^53",
                ),
            )
            return CompileResult(None, [problem], self.used)
        compiled = CompiledAction(self.action.address, self.environment.name, canonical, digest, content)
        return CompileResult(compiled, self.warnings, self.used)

    def _fill(self, kept: Kept) -> None:
        if self.problems:
            kept.clear()
        else:
            kept.fill(self.used, [self.warnings[index] for index in sorted(self.alike)])

    def _once(self, path: Path, compile_it: Callable[..., Any], *arguments: Any) -> Any:
        """Compile a piece; once for all environments, where it reads nothing of theirs."""
        kept = self.kept
        if kept is None:
            return compile_it(*arguments)
        if kept.whole:
            return kept.piece(path, lambda: compile_it(*arguments))
        varied, warned = self.varied, len(self.warnings)
        compiled = compile_it(*arguments)
        if self.varied == varied:
            kept.keep(path, compiled)
            self.alike.update(range(warned, len(self.warnings)))
        return compiled

    def _content(self) -> Content:
        raise NotImplementedError

    def _metadata(self) -> Content:
        found = {
            key: self.action.metadata[key]
            for key in ("name", "title", "description", "owner", "labels")
            if self.action.metadata.get(key)
        }
        return cast("Content", found)

    def _declared(self) -> dict[str, Any]:
        return cast("dict[str, Any]", self._once(("parameters",), without_own, self.spec["parameters"]))

    def _payload(self, value: Any, path: Path) -> Any:
        """Compile a payload, leaf by leaf."""
        kind = value.__class__
        if kind is str:
            return self._leaf(value, path) if is_template(value) else value
        if kind is dict:
            return self._once(path, self._mapping, value, path)
        if kind is list:
            return self._once(path, self._list, value, path)
        return value

    def _mapping(self, value: dict[str, Any], path: Path) -> dict[str, Any]:
        if is_reference(value):
            return {"$secret": value["secret"]}
        compiled = {}
        for key, one in value.items():
            if is_template(key):
                self._fault_at_key((*path, key))
                self._use_mentioned(key)
            compiled[key] = self._payload(one, (*path, key))
        if any(key.startswith("$") for key in compiled):
            return self._with_own_keys(compiled, path)
        return compiled

    def _list(self, value: list[Any], path: Path) -> list[Any]:
        return [self._payload(one, (*path, index)) for index, one in enumerate(value)]

    def _with_own_keys(self, fields: dict[str, Any], path: Path) -> dict[str, Any]:
        """Compile a mapping with a key that begins with `$`: the marker, or one of the payload."""
        spots = self._spots("CS342")
        do = f"write `{WHEN_EMPTY}: {DROP}`, or remove it"
        for key in filter(is_misspelt, fields):
            message = f"`{key}` says nothing{nearest(key, [WHEN_EMPTY])}"
            self.problems.append(spots.key((*path, key), message, do=do))
        if WHEN_EMPTY not in fields:
            return literal_mapping(fields)
        if fields.pop(WHEN_EMPTY) != DROP:
            message = f"`{WHEN_EMPTY}` is not `{DROP}`, the only thing that it can say"
            self.problems.append(spots.value((*path, WHEN_EMPTY), message, do=do))
        return {WHEN_EMPTY: DROP, **literal_mapping(fields)}

    def _leaf(self, text: str, path: Path, *, in_text: bool = False) -> Any:
        """Compile a leaf: one expression keeps its type, text around it makes a text.

        `in_text` says that the place takes a text only, as a header does.
        """
        return self._once(path, self._value, text, path, in_text)

    def _value(self, text: str, path: Path, in_text: bool) -> Any:  # noqa: FBT001 - passed on as it is
        try:
            value = self._evaluate(text, path, in_text=in_text)
            compiled = value.compiled() if isinstance(value, Residual) else encode(value)
            self._warn_of_credential(compiled, path, text)
            return compiled
        except TemplateFault as fault:
            self._fault(path, text, fault)
            return None

    def _fault(self, path: Path, text: str, fault: TemplateFault) -> None:
        """Report a text that does not compile; whatever parameter it names counts as used."""
        self.problems.append(self._problem(path, fault))
        self._use_mentioned(text)

    def _use_mentioned(self, text: str) -> None:
        self.used.update(set(_WORD.findall(text)).intersection(self.parameters))

    def _evaluate(self, text: str, path: Path, *, in_text: bool) -> Any:
        parts = parse_leaf(text)
        scope = self._scope(path)
        evaluated = [self._part(part, scope) for part in parts]
        self._warn_of_lost_forms(parts, in_text=in_text or len(parts) > 1)
        if len(parts) == 1 and not isinstance(parts[0], str):
            return evaluated[0][0]
        self._warn_of_gaps(evaluated, path)
        return join_parts(evaluated)

    def _part(self, part: Expression | str, scope: Scope) -> tuple[Any, int]:
        """Evaluate a part of a leaf: its value, and its offset."""
        return evaluate_part(self._using(part, scope), scope)

    def _using(self, part: Expression | str, scope: Scope) -> Expression | str:
        """Return a part back, with its parameters noted; those of a fragment are none of the action's."""
        if not isinstance(part, str):
            if "params" not in scope.names:
                self.used.update(part.params)
            if part.varies:
                self.varied += 1
        return part

    def _warn_of_gaps(self, parts: list[tuple[Any, int]], path: Path) -> None:
        """Warn where an optional parameter leaves a gap in a text."""
        for value, offset in parts:
            if not isinstance(value, Residual) or value.slot is None:
                continue
            name, filters = value.slot
            given = any(isinstance(one, dict) and one["filter"] == "default" for one in filters)
            if self.parameters[name].optional and not given:
                fault = TemplateFault(
                    "CS515",
                    offset,
                    f"the optional parameter `{name}` is inside a string, which has a gap without it",
                    f"set a default: `{{{{ params.{name} | default('…') }}}}`",
                )
                self.warnings.append(self._problem(path, fault))

    def _warn_of_credential(self, compiled: Any, path: Path, written: str = "") -> None:
        """Report what is a credential only as it comes out: by a value, or put together.

        One in the text itself, or in the row, is found where that is written.
        """
        if is_put_together(compiled, [written, self.action.item]):
            self.warnings += put_together(compiled, self._spots("CS601"), lambda _: path)

    def _warn_of_lost_forms(self, parts: Sequence[Expression | str], *, in_text: bool) -> None:
        """Warn where a number of the environment's values loses its written form in a text."""
        for part in parts:
            if not isinstance(part, str) and part.varies:
                self.warnings += lost_in_template(part.node, self.environment, in_text=in_text)

    def _plain(self, value: Any, path: Path) -> Any:
        """Compile a value that is a scalar, a template or a reference to a secret."""
        if not isinstance(value, str) or not is_template(value):
            return value
        compiled = self._leaf(value, path, in_text=True)
        if isinstance(compiled, list):
            fault = TemplateFault("CS508", 0, "the value is a list, and must be one string", "use `| join`")
            self.problems.append(self._problem(path, fault))
        return compiled

    def _authentication(self, value: Any, path: Path = ("authentication",)) -> Any:
        if isinstance(value, dict):
            return self._once(path, self._sent_fields, value, path)
        if isinstance(value, list):
            return [self._authentication(one, (*path, index)) for index, one in enumerate(value)]
        return self._plain(value, path)

    def _sent_fields(self, fields: dict[str, Any], path: Path) -> dict[str, Any]:
        """Compile fields without the author's own; a header, and a field of a body, may begin with `x-`."""
        return {
            key: self._authentication(one, (*path, key))
            for key, one in fields.items()
            if path[-1] in _NAMED_BY_THE_VENDOR or not key.startswith("x-")
        }

    def _read_file(self, file: str, path: Path) -> tuple[str, str] | None:
        """Return a template file's name and its text; None, with a finding, where there is none."""
        self.varied += 1
        file = in_workspace(file)
        text = self.read_template(file)
        if not isinstance(text, Problem):
            return file, text
        self.problems.append(
            self._spots("CS512").value(
                path,
                f"the template file cannot be read: {text.message}",
                do="name a file of the workspace, by its path from the workspace's root",
            )
        )
        # Which parameters it would use is not known.
        self.used.update(self.parameters)
        return None

    # -- places ---------------------------------------------------------------------------

    def _scope(self, path: Path = ()) -> Scope:
        """Return what a leaf can read; inside a fragment, `params` are what its arguments come to."""
        binding = binding_at(self.layers, path) if self.bound and path else None
        if binding is None:
            return Scope(self.names, None, self.types)
        self.varied += 1  # an argument may read the environment
        return Scope({**self.names, "params": self._arguments(binding)}, None, self.types)

    def _arguments(self, binding: Binding) -> dict[str, Any]:
        """Return what the parameters of a fragment come to where it is named, by name."""
        if binding in self.arguments:
            return self.arguments[binding]
        outer = None if binding.outer is None else self._arguments(binding.outer)
        names = self.names if outer is None else {**self.names, "params": outer}
        found = {}
        for name, argument in binding.arguments.items():
            try:
                found[name] = self._argument(argument.value, Scope(names, None, self.types))
            except TemplateFault as fault:
                spots = Spots(fault.code, argument.document)
                place = (argument.path, fault.offset, fault.message)
                self.problems.append(spots.inside(*place, do=fault.help))
                # What would follow from it inside the fragment is not reported.
                found[name] = Residual(f"params.{name}", ())
        self.arguments[binding] = found
        return found

    def _argument(self, value: Any, scope: Scope) -> Any:
        if not isinstance(value, str) or not is_template(value):
            return value
        return evaluate_leaf((self._using(part, scope) for part in parse_leaf(value)), scope)

    def _problem(self, path: Path, fault: TemplateFault) -> Problem:
        spots = self._spots(fault.code)
        problem = spots.inside(path, fault.offset, fault.message, do=fault.help)
        return replace(problem, suggested=fault.suggested)

    def _spots(self, code: str) -> Spots:
        """Return what makes problems of a code at the places of what is compiled."""
        return overlaid_spots(code, self.action, self.environment)

    def _fault_at_key(self, path: Path) -> None:
        spots = self._spots("CS518")
        self.problems.append(
            spots.key(
                path,
                "a key of the payload is a template",
                do="write the key as it is; only values are templates",
            )
        )


def is_reference(value: dict[str, Any]) -> bool:
    """Return whether a mapping of a payload is a reference to a secret: `{secret: "scheme:…"}`."""
    if len(value) != 1 or not isinstance(value.get("secret"), str):
        return False
    scheme, colon, rest = value["secret"].partition(":")
    return bool(colon and rest and scheme.isalnum() and scheme.islower() and not rest.startswith("//"))


def without_own(sections: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Leave out the `x-…` fields of each of several mappings."""
    return {name: without_own_fields(fields) for name, fields in sections.items()}


def without_own_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """Leave out `x-…` fields: they are the author's, not the target's."""
    return {key: value for key, value in fields.items() if not key.startswith("x-")}
