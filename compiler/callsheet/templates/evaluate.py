"""A syntax tree × what is known → a value, or what is left of the expression over parameters.

The same evaluator folds at compile time, when parameters are unknown, and computes at run time, when
they are. Nothing is generated and executed; every step and every size is counted.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

from jinja2 import nodes

from callsheet.templates.faults import TemplateFault
from callsheet.templates.filter_calls import TESTS, apply_filter, check_arguments, check_taken
from callsheet.templates.filters import ALIASES, FILTERS, MAX_TEXT, filter_names
from callsheet.templates.fragment_calls import call_of
from callsheet.templates.lookups import member, named
from callsheet.templates.operators import SIGNS, arithmetic, checked_number, compared
from callsheet.templates.residual import Residual, residual_filter, residual_of
from callsheet.templates.scope import ABSENT, Missing, Scope, join_parts, present, too_large
from callsheet.templates.syntax import Expression
from callsheet.words import nearest


def evaluate(node: nodes.Node, scope: Scope) -> Any:
    """Evaluate an expression: a JSON value, `Residual`, `Missing` or `ABSENT`.

    Raises:
        TemplateFault: with the offset of what cannot be evaluated.

    """
    scope.step(node.lineno - 1)
    return _EVALUATORS[type(node)](node, scope)


def evaluate_part(part: Expression | str, scope: Scope) -> tuple[Any, int]:
    """Evaluate a part of a leaf, which must have a value: the value, and its offset.

    Raises:
        TemplateFault: with the offset in the leaf of what cannot be evaluated.

    """
    if isinstance(part, str):
        return part, 0
    try:
        return present(evaluate(part.node, scope)), part.base + part.node.lineno - 1
    except TemplateFault as fault:
        raise fault.moved(part.base) from None


def evaluate_leaf(parts: Iterable[Expression | str], scope: Scope) -> Any:
    """Evaluate a parsed leaf: one expression keeps its type, text around it makes a text.

    Raises:
        TemplateFault: as `evaluate_part`.

    """
    values = [evaluate_part(part, scope) for part in parts]
    return values[0][0] if len(values) == 1 else join_parts(values)


def value_of(node: nodes.Node, scope: Scope) -> Any:
    """Evaluate an expression that must have a value: `Missing` is a fault."""
    return present(evaluate(node, scope))


# -- one function for each node of the allow-list ------------------------------------------


def _const(node: nodes.Const, scope: Scope) -> Any:  # noqa: ARG001
    if isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return checked_number(node.value, node)
    return node.value


def _getattr(node: nodes.Getattr, scope: Scope) -> Any:
    return member(node, evaluate(node.node, scope), node.attr, scope)


def _getitem(node: nodes.Getitem, scope: Scope) -> Any:
    base = evaluate(node.node, scope)
    key = value_of(node.arg, scope)
    if isinstance(key, Residual):
        present(base)
        return residual_of("{}[{}]", base, key)
    return member(node, base, key, scope)


def _filter(node: nodes.Filter, scope: Scope) -> Any:
    if node.node is None:
        raise TemplateFault("CS504", node.lineno - 1, "a filter has no value", "write `value | filter`")
    name = ALIASES.get(node.name, node.name)
    if name not in FILTERS and name != "default":
        raise TemplateFault(
            "CS505",
            node.lineno - 1,
            f"there is no filter `{node.name}`" + nearest(node.name, filter_names()),
            f"the filters are: {', '.join(filter_names())}",
        )
    if node.kwargs or node.dyn_args or node.dyn_kwargs:
        raise TemplateFault(
            "CS504",
            node.lineno - 1,
            "a filter takes its arguments by position",
            "leave out the names",
        )
    arguments = [value_of(argument, scope) for argument in node.args]
    value = evaluate(node.node, scope)
    if name == "default":
        return _default(value, arguments, node)
    check_arguments(name, arguments, node.lineno - 1)
    value = present(value)
    if value is ABSENT:
        return ABSENT
    if isinstance(value, Residual) or any(isinstance(one, Residual) for one in arguments):
        check_taken(name, value, node, scope)
        return residual_filter(value, name, arguments)
    return apply_filter(name, value, arguments, node.lineno - 1)


def _default(value: Any, arguments: list[Any], node: nodes.Filter) -> Any:
    if not 1 <= len(arguments) <= 2:
        raise TemplateFault("CS506", node.lineno - 1, "`default` takes one or two arguments", "give one")
    if isinstance(value, Residual):
        return residual_filter(value, "default", arguments)
    empty_too = len(arguments) == 2 and bool(arguments[1])
    if value is ABSENT or isinstance(value, Missing) or (empty_too and not value):
        return arguments[0]
    return value


def _test(node: nodes.Test, scope: Scope) -> Any:
    value = evaluate(node.node, scope)
    if node.name in ("defined", "undefined"):
        if isinstance(value, Residual):
            return residual_of(f"({{}} is {node.name})", value)
        defined = not isinstance(value, Missing) and value is not ABSENT
        return defined if node.name == "defined" else not defined
    test = TESTS.get(node.name)
    if test is None or node.args:
        raise TemplateFault(
            "CS505",
            node.lineno - 1,
            f"there is no test `{node.name}`" + nearest(node.name, [*TESTS, "defined"]),
            f"the tests are: defined, undefined, {', '.join(sorted(TESTS))}",
        )
    value = present(value)
    if isinstance(value, Residual):
        return residual_of(f"({{}} is {node.name})", value)
    return test(value)


def _cond(node: nodes.CondExpr, scope: Scope) -> Any:
    test = value_of(node.test, scope)
    if isinstance(test, Residual):
        yes = value_of(node.expr1, scope)
        no = None if node.expr2 is None else value_of(node.expr2, scope)
        return residual_of("({} if {} else {})", yes, test, no)
    if test:
        return evaluate(node.expr1, scope)
    if node.expr2 is None:
        raise TemplateFault(
            "CS502",
            node.lineno - 1,
            "the condition is false and there is no `else`",
            "add an `else`",
        )
    return evaluate(node.expr2, scope)


def _and(node: nodes.And, scope: Scope) -> Any:
    left = value_of(node.left, scope)
    if isinstance(left, Residual):
        return residual_of("({} and {})", left, value_of(node.right, scope))
    return value_of(node.right, scope) if left else left


def _or_node(node: nodes.Or, scope: Scope) -> Any:
    left = value_of(node.left, scope)
    if isinstance(left, Residual):
        return residual_of("({} or {})", left, value_of(node.right, scope))
    return left if left else value_of(node.right, scope)


def _not(node: nodes.Not, scope: Scope) -> Any:
    value = value_of(node.node, scope)
    return residual_of("(not {})", value) if isinstance(value, Residual) else not value


def _negative(node: nodes.Neg, scope: Scope) -> Any:
    value = value_of(node.node, scope)
    if isinstance(value, Residual):
        return residual_of("(-{})", value)
    return arithmetic(node, "-", 0, value, operator.sub)


def _positive(node: nodes.Pos, scope: Scope) -> Any:
    value = value_of(node.node, scope)
    if isinstance(value, Residual):
        return value
    return arithmetic(node, "+", 0, value, operator.add)


def _binary(sign: str, compute: Callable[[Any, Any], Any]) -> Callable[[Any, Scope], Any]:
    def run(node: nodes.BinExpr, scope: Scope) -> Any:
        left, right = value_of(node.left, scope), value_of(node.right, scope)
        if isinstance(left, Residual) or isinstance(right, Residual):
            return residual_of(f"({{}} {sign} {{}})", left, right)
        if left is ABSENT or right is ABSENT:
            return ABSENT
        if sign == "+" and type(left) is type(right) and isinstance(left, str | list):
            joined = left + right
            if len(joined) > MAX_TEXT:
                raise too_large(node.lineno - 1)
            return joined
        return arithmetic(node, sign, left, right, compute)

    return run


def _concat(node: nodes.Concat, scope: Scope) -> Any:
    return join_parts([(value_of(part, scope), part.lineno - 1) for part in node.nodes])


def _compare(node: nodes.Compare, scope: Scope) -> Any:
    left = value_of(node.expr, scope)
    result: Any = True
    for operand in node.ops:
        right = value_of(operand.expr, scope)
        if isinstance(left, Residual) or isinstance(right, Residual):
            verdict: Any = residual_of(f"({{}} {SIGNS[operand.op]} {{}})", left, right)
        else:
            verdict = compared(node, operand.op, left, right)
        if isinstance(result, Residual) or isinstance(verdict, Residual):
            result = verdict if result is True else residual_of("({} and {})", result, verdict)
        else:
            result = result and verdict
        left = right
    return result


def _list(node: nodes.List | nodes.Tuple, scope: Scope) -> Any:
    items = [value_of(item, scope) for item in node.items]
    if any(isinstance(item, Residual) for item in items):
        return residual_of("[" + ", ".join("{}" for _ in items) + "]", *items)
    return items


def _dict(node: nodes.Dict, scope: Scope) -> Any:
    pairs = [(value_of(pair.key, scope), value_of(pair.value, scope), pair) for pair in node.items]
    for key, _, pair in pairs:
        if not isinstance(key, str):
            raise TemplateFault("CS520", pair.lineno - 1, "a key must be a string", "write it in quotes")
    if any(isinstance(value, Residual) for _, value, _ in pairs):
        flat = [one for key, value, _ in pairs for one in (key, value)]
        return residual_of("{{" + ", ".join("{}: {}" for _ in pairs) + "}}", *flat)
    return {key: value for key, value, _ in pairs}


def _call(node: nodes.Call, scope: Scope) -> Any:
    """Evaluate `fragment('name', parameter=value)`: the parser allows no other call."""
    name, arguments = call_of(node)
    if scope.fragment is None:
        raise TemplateFault(
            "CS504", node.node.lineno - 1, "no fragment can be named here", "write its payload"
        )
    given = {key: value_of(one, scope) for key, one in arguments.items()}
    return scope.fragment(name, given, scope, node.node.lineno - 1)


_EVALUATORS: dict[type[nodes.Node], Callable[[Any, Scope], Any]] = {
    nodes.Add: _binary("+", operator.add),
    nodes.And: _and,
    nodes.Call: _call,
    nodes.Compare: _compare,
    nodes.Concat: _concat,
    nodes.CondExpr: _cond,
    nodes.Const: _const,
    nodes.Dict: _dict,
    nodes.Div: _binary("/", operator.truediv),
    nodes.Filter: _filter,
    nodes.FloorDiv: _binary("//", operator.floordiv),
    nodes.Getattr: _getattr,
    nodes.Getitem: _getitem,
    nodes.List: _list,
    nodes.Mod: _binary("%", operator.mod),
    nodes.Mul: _binary("*", operator.mul),
    nodes.Name: named,
    nodes.Neg: _negative,
    nodes.Not: _not,
    nodes.Or: _or_node,
    nodes.Pos: _positive,
    nodes.Sub: _binary("-", operator.sub),
    nodes.Test: _test,
    nodes.Tuple: _list,
}
