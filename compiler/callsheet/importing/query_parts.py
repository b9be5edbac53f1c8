"""The query of a request → what is plain in it, its credentials, and what of them no action can send."""

from __future__ import annotations

from urllib.parse import parse_qsl

from msgspec import Struct

from callsheet.importing.credentials import is_hidden_field

Pairs = tuple[tuple[str, str], ...]


class QueryParts(Struct, frozen=True, kw_only=True):
    """The parameters of a query, decoded.

    Attributes:
        plain: those that an action writes as they are.
        hidden: its credentials, of one name each.
        repeated: the names of credentials that are there more than once, or beside a plain value.

    """

    plain: Pairs
    hidden: Pairs
    repeated: tuple[str, ...] = ()


def parted(query: str, taken: str = "") -> QueryParts:
    """Return the parts of a query.

    Args:
        query: as the URL has it.
        taken: the name of the parameter that the authentication sets; empty where it sets none.

    """
    pairs = parse_qsl(query, keep_blank_values=True)
    hidden = [one for one in pairs if is_hidden_field(*one)]
    plain = tuple(one for one in pairs if one not in hidden)
    names = {taken, *(one for one, _ in plain)}
    found: dict[str, str] = {}
    repeated = []
    for name, value in hidden:
        if name in names or name in found:
            repeated.append(name)
        else:
            found[name] = value
    return QueryParts(plain=plain, hidden=tuple(found.items()), repeated=tuple(repeated))
