"""A template file: whole-text Jinja2 with loops and conditions, every output encoded as JSON."""

from __future__ import annotations

from typing import Any

from jinja2 import nodes

from callsheet.documents.json_reader import read_json
from callsheet.templates.allow_list import names_in
from callsheet.templates.evaluate import value_of
from callsheet.templates.faults import TemplateFault
from callsheet.templates.residual import Residual
from callsheet.templates.scope import ABSENT, Scope
from callsheet.templates.syntax import parse_file
from callsheet.templates.values import canonical_text

MAX_OUTPUT = 1_048_576


def params_of_file(text: str) -> list[str]:
    """List the parameters that a template file reads; raises `TemplateFault`."""
    return names_in(parse_file(text), "params")


def render_file(text: str, scope: Scope) -> Any:
    """Render a template file and parse the JSON that it writes.

    Raises:
        TemplateFault: for what cannot be evaluated, and CS513 where the output is not JSON.

    """
    output = _Output()
    _run(parse_file(text), dict(scope.names), scope, output)
    written = "".join(output.parts)
    documents, problems = read_json(written, "")
    if not problems:
        return documents[0].value
    problem = problems[0]
    position = (
        sum(len(line) + 1 for line in written.split("\n")[: problem.span.line - 1])
        + problem.span.column
        - 1
    )
    raise TemplateFault(
        "CS513",
        output.source_offset(position),
        f"in the output of the template: {problem.message}",
        "write JSON around the expressions: each writes one JSON value, its quotes included",
    )


class _Output:
    """What was written, and from where in the template each piece came."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0
        self.origins: list[tuple[int, int]] = []

    def write(self, text: str, offset: int) -> None:
        self.origins.append((self.size, offset))
        self.parts.append(text)
        self.size += len(text)
        if self.size > MAX_OUTPUT:
            raise TemplateFault(
                "CS510",
                offset,
                f"the output of the template is longer than {MAX_OUTPUT:,} characters",
                "write less of it",
            )

    def source_offset(self, position: int) -> int:
        """Return the offset in the template that wrote a position of the output."""
        best = 0
        for start, offset in self.origins:
            if start > position:
                break
            best = offset + (position - start if start <= position else 0)
        return best


def _run(body: Any, names: dict[str, Any], scope: Scope, output: _Output) -> None:
    """Run statements; `names` holds what `{% set %}` and `{% for %}` define in this block."""
    for node in body:
        scope.step(node.lineno - 1)
        if isinstance(node, nodes.Output):
            _write(node, names, scope, output)
        elif isinstance(node, nodes.If):
            _branch(node, names, scope, output)
        elif isinstance(node, nodes.For):
            _loop(node, names, scope, output)
        elif isinstance(node, nodes.Assign):
            if not isinstance(node.target, nodes.Name):
                raise TemplateFault("CS504", node.lineno - 1, "`{% set %}` sets one name", "set one")
            names[node.target.name] = _in(names, scope, node.node)


def _in(names: dict[str, Any], scope: Scope, node: nodes.Node) -> Any:
    """Evaluate an expression with a block's own names."""
    inner = Scope(names, scope.params, scope.types, scope.steps, scope.fragment)
    try:
        return value_of(node, inner)
    finally:
        scope.steps = inner.steps


def _write(node: nodes.Output, names: dict[str, Any], scope: Scope, output: _Output) -> None:
    for part in node.nodes:
        if isinstance(part, nodes.TemplateData):
            output.write(part.data, part.lineno - 1)
            continue
        value = _in(names, scope, part)
        if isinstance(value, Residual):
            raise TypeError("a template file is rendered with its parameters")
        output.write(_json_output(None if value is ABSENT else value, part), part.lineno - 1)


def _json_output(value: Any, part: nodes.Node) -> str:
    if isinstance(part, nodes.Filter) and part.name == "tojson":
        # `{{ x | tojson }}` is how Jinja2 users write JSON: it is JSON already.
        return str(value)
    return canonical_text(value)


def _branch(node: nodes.If, names: dict[str, Any], scope: Scope, output: _Output) -> None:
    for test, body in [(node.test, node.body), *((one.test, one.body) for one in node.elif_)]:
        if _in(names, scope, test):
            _run(body, names, scope, output)
            return
    _run(node.else_, names, scope, output)


def _loop(node: nodes.For, names: dict[str, Any], scope: Scope, output: _Output) -> None:
    items = _in(names, scope, node.iter)
    if items is ABSENT:
        items = []
    if isinstance(items, dict):
        items = list(items)
    if not isinstance(items, list):
        raise TemplateFault(
            "CS508", node.lineno - 1, "`{% for %}` takes a list or a mapping", "loop over one of the two"
        )
    if node.recursive or not isinstance(node.target, nodes.Name):
        raise TemplateFault(
            "CS504",
            node.lineno - 1,
            "`{% for %}` takes one name and is not recursive",
            "write `{% for name in list %}`",
        )
    # What the list was made of counts too: a loop in a loop makes it again for each turn of the outer one.
    scope.step(node.lineno - 1, len(items))
    chosen = []
    for item in items:
        inner = {**names, node.target.name: item}
        if node.test is None or _in(inner, scope, node.test):
            chosen.append(inner)
    for index, inner in enumerate(chosen):
        inner["loop"] = {
            "index": index + 1,
            "index0": index,
            "first": index == 0,
            "last": index == len(chosen) - 1,
            "length": len(chosen),
        }
        _run(node.body, inner, scope, output)
    if not chosen:
        _run(node.else_, dict(names), scope, output)
