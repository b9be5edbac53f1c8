"""A description × the name of an operation → what a request of it must be, as plain data."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from msgspec import Struct, field

from callsheet.contracts.bundling import why_unread
from callsheet.contracts.descriptions import Description
from callsheet.contracts.media_types import is_json, nearest_to, without_charset
from callsheet.contracts.old_bodies import read_old_body
from callsheet.contracts.parameter_styles import style_of
from callsheet.contracts.schemas import Translator
from callsheet.contracts.sources import ContractFault
from callsheet.contracts.validation import Validation
from callsheet.documents import equal, pointer_of
from callsheet.errors import of_its_shape
from callsheet.words import nearest


class Operation(Struct):
    """One operation of a contract.

    Attributes:
        at: its pointer in the contract.
        urls: URL templates, `{name}` for each path parameter; without a host where none is named.
        variables: of the first server, with their defaults.
        parameters: of query and headers: name, in, required, schema, style, explode.
        path: the schemas of the parameters of the path by their names, with their places.
        body: the schema of the JSON body, or None: that of plain JSON, else of the first type of JSON.
        bodies: the schemas of the body by its media type, where they are not all the same.
        answers: the schemas of the JSON bodies of `success` and `failure`, where they are described.
        examples: of these bodies, as the description shows them.
        json_body: whether the body, where there is one, may be JSON.
        body_at: the pointer to what says that it may not; empty where the operation does.
        media: the types of JSON that the body may have, that of `body` first; empty for any.
        security: alternatives, each a list of schemes; empty where none is named.
        status: of the first success that is described, else 200.
        definitions: what the schemas of parameters refer to.
        odd: what the contract itself gets wrong, with pointers.
        unheld: sentences on what is required and no action holds, or as the description has it.
        compiled: the validations that were asked for.

    """

    at: str
    method: str
    urls: list[str]
    variables: dict[str, str] = field(default_factory=dict)
    parameters: list[dict[str, Any]] = field(default_factory=list)
    path: dict[str, dict[str, Any]] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)
    body_required: bool = False
    json_body: bool = True
    body_at: str = ""
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    examples: dict[str, list[Any]] = field(default_factory=dict)
    media: list[str] = field(default_factory=list)
    security: list[list[dict[str, Any]]] = field(default_factory=list)
    deprecated: bool = False
    status: int = 200
    definitions: dict[str, Any] = field(default_factory=dict)
    odd: list[tuple[str, str]] = field(default_factory=list)
    unheld: list[str] = field(default_factory=list)
    compiled: dict[str, Validation] = field(default_factory=dict)

    @property
    def shared(self) -> dict[str, Any]:
        """The schemas to which those of parameters refer, by name."""
        return (self.body or {}).get("$defs") or self.definitions

    def validation_of(self, schema: dict[str, Any], at: str) -> Validation:
        """Return the schema of a parameter, by its place and its name, compiled once."""
        if at not in self.compiled:
            self.compiled[at] = Validation({**schema, "$defs": self.shared})
        return self.compiled[at]

    def validation(self, what: str) -> Validation:
        """Return the schema of the `body`, or of the answer of `success` or `failure`, compiled once."""
        if what not in self.compiled:
            schema = (self.body or {}) if what == "body" else self.answers[what]
            self.compiled[what] = Validation(schema)
        return self.compiled[what]

    def body_as(self, media: str | None) -> Validation:
        """Return the schema of a body of a media type; without one, it is sent as plain JSON."""
        known = nearest_to(self.bodies, media or "application/json")
        if known is None:
            return self.validation("body")
        if known not in self.compiled:
            self.compiled[known] = Validation(self.bodies[known])
        return self.compiled[known]


def find_operation(described: Description, name: str) -> Operation:
    """Return an operation of an OpenAPI description, by its `operationId` or as `POST /path`.

    Raises:
        ContractFault: CS450 for what is not OpenAPI, CS451 where there is none, or more than one.

    """
    description = described.value
    if not str(description.get("openapi", "")).startswith("3.") and description.get("swagger") != "2.0":
        raise ContractFault(
            "CS450", "the contract is not OpenAPI 2.0, 3.0 or 3.1", "see its `openapi` or `swagger` field"
        )
    found = described.operations.get(name, ())
    if len(found) != 1:
        what = "there is no operation" if not found else "two operations are called"
        raise ContractFault(
            "CS451",
            f"{what} `{name[:80]}` in the contract{'' if found else nearest(name, described.names())}",
            "name one by its operationId, or as `POST /path`",
        )
    path, method, item, node = found[0]
    with of_its_shape(misshapen("OpenAPI")):
        return _OperationReader(description).read(path, method, item, node)


def misshapen(form: str) -> ContractFault:
    """Return the fault of a description whose parts do not have the types that its form says."""
    return ContractFault(
        "CS450",
        f"the contract is not valid as {form}: a part of the operation has another type",
        "check it with a validator of its format, or download the file again",
    )


class _OperationReader:
    def __init__(self, description: dict[str, Any]) -> None:
        self.description = description
        self.translator = Translator(description)
        self.old = description.get("swagger") == "2.0"
        self.fields: list[tuple[dict[str, Any], str]] = []

    def read(self, path: str, method: str, item: dict[str, Any], node: dict[str, Any]) -> Operation:
        at = f"/paths{pointer_of((path, method))}"
        # Some write a part of the query, or a mark that tells two operations apart, behind the path.
        address, _, query = path.partition("#")[0].partition("?")
        operation = Operation(at, method.upper(), [f"{one}{address}" for one in self._servers(item, node)])
        for name, value in parse_qsl(query, keep_blank_values=True):
            is_open = value.startswith("{") and value.endswith("}")
            schema = {"type": "string", **({} if is_open else {"enum": [value]})}
            constant: dict[str, Any] = {"name": name, "in": "query", "required": True, "schema": schema}
            self._parameter({**constant, **schema} if self.old else constant, at, operation)
        operation.variables = self._variables(item, node)
        operation.deprecated = node.get("deprecated") is True
        for origin, listed in ((at.rpartition("/")[0], item), (at, node)):
            for index, one in enumerate(listed.get("parameters") or ()):
                place = f"{origin}/parameters/{index}"
                self._parameter(self._resolved(one, place), place, operation)
        # What an operation says of a parameter goes before what its path says.
        last = {
            (one["in"], one["name"].lower() if one["in"] == "header" else one["name"]): one
            for one in operation.parameters
        }
        operation.parameters = [*last.values()]
        if self.old:
            self._old_body(node, operation)
        elif isinstance(node.get("requestBody"), dict):
            place = f"{at}/requestBody"
            self._body(self._resolved(node["requestBody"], place), place, operation)
        self._answers(node, at, operation)
        self._security(node, operation)
        operation.odd = self.translator.odd
        operation.definitions = self.translator.definitions if operation.body is None else {}
        return operation

    def _resolved(self, node: Any, at: str = "") -> dict[str, Any]:
        """Return what a reference leads to; with a place, it is noted where that is nothing."""
        reference = node.get("$ref") if isinstance(node, dict) else None
        if isinstance(reference, str):
            inside = reference.startswith("#/")
            node = self.translator.look(reference[1:]) if inside else None
            if at and not isinstance(node, dict):
                why = "is not there" if inside else why_unread(reference)
                self.translator.odd.append((at, f"refers to {reference[:80]}, which {why}"))
        return node if isinstance(node, dict) else {}

    def _servers(self, item: dict[str, Any], node: dict[str, Any]) -> list[str]:
        if self.old:
            host, base = self.description.get("host", ""), self.description.get("basePath", "").rstrip("/")
            return [f"https://{host}{base}" if host else base]
        urls = []
        for one in self._listed_servers(item, node):
            url = str(one.get("url", "")).rstrip("/")
            url = f"https:{url}" if url.startswith("//") else url
            if url not in urls:
                urls.append(url)
        return urls

    def _listed_servers(self, item: dict[str, Any], node: dict[str, Any]) -> list[Any]:
        return node.get("servers") or item.get("servers") or self.description.get("servers") or [{}]

    def _variables(self, item: dict[str, Any], node: dict[str, Any]) -> dict[str, str]:
        """Return the defaults of the variables of the first server, or the first value of each."""
        variables = None if self.old else self._listed_servers(item, node)[0].get("variables")
        found = {}
        for name, one in variables.items() if isinstance(variables, dict) else ():
            listed = one.get("enum") or [None]
            default = one.get("default", listed[0])
            if isinstance(default, str | int) and default != "":
                found[str(name)] = str(default)
        return found

    def _parameter(self, one: dict[str, Any], at: str, operation: Operation) -> None:
        where = one.get("in")
        if where == "body":
            operation.body = self.translator.whole(one.get("schema"), f"{at}/schema")
            operation.body_required = one.get("required") is True
        elif where == "formData":
            self.fields.append((one, at))
        elif where in ("path", "cookie"):
            operation.unheld += _unheld(one, where)
            if where == "path":
                schema, _ = self._schema_of(one)
                operation.path[str(one.get("name", ""))] = {
                    "schema": self.translator.closed(schema, f"{at}/schema"),
                    "at": at,
                }
        elif where in ("query", "header"):
            schema, in_a_text = self._schema_of(one)
            operation.parameters.append(
                {
                    "name": str(one.get("name", "")),
                    "in": where,
                    "required": one.get("required") is True,
                    "deprecated": one.get("deprecated") is True,
                    "schema": self.translator.closed(schema, f"{at}/schema"),
                    "at": at,
                    "json": in_a_text,
                    **style_of(one, old=self.old),
                }
            )

    def _schema_of(self, one: dict[str, Any]) -> tuple[Any, bool]:
        """Return the schema of a parameter, and whether its value is JSON in a text."""
        content: Any = one.get("content")
        for media, held in content.items() if isinstance(content, dict) and not self.old else ():
            if is_json(media) and isinstance(held, dict):
                return held.get("schema"), True
        return one if self.old else one.get("schema"), False

    def _body(self, body: dict[str, Any], at: str, operation: Operation) -> None:
        content = body.get("content") or {}
        listed = [one for one in content if is_json(one)]
        operation.body_required = body.get("required") is True
        if not listed:
            operation.json_body = not content
            return
        first = nearest_to(listed, "application/json") or listed[0]
        bare = [without_charset(one) for one in (first, *listed)]
        operation.media = [] if "*/*" in content else [*dict.fromkeys(bare)]
        schemas = {one: content[one].get("schema") for one in listed}
        same = all(equal(one, schemas[first]) for one in schemas.values())
        for media in [first] if same else listed:
            pointer = f"{at}/content{pointer_of((media,))}/schema"
            found = self.translator.whole(schemas[media], pointer)
            if not same:
                operation.bodies[media] = found
            if media == first:
                operation.body = found

    def _old_body(self, node: dict[str, Any], operation: Operation) -> None:
        found = read_old_body(self.translator, node, operation.at, operation.body, self.fields)
        if found is not None:
            operation.body, operation.media = found.schema, found.media
            operation.body_required = operation.body_required or found.required
            operation.json_body, operation.body_at = found.schema is not None, found.at

    def _answers(self, node: dict[str, Any], at: str, operation: Operation) -> None:
        told_statuses = [str(one) for one in node.get("responses") or ()]
        operation.status = next((int(one) for one in told_statuses if re.fullmatch("2[0-9]{2}", one)), 200)
        for status, answer in (node.get("responses") or {}).items():
            kind = "success" if str(status).startswith("2") else "failure"
            told = self._resolved(answer)
            reference = answer.get("$ref") if isinstance(answer, dict) else None
            place = reference[1:] if told and isinstance(reference, str) else None
            place = place or f"{at}/responses{pointer_of((str(status),))}"
            schema, pointer = told.get("schema"), f"{place}/schema"
            shown = [one for media, one in (told.get("examples") or {}).items() if is_json(media)]
            for media, one in (told.get("content") or {}).items():
                if is_json(media) and isinstance(one, dict):
                    schema, shown = one.get("schema"), self._examples(one)
                    pointer = f"{place}/content{pointer_of((media,))}/schema"
            if kind not in operation.answers and isinstance(schema, dict):
                found = self.translator.translated(schema, pointer)
                operation.answers[kind] = {**found, "$defs": self.translator.definitions}
                operation.examples[kind] = shown

    def _examples(self, media: dict[str, Any]) -> list[Any]:
        """Return the examples of a media type of OpenAPI 3."""
        listed = media.get("examples")
        named = [self._resolved(one) for one in (listed.values() if isinstance(listed, dict) else ())]
        own = [media["example"]] if "example" in media else []
        return own + [one["value"] for one in named if "value" in one]

    def _security(self, node: dict[str, Any], operation: Operation) -> None:
        schemes = (
            self.description.get("securityDefinitions")
            if self.old
            else (self.description.get("components") or {}).get("securitySchemes")
        ) or {}
        for alternative in node.get("security", self.description.get("security") or ()):
            names = alternative if isinstance(alternative, dict) else {}
            found = [self._resolved(schemes.get(name)) for name in names]
            operation.unheld += [
                f"the operation requires `{name}`, which the description does not define"
                for name, one in zip(names, found, strict=True)
                if not one
            ]
            operation.security.append([one for one in found if one])


def _unheld(parameter: dict[str, Any], where: str) -> list[str]:
    """Return what an action does not hold of a cookie, or of the style of a parameter of the path."""
    name, style = parameter.get("name"), parameter.get("style", "simple")
    if where == "path":
        words = f"the operation writes `{name}` in the style `{style}`: the path has its value alone"
        return [words] if style != "simple" else []
    is_required = parameter.get("required") is True
    return [f"the operation requires the cookie `{name}`: it was left out"] if is_required else []
