"""References to secrets, resolved."""

from __future__ import annotations

import pytest

from callsheet.errors import CallsheetError
from callsheet.outbound.secrets import resolve


def test_an_unknown_scheme_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(CallsheetError) as refused:
        resolve("nowhere:X")
    assert refused.value.code == "CS602"
    assert refused.value.help == "the schemes are: env, file"
