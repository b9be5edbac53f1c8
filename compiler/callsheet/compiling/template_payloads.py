"""A template file of a payload × an environment → what it compiles to, with its fragments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from callsheet.compiling.leaves import LeafCompiler
from callsheet.compiling.payload_files import kept_template, problem_in_file
from callsheet.documents import Path
from callsheet.language.action import read_parameters
from callsheet.language.catalog import Spots
from callsheet.language.layers import PAYLOAD, Layer, Written
from callsheet.language.pieces import piece_of
from callsheet.templates.encoding import encode
from callsheet.templates.faults import TemplateFault
from callsheet.templates.filling import rendered
from callsheet.templates.fragment_calls import FragmentCall, calls_in, whole_parameter
from callsheet.templates.residual import Residual
from callsheet.templates.scope import JSON_TYPES
from callsheet.templates.syntax import parse_file
from callsheet.templates.whole_text import params_of_file


class TemplateFileCompiler(LeafCompiler):
    """Compiles a definition whose payload may come from a template file."""

    def _file(self, file: str, path: Path) -> Any:
        found = self._read_file(file, path)
        if found is None:
            return None
        file, text = found
        try:
            named = [*calls_in(parse_file(text))]
            names = sorted({one.name for one in named})
            pieces = {one: self._piece(one, [call for call in named if call.name == one]) for one in names}
            params = list(dict.fromkeys([*params_of_file(text), *self._passed_on(named)]))
            self.used.update(params)
            if self.problems:
                return None  # a fragment does not compile
            if not params and not any(map(_has_secret, pieces.values())):
                compiled = encode(
                    rendered({"text": text, "names": self.names, "fragments": pieces}, {}, {})
                )
                self._warn_of_credential(compiled, path)
                return compiled
            kept = kept_template(text, params, self._scope(), self.parameters, pieces)
            # The lines of the text itself are looked at where they are read.
            self._warn_of_credential({key: one for key, one in kept.items() if key != "text"}, path)
            return {"$template": kept}
        except TemplateFault as fault:
            self.problems.append(problem_in_file(file, text, fault))
            self._use_mentioned(text)
            return None

    def _passed_on(self, named: Iterable[FragmentCall]) -> Iterator[str]:
        """Yield the parameters of the action that go to a fragment by its own name for them."""
        for one in named:
            for name in self.action.parts.fragments[one.name].parameters:
                if name not in one.arguments:
                    yield name

    def _optional(self, calls: Iterable[FragmentCall]) -> Iterator[str]:
        """Yield the parameters of a fragment that have no value where one of the action's has none."""
        for call in calls:
            for name in self.action.parts.fragments[call.name].parameters:
                passed = whole_parameter(call.arguments[name]) if name in call.arguments else name
                if passed in self.parameters and self.parameters[passed].optional:
                    yield name

    def _piece(self, name: str, calls: Iterable[FragmentCall]) -> dict[str, Any]:
        """Compile a fragment that a template file names, over parameters of its own."""
        found = PieceCompiler(self, name, set(self._optional(calls)))
        payload = found.payload()
        self.problems += found.problems
        self.warnings += found.warnings
        kept = {
            one: {key: fields[key] for key in ("type", "whenMissing") if key in fields}
            for one, fields in found.fragment.parameters.items()
        }
        return {"payload": payload, **({"parameters": kept} if kept else {})}


def _has_secret(node: Any) -> bool:
    if isinstance(node, dict):
        return "$secret" in node or any(map(_has_secret, node.values()))
    return isinstance(node, list) and any(map(_has_secret, node))


class _PieceSpots(Spots, frozen=True):
    """Makes problems at the places of a fragment."""

    layer: Layer | None = None

    def where(self, path: Path, offset: int = 0) -> Written:
        found = None if self.layer is None else self.layer.wrote(path)
        return (
            Written(self.document, ("spec", "payload")) if found is None else found._replace(offset=offset)
        )


class PieceCompiler(LeafCompiler):
    """Compiles a fragment by itself: its parameters are slots, whatever a call passes.

    Args:
        around: the compiler of the definition whose template file names it.
        name: of the fragment.
        optional: its parameters that may have no value in a call.

    """

    def __init__(self, around: LeafCompiler, name: str, optional: Iterable[str]) -> None:
        super().__init__(around.action, around.environment, around.read_template)
        parts = around.action.parts
        self.fragment = parts.fragments[name]
        self.layer = piece_of(name, parts.fragments, parts.invalid_of("Fragment"))
        self.layers, self.bound = (self.layer,), True
        self.parameters = {
            one: replace(parameter, optional=one in optional)
            for one, parameter in read_parameters(self.fragment.parameters).items()
        }
        self.types = {one: JSON_TYPES[each.type] for one, each in self.parameters.items()}
        outer = self.layer.bindings[PAYLOAD]
        self.arguments[outer] = {
            one: Residual(f"params.{one}", (one,), slot=(one, ())) for one in outer.arguments
        }

    def payload(self) -> Any:
        """Return the compiled payload of the fragment."""
        return self._payload(self.layer.fields["request"]["payload"], PAYLOAD)

    def _spots(self, code: str) -> Spots:
        return _PieceSpots(code, self.fragment.document, (), self.layer)
