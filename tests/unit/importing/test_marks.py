"""What stands for a variable while a request is read is never written into a file."""

from __future__ import annotations

import pytest

from callsheet.importing.action_text import action_text
from callsheet.importing.marks import slot, value
from callsheet.importing.model import Imported, ImportFault

AT = "https://api.example.com/v1"


@pytest.mark.parametrize("mark", [slot("a"), value("b_c"), value("=e")])
def test_a_mark_that_nothing_reads_is_refused_wherever_it_is(mark: str) -> None:
    for imported in (
        Imported(method="POST", url=AT, payload={"a": f"x{mark}y"}, has_payload=True),
        Imported(method="GET", url=AT, headers=[("X-A", value("unknown"))]),
        Imported(method="GET", url=f"{AT}?a={value('unknown')}"),
    ):
        with pytest.raises(ImportFault, match="a variable is in a place where none can be written"):
            action_text(imported, "one")


def test_other_characters_of_the_private_use_area_are_texts() -> None:
    imported = Imported(method="POST", url=AT, payload={"icon": "\ue002 \ue0a0 x"}, has_payload=True)
    assert "\ue002 \ue0a0 x" in action_text(imported, "one")
