"""Compiled actions → which personal data goes to which host, as rows and as a picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from msgspec import Struct

from callsheet.reporting.catalog.views import View

ROW = 34
"""The height of one name in the picture."""
_LEFT, _RIGHT, _WIDTH = 170, 630, 1000


class Flow(Struct, frozen=True):
    """Personal data of one kind that goes to one host.

    Attributes:
        views: the actions that send it.
        environments: where they do.

    """

    kind: str
    host: str
    views: Sequence[View]
    environments: Sequence[str]


class Link(Struct, frozen=True):
    """A flow in the picture: its line, and how thick it is."""

    flow: Flow
    path: str
    width: float


class Picture(Struct, frozen=True):
    """The picture: names with their heights, and links between them."""

    kinds: Mapping[str, int]
    hosts: Mapping[str, int]
    links: Sequence[Link]
    width: int
    height: int
    left: int
    right: int


def flows_of(views: Sequence[View]) -> list[Flow]:
    """Return the flows, by kind and host."""
    senders: dict[tuple[str, str], dict[str, View]] = {}
    where: dict[tuple[str, str], dict[str, None]] = {}
    for view in views:
        for environment, kind, host in view.known.sent:
            senders.setdefault((kind, host), {})[view.name] = view
            where.setdefault((kind, host), {})[environment] = None
    return [
        Flow(kind, host, [*found.values()], [*where[kind, host]])
        for (kind, host), found in sorted(senders.items())
    ]


def picture_of(flows: Sequence[Flow]) -> Picture:
    """Return the picture of flows: kinds of data at the left, hosts at the right."""
    kinds = {one: (at + 1) * ROW for at, one in enumerate(dict.fromkeys(it.kind for it in flows))}
    hosts = {one: (at + 1) * ROW for at, one in enumerate(sorted({it.host for it in flows}))}
    links = [
        Link(one, _curve(kinds[one.kind], hosts[one.host]), round(1.5 + 2 * math.log2(len(one.views)), 1))
        for one in flows
    ]
    height = (max(len(kinds), len(hosts)) + 1) * ROW
    return Picture(kinds, hosts, links, _WIDTH, height, _LEFT, _RIGHT)


def _curve(start: int, end: int) -> str:
    middle = (_LEFT + _RIGHT) // 2
    y = (start - 5, end - 5)
    return f"M{_LEFT + 10} {y[0]}C{middle} {y[0]} {middle} {y[1]} {_RIGHT - 10} {y[1]}"
