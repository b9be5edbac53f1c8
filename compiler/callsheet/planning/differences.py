"""Two compiled actions → what changed, in the terms of an action, with impact and reason.

deepdiff finds the changed values; here each gets its words, its impact class and its reason code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from callsheet.language.rules.request import host_of, url_text
from callsheet.workspace import Path

Impact = Literal["cosmetic", "compatible", "breaking", "sensitive"]
IMPACTS: tuple[Impact, ...] = ("cosmetic", "compatible", "breaking", "sensitive")
"""From what nobody feels to what somebody must look at."""


class _Nothing:
    """There is no value on this side."""


NOTHING = _Nothing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One change of one field.

    Attributes:
        path: into the compiled action.
        before: the value before, or `NOTHING`.
        after: the value after, or `NOTHING`.
        words: what changed, in the terms of an action.
        place: file, line and column of the new value, where it is known.

    """

    path: Path
    before: Any
    after: Any
    words: str
    impact: Impact
    reason: str
    place: tuple[str, int, int] | None = None

    @property
    def operation(self) -> str:
        """add, remove or change."""
        if self.before is NOTHING:
            return "add"
        return "remove" if self.after is NOTHING else "change"

    @property
    def pointer(self) -> str:
        """The path as a JSON Pointer (RFC 6901)."""
        return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in self.path)


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """Give what changed between two compiled actions, sorted by path; empty where they are equal."""
    found = [_explained(path, old, new, before, after) for path, old, new in changed(before, after)]
    found += _new_personal_data(before, after)
    return sorted(found, key=lambda one: (one.pointer, one.reason))


def changed(before: Any, after: Any) -> list[tuple[Path, Any, Any]]:
    """Give the paths at which two values differ, by deepdiff; the smallest values that tell it."""
    from deepdiff import DeepDiff

    tree = DeepDiff(before, after, view="tree", ignore_order=False, threshold_to_diff_deeper=0)
    found: dict[Path, tuple[Any, Any]] = {}
    for kind, items in tree.items():
        for item in items:
            path = tuple(item.path(output_format="list"))
            old = NOTHING if kind.endswith("_added") else item.t1
            new = NOTHING if kind.endswith("_removed") else item.t2
            path, old, new = _whole_slots(path, old, new, before, after)
            found[path] = (old, new)
    return [(path, *pair) for path, pair in found.items()]


def _whole_slots(path: Path, old: Any, new: Any, before: Any, after: Any) -> tuple[Path, Any, Any]:
    """Step out of a slot or a reference: it changes as a whole. A template is compared from inside."""
    literal = False
    for length, part in enumerate(path):
        slot = isinstance(part, str) and part.startswith("$") and not literal
        literal = part == "$literal" and not literal
        if part == "$template":
            break
        if (slot and not literal) or (part == "secret" and length + 1 == len(path)):
            return path[:length], _look(before, path[:length]), _look(after, path[:length])
    return path, old, new


def _look(value: Any, path: Path) -> Any:
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return NOTHING
    return value


# -- words, impact, reason ------------------------------------------------------------------

Explanation = tuple[str, Impact, str]


def _explained(path: Path, old: Any, new: Any, before: dict[str, Any], after: dict[str, Any]) -> Difference:
    words, impact, reason = _explain(path, old, new, before, after)
    return Difference(path=path, before=old, after=new, words=words, impact=impact, reason=reason)


def _explain(path: Path, old: Any, new: Any, before: dict[str, Any], after: dict[str, Any]) -> Explanation:
    explain = _BY_SECTION.get(str(path[0]))
    if path[0] == "request" and len(path) > 1:
        explain = _BY_REQUEST_FIELD.get(str(path[1]), explain)
    if explain is None:
        return f"{_dotted(path)} {_verb(old, new)}", "compatible", "field-changed"
    return explain(path, old, new, before, after)


