"""What a service can store of an action, and which of its fields it does not let change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from callsheet.documents import equal
from callsheet.errors import CallsheetError
from callsheet.language.difference import NOTHING
from callsheet.targets.rest.mapping import BodyMapping
from callsheet.targets.rest.patching import unsayable
from callsheet.targets.rest.template import get


def check_held(mapping: BodyMapping, collection: str, actions: Iterable[Mapping[str, Any]]) -> None:
    """Check that every action comes back from the service as it went: else nothing can be compared.

    Raises:
        CallsheetError: CS875 for what the body of the Target document loses, or cannot say.

    """
    for action in actions:
        address = address_of(action)
        known = {address: [action]} if mapping.partial else None
        try:
            back = mapping.from_body(mapping.to_body(action), known)
        except ValueError as error:
            raise CallsheetError(
                "CS875",
                f"the service of the Target `{collection}` cannot hold {error} of {address}",
                help="only a parameter itself, or a string with parameters, can be written there",
            ) from None
        if not equal(back, action):
            lost = sorted(key for key in action if not equal((back or {}).get(key, NOTHING), action[key]))
            raise CallsheetError(
                "CS875",
                f"the body of the Target `{collection}` loses {', '.join(lost[:5])} of {address}",
                help='map the whole action somewhere: `definition: "{{ action | tojson }}"`,'
                " or set `partial: true`",
            )


def fixed_fields(
    mapping: BodyMapping,
    collection: str,
    update: Mapping[str, Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> list[str]:
    """Return the fields of the service that a change touches, and that `update` does not let change.

    Raises:
        CallsheetError: CS877 for a change that a merge patch cannot say.

    """
    fields = update.get("fields")
    if fields is None and update.get("as") is None:
        return []
    try:
        old, new = mapping.to_body(before), mapping.to_body(after)
    except ValueError:
        return []
    fixed = sorted(
        key
        for key in {*old, *new}
        if fields is not None and key not in fields
        if not equal(old.get(key, NOTHING), new.get(key, NOTHING))
    )
    if not fixed and update.get("as") == "merge-patch":
        _refuse_null(mapping, collection, address_of(after), old, new)
    return fixed


def _refuse_null(
    mapping: BodyMapping, collection: str, address: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> None:
    """Refuse a change that a merge patch cannot say: null takes a member away (RFC 7396)."""
    for path in mapping.leaves:
        inner = unsayable(get(old, path), get(new, path))
        if inner:
            raise CallsheetError(
                "CS877",
                f"no merge patch can make {'.'.join((*path, *inner))} of {address} null:"
                " null takes a field away there",
                help=f"leave the field out, or let the Target `{collection}` update by PUT,"
                " or by PATCH without `as: merge-patch`",
            )


def address_of(action: Mapping[str, Any]) -> str:
    """Return the address of a compiled action."""
    return f"{action.get('kind', 'Action')}/{action['name']}"
