"""Where a journey takes a parameter from: a source that the definition names, or a placeholder.

Source: the reference on deployment, section 3. A placeholder is the parameter's label between single
angle quotation marks, which the language does not have: what still contains one is not saved by mistake.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from callsheet.language.action import in_language, label_of
from callsheet.targets.journey_optimizer.lowering.expressions import Expression

OPENING, CLOSING = "\u2039", "\u203a"
_HEAD = re.compile(r"(?:@(event|action|datasetLookup)|(#))\{")
_PLAIN_SEGMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_QUOTED_SEGMENT = re.compile(r"'[^']*'|\"[^\"]*\"")
_STEP = re.compile(r"(all|first|last|at|entry|firstEntryKey|keys)\(")
_OPTION = re.compile(r"\s*,\s*(defaultValue|params)\s*:\s*")
_CLOSING = {"(": ")", "{": "}", "[": "]"}


def source_of(declared: Mapping[str, Any], name: str, language: str) -> str | None:
    """Return the reference that a parameter names as its source in journeys; None where it names none."""
    written = in_language(declared.get(name, {}).get("journey"), language)
    return written if written and reference_fault(written) is None else None


def reference_to(declared: Mapping[str, Any], name: str, language: str) -> Expression:
    """Return what stands for a parameter in an expression."""
    source = source_of(declared, name, language)
    return Expression(source or f"{OPENING}{_shown(label_of(declared, name, language))}{CLOSING}")


def member_of(reference: Expression, key: str) -> Expression:
    """Return what stands for a member of what a reference stands for."""
    text = reference.text
    if text.endswith(CLOSING):
        return Expression(f"{text[:-1]}.{_shown(key)}{CLOSING}")
    end, _ = _path(text)
    # A default of the whole is none of its member.
    rest = "}" if _OPTION.match(text, end) and "defaultValue" in text[end:] else text[end:]
    return Expression(f"{text[:end]}.{_segment(key)}{rest}")


def with_default(reference: Expression, default: Expression) -> Expression:
    """Return a named source with the value that it takes where the field is absent (section 2.5).

    A negative number stands there without parentheses, as the reference prints it.
    """
    text = reference.text
    if text.endswith(CLOSING) or "defaultValue" in text:
        return reference
    written = default.operand if default.chained else default.text
    return Expression(f"{text[:-1]}, defaultValue: {written}}}")


def reference_fault(text: str) -> str | None:
    """Return what is wrong with a reference to a field of a journey, in words; None where nothing is."""
    if not text.isprintable():
        return "it contains a line break or a hidden character"
    at, fault = _path(text)
    if fault:
        return fault
    if _OPTION.match(text, at) is not None:
        closed = after_bracket(text, text.index("{"))
        return None if closed is not None and not text[closed:] else "its braces are not closed at its end"
    return None if text[at:] == "}" else f"`{text[at : at + 20]}` does not belong to a reference"


def _path(text: str) -> tuple[int, str]:
    """Return where the path of a reference ends, and what is wrong with it."""
    head = _HEAD.match(text)
    if head is None:
        return 0, "it begins with none of `@event{`, `#{`, `@action{` and `@datasetLookup{`"
    at, segments = head.end(), 0
    while True:
        found = _PLAIN_SEGMENT.match(text, at) or _QUOTED_SEGMENT.match(text, at)
        if found is None:
            return at, (
                f"`{text[at : at + 20]}` is not a name: one that begins with a digit or `-`, or contains"
                " other characters than letters, digits, `_` and `-`, is written in quotes"
            )
        step = _STEP.match(text, at)
        end = found.end() if step is None else after_bracket(text, step.end() - 1)
        if end is None:
            return at, f"a parenthesis after `{text[at : at + 20]}` is not closed"
        at, segments = end, segments + 1
        if text[at : at + 1] != ".":
            return at, "" if segments > 1 else "it names a source and no field of it"
        at += 1


def after_bracket(text: str, at: int) -> int | None:
    """Return the offset after the bracket that closes the one at `at`."""
    expected: list[str] = []
    quote = ""
    for index in range(at, len(text)):
        character = text[index]
        if quote:
            quote = "" if text.startswith(quote, index) else quote
        elif character in "'\"":
            quote = character
        elif character in _CLOSING:
            expected.append(_CLOSING[character])
        elif expected and text.startswith(expected[-1], index):
            expected.pop()
            if not expected:
                return index + 1
    return None


def _segment(key: str) -> str:
    if _PLAIN_SEGMENT.fullmatch(key):
        return key
    return f'"{key}"' if "'" in key else f"'{key}'"


def _shown(label: str) -> str:
    return "".join(one if one.isprintable() and one not in (OPENING, CLOSING) else " " for one in label)