def _text(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    return f"{_dotted(path)} {_verb(old, new)}", "cosmetic", f"{path[0]}-changed"


def _name(path: Path, old: Any, new: Any, *_: Any) -> Explanation:  # noqa: ARG001
    return f"renamed from `{old}` to `{new}`", "breaking", "action-renamed"


def _method(path: Path, old: Any, new: Any, *_: Any) -> Explanation:  # noqa: ARG001
    return f"method changed from {old} to {new}", "breaking", "method-changed"


def _url(path: Path, old: Any, new: Any, *_: Any) -> Explanation:  # noqa: ARG001
    was, now = url_text(old), url_text(new)
    if was.startswith("https:") and now.startswith("http:"):
        return "the call goes over http instead of https", "sensitive", "https-to-http"
    if host_of(old) != host_of(new):
        return f"host changed from {host_of(old)} to {host_of(new)}", "sensitive", "new-host"
    return "URL changed", "compatible", "url-changed"


def _header(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    if len(path) < 3:
        return f"headers {_verb(old, new)}", "compatible", "header-changed"
    words = f"header `{path[2]}` {_verb(old, new)}"
    if _is_reference(old) or _is_reference(new):
        return words, "sensitive", "secret-changed"
    return words, "compatible", "header-changed"


def _query(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    if len(path) < 3:
        return f"query {_verb(old, new)}", "compatible", "query-changed"
    return f"query parameter `{path[2]}` {_verb(old, new)}", "compatible", "query-changed"


def _payload(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    if "$template" in path:
        inside = _dotted(path[path.index("$template") + 1 :]).removeprefix("names.")
        what = "template text" if inside == "text" else f"`{inside}`, which the template reads,"
        return f"payload: {what} {_verb(old, new)}", "compatible", "template-changed"
    words = (
        f"payload field `{_dotted(path[2:])}` {_verb(old, new)}"
        if path[2:]
        else f"payload {_verb(old, new)}"
    )
    if _is_reference(old) or _is_reference(new):
        return words, "sensitive", "secret-changed"
    if new is NOTHING:
        return words, "compatible", "payload-field-removed"
    if old is NOTHING:
        return words, "compatible", "payload-field-added"
    constant = not (_is_slot(old) or _is_slot(new))
    return words, "compatible", "constant-changed" if constant else "mapping-changed"


def _authentication(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    if path[1:] == ("type",):
        return f"authentication changed from {old} to {new}", "sensitive", "authentication-changed"
    if _is_reference(old) and _is_reference(new):
        words = f"secret of `{_dotted(path)}` changed from {old['secret']} to {new['secret']}"
        return words, "sensitive", "secret-changed"
    return f"`{_dotted(path)}` {_verb(old, new)}", "sensitive", "authentication-changed"


def _parameter(
    path: Path, old: Any, new: Any, before: dict[str, Any], after: dict[str, Any]
) -> Explanation:
    if len(path) == 1:
        required = [name for name, one in _fields(new).items() if not one.get("optional")]
        if old is NOTHING and not required:
            return "parameters added, all optional", "compatible", "parameter-added"
        reason = "parameter-required" if old is NOTHING else "parameter-removed"
        return f"parameters {_verb(old, new)}", "breaking", reason
    name = path[1]
    if len(path) == 2 and new is NOTHING:
        return f"parameter `{name}` removed", "breaking", "parameter-removed"
    if len(path) == 2 and old is NOTHING:
        if new.get("optional"):
            return f"parameter `{name}` added, optional", "compatible", "parameter-added"
        return f"parameter `{name}` added, required", "breaking", "parameter-required"
    del before, after
    return _parameter_field(str(name), path[2:], old, new)


def _parameter_field(name: str, path: Path, old: Any, new: Any) -> Explanation:
    field = str(path[0]) if path else ""
    match field:
        case "type" | "items":
            return (
                f"parameter `{name}` changed its type from {old} to {new}",
                "breaking",
                "parameter-retyped",
            )
        case "optional":
            if new is True:
                return f"parameter `{name}` became optional", "compatible", "parameter-optional"
            return f"parameter `{name}` became required", "breaking", "parameter-required"
        case "label" | "description" | "example":
            return (
                f"{field} of parameter `{name}` {_verb(old, new)}",
                "cosmetic",
                "parameter-described",
            )
        case "sensitivity":
            words = f"sensitivity of parameter `{name}` {_verb(old, new)}"
            return words, "sensitive", "sensitivity-changed"
        case "whenMissing":
            return (
                f"parameter `{name}`, when missing, {_verb(old, new)}",
                "compatible",
                "parameter-changed",
            )
        case _:
            return _constraint(name, field, old, new)


def _constraint(name: str, field: str, old: Any, new: Any) -> Explanation:
    words = f"`{field}` of parameter `{name}` {_verb(old, new)}"
    if new is NOTHING:
        return words, "compatible", "parameter-widened"
    numbers = isinstance(old, int | float) and isinstance(new, int | float)
    wider = numbers and (new < old if field.startswith("min") else new > old)
    if wider:
        return words, "compatible", "parameter-widened"
    return words, "breaking", "parameter-narrowed"


def _response(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    words = f"response field `{_dotted(path[1:])}` {_verb(old, new)}"
    if new is NOTHING:
        return words, "breaking", "response-field-removed"
    if old is NOTHING:
        return words, "compatible", "response-field-added"
    if type(old) is not type(new):
        return words, "breaking", "response-field-retyped"
    return words, "cosmetic", "response-example-changed"


def _limit(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    words = f"`{_dotted(path)}` {_verb(old, new)}"
    was, now = _amount(old), _amount(new)
    if was is not None and now is not None and now < was:
        return words, "compatible", "limit-lowered"
    return words, "sensitive", "limit-raised"


def _protect(path: Path, old: Any, new: Any, *_: Any) -> Explanation:  # noqa: ARG001
    if new is NOTHING:
        return "protection removed", "sensitive", "protection-removed"
    return "protected against deletion", "compatible", "protection-added"


_Explain = Callable[..., Explanation]
_BY_SECTION: dict[str, _Explain] = {
    "name": _name,
    "title": _text,
    "description": _text,
    "owner": _text,
    "labels": _text,
    "authentication": _authentication,
    "parameters": _parameter,
    "responses": _response,
    "limits": _limit,
    "protect": _protect,
}
_BY_REQUEST_FIELD: dict[str, _Explain] = {
    "method": _method,
    "url": _url,
    "headers": _header,
    "query": _query,
    "payload": _payload,
}


# -- personal data --------------------------------------------------------------------------


def personal_data(action: dict[str, Any]) -> dict[str, str]:
    """Give the parameters that are personal data and that the request sends, with their kind."""
    sent = set(params_in(action.get("request", {})))
    return {
        name: fields["sensitivity"]
        for name, fields in action.get("parameters", {}).items()
        if fields.get("sensitivity") and name in sent
    }


def params_in(value: Any) -> Iterator[str]:
    """Give the name of every parameter that a compiled value reads."""
    if isinstance(value, dict):
        if isinstance(value.get("$param"), str):
            yield value["$param"]
        elif isinstance(value.get("$expr"), str):
            yield from value.get("params", ())
        elif isinstance(value.get("$template"), dict):
            yield from value["$template"].get("params", ())
        else:
            for one in value.values():
                yield from params_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from params_in(one)


def _new_personal_data(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    host = host_of(after["request"]["url"])
    same_host = host_of(before["request"]["url"]) == host
    was, now = (personal_data(before) if same_host else {}), personal_data(after)
    return [
        Difference(
            path=("parameters", name),
            before=NOTHING,
            after={"sensitivity": kind, "host": host},
            words=f"personal data (`{name}`: {kind}) newly leaves for {host}",
            impact="sensitive",
            reason="new-personal-data",
        )
        for name, kind in now.items()
        if name not in was
    ]


def placed(
    found: list[Difference], place: Callable[[Path], tuple[str, int, int] | None]
) -> list[Difference]:
    """Add to each difference where its new value is written."""
    return [replace(one, place=place(one.path)) for one in found]


def heaviest(impacts: list[Impact]) -> Impact:
    """Give the impact that asks for the most attention; cosmetic where there is none."""
    return max(impacts, key=IMPACTS.index, default="cosmetic")


def _fields(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _verb(old: Any, new: Any) -> str:
    if old is NOTHING:
        return "added"
    return "removed" if new is NOTHING else "changed"


def _dotted(path: Path) -> str:
    text = ""
    for part in path:
        if part != "$literal":
            text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 1 and ("secret" in value or "$secret" in value)


def _is_slot(value: Any) -> bool:
    return any(True for _ in params_in(value))


_UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000}


def _amount(value: Any) -> float | None:
    """Give a limit as a number: retries, milliseconds, or calls per millisecond."""
    if isinstance(value, int | float):
        return float(value)
    if not isinstance(value, str):
        return None
    if " per " in value:
        count, _, period = value.partition(" per ")
        length = _amount(period)
        return float(count) / length if length else None
    digits = value.rstrip("mhs")
    return float(digits) * _UNITS[value[len(digits) :]]
