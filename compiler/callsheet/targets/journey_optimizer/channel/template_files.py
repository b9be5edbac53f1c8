"""A payload from a template file → the content of a message: loops and conditions stay what they are.

A comma that a loop writes after all of its elements but the last is written before all but the first, by a
variable that Adobe's page "Helpers" sets in the same way (`{% let sum = sum + p.price %}`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jinja2 import nodes
from msgspec import Struct, field

from callsheet.targets.journey_optimizer.channel.leaves import Leaves, Written
from callsheet.targets.journey_optimizer.lowering.model import NeedsRelayError
from callsheet.targets.journey_optimizer.lowering.template_payloads import NAMES_FRAGMENT
from callsheet.templates.evaluate import evaluate
from callsheet.templates.faults import TemplateFault
from callsheet.templates.residual import Residual
from callsheet.templates.scope import ABSENT, JSON_TYPES, Missing, Scope
from callsheet.templates.syntax import parse_file
from callsheet.templates.values import canonical_text


def template_content(template: Mapping[str, Any], leaves: Leaves) -> tuple[str, tuple[str, ...]]:
    """Return the content that a template file becomes, and how it differs.

    Raises:
        NeedsRelayError: with the reason, where the content cannot do what the file does.

    """
    if "fragments" in template:
        raise NeedsRelayError(NAMES_FRAGMENT)
    types = {name: JSON_TYPES[one["type"]] for name, one in leaves.declared.items()}
    writer = _Writer(leaves, Scope(dict(template["names"]), None, types))
    try:
        writer.body(parse_file(template["text"]))
    except TemplateFault as fault:
        raise NeedsRelayError(f"the template file has no form in the content: {fault.message}") from None
    return writer.content, tuple(dict.fromkeys(writer.differences))


class _Writer(Struct):
    leaves: Leaves
    scope: Scope
    content: str = ""
    differences: list[str] = field(default_factory=list)
    in_string: bool = False
    counters: dict[str, str] = field(default_factory=dict)

    def body(self, statements: Sequence[nodes.Node]) -> None:
        for one in statements:
            if isinstance(one, nodes.Output):
                for part in one.nodes:
                    self._part(part)
            elif isinstance(one, nodes.If):
                self._branches(one)
            elif isinstance(one, nodes.For):
                self._loop(one)
            else:
                raise NeedsRelayError("a variable that the template file sets has no form in the content")

    def _part(self, part: nodes.Node) -> None:
        if isinstance(part, nodes.TemplateData):
            self._text(str(part.data))
            return
        if self.in_string:
            raise NeedsRelayError("the template file writes an expression within a string of JSON")
        if isinstance(part, nodes.Filter) and part.name == "tojson" and part.node is not None:
            part = part.node  # `{{ x | tojson }}` writes x as JSON, as `{{ x }}` does
        if _is_index(part):
            self._tag(f"{{{{{self.counters['loop']}}}}}")
            return
        written = self._written(part)
        self.differences += written.differences
        text = written.json
        if written.missing:
            text = f"{{%#if isNotNull({written.missing})%}}{text}{{%else%}}null{{%/if%}}"
        self._tag(text)

    def _written(self, part: nodes.Node) -> Written:
        if any(name in self.leaves.loops for name in _names(part)):
            return self.leaves.node(part)
        value = evaluate(part, self.scope)
        if value is ABSENT or isinstance(value, Missing):
            raise NeedsRelayError("the template file reads what nothing defines")
        if isinstance(value, Residual):
            return self.leaves.written(value.compiled())
        if isinstance(value, str | bool | int | float) or value is None:
            return self.leaves.constant(value)
        self._text(canonical_text(value))
        return Written(text="", kind="null")

    def _text(self, text: str) -> None:
        """Write a text of the file: no brace of it may be taken for one of a tag."""
        escaped = False
        for one in text:
            if self.in_string and one in "{}":
                self.content += "\\u007b" if one == "{" else "\\u007d"
            else:
                # `}` after a tag that ends with `}}`, or another brace, would lengthen the tag.
                joins = one in "{}" and self.content.endswith(one)
                self.content += f" {one}" if joins else one
            if one == '"' and not escaped:
                self.in_string = not self.in_string
            escaped = one == "\\" and not escaped

    def _tag(self, text: str) -> None:
        self.content += f" {text}" if self.content.endswith("{") else text

    def _branches(self, node: nodes.If) -> None:
        test, swapped = self._test(node.test)
        first: list[nodes.Node] = list(node.body)
        rest: list[nodes.Node] = [*node.elif_] or list(node.else_)
        if swapped and node.elif_:
            raise NeedsRelayError("`not` before an `elif` has no form in the content")
        yes, no = (rest, first) if swapped else (first, rest)
        self._tag(f"{{%#if {test}%}}")
        self.body(yes)
        if no:
            self._tag("{%else%}")
            for one in no:
                self._branches(one) if isinstance(one, nodes.If) else self.body([one])
        self._tag("{%/if%}")

    def _test(self, node: nodes.Node) -> tuple[str, bool]:
        if any(_of_loop(one) for one in node.find_all(nodes.Getattr)) or _of_loop(node):
            raise NeedsRelayError("a loop of the content knows its place in a comma only")
        return self.leaves.test(node)

    def _loop(self, node: nodes.For) -> None:
        if node.test is not None or node.else_ or not isinstance(node.target, nodes.Name) or self.counters:
            raise NeedsRelayError(
                "a loop of the content runs over the whole list, within no other, and has no `else`"
            )
        value = self.leaves.expression(node.iter)
        if not value.plain or not value.kind.startswith("array:"):
            raise NeedsRelayError("a loop of the content runs over a parameter that is a list")
        body, separator = _without_comma(list(node.body))
        self.leaves.separators += 1
        comma, place = (f"{word}{self.leaves.separators}" for word in ("comma", "place"))
        name = node.target.name
        self.leaves.loops[name] = _items_of(value.kind, self._declared(node.iter))
        counts = [one for one in node.find_all(nodes.Getattr) if _is_index(one)]
        self.counters["loop"] = place
        self._tag(f"{{% let {place} = 0 %}}" if counts else "")
        self._tag(f'{{% let {comma} = "" %}}' if separator else "")
        self._tag(f"{{{{#each {value.text} as |{name}|}}}}")
        self._tag(f"{{% let {place} = {place} + 1 %}}" if counts else "")
        self._tag(f"{{{{{comma}}}}}" if separator else "")
        self.body(body)
        self._tag(f'{{% let {comma} = "{separator}" %}}' if separator else "")
        self._tag("{{/each}}")
        self.counters.clear()
        del self.leaves.loops[name]

    def _declared(self, node: nodes.Node) -> Mapping[str, Any]:
        key = node.attr if isinstance(node, nodes.Getattr) else ""
        found: Mapping[str, Any] = self.leaves.declared.get(key, {})
        return found


def _items_of(kind: str, declared: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what is known of the items of a list: their type, and an example of one."""
    examples = declared.get("example")
    first = {"example": examples[0]} if isinstance(examples, list) and examples else {}
    return {"type": kind.removeprefix("array:"), **first}


