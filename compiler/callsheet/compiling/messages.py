"""A message × an environment → the compiled message; and what is wrong with how it is delivered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callsheet.compiling.leaves import Compilation, LeafCompiler, ReadTemplate, without_own_fields
from callsheet.compiling.model import Compiled
from callsheet.documents import Path, Problem
from callsheet.language.environment import Environment, overlaid_spots
from callsheet.language.message import FIELDS, Message
from callsheet.language.schema_check import nearest
from callsheet.templates.encoding import encode
from callsheet.templates.residual import Residual
from callsheet.templates.scope import text_at
from callsheet.templates.syntax import TemplateFault, is_template, parse_leaf


def compile_message(message: Message, environment: Environment, read_template: ReadTemplate) -> Compilation:
    """Compile one message for one environment.

    The overlaid spec must be valid by the schema. Problems are collected, not raised; with any error there
    is no compiled message.
    """
    return _Compiler(message, environment, read_template).run()


class _Compiler(LeafCompiler):
    def _content(self) -> dict[str, Any]:
        spec = self.spec
        content = {"kind": "Message", **self._metadata(), "channel": spec["channel"]}
        content["via"] = self._via(spec["via"])
        for field in ("to", "replyTo", "language"):
            if field in spec:
                content[field] = self._plain(spec[field], (field,))
        for field in ("from", "unsubscribe"):
            if field in spec:
                content[field] = {
                    key: self._plain(value, (field, key)) for key, value in spec[field].items()
                }
        content["content"] = {
            language: self._texts(fields, ("content", language))
            for language, fields in spec["content"].items()
        }
        content["defaultLanguage"] = spec.get("defaultLanguage", next(iter(spec["content"])))
        if self.parameters:
            content["parameters"] = self._declared()
        if (spec.get("lifecycle") or {}).get("protect"):
            content["protect"] = True
        return content

    def _via(self, via: dict[str, Any]) -> dict[str, Any]:
        if "smtp" in via:
            return {"smtp": self._authentication(via["smtp"], ("via", "smtp"))}
        found: dict[str, Any] = {"action": via["action"]}
        if via.get("parameters"):
            found["parameters"] = {
                name: self._plain(value, ("via", "parameters", name))
                for name, value in via["parameters"].items()
            }
        if via.get("content"):
            found["content"] = dict(via["content"])
        return found

    def _texts(self, fields: dict[str, Any], path: Path) -> dict[str, Any]:
        found = {}
        for name, text in without_own_fields(fields).items():
            if name == "htmlFile":
                found["html"] = self._html_file(text, (*path, name))
            elif name == "html":
                found[name] = self._html(text, (*path, name))
            else:
                found[name] = self._plain(text, (*path, name))
        return found

    def _html_file(self, file: str, path: Path) -> Any:
        text = self.read_template(file)
        if isinstance(text, Problem):
            self.problems.append(self._unreadable(text, path))
            self.used.update(self.parameters)
            return None
        return self._html(text, path, file=file)

    def _html(self, text: str, path: Path, *, file: str | None = None) -> Any:
        """Compile HTML to its pieces: constants, and slots whose values are escaped when they are known.

        What the workspace itself says (`values`) is the author's own, and goes in as it is.
        """
        if not is_template(text):
            return text
        try:
            scope = self._scope()
            pieces: list[Any] = []
            parts = parse_leaf(text)
            self._warn_of_lost_forms(parts, in_text=True)
            for part in parts:
                value, offset = self._part(part, scope)
                if isinstance(value, Residual):
                    pieces.append(value.compiled())
                elif pieces and isinstance(pieces[-1], str):
                    pieces[-1] += text_at(value, offset)
                else:
                    pieces.append(text_at(encode(value), offset))
        except TemplateFault as fault:
            if file is not None:
                self.problems.append(self._in_file(file, text, fault))
                self._use_mentioned(text)
            else:
                self._fault(path, text, fault)
            return None
        return pieces[0] if len(pieces) == 1 and isinstance(pieces[0], str) else {"$concat": pieces}


def check_messages(compiled: Compiled) -> Iterator[Problem]:
    """Check that what delivers a message is there, and gets what it needs, in every environment."""
    for name, there in compiled.by_environment.items():
        environment = compiled.environments[name]
        for message in compiled.messages.values():
            found = there.get(message.address)
            if found is None or "action" not in found.content["via"]:
                continue
            yield from _check_delivery(compiled, environment, message, found.content)


def _check_delivery(
    compiled: Compiled, environment: Environment, message: Message, content: dict[str, Any]
) -> Iterator[Problem]:
    via = content["via"]
    action = compiled.by_environment[environment.name].get(f"Action/{via['action']}")
    if action is None:
        known = via["action"] in compiled.actions
        # An action that did not compile is reported by itself.
        if not (known and environment.select.selects(compiled.actions[via["action"]])):
            words = f"is not deployed in {environment.name}" if known else "is not there"
            yield overlaid_spots("CS472", message, environment).value(
                ("via", "action"),
                f"the action `{via['action']}` {words}{nearest(via['action'], compiled.actions)}",
                do="name an action that delivers it in every environment of the message",
            )
        return
    declared = action.content.get("parameters", {})
    at = overlaid_spots("CS473", message, environment)
    for given in via.get("parameters", {}):
        if given not in declared:
            yield at.key(
                ("via", "parameters", given),
                f"the action `{action.name}` has no parameter `{given}`{nearest(given, declared)}",
                do=f"its parameters are: {', '.join(declared)}",
            )
    for field, taken in via.get("content", {}).items():
        if taken not in declared:
            yield at.value(
                ("via", "content", field),
                f"the action `{action.name}` has no parameter `{taken}`{nearest(taken, declared)}",
                do=f"its parameters are: {', '.join(declared)}",
            )
    yield from _check_given(message, environment, content, declared)


def _check_given(
    message: Message, environment: Environment, content: dict[str, Any], declared: dict[str, Any]
) -> Iterator[Problem]:
    """Check that every required parameter of the action gets a value, and every text a parameter."""
    via = content["via"]
    taken = {via.get("content", {}).get(field, field) for field in _held(content)}
    given = {*via.get("parameters", {}), *taken}
    at = overlaid_spots("CS473", message, environment)
    for name, fields in declared.items():
        if name not in given and not fields.get("optional"):
            yield at.key(
                ("via",),
                f"the action needs the parameter `{name}`, which gets no value",
                do="set it under `via.parameters`, or name a field for it under `via.content`",
            )
    lost = [one for one in _held(content) if via.get("content", {}).get(one, one) not in declared]
    for field in lost:
        if field in via.get("content", {}):
            continue
        yield overlaid_spots("CS474", message, environment).key(
            ("via",),
            f"no parameter of the action takes the `{field}` of this message: it is not delivered",
            do=f"name one under `via.content`, as {field}: {next(iter(declared), 'text')}",
        )


def _held(content: dict[str, Any]) -> list[str]:
    """Return the fields that any language of a message has."""
    return [
        field
        for field in FIELDS[content["channel"]]
        if any(field in texts for texts in content["content"].values())
    ]
