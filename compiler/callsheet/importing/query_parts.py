"""The query of a request → what is plain in it, its credentials, and what of them no action can send."""

from __future__ import annotations

from urllib.parse import unquote, unquote_plus

from msgspec import Struct

from callsheet.importing.credentials import is_hidden_field

Pairs = tuple[tuple[str, str], ...]


class QueryParts(Struct, frozen=True, kw_only=True):
    """The parameters of a query, decoded.

    Attributes:
        plain: those that an action writes as they are; between two `&` is an empty one without a name.
        hidden: its credentials, of one name each.
        bare: whether each plain one has no `=`, which some services tell from an empty value.
        written: the plain ones as the URL has them.
        repeated: the names of credentials that are there more than once, or beside a plain value.

    """

    plain: Pairs
    hidden: Pairs
    bare: tuple[bool, ...] = ()
    written: Pairs = ()
    repeated: tuple[str, ...] = ()

    @property
    def is_said_by_url(self) -> bool:
        """Whether the URL itself must say the plain ones: a mapping cannot, or would be sent otherwise."""
        names = {name for name, _ in self.plain}
        odd = any("+" in text or not is_text(text) for pair in self.written for text in pair)
        return odd or len(names) < len(self.plain) or any(self.bare)


def is_text(written: str) -> bool:
    """Return whether the escapes of a text are those of UTF-8."""
    try:
        unquote(written, errors="strict")
    except UnicodeDecodeError:
        return False
    return True


def parted(query: str, taken: str = "") -> QueryParts:
    """Return the parts of a query.

    Args:
        query: as the URL has it.
        taken: the name of the parameter that the authentication sets; empty where it sets none.

    """
    split = [one.partition("=") for one in (query.split("&") if query else ())]
    pairs = [
        ((unquote_plus(name), unquote_plus(value)), (name, value), not equals)
        for name, equals, value in split
    ]
    hidden = [pair for pair, _, _ in pairs if is_hidden_field(*pair)]
    kept = [one for one in pairs if one[0] not in hidden]
    plain = tuple(pair for pair, _, _ in kept)
    names = {taken, *(one for one, _ in plain)}
    found: dict[str, str] = {}
    repeated = []
    for name, value in hidden:
        if name in names or name in found:
            repeated.append(name)
        else:
            found[name] = value
    return QueryParts(
        plain=plain,
        hidden=tuple(found.items()),
        bare=tuple(is_bare for _, _, is_bare in kept),
        written=tuple(written for _, written, _ in kept),
        repeated=tuple(repeated),
    )