def _without_comma(body: list[nodes.Node]) -> tuple[list[nodes.Node], str]:
    """Take out of a loop what it writes between its elements; empty where it writes nothing so."""
    for index, attribute in ((len(body) - 1, "last"), (0, "first")):
        places = range(index, -1, -1) if attribute == "last" else range(len(body))
        for at in places:
            text = _separator(body[at], attribute)
            if text:
                return [*body[:at], *body[at + 1 :]], text
            if not _is_blank(body[at]):
                break
    return body, ""


def _separator(node: nodes.Node, attribute: str) -> str:
    if not isinstance(node, nodes.If) or node.elif_ or node.else_ or not isinstance(node.test, nodes.Not):
        return ""
    test = node.test.node
    if not _of_loop(test) or getattr(test, "attr", "") != attribute or len(node.body) != 1:
        return ""
    output = node.body[0]
    parts = output.nodes if isinstance(output, nodes.Output) else []
    text = "".join(str(one.data) for one in parts if isinstance(one, nodes.TemplateData)).strip()
    return text if text == "," and len(parts) == 1 else ""


def _is_blank(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Output) and all(
        isinstance(one, nodes.TemplateData) and not str(one.data).strip() for one in node.nodes
    )


def _of_loop(node: nodes.Node) -> bool:
    return (
        isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name == "loop"
    )


def _is_index(node: nodes.Node) -> bool:
    return _of_loop(node) and getattr(node, "attr", "") == "index"


def _names(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Name):
        yield node.name
    for one in node.find_all(nodes.Name):
        yield one.name
