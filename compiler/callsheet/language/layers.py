"""Layers: what a definition is made of, lowest first, and the spec that they come to.

An action is its connection's fields, its own over them, and over both the overlays of an environment. Every
layer knows the document that wrote it, so that each field of the result leads back to its line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from callsheet.documents import Document, Path
from callsheet.language.expanding import expand, expand_named, names_fragments
from callsheet.language.fragment import Binding, Expansion, Fragment, ReadNamed
from callsheet.language.merge import holds, merged_spec

URL: Path = ("request", "url")
PAYLOAD: Path = ("request", "payload")
URL_PATH: Path = ("request", "path")
"""The part of a URL after its host, wherever that is written."""

_IN_REQUEST = ("headers", "query")
"""What a connection writes at the top, and an action in its request."""


class Written(NamedTuple):
    """Where a value is written.

    Attributes:
        document: the one that writes it.
        path: in that document, from its root.
        offset: of a character of the value, in the text that is written there.

    """

    document: Document
    path: Path
    offset: int = 0


class Layer(Struct, frozen=True):
    """Some fields of a spec, as one document writes them.

    Attributes:
        document: the one that writes them.
        root: the path to them in it.
        fields: as they are written.
        form: whether they are those of an action, or those of a connection.
        places: by path in the fields, where what stands there is written: a fragment's, in its document.
        bindings: by path in the fields, what the parameters of a fragment stand for below.

    """

    document: Document
    root: Path
    fields: dict[str, Any]
    form: Literal["definition", "connection"] = "definition"
    places: Mapping[Path, tuple[Document, Path]] = field(default_factory=dict)
    bindings: Mapping[Path, Binding] = field(default_factory=dict)

    def as_spec(self) -> dict[str, Any]:
        """Return the fields in the places that they have in an action; a base URL is `request.base`."""
        if self.form == "definition":
            return self.fields
        spec = {key: one for key, one in self.fields.items() if key not in ("url", *_IN_REQUEST)}
        request = {key: self.fields[key] for key in _IN_REQUEST if key in self.fields}
        if "url" in self.fields:
            request["base"] = self.fields["url"]
        return {"request": request, **spec} if request else spec

    def inner(self, path: Path) -> Path:
        """Return where this layer writes what an action has at a path."""
        if self.form == "definition":
            return path
        return ("url",) if path == URL else path[1:] if path[:1] == ("request",) else path

    def wrote(self, path: Path) -> Written | None:
        """Return where this layer writes what an action has at a path; None where it does not."""
        inner = self.inner(path)
        if not holds(self.fields, inner):
            return None
        for length in range(len(inner), 0, -1) if self.places else ():
            found = self.places.get(inner[:length])
            if found is not None:
                return Written(found[0], (*found[1], *inner[length:]))
        return Written(self.document, (*self.root, *inner))

    def binding(self, path: Path) -> Binding | None:
        """Return what the parameters of a fragment stand for at a path; None outside of fragments."""
        inner = self.inner(path)
        for length in range(len(inner), 0, -1):
            if inner[:length] in self.bindings:
                return self.bindings[inner[:length]]
        return None


class Expanded(Struct, frozen=True):
    """A layer with its fragments in it.

    Attributes:
        layer: the layer.
        declared: what lies under it: the parameters that its fragments declare; None without any.
        expansion: what was found about them; None without any.

    """

    layer: Layer
    declared: Layer | None = None
    expansion: Expansion | None = None

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Both layers, lowest first."""
        return (self.layer,) if self.declared is None else (self.declared, self.layer)


def with_fragments(
    layer: Layer,
    fragments: Mapping[str, Fragment],
    invalid: frozenset[str] = frozenset(),
    read_named: ReadNamed = lambda file: None,  # noqa: ARG005
) -> Expanded:
    """Return a layer with the fragments that its payload names in their places, or its template file.

    Args:
        layer: of a definition's own fields.
        fragments: by name.
        invalid: the names of those that are there, and have errors of their own.
        read_named: returns the fragments that a template file names.

    """
    request = layer.fields.get("request")
    if not isinstance(request, dict):
        return Expanded(layer)
    payload = request.get("payload")
    if names_fragments(payload):
        found = expand(payload, layer.document, (*layer.root, *PAYLOAD), fragments, invalid)
        here = replace(
            layer,
            fields={**layer.fields, "request": {**request, "payload": found.value}},
            places={(*PAYLOAD, *path): one for path, one in found.places.items()},
            bindings={(*PAYLOAD, *path): one for path, one in found.bindings.items()},
        )
        return _with_declared(layer, here, found)
    named = read_named(request["payloadFile"]) if isinstance(request.get("payloadFile"), str) else None
    if named is None:
        return Expanded(layer)
    return _with_declared(layer, layer, expand_named(named, fragments, invalid))


