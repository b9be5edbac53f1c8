"""A set → its actions: the template as each row fills it in, and what is wrong with the rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from callsheet.compiling.items import Items
from callsheet.documents import Document, Path, Problem, Related
from callsheet.documents.walking import texts_in
from callsheet.language.catalog import Spots
from callsheet.language.origin import TEMPLATE, Row
from callsheet.rules.secrets_beside import is_put_together, put_together
from callsheet.templates.evaluate import evaluate_leaf
from callsheet.templates.faults import TemplateFault
from callsheet.templates.scope import Scope
from callsheet.templates.syntax import Expression, is_template, parse_leaf, reads_of
from callsheet.words import nearest

_EVALUATED_LATER: tuple[Path, ...] = (("request",), ("authentication",))
"""Fields whose templates are evaluated for each environment, with `item` beside `values` and `params`."""

_NOT_LATER = ("method", "payloadFile")
"""Fields of the request that are no templates."""


def expanded(template: Any, item: dict[str, Any]) -> Any:
    """Return the `metadata` and the `spec` that a row makes of a template.

    Where templates are evaluated for each environment, they stay as they are. Elsewhere, what is written
    with `item.…` is filled in; a field that comes to null is left out.

    Raises:
        RowFault: for an expression that a row cannot fill in.

    """
    return {
        "metadata": _filled(template["metadata"], item, (*TEMPLATE, "metadata"), ()),
        "spec": _filled(template["spec"], item, (*TEMPLATE, "spec"), ()),
    }


class RowFault(Exception):  # noqa: N818 - a finding, and no failure
    """An expression that a row cannot fill in.

    Attributes:
        path: of the leaf, from the root of the set's document.
        fault: what is wrong, and where in the leaf.

    """

    def __init__(self, path: Path, fault: TemplateFault) -> None:
        super().__init__(fault.message)
        self.path = path
        self.fault = fault


def _filled(value: Any, item: dict[str, Any], root: Path, path: Path) -> Any:
    if root[-1] == "spec" and _is_evaluated_later(path):
        return value
    if isinstance(value, dict):
        filled = {key: _filled(one, item, root, (*path, key)) for key, one in value.items()}
        return {key: one for key, one in filled.items() if one is not None or value[key] is None}
    if isinstance(value, list):
        return [_filled(one, item, root, (*path, index)) for index, one in enumerate(value)]
    if isinstance(value, str) and "item" in value and is_template(value):
        return _leaf(value, item, (*root, *path))
    return value


def _is_evaluated_later(path: Path) -> bool:
    later = any(path[: len(one)] == one and len(path) > len(one) for one in _EVALUATED_LATER)
    return later and path[1] not in _NOT_LATER


def _leaf(text: str, item: dict[str, Any], path: Path) -> Any:
    scope = Scope({"item": item}, None, {})
    try:
        return evaluate_leaf(map(_without_params, parse_leaf(text)), scope)
    except TemplateFault as fault:
        raise RowFault(path, fault) from None


def _without_params(part: Expression | str) -> Expression | str:
    """Return a part back; raise CS502 for one that reads a parameter."""
    if isinstance(part, str) or not part.params:
        return part
    raise TemplateFault(
        "CS502",
        part.base,
        f"`params.{part.params[0]}` is not known here: a row fills this field in before any call",
        "read fields of `item` only, or write the parameter in the request",
    )


def rows_of(items: Items) -> Iterator[Row]:
    """Yield the rows of a set, in the order in which they are written."""
    for number, (item, span) in enumerate(items.rows, 1):
        yield Row(number=number, item=item, file=items.file, span=span)


def unused_fields(document: Document, items: Items) -> Iterator[Problem]:
    """Yield the fields of rows that the template never reads, each once."""
    read: set[str] = set()
    for _, text in texts_in(document.value["spec"]["template"]):
        if "item" not in text or not is_template(text):
            continue
        try:
            found = reads_of(parse_leaf(text), "item")
        except TemplateFault:
            return
        if found is None:
            return
        read |= found
    for field, span in items.fields.items():
        if field not in read:
            near = nearest(field, read - items.fields.keys())
            yield Problem(
                code="CS325",
                file=items.file,
                span=span,
                message=f"the template never reads the field `{field}`{near}",
                help=f"read it as `{{{{ item.{field} }}}}`, or remove it from the rows",
            )


def repeated_name(name: str, row: Row, first: Row) -> Problem:
    """Return that two rows make actions of one name."""
    return Problem(
        code="CS326",
        file=row.file,
        span=row.span,
        message=f"the rows {first.number} and {row.number} both make an action `{name}`",
        help="write the name of the template with a field that differs in each row",
        related=(Related(file=first.file, span=first.span, message=f"row {first.number}"),),
    )


def faulty_row(document: Document, row: Row, found: RowFault) -> Problem:
    """Return that a row cannot fill the template in, at the template's line, with the row."""
    problem = Spots(found.fault.code, document).inside(
        found.path, found.fault.offset, found.fault.message, do=found.fault.help
    )
    # Which definition it would be is not known.
    return replace(with_row(problem, row), missing="")


def nameless_row(document: Document, row: Row, name: Any) -> Problem:
    """Return that a row does not make a name."""
    shown = f"`{name[:60]}`" if isinstance(name, str) else "a value that is no string"
    problem = Spots("CS212", document).value(
        (*TEMPLATE, "metadata", "name"),
        f"the row {row.number} makes {shown} of the name, which is not a name",
        do="use letters, digits and _, at most 30 of them",
    )
    return with_row(problem, row)


def credentials_of(document: Document, row: Row, made: Any) -> Iterator[Problem]:
    """Yield what a row makes that looks like a credential, where neither it nor the template has one."""
    if is_put_together(made, [row.item, document.value["spec"]["template"]]):
        for one in put_together(made, Spots("CS601", document), lambda path: (*TEMPLATE, *path)):
            yield with_row(one, row)


def with_row(problem: Problem, row: Row) -> Problem:
    """Return a problem with the row at which it was found."""
    return replace(problem, related=(*problem.related, row.related))
