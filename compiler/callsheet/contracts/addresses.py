"""Method and URL of a request × an operation of its contract → what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any

from callsheet.calling.model import Request
from callsheet.contracts.nodes import compiled
from callsheet.contracts.operations import Operation
from callsheet.contracts.sources import ContractFault
from callsheet.contracts.subject import Subject
from callsheet.documents import Problem, equal
from callsheet.language.urls import SecretUrl, secret_url


def check_address(subject: Subject, operation: Operation, request: Request) -> Iterator[Problem]:
    """Check method and URL; without a host in the contract, only the path counts."""
    if request.method != operation.method:
        yield subject.at("CS452").value(
            ("request", "method"),
            f"the contract uses the method {operation.method}, the action uses {request.method}",
            do=f"set `method: {operation.method}`",
            related=subject.related(operation.at),
        )
    url = request.url.split("?")[0].split("#")[0]
    whole = secret_url(subject.compiled["request"]["url"])
    if whole is None:
        fits = any(_matches(template, url, operation.variables) for template in operation.urls)
    else:
        fits = any(_may_match(template, url, whole, operation.variables) for template in operation.urls)
    if not fits:
        yield subject.at("CS452").value(
            ("request", "url"),
            f"the URL is not that of the operation: {operation.urls[0]}",
            do="correct the URL, or name another operation",
            related=subject.related(operation.at),
        )


def _matches(template: str, url: str, variables: Collection[str]) -> bool:
    """Return whether a URL is one of a template; a server's variable in the path may be several parts."""
    pattern = _url_pattern(template, frozenset(variables))
    return pattern is not None and bool(pattern.is_valid(url))


def _may_match(template: str, url: str, whole: SecretUrl, variables: Collection[str]) -> bool:
    """Return whether a URL that is a secret may be one of a template: its host and its end are known."""
    host = re.match(r"(?:[^/]*://[^/]*)?", template)
    before = host[0] if host else ""
    known = [one for one in url.removeprefix(f"{whole.head}{{{whole.reference}}}").split("/") if one]
    segments = template[len(before) :].split("/")
    ends = segments[max(len(segments) - len(known), 0) :]
    return _matches(before, whole.head.rstrip("/"), variables) and (
        len(ends) == len(known)
        and all("{" in one or equal(one, it) for one, it in zip(ends, known, strict=True))
    )


@lru_cache(maxsize=1_000)
def _url_pattern(template: str, variables: frozenset[str]) -> Any:
    """Return what knows the URLs of a template, in linear time; None where it is too large to be run."""
    pattern, is_path = "", False
    parts = re.split(r"(\{\+?[^}]*\})", template)
    for at, part in enumerate(parts):
        is_path = is_path or "/" in "".join(parts[:at]).partition("://")[2]
        if not part.startswith("{"):
            pattern += re.escape(part)
        elif part.startswith("{+"):
            pattern += r".+"
        elif part[1:-1] not in variables:
            pattern += r"[^/?#]+"
        elif is_path:
            pattern += r"[^?#]*"
        elif re.search(r"\.[^./:]*[A-Za-z0-9]\Z", parts[at - 1]) and parts[at + 1].startswith("/"):
            # It follows a whole host, unlike {domain} in example.{domain}: https://api.example.com{basePath}/send
            pattern += r"(?:/[^?#]*)?"
        else:
            pattern += r"[^/?#]+"
    # A server that is only a path, or a variable, names no host.
    begins = "" if re.match(r"(?:https?|\{[^}]*\})://", template) else r"https?://[^/]+(?:/[^?#]*?)?"
    try:
        return compiled({"pattern": f"^(?:{begins}{pattern})$"})  # a stranger may have written it
    except ContractFault:
        return None
