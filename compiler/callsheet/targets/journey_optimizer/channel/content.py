"""A compiled payload → the content of a message: JSON with personalization, each field with its verdict."""

from __future__ import annotations

from typing import Any

from callsheet.documents import Path
from callsheet.language.layers import PAYLOAD
from callsheet.language.when_empty import is_droppable
from callsheet.targets.journey_optimizer.channel.leaves import Leaves, Written, json_text
from callsheet.targets.journey_optimizer.channel.template_files import template_content
from callsheet.targets.journey_optimizer.lowering.model import (
    LoweredField,
    NeedsRelayError,
    relay,
    rough,
)
from callsheet.targets.journey_optimizer.lowering.payloads import is_slot

NO_OBJECT = "the payload of a custom channel is an object"
DOTTED = "the screen writes a nested field with dots, and cannot tell a key that contains one"
DROPPED_OBJECT = "an object that is left out where it is empty (`$whenEmpty`) has no form in the content"
OPTIONAL_ITEM = "an item of a list that may have no value has no form in the content"


class PayloadWriter:
    """Writes the payload of one action; its fields are there once `content` was asked for."""

    def __init__(self, leaves: Leaves) -> None:
        self.leaves = leaves
        self.fields: list[LoweredField] = []

    def content(self, payload: Any) -> str | None:
        """Return the content of a message; None where a field of it has no form."""
        if isinstance(payload, dict) and "$template" in payload:
            return self._template(payload["$template"])
        if is_slot(payload) or not isinstance(payload, dict):
            self.fields.append(LoweredField(path=PAYLOAD, kind="none", verdict=relay(NO_OBJECT, "root")))
            return None
        text = self._value(payload, PAYLOAD, "").json
        return None if any(one.verdict.needs_relay for one in self.fields) else f"{text}\n"

    def _template(self, template: Any) -> str | None:
        try:
            text, differences = template_content(template, self.leaves)
        except NeedsRelayError as error:
            self.fields.append(LoweredField(path=PAYLOAD, kind="none", verdict=error.verdict))
            return None
        verdict = rough(*differences)
        self.fields.append(LoweredField(path=PAYLOAD, kind="content", value=text, verdict=verdict))
        return text

    def _value(self, node: Any, path: Path, margin: str) -> Written:
        if is_droppable(node):
            self._refuse(path, DROPPED_OBJECT)
            return Written(text="", kind="json")
        if isinstance(node, dict) and not is_slot(node):
            return Written(text=self._object(node, path, margin), kind="json")
        if isinstance(node, list):
            return Written(text=self._list(node, path, margin), kind="json")
        return self._leaf(node, path)

    def _leaf(self, node: Any, path: Path) -> Written:
        try:
            written = self.leaves.written(node)
        except NeedsRelayError as error:
            self.fields.append(LoweredField(path=path, kind="none", verdict=error.verdict))
            return Written(text="", kind="json")
        if isinstance(node, dict):
            verdict = rough(*written.differences)
            field = LoweredField(path=path, kind="content", value=written.json, verdict=verdict)
        else:
            field = LoweredField(path=path, kind="constant", value=node)
        self.fields.append(field)
        return written

    def _object(self, node: dict[str, Any], path: Path, margin: str) -> str:
        """Write an object; what may be left out comes last, each with the comma before it."""
        members = node.get("$literal", node)
        inner = f"{margin}  "
        always, optional = list[str](), list[tuple[Written, str]]()
        for key, one in members.items():
            if "." in key:
                self.fields.append(
                    LoweredField(path=(*path, key), kind="none", verdict=relay(DOTTED, "key"))
                )
                continue
            written = self._value(one, (*path, key), inner)
            text = f'"{json_text(key)}": {written.json}'
            if written.missing and written.null:
                text = f'"{json_text(key)}": {_if_there(written, written.json, "null")}'
            if written.missing and not written.null:
                optional.append((written, text))
            else:
                always.append(f"{inner}{text}")
        if not always:
            return self._all_optional(optional, margin)
        rest = (_if_there(one, f",\n{inner}{text}") for one, text in optional)
        return "{\n" + ",\n".join(always) + "".join(rest) + f"\n{margin}}}"

    def _all_optional(self, members: list[tuple[Written, str]], margin: str) -> str:
        """Write an object of which all may be left out: a variable has the comma, once it is needed."""
        if not members:
            return "{ }"
        self.leaves.separators += 1
        comma, inner = f"comma{self.leaves.separators}", f"{margin}  "
        lines = [
            inner + _if_there(one, f'{{{{{comma}}}}}{text}{{% let {comma} = "," %}}')
            for one, text in members
        ]
        return "\n".join(["{", f'{inner}{{% let {comma} = "" %}}', *lines, f"{margin}}}"])

    def _list(self, node: list[Any], path: Path, margin: str) -> str:
        inner = f"{margin}  "
        items = []
        for index, one in enumerate(node):
            written = self._value(one, (*path, index), inner)
            if written.missing:
                self._refuse((*path, index), OPTIONAL_ITEM)
            items.append(f"{inner}{written.json}")
        return "[\n" + ",\n".join(items) + f"\n{margin}]" if items else "[]"

    def _refuse(self, path: Path, reason: str) -> None:
        self.fields = [one for one in self.fields if one.path != path]
        self.fields.append(LoweredField(path=path, kind="none", verdict=relay(reason)))


def _if_there(written: Written, text: str, other: str = "") -> str:
    otherwise = f"{{%else%}}{other}" if other else ""
    return f"{{%#if isNotNull({written.missing})%}}{text}{otherwise}{{%/if%}}"
