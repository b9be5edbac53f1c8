"""An evaluator of the personalization language, written from Adobe's pages and apart from the product's code.

It knows what those pages print: `{{path}}` (escaped for HTML), `{%= expression %}`, `{%#if%}`, `{%else%}`,
`{{#each path as |name|}}`, `{% let name = expression %}`, functions, comparisons, `and`, `or`, `+`, `?:`.
What it cannot read is an error of the test.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

_TAG = re.compile(
    r"\{%#if (?P<test>.+?)%\}|(?P<otherwise>\{%else%\})|(?P<fi>\{%/if%\})"
    r"|\{% let (?P<name>\w+) = (?P<value>.+?) %\}"
    r"|\{\{#each (?P<items>.+?) as \|(?P<item>\w+)\|\}\}|(?P<done>\{\{/each\}\})"
    r"|\{%= (?P<printed>.+?) %\}|\{\{(?P<path>[^{}#/]+)\}\}"
)
_TOKEN = re.compile(
    r'\s*(?:"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?)|(\u2039[^\u203a]+\u203a|[A-Za-z_][\w.]*)|(\?:|!=|>=|<=|[=<>+(),]))'
)

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "lowerCase": str.lower,
    "upperCase": str.upper,
    "trim": str.strip,
    "titleCase": str.title,
    "length": len,
    "sha256": lambda text: hashlib.sha256(text.encode()).hexdigest(),
    "encode64": lambda text: base64.b64encode(text.encode()).decode(),
    "urlEncode": lambda text: quote(text, safe=""),
    "join": lambda items, separator: separator.join(shown(one) for one in items),
    "replaceAll": lambda text, pattern, by: re.sub(pattern, by, text),
    "isNotNull": lambda value: value is not None,
}


def evaluate(content: str, values: Mapping[str, Any]) -> str:
    """Return what a content prints, with values by the text of their placeholders."""
    assert "{{{" not in content
    return _Run(content, dict(values)).all()


def unescaped(value: Any) -> Any:
    """Take back what `{{ }}` does to characters of HTML: the difference that the verdicts name."""
    if isinstance(value, dict):
        return {key: unescaped(one) for key, one in value.items()}
    if isinstance(value, list):
        return [unescaped(one) for one in value]
    return html.unescape(value) if isinstance(value, str) else value


def shown(value: Any) -> str:
    if value is None:
        return ""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


class _Run:
    def __init__(self, content: str, values: dict[str, Any]) -> None:
        self.values = values
        self.pieces: list[tuple[str, re.Match[str] | None]] = []
        at = 0
        for match in _TAG.finditer(content):
            self.pieces += [(content[at : match.start()], None), ("", match)]
            at = match.end()
        self.pieces.append((content[at:], None))
        for text, match in self.pieces:
            assert match is not None or ("{{" not in text and "{%" not in text), text

    def all(self) -> str:
        text, end = self._body(0, live=True)
        assert end == len(self.pieces)
        return text

    def _body(self, at: int, *, live: bool) -> tuple[str, int]:
        """Run pieces to the end of the block; returns what they print, and where the block ends."""
        out = ""
        while at < len(self.pieces):
            text, match = self.pieces[at]
            if match is None:
                out, at = out + text, at + 1
            elif match["otherwise"] or match["fi"] or match["done"]:
                return out, at
            elif match["test"]:
                printed, at = self._if(at, match["test"], live=live)
                out += printed
            elif match["items"]:
                printed, at = self._each(at, match, live=live)
                out += printed
            else:
                out, at = out + (self._tag(match) if live else ""), at + 1
        return out, at

    def _tag(self, match: re.Match[str]) -> str:
        if match["name"]:
            self.values[match["name"]] = Expression(match["value"], self.values).value()
            return ""
        if match["printed"]:
            return shown(Expression(match["printed"], self.values).value())
        return html.escape(shown(lookup(match["path"], self.values)))

    def _if(self, at: int, test: str, *, live: bool) -> tuple[str, int]:
        holds = live and bool(Expression(test, self.values).value())
        yes, at = self._body(at + 1, live=live and holds)
        no = ""
        if (match := self.pieces[at][1]) is not None and match["otherwise"]:
            no, at = self._body(at + 1, live=live and not holds)
        match = self.pieces[at][1]
        assert match is not None
        assert match["fi"]
        return (yes if holds else no), at + 1

    def _each(self, at: int, match: re.Match[str], *, live: bool) -> tuple[str, int]:
        out, end = "", self._body(at + 1, live=False)[1]
        for item in (lookup(match["items"], self.values) or []) if live else ():
            self.values[match["item"]] = item
            out += self._body(at + 1, live=True)[0]
        done = self.pieces[end][1]
        assert done is not None
        assert done["done"]
        return out, end + 1


def lookup(path: str, values: Mapping[str, Any]) -> Any:
    if path.startswith("\u2039"):
        return values.get(path.strip("\u2039\u203a"))
    found: Any = values
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


class Expression:
    """One expression, by recursive descent; each level is an operator that binds closer."""

    def __init__(self, text: str, values: Mapping[str, Any]) -> None:
        self.values = values
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while text[at:].strip():
            match = _TOKEN.match(text, at)
            assert match, text[at:]
            kinds = ("text", "number", "name", "sign")
            kind = next(one for one, found in zip(kinds, match.groups(), strict=True) if found is not None)
            self.tokens.append((kind, next(one for one in match.groups() if one is not None)))
            at = match.end()
        self.at = 0

    def value(self) -> Any:
        found = self._fallback()
        assert self.at == len(self.tokens)
        return found

    def _takes(self, *words: str) -> str:
        if (
            self.at < len(self.tokens)
            and self.tokens[self.at][1] in words
            and self.tokens[self.at][0] != "text"
        ):
            self.at += 1
            return self.tokens[self.at - 1][1]
        return ""

    def _fallback(self) -> Any:
        found = self._or()
        while self._takes("?:"):
            other = self._or()
            found = other if found in (None, "") else found
        return found

    def _or(self) -> Any:
        found = self._and()
        while self._takes("or"):
            found = self._and() or found
        return found

    def _and(self) -> Any:
        found = self._compared()
        while self._takes("and"):
            found = self._compared() and found
        return found

    def _compared(self) -> Any:
        left = self._sum()
        sign = self._takes("=", "!=", ">", ">=", "<", "<=")
        if not sign:
            return left
        right = self._sum()
        return {
            "=": lambda: left == right, "!=": lambda: left != right, ">": lambda: left > right,
            ">=": lambda: left >= right, "<": lambda: left < right, "<=": lambda: left <= right,
        }[sign]()  # fmt: skip

    def _sum(self) -> Any:
        found = self._one()
        while self._takes("+"):
            found += self._one()
        return found

    def _one(self) -> Any:
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "text":
            return text.replace("\\\\", "\\")
        if kind == "number":
            return float(text) if "." in text else int(text)
        if text in ("true", "false"):
            return text == "true"
        assert kind == "name", text
        if not self._takes("("):
            return lookup(text, self.values)
        arguments = []
        while not self._takes(")"):
            arguments.append(self._fallback())
            self._takes(",")
        return FUNCTIONS[text](*arguments)
