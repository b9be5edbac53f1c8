"""What a reviewer cannot see in a compiled action: hidden characters, spaces at ends, look-alike hosts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from callsheet.documents import Path
from callsheet.documents.walking import keys_in, texts_in
from callsheet.language.characters import ends_unseen, look_alike, name_of, unseen_in
from callsheet.language.difference import NOTHING, Difference, value_at
from callsheet.language.urls import host_of
from callsheet.patterns import late
from callsheet.words import listed

MOST_NAMES = 5
_BEYOND = late("[^\x00-\u02ff]")
"""From U+0300 on, marks are written over another character; below, what is printable is seen."""
_BEGINNING = late(r'\{"\$concat":\[(?:(?:"[^"]*"|\{"\$param":"\w+"\}),)+')
_AUTHORITY = late(r"://([^\s/?#\"'<>]+)")
_HOST = late(r"(?i)[a-z][a-z0-9+.-]*://[^\s/?#\"'<>]+")


def unseen(
    before: Mapping[str, Any] | None, after: Mapping[str, Any], canonical: str | None = None
) -> list[Difference]:
    """Return a sensitive difference for each text, and each key, that newly contains invisible characters.

    Args:
        before: None for a new action, of which every text is new.
        after: what is compared with it.
        canonical: `after` as canonical JSON, where it is known: most are plain at one look.

    """
    if canonical is not None and _is_plain_json(canonical):
        return []
    return [] if _is_plain(after) else [*_unseen_texts(before, after), *_unseen_keys(before, after)]


def _unseen_texts(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[Difference]:
    found = []
    for path, text in texts_in(after):
        was = None if before is None else value_at(before, path)
        old = was if isinstance(was, str) else ""
        if text == old:
            continue
        found += [_difference(path, words, reason) for words, reason in _hidden(path, text, old, after)]
    return found


def _is_plain_json(text: str) -> bool:
    """Return whether canonical JSON has nothing to look at: no escape, and no text that ends in a space.

    All parts but the last of a text that is put together may end in one.
    """
    if "\\" in text or not text.isprintable() or "xn--" in text.lower():
        return False
    if not text.isascii() and (_BEYOND.search(text) or not all(map(str.isascii, _AUTHORITY.findall(text)))):
        return False
    return ' "' not in text or ('"$literal"' not in text and ' "' not in _BEGINNING.sub("", text))


def _is_plain(value: Any) -> bool:
    """Return whether all texts and keys are plain Latin letters with nothing to look at, as most are.

    Every new action is asked this: the loop is what a thousand of them cost.
    """
    texts: list[str] = []
    left = [value]
    while left:
        one = left.pop()
        kind = one.__class__
        if kind is str:
            if one[-1:] == " ":
                return False
            texts.append(one)
        elif kind is dict:
            parts = one.get("$concat")
            if len(one) == 1 and parts.__class__ is list and parts:
                # A text that is put together: only its last part is an end.
                texts += [part for part in parts[:-1] if part.__class__ is str]
                left += [part for part in parts[:-1] if part.__class__ is not str]
                left.append(parts[-1])
            else:
                left += one
                left += one.values()
        elif kind is list:
            left += one
    beyond = [one for one in texts if not one.isascii()]
    return _is_plain_inside(" ".join(filter(str.isascii, texts))) and all(map(_is_plain_inside, beyond))


def _is_plain_inside(text: str) -> bool:
    # Below U+0300, whatever cannot be seen is not printable either; a host beyond ASCII is looked at.
    if text.isascii():
        return text.isprintable() and "xn--" not in text.lower()
    return text.isprintable() and not _BEYOND.search(text) and "://" not in text


def _hidden(path: Path, text: str, old: str, after: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    where = f"`{dotted(path)}`"
    names = [name_of(one) for one in unseen_in(text) - unseen_in(old)]
    if names:
        yield f"{where} holds {listed(names, MOST_NAMES)}", "unseen-characters"
    last = ends_unseen(text) if _is_end(path, after) else None
    if last is not None and ends_unseen(old) != last:
        yield f"{where} ends with {_space(last)}", "unseen-characters"
    known = set(_hosts(old))
    for host in sorted(set(_hosts(text)) - known):
        why = look_alike(host)
        if why is not None:
            yield f"the host {host} in {where}: {why}", "look-alike-host"


def _space(character: str) -> str:
    return name_of(character) if character != "\t" else "a tab (U+0009)"


def _hosts(text: str) -> list[str]:
    return [host for one in _HOST.findall(text) if (host := host_of(one))]


def _is_end(path: Path, after: Mapping[str, Any]) -> bool:
    """Return whether a text is where a value ends: not in the middle of one that is put together."""
    if any(part in ("$expr", "$template", "filters", "args") for part in path):
        return False
    if "$concat" not in path:
        return True
    at = path.index("$concat")
    parts = value_at(after, path[: at + 1])
    return len(path) == at + 2 and isinstance(parts, list) and path[-1] == len(parts) - 1


def _unseen_keys(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[Difference]:
    found = []
    for path in keys_in(after):
        key = str(path[-1])
        names: Counter[str] = unseen_in(key)
        last = ends_unseen(key)
        shown = [name_of(one) for one in names] + ([_space(last)] if last else [])
        if shown and (before is None or value_at(before, path) is NOTHING):
            words = f"the name `{dotted(path)}` holds {', '.join(shown[:MOST_NAMES])}"
            found.append(_difference(path, words, "unseen-characters"))
    return found


def _difference(path: Path, words: str, reason: str) -> Difference:
    return Difference(
        path=path, before=NOTHING, after=NOTHING, words=words, impact="sensitive", reason=reason
    )


def dotted(path: Path) -> str:
    """Return a path as people write it: `request.payload.items[0]`, without what compiling adds."""
    text = ""
    for index, part in enumerate(path):
        if isinstance(part, int):
            text += "" if index and path[index - 1] == "$concat" else f"[{part}]"
        elif not part.startswith("$"):
            text += f".{part}"
    return text.lstrip(".")
