"""An action × an environment → the compiled action: canonical, with its digest."""

from __future__ import annotations

from typing import Any

from jinja2 import nodes

from callsheet.compiling.compilers import CompileResult, ReadTemplate
from callsheet.compiling.kept import Kept
from callsheet.compiling.leaves import without_own, without_own_fields
from callsheet.compiling.relaying import with_relay
from callsheet.compiling.template_payloads import TemplateFileCompiler
from callsheet.documents import Path, Problem
from callsheet.language.action import Action
from callsheet.language.content import Content, RequestContent
from callsheet.language.environment import Environment
from callsheet.language.layers import URL, url_parts
from callsheet.rules.written_forms import lost_constant
from callsheet.templates.faults import TemplateFault
from callsheet.templates.scope import text_at
from callsheet.templates.syntax import Expression, is_template, parse_leaf
from callsheet.templates.urls import Manner, render_url


def compiled_base(action: Action, environment: Environment) -> Any:
    """Return the URL of the connection of an action as it is compiled; None without one."""
    return ActionCompiler(action, environment, _no_file).base()


def _no_file(file: str) -> Problem:
    return Problem(code="CS512", file=file, message="it is not read here", help="compile the action")


def compile_action(
    action: Action, environment: Environment, read_template: ReadTemplate, kept: Kept | None = None
) -> CompileResult:
    """Compile one action for one environment.

    The overlaid spec must be valid by the schema. Problems are collected, not raised; with any
    error there is no compiled action.
    """
    return ActionCompiler(action, environment, read_template, kept).run()


class ActionCompiler(TemplateFileCompiler):
    """Compiles an action: its request, and what belongs to it."""

    def _content(self) -> Content:
        spec, content = self.spec, self._metadata()
        content["request"] = self._request(spec["request"])
        content["authentication"] = self._authentication(spec.get("authentication") or {"type": "none"})
        if self.parameters:
            content["parameters"] = self._declared()
        if spec.get("responses"):
            content["responses"] = self._once(("responses",), _answers, spec["responses"])
        for field in ("channel", "marketingAction"):
            if field in spec:
                content[field] = spec[field]
        if spec.get("limits"):
            content["limits"] = self._once(("limits",), without_own_fields, spec["limits"])
        if (spec.get("lifecycle") or {}).get("protect"):
            content["protect"] = True
        # What did not compile is not whole, and is not looked at.
        return content if self.problems else with_relay(content, self.environment)

    # -- the request ----------------------------------------------------------------------

    def _request(self, request: dict[str, Any]) -> RequestContent:
        compiled: RequestContent = {
            "method": request["method"],
            "url": self._url(request["url"], ("request", "url")),
        }
        if request.get("headers"):
            compiled["headers"] = self._once(("request", "headers"), self._headers, request["headers"])
        if request.get("query"):
            compiled["query"] = {
                name: self._in_query(value, ("request", "query", name))
                for name, value in request["query"].items()
            }
        if "payloadFile" in request and "payload" not in request:
            compiled["payload"] = self._file(request["payloadFile"], ("request", "payloadFile"))
        elif "payload" in request:
            compiled["payload"] = self._payload(request["payload"], ("request", "payload"))
        return compiled

    def _headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        return {name: self._header(value, ("request", "headers", name)) for name, value in headers.items()}

    def _url(self, text: Any, path: Path) -> Any:
        if isinstance(text, dict):
            return self._once(path, self._secret_url, text, path)
        return self._once(path, self._rendered_url, text, path) if is_template(text) else text

    def _rendered_url(self, text: str, path: Path) -> Any:
        try:
            scope = self._scope()
            parts = parse_leaf(text)
            self._warn_of_lost_forms(parts, in_text=True)
            rendered = [(*self._part(part, scope), _manner(part)) for part in parts]
            url = render_url(rendered, self._joint(text) if path == URL else None)
            self._warn_of_credential(url, path, text)
            return url
        except TemplateFault as fault:
            self._fault(path, text, fault)
            return None

    def _joint(self, text: str) -> int | None:
        """Return the part that begins a path after a connection's URL, where that ends with a value."""
        found = url_parts(self.layers)
        base = None if found is None or found[1] is None else found[0].fields["url"]
        if not isinstance(base, str) or not base.endswith("}}") or not text.startswith(f"{base}/"):
            return None
        return len(parse_leaf(base))

    def base(self) -> Any:
        """Return the compiled URL of the connection; None without one, and where it does not compile."""
        found = url_parts(self.layers)
        return None if found is None else self._url(found[0].fields["url"], URL)

    def _secret_url(self, fields: dict[str, str], path: Path) -> Any:
        """Compile a URL that is a secret: its host is known, and what the action writes after it."""
        head = self._url(f"https://{fields['host']}", (*path, "host"))
        if head is None:
            return None
        after = self._url(head + fields.get("path", ""), (*path, "path"))
        pieces = after["$concat"] if isinstance(after, dict) else [after or head]
        rest = [pieces[0].removeprefix(head), *pieces[1:]]
        return {"$concat": [f"{head}/", {"$secret": fields["secret"]}, *(one for one in rest if one)]}

    def _in_query(self, value: Any, path: Path) -> Any:
        """Compile a value of the query, which may be a number, and becomes a text in the request."""
        self.warnings += lost_constant(value, self.action, self.environment, path)
        return self._plain(value, path)

    def _header(self, value: Any, path: Path) -> Any:
        compiled = self._plain(value, path)
        if compiled is not None and not isinstance(compiled, dict):
            try:
                compiled = text_at(compiled, 0)
            except TemplateFault as fault:
                self.problems.append(self._problem(path, fault))
        return compiled


def _answers(responses: dict[str, Any]) -> dict[str, Any]:
    return without_own(without_own_fields(responses))


def _manner(part: Expression | str) -> Manner:
    if isinstance(part, str):
        return "written"
    node = part.node
    return "encoded" if isinstance(node, nodes.Filter) and node.name == "urlencode" else "value"
