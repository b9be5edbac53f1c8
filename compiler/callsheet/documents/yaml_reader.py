"""YAML text → values with their places, from the parser's events, in bounded time and memory.

No YAML loader is used: events are pulled one by one (libyaml where PyYAML has it, pure Python
elsewhere, with the same results), so that depth and size are refused before anything is built.
Values are built twice only where something is wrong or a place is asked for: the first pass keeps
no positions.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import yaml

from callsheet.documents.parsed import ParsedDocument
from callsheet.documents.places import Span
from callsheet.documents.problems import Problem
from callsheet.documents.yaml_builder import DOUBTFUL, Builder
from callsheet.documents.yaml_events import Events, events_of
from callsheet.documents.yaml_findings import Refused, syntax_problem, too_deep, unprintable
from callsheet.documents.yaml_plain import read_plain

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_yaml(
    text: str,
    file: str,
    *,
    with_places: bool = False,
    events: Callable[[str], Events] | None = None,
) -> tuple[list[ParsedDocument], list[Problem]]:
    """Read every document of `text`.

    Returns the documents (empty ones left out) and the problems. The reader goes on after a
    scalar that is a trap, so that one run reports them all, and stops at what it cannot pass:
    then the documents before it are returned.
    """
    control = _UNPRINTABLE.search(text)
    if control is not None:
        return [], [unprintable(text, control, file)]
    parser = events or events_of
    # PyYAML's parsers misread a last line of spaces only without a line end (YAML 1.2.2 section 8.1).
    whole = text if text.endswith("\n") else text + "\n"
    if not with_places and DOUBTFUL.search(text) is None:
        documents = read_plain(parser, whole)
        if documents is not None:
            return documents, []
    builder = Builder(file, with_places=with_places, text=text)
    try:
        builder.build(parser(whole))
    except Refused as refused:
        builder.problems.append(refused.problem)
    except yaml.YAMLError as error:
        builder.problems.append(syntax_problem(error, text, file))
    except RecursionError:
        builder.problems.append(too_deep(file, Span(1, 1, 1, 2)))
    if builder.problems and not with_places:
        # Something is wrong: the second pass knows where.
        return read_yaml(text, file, with_places=True, events=events)
    return builder.documents, builder.problems
