"""A leaf of a compiled action → a value of the journey expression language.

A leaf is `{"$param": name}` with filters, `{"$concat": [...]}`, or `{"$expr": text}`, which is parsed again
by the templates' own parser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import nodes
from msgspec import Struct
from msgspec.structs import replace

from callsheet.targets.journey_optimizer.lowering import conditions, operators
from callsheet.targets.journey_optimizer.lowering import expressions as ex
from callsheet.targets.journey_optimizer.lowering.filters import filtered
from callsheet.targets.journey_optimizer.lowering.list_filters import item
from callsheet.targets.journey_optimizer.lowering.model import NeedsRelayError
from callsheet.targets.journey_optimizer.lowering.references import member_of, reference_to
from callsheet.targets.journey_optimizer.lowering.values import (
    UNKNOWN,
    Value,
    constant,
    data_type,
    or_else,
)
from callsheet.templates.slot_expressions import parse_slot


class Leaves(Struct, frozen=True):
    """Lowers the leaves of one action.

    Attributes:
        declared: its parameters, as they are compiled.
        language: of the labels that placeholders show.

    """

    declared: Mapping[str, Any]
    language: str = "en"

    def value(self, leaf: Any) -> Value:
        """Return what a leaf computes; raises `NeedsRelayError` with the reason where no journey can."""
        if not isinstance(leaf, dict):
            return constant(leaf)
        if "$param" in leaf:
            found = self.parameter(leaf["$param"])
            for step in leaf.get("filters", ()):
                name, arguments = (step, []) if isinstance(step, str) else (step["filter"], step["args"])
                found = filtered(name, found, [_argument(one) for one in arguments])
            return found
        if "$concat" in leaf:
            return operators.composed([self.value(one) for one in leaf["$concat"]])
        if "$expr" in leaf:
            return self._node(parse_slot(leaf["$expr"]))
        raise NeedsRelayError("a journey's expression cannot hold this")

    def parameter(self, name: str) -> Value:
        """Return the value of a parameter."""
        fields = self.declared.get(name, {})
        reference = reference_to(self.declared, name, self.language)
        return Value(
            expression=reference,
            kind=data_type(fields),
            missing=ex.is_null(reference) if fields.get("optional") else None,
            references=(name,),
            plain=True,
        )

    def always(self, value: Value) -> Value:
        """Return a value for a field that the journey cannot leave out: a string becomes empty instead."""
        if value.missing is None:
            return value
        optional = [one for one in value.references if self.declared.get(one, {}).get("optional")]
        words = " or ".join(f"`{name}`" for name in optional or value.references)
        if value.kind != "string":
            raise NeedsRelayError(f"whether the field is sent depends on whether {words} has a value")
        made = or_else(value, constant(""))
        differs = f"where {words} has no value, the field is sent with an empty string"
        return made.made(made.expression, differs=differs)

    # -- expressions ------------------------------------------------------------------------

    def _node(self, node: nodes.Node) -> Value:
        lower = _LOWERINGS.get(type(node))
        if lower is None:
            what = type(node).__name__.lower()
            raise NeedsRelayError(f"a journey's expression has nothing for `{what}` of a template")
        return lower(self, node)

    def _name(self, node: nodes.Node) -> Value:
        del node
        raise NeedsRelayError("a journey's expression cannot hold all parameters at once")

    def _const(self, node: nodes.Const) -> Value:
        return constant(node.value)

    def _getattr(self, node: nodes.Getattr) -> Value:
        return self._member(node.node, node.attr)

    def _getitem(self, node: nodes.Getitem) -> Value:
        key = _constant_of(node.arg)
        if key is None:
            raise NeedsRelayError("a key or a place that depends on a parameter is not looked up")
        return self._member(node.node, key)

    def _member(self, base: nodes.Node, key: Any) -> Value:
        if isinstance(base, nodes.Name) and base.name == "params":
            return self.parameter(key)
        value = self._node(base)
        if isinstance(key, str) and value.kind in ("object", UNKNOWN) and value.plain:
            reference = member_of(value.expression, key)
            return replace(value, expression=reference, kind=UNKNOWN, missing=ex.is_null(reference))
        if isinstance(key, int) and not isinstance(key, bool):
            return _item_at(value, key)
        raise NeedsRelayError("a journey's expression looks up fields of a parameter, and items of a list")

    def _filter(self, node: nodes.Filter) -> Value:
        if node.node is None:
            raise NeedsRelayError("a filter has no value")
        arguments = [self._argument(one) for one in node.args]
        return filtered(node.name, self._node(node.node), arguments)

    def _argument(self, node: nodes.Node) -> Value:
        if isinstance(node, nodes.Const) and node.value is None:
            raise NeedsRelayError("a journey's expression cannot result in null")
        return self._node(node)

    def _test(self, node: nodes.Test) -> Value:
        return conditions.tested(node.name, self._node(node.node))

    def _cond(self, node: nodes.CondExpr) -> Value:
        if node.expr2 is None:
            raise NeedsRelayError("a journey's condition needs an `else`")
        return conditions.choice(self._node(node.test), self._node(node.expr1), self._node(node.expr2))

    def _and(self, node: nodes.And) -> Value:
        return conditions.both(self._node(node.left), self._node(node.right))

    def _or(self, node: nodes.Or) -> Value:
        return conditions.either(self._node(node.left), self._node(node.right))

    def _not(self, node: nodes.Not) -> Value:
        return conditions.contrary(self._node(node.node))

    def _negative(self, node: nodes.Neg) -> Value:
        if isinstance(node.node, nodes.Const):
            return constant(-node.node.value)
        return operators.negative(self._node(node.node))

    def _concat(self, node: nodes.Concat) -> Value:
        return operators.composed([self._node(one) for one in node.nodes])

    def _compare(self, node: nodes.Compare) -> Value:
        found, left = None, node.expr
        for operand in node.ops:
            one = self._comparison(operand.op, left, operand.expr)
            found = one if found is None else conditions.both(found, one)
            left = operand.expr
        return found or constant(value=True)

    def _comparison(self, operation: str, left: nodes.Node, right: nodes.Node) -> Value:
        for one, other in ((left, right), (right, left)):
            if isinstance(one, nodes.Const) and one.value is None and operation in ("eq", "ne"):
                return conditions.against_none(operation, self._node(other))
        return conditions.compared(operation, self._node(left), self._node(right))

    def _list(self, node: nodes.List) -> Value:
        items = [self._node(one) for one in node.items]
        if not all(one.constant for one in items):
            raise NeedsRelayError("a list whose items depend on parameters is written in the payload")
        return conditions.known_list([one.constant[0] for one in items])


def _calculation(sign: str) -> Callable[[Leaves, Any], Value]:
    def lower(leaves: Leaves, node: nodes.BinExpr) -> Value:
        return operators.calculated(sign, leaves._node(node.left), leaves._node(node.right))  # noqa: SLF001

    return lower


def _item_at(value: Value, place: int) -> Value:
    size = ex.call("listSize", value.expression)
    at = ex.literal(place) if place >= 0 else ex.infix(size, "-", ex.literal(-place))
    found = item(value, at, "a place")
    least = place if place >= 0 else -place - 1
    outside = ex.infix(size, "<=", ex.literal(least))
    return replace(found, missing=ex.any_of(value.missing, outside))


def _constant_of(node: nodes.Node) -> Any:
    if isinstance(node, nodes.Neg) and isinstance(node.node, nodes.Const):
        return -node.node.value
    return node.value if isinstance(node, nodes.Const) else None


def _argument(value: Any) -> Value:
    return conditions.known_list(value) if isinstance(value, list) else constant(value)


_LOWERINGS: dict[type[nodes.Node], Callable[[Leaves, Any], Value]] = {
    nodes.Add: _calculation("+"),
    nodes.And: Leaves._and,  # noqa: SLF001
    nodes.Compare: Leaves._compare,  # noqa: SLF001
    nodes.Concat: Leaves._concat,  # noqa: SLF001
    nodes.CondExpr: Leaves._cond,  # noqa: SLF001
    nodes.Const: Leaves._const,  # noqa: SLF001
    nodes.Div: _calculation("/"),
    nodes.Filter: Leaves._filter,  # noqa: SLF001
    nodes.FloorDiv: _calculation("//"),
    nodes.Getattr: Leaves._getattr,  # noqa: SLF001
    nodes.Getitem: Leaves._getitem,  # noqa: SLF001
    nodes.List: Leaves._list,  # noqa: SLF001
    nodes.Mod: _calculation("%"),
    nodes.Mul: _calculation("*"),
    nodes.Name: Leaves._name,  # noqa: SLF001
    nodes.Neg: Leaves._negative,  # noqa: SLF001
    nodes.Not: Leaves._not,  # noqa: SLF001
    nodes.Or: Leaves._or,  # noqa: SLF001
    nodes.Sub: _calculation("-"),
    nodes.Test: Leaves._test,  # noqa: SLF001
    nodes.Tuple: Leaves._list,  # noqa: SLF001
}
