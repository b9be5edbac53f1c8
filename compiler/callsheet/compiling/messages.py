"""A message × an environment → the compiled message: its texts, and what delivers it."""

from __future__ import annotations

from typing import Any, cast

from callsheet.compiling.compilers import CompileResult, ReadTemplate
from callsheet.compiling.kept import Kept
from callsheet.compiling.leaves import LeafCompiler, without_own_fields
from callsheet.compiling.payload_files import problem_in_file
from callsheet.documents import Path
from callsheet.language.content import Content
from callsheet.language.environment import Environment
from callsheet.language.message import Message
from callsheet.templates.encoding import encode
from callsheet.templates.faults import TemplateFault
from callsheet.templates.residual import Residual
from callsheet.templates.scope import text_at
from callsheet.templates.syntax import is_template, parse_leaf


def compile_message(
    message: Message, environment: Environment, read_template: ReadTemplate, kept: Kept | None = None
) -> CompileResult:
    """Compile one message for one environment.

    The overlaid spec must be valid by the schema. Problems are collected, not raised; with any error there
    is not a compiled message.
    """
    return MessageCompiler(message, environment, read_template, kept).run()


class MessageCompiler(LeafCompiler):
    """Compiles a message: its texts by language, and what delivers it."""

    def _content(self) -> Content:
        spec = self.spec
        content: Content = {"kind": "Message", **self._metadata(), "channel": spec["channel"]}
        content["via"] = self._via(spec["via"])
        plain = {
            one: self._plain(spec[one], (one,)) for one in ("to", "replyTo", "language") if one in spec
        }
        nested = {
            field: {key: self._plain(value, (field, key)) for key, value in spec[field].items()}
            for field in ("from", "unsubscribe")
            if field in spec
        }
        content = cast("Content", {**content, **plain, **nested})
        content["content"] = {
            language: self._once(("content", language), self._texts, fields, ("content", language))
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
        found = self._read_file(file, path)
        if found is None:
            return None
        file, text = found
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
                self.problems.append(problem_in_file(file, text, fault))
                self._use_mentioned(text)
            else:
                self._fault(path, text, fault)
            return None
        compiled = pieces[0] if len(pieces) == 1 and isinstance(pieces[0], str) else {"$concat": pieces}
        self._warn_of_credential(compiled, path, text)
        return compiled
