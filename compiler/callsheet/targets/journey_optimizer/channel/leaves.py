"""A leaf of a compiled action → what prints it in the content of a message, and whether it is there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import nodes
from msgspec import Struct, field

from callsheet.targets.journey_optimizer.channel.expressions import Pql, filtered, literal
from callsheet.targets.journey_optimizer.channel.references import reference_to
from callsheet.targets.journey_optimizer.lowering.model import NeedsRelayError
from callsheet.targets.journey_optimizer.lowering.urls import is_unreserved
from callsheet.templates.faults import TemplateFault
from callsheet.templates.syntax import parse_leaf

READABLE = "a secret in the content could be read by everyone who edits the message"
_OPERATORS = {"eq": "=", "ne": "!=", "gt": ">", "gteq": ">=", "lt": "<", "lteq": "<="}
_IN_QUOTES = ("string", "date", "datetime")


class Written(Struct, frozen=True, kw_only=True):
    """What prints a value.

    Attributes:
        text: prints it without quotes, to stand in a string of JSON or alone.
        kind: the type of the value.
        missing: the reference whose absence leaves it without a value; empty where it always has one.
        null: whether it is sent as null then, and not left out.
        differences: how what is printed differs.

    """

    text: str
    kind: str
    missing: str = ""
    null: bool = False
    differences: tuple[str, ...] = ()

    @property
    def json(self) -> str:
        """Return what prints the value as JSON."""
        return f'"{self.text}"' if self.kind in _IN_QUOTES else self.text


def json_text(text: str) -> str:
    """Return a text as it stands within a string of JSON; no brace of it is taken for a tag."""
    return json.dumps(text, ensure_ascii=False)[1:-1].replace("{", "\\u007b").replace("}", "\\u007d")


class Leaves(Struct):
    """Writes the leaves of one action.

    Attributes:
        declared: its parameters, as they are compiled.
        language: of the labels that placeholders show.
        loops: the types of what loops run over, by the name of the variable.
        separators: how many variables of its own the content has so far.

    """

    declared: Mapping[str, Any]
    language: str = "en"
    loops: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    separators: int = 0

    def written(self, leaf: Any) -> Written:
        """Return what prints a leaf; raises `NeedsRelayError` with the reason where nothing does."""
        if not isinstance(leaf, dict):
            return self.constant(leaf)
        if "$secret" in leaf:
            raise NeedsRelayError(READABLE)
        if "$param" in leaf:
            steps = [
                (one, []) if isinstance(one, str) else (one["filter"], one["args"])
                for one in leaf.get("filters", ())
            ]
            return self._filtered(leaf["$param"], steps)
        if "$concat" in leaf:
            return self._joined([self.written(one) for one in leaf["$concat"]])
        if "$expr" in leaf:
            return self.node(_parsed(leaf["$expr"]))
        raise NeedsRelayError("the content of a message cannot hold this")

    def constant(self, value: Any) -> Written:
        """Return what prints a constant."""
        if isinstance(value, str):
            return Written(text=json_text(value), kind="string")
        kinds = {bool: "boolean", int: "integer", float: "number"}
        return Written(text=json.dumps(value), kind=kinds.get(type(value), "null"))

    def node(self, node: nodes.Node) -> Written:
        """Return what prints an expression of a template."""
        if isinstance(node, nodes.Const):
            return self.constant(node.value)
        if isinstance(node, nodes.CondExpr):
            return self._choice(node)
        if isinstance(node, nodes.Concat):
            return self._joined([self.node(one) for one in node.nodes])
        if isinstance(node, nodes.Filter) and node.name in ("default", "d") and node.node is not None:
            arguments = [_constant(one) for one in node.args]
            return self._default(self.expression(node.node), *arguments)
        return self._printed(self.expression(node))

    def _filtered(self, name: str, steps: list[tuple[str, list[Any]]]) -> Written:
        value = self.parameter(name)
        for index, (filter_name, arguments) in enumerate(steps):
            if filter_name in ("default", "d"):
                if index != len(steps) - 1:
                    raise NeedsRelayError("no function takes a value and its default together")
                return self._default(value, *arguments)
            value = filtered(filter_name, value, arguments)
        return self._printed(value, name)

    def _printed(self, value: Pql, name: str = "") -> Written:
        if value.kind.startswith("array:") and value.plain:
            return self._listed(value, name)
        if value.kind in ("object", "array:object", "array:") or value.kind.startswith("array:"):
            raise NeedsRelayError("the content of a message prints no object and no list as a whole")
        null = "whenMissing" in self.declared.get(name, {}) and self.declared[name]["whenMissing"] is None
        return Written(
            text=value.printed, kind=value.kind, missing=value.missing, null=null, differences=value.noted
        )

    def _listed(self, value: Pql, name: str) -> Written:
        """Return what prints a list as JSON: a loop, with a comma before all of its items but the first."""
        kind = value.kind.removeprefix("array:")
        if kind not in ("string", "integer", "number", "boolean", "date", "datetime"):
            raise NeedsRelayError("the content of a message prints no list of objects as a whole")
        self.separators += 1
        comma, name_of_item = f"comma{self.separators}", f"item{self.separators}"
        item = Pql(text=name_of_item, kind=kind, plain=True)
        one = Written(text=item.printed, kind=kind).json
        text = (
            f'{{% let {comma} = "" %}}[{{{{#each {value.text} as |{name_of_item}|}}}}{{{{{comma}}}}}{one}'
            f'{{% let {comma} = "," %}}{{{{/each}}}}]'
        )
        null = "whenMissing" in self.declared.get(name, {}) and self.declared[name]["whenMissing"] is None
        return Written(text=text, kind="array", missing=value.missing, null=null, differences=item.noted)

    def _default(self, value: Pql, other: Any = "", empty_too: Any = False) -> Written:  # noqa: FBT002
        if not value.missing and not empty_too:
            return self._printed(value)
        made = self.constant(other)
        if made.kind != value.kind and {made.kind, value.kind} != {"integer", "number"}:
            raise NeedsRelayError("a default of another type than the value's has no form in the content")
        if empty_too and value.kind != "string":
            raise NeedsRelayError("a default for 0 or false has no form in the content")
        there = [f"isNotNull({value.missing})"] if value.missing else []
        test = " and ".join([*there, f'{value.text} != ""'] if empty_too else there)
        text = f"{{%#if {test}%}}{value.printed}{{%else%}}{made.text}{{%/if%}}"
        return Written(text=text, kind=value.kind, differences=value.noted)

    def _joined(self, parts: list[Written]) -> Written:
        """Return texts and values in one string; a value that is missing prints nothing."""
        if any(one.kind in ("array", "null") for one in parts):
            raise NeedsRelayError("a list within a text has no form in the content")
        differences = tuple(dict.fromkeys(it for one in parts for it in one.differences))
        texts = [
            f"{{%#if isNotNull({one.missing})%}}{one.text}{{%/if%}}" if one.missing else one.text
            for one in parts
        ]
        return Written(text="".join(texts), kind="string", differences=differences)

    def _choice(self, node: nodes.CondExpr) -> Written:
        if node.expr2 is None:
            raise NeedsRelayError("a condition of the content needs an `else`")
        test, swapped = self.test(node.test)
        first, second = self.node(node.expr1), self.node(node.expr2)
        if first.kind != second.kind or first.missing or second.missing:
            raise NeedsRelayError("both results of a condition must be there, and of one type")
        yes, no = (second, first) if swapped else (first, second)
        text = f"{{%#if {test}%}}{yes.text}{{%else%}}{no.text}{{%/if%}}"
        differences = tuple(dict.fromkeys((*first.differences, *second.differences)))
        return Written(text=text, kind=first.kind, differences=differences)

    # -- expressions --------------------------------------------------------------------------

    def parameter(self, name: str) -> Pql:
        """Return the expression of a parameter."""
        fields = self.declared.get(name, {})
        reference = reference_to(self.declared, name, self.language)
        kind = fields.get("type", "string")
        kind = f"array:{fields.get('items', '')}" if kind == "array" else kind
        return Pql(
            text=reference,
            kind=kind,
            safe=is_unreserved({"$param": name}, self.declared),
            plain=True,
            missing=reference if fields.get("optional") else "",
        )

    def expression(self, node: nodes.Node) -> Pql:
        """Return an expression of a template as one of the personalization language."""
        if isinstance(node, nodes.Const):
            return literal(node.value)
        if isinstance(node, nodes.Name) and node.name in self.loops:
            return self._of_loop(node.name, self.loops[node.name])
        if isinstance(node, nodes.Getattr | nodes.Getitem):
            return self._member(node)
        if isinstance(node, nodes.Filter) and node.node is not None:
            return filtered(node.name, self.expression(node.node), [_constant(one) for one in node.args])
        what = type(node).__name__.lower()
        raise NeedsRelayError(f"the content of a message has nothing for `{what}` of a template")

    def _member(self, node: nodes.Getattr | nodes.Getitem) -> Pql:
        key = node.attr if isinstance(node, nodes.Getattr) else _constant(node.arg)
        if not isinstance(node.node, nodes.Name) or not isinstance(key, str):
            raise NeedsRelayError(
                "the content of a message reads a parameter, or a field of a loop's variable"
            )
        if node.node.name == "params":
            return self.parameter(key)
        fields = self.loops.get(node.node.name)
        if fields is None:
            raise NeedsRelayError(
                "the content of a message reads a parameter, or a field of a loop's variable"
            )
        value = (
            (fields.get("example") or {}).get(key) if isinstance(fields.get("example"), Mapping) else None
        )
        kinds = {str: "string", bool: "boolean", int: "integer", float: "number"}
        if type(value) not in kinds:
            raise NeedsRelayError(f"an `example` of the list must show the type of `{key}`")
        return Pql(text=f"{node.node.name}.{key}", kind=kinds[type(value)], plain=True)

    def _of_loop(self, name: str, fields: Mapping[str, Any]) -> Pql:
        return Pql(text=name, kind=fields.get("type", ""), plain=True)

    def test(self, node: nodes.Node) -> tuple[str, bool]:
        """Return the condition of a test, and whether its branches change places."""
        if isinstance(node, nodes.Not):
            condition, swapped = self.test(node.node)
            return condition, not swapped
        if isinstance(node, nodes.Test) and node.name in ("defined", "undefined"):
            value = self.expression(node.node)
            return f"isNotNull({value.text})", node.name == "undefined"
        if isinstance(node, nodes.And | nodes.Or):
            return self._both(node), False
        if isinstance(node, nodes.Compare) and len(node.ops) == 1 and node.ops[0].op in _OPERATORS:
            operator = node.ops[0].op
            left, right = self._sure(node.expr), self._sure(node.ops[0].expr)
            numbers = {left.kind, right.kind} <= {"integer", "number"}
            if not numbers and (left.kind != right.kind or operator not in ("eq", "ne")):
                raise NeedsRelayError(
                    "the content of a message orders numbers, and compares like with like"
                )
            return f"{left.text} {_OPERATORS[operator]} {right.text}", False
        value = self._sure(node)
        if value.kind != "boolean":
            raise NeedsRelayError("a condition of the content is a comparison, or a boolean parameter")
        return f"{value.text} = true", False

    def _both(self, node: nodes.And | nodes.Or) -> str:
        word = "and" if isinstance(node, nodes.And) else "or"
        sides = []
        for one in (node.left, node.right):
            if isinstance(one, nodes.And | nodes.Or) and type(one) is not type(node):
                raise NeedsRelayError("`and` within `or` needs parentheses, which are not documented")
            condition, swapped = self.test(one)
            if swapped:
                raise NeedsRelayError("`not` within a condition is not documented")
            sides.append(condition)
        return f" {word} ".join(sides)

    def _sure(self, node: nodes.Node) -> Pql:
        """Return an operand that always has a value."""
        value = self.expression(node)
        if value.missing:
            raise NeedsRelayError("what a condition makes of a parameter without a value is not documented")
        return value


def _constant(node: nodes.Node) -> Any:
    if not isinstance(node, nodes.Const):
        raise NeedsRelayError(
            "an argument of a filter that depends on a parameter has no form in the content"
        )
    return node.value


@lru_cache(maxsize=1_000)
def _parsed(text: str) -> nodes.Node:
    try:
        (part,) = parse_leaf("{{ " + text + " }}")
    except TemplateFault as fault:  # what is deployed may have been broken by hand
        raise NeedsRelayError(f"the expression cannot be read: {fault.message}") from None
    if isinstance(part, str):
        raise TypeError("the expression of a compiled action is a string")
    return part.node