def _with_declared(layer: Layer, here: Layer, found: Expansion) -> Expanded:
    """Return a layer over the parameters that its fragments declare."""
    if not found.declared:
        return Expanded(here, expansion=found)
    own = layer.fields.get("parameters")
    mine = own if isinstance(own, dict) else {}
    declared = {name: _declaration(some, mine.get(name)) for name, some in found.declared.items()}
    under = Layer(
        layer.document,
        layer.root,
        {"parameters": {name: fields for name, (fields, *_) in declared.items()}},
        places={("parameters", name): (one[1], one[2]) for name, one in declared.items()},
    )
    return Expanded(here, under, found)


_Declared = tuple[dict[str, Any], Document, Path]


def _declaration(some: Sequence[_Declared], own: Any) -> _Declared:
    """Return what fragments declare of one parameter: optional only where nobody needs it.

    Args:
        some: of each fragment that it is passed to, what it declares and where.
        own: what the definition declares of it itself; None for nothing.

    """
    fields, document, path = some[0]
    if own is None and all(one.get("optional") for one, *_ in some):
        return fields, document, path
    kept = {key: one for key, one in fields.items() if key not in ("optional", "whenMissing")}
    return kept, document, path


def binding_at(layers: Iterable[Layer], path: Path) -> Binding | None:
    """Return what the parameters of a fragment stand for at a path of an assembled spec."""
    for layer in reversed([*layers]):
        if layer.wrote(path) is not None:
            return layer.binding(path)
    return None


def assembled(layers: Sequence[Layer]) -> dict[str, Any]:
    """Return the spec that layers come to, lowest first: the URL of a connection and a path are one URL."""
    if len(layers) == 1 and layers[0].form == "definition":
        return layers[0].fields
    spec: dict[str, Any] = {}
    for layer in layers:
        spec = merged_spec(spec, layer.as_spec())
    if all(layer.form == "definition" for layer in layers):
        return spec
    request = dict(spec.get("request") or {})
    base, path = request.pop("base", None), request.pop("path", None)
    if "url" not in request and isinstance(base, str):
        request["url"] = joined(base, path or "")
    elif "url" not in request and isinstance(base, dict):
        request["url"] = {**base, "path": base.get("path", "") + path} if path else base
    spec.pop("connection", None)
    return {**spec, "request": request}


def joined(base: str, path: str) -> str:
    """Return a base URL with a path after it."""
    return base.removesuffix("/") + path if path.startswith("/") else base + path


def written(layers: Sequence[Layer], path: Path, offset: int = 0) -> Written:
    """Return where a field of an assembled spec is written, by the highest layer that has it.

    Args:
        layers: lowest first.
        path: in the spec.
        offset: of a character in the text that stands there.

    """
    own = next(one for one in reversed(layers) if one.root in _OWN)
    if path == (*URL, "path") and own.wrote(URL_PATH) is not None:
        return Written(own.document, (*own.root, *URL_PATH), offset)
    if path == URL_PATH and all(one.wrote(path) is None for one in layers):
        path = URL  # it is written whole
    if path == URL:
        parts = url_parts(layers)
        if parts is not None:
            return _in_url(*parts, offset)
    for layer in reversed(layers):
        found = layer.wrote(path)
        if found is not None:
            return found._replace(offset=offset)
    return Written(own.document, (*own.root, *path), offset)


_OWN: tuple[Path, ...] = (("spec",), ("spec", "template", "spec"))
"""Where definitions write their own fields."""


def url_parts(layers: Sequence[Layer]) -> tuple[Layer, Layer | None] | None:
    """Return the layers that write the base of a URL, and its path; None where one writes it whole."""
    base = path = None
    for layer in layers:
        if layer.form == "connection":
            base = layer if "url" in layer.fields else base
            continue
        request = layer.fields.get("request")
        if isinstance(request, dict) and "url" in request:
            return None
        path = layer if isinstance(request, dict) and "path" in request else path
    return None if base is None else (base, path)


def _in_url(base: Layer, path: Layer | None, offset: int) -> Written:
    """Return where the character of a URL of two parts is written."""
    if not isinstance(base.fields["url"], str):
        return Written(base.document, (*base.root, "url"))
    own = joined(base.fields["url"], "/")[:-1] if path is not None else base.fields["url"]
    if path is None or offset < len(own):
        return Written(base.document, (*base.root, "url"), offset)
    return Written(path.document, (*path.root, "request", "path"), offset - len(own))
