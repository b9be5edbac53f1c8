"""A template file whose output depends on parameters: kept as it is, with the values that it reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callsheet.documents import Problem, Span
from callsheet.language.action import Parameter
from callsheet.templates.allow_list import mentions, names_in
from callsheet.templates.faults import TemplateFault
from callsheet.templates.filling import rendered
from callsheet.templates.scope import EXAMPLES, Scope
from callsheet.templates.syntax import parse_file


def kept_template(
    text: str,
    params: Sequence[str],
    scope: Scope,
    parameters: Mapping[str, Parameter],
    pieces: Mapping[str, Any],
) -> dict[str, Any]:
    """Return a template with the names that it reads, as a compiled action has it.

    It is rendered once with example values, so that what is wrong shows before any call.

    Args:
        text: of the file.
        params: the parameters that it reads, or passes to fragments.
        scope: what it can read.
        parameters: those that are declared.
        pieces: the compiled fragments that it names.

    Raises:
        TemplateFault: for a parameter that is not declared, and for what does not render.

    """
    tree = parse_file(text)
    for name in params:
        if name not in parameters:
            raise TemplateFault(
                "CS306",
                max(text.find(name), 0),
                f"the parameter `{name}` is not declared",
                "declare it under `spec.parameters`, or correct its name",
            )
    names = {}
    for root, whole in scope.names.items():
        if any(mentions(node, root) for node in tree):
            read = names_in(tree, root)
            names[root] = {key: whole[key] for key in read if key in whole} if read else whole
    examples = {name: example_of(parameters[name]) for name in params}
    template = {"text": text, "names": names, "params": list(params)}
    template |= {"fragments": dict(pieces)} if pieces else {}
    # With every name that is known, so that a misspelt one finds its like.
    rendered({**template, "names": scope.names}, examples, scope.types)
    return template


def example_of(parameter: Parameter) -> Any:
    """Return a value that a parameter may have: its example, else one of its type."""
    if parameter.example is not None:
        return parameter.example
    allowed = parameter.constraints.get("enum")
    return allowed[0] if allowed else EXAMPLES[parameter.type]


def problem_in_file(file: str, text: str, fault: TemplateFault) -> Problem:
    """Return a fault as a problem at its place in a template file."""
    return Problem(
        code=fault.code,
        file=file,
        span=span_at(text, min(fault.offset, len(text))),
        message=fault.message,
        help=fault.help,
        suggested=fault.suggested,
    )


def span_at(text: str, offset: int) -> Span:
    """Return the place of a character of a text."""
    line = text.count("\n", 0, offset) + 1
    column = offset - (text.rfind("\n", 0, offset) + 1) + 1
    return Span(line, column, line, column + 1)
