"""A compiled message × sample parameters → its texts in each language."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from callsheet.calling.generated import standard_values
from callsheet.calling.parameters import read_parameters
from callsheet.errors import CallsheetError
from callsheet.messages.texts import Texts, fill_message, languages_of
from callsheet.words import nearest


def sample_texts(
    content: Mapping[str, Any], params: Mapping[str, Any] | Sequence[str], languages: Collection[str]
) -> list[Texts]:
    """Fill a message in each of its languages; what is not given is the example of its parameter.

    Args:
        content: the compiled message.
        params: values of its parameters, or texts to read them from.
        languages: only these; all of them, where it is empty.

    Raises:
        CallsheetError: CS925 for a language, CS926 for the parameters.

    """
    name, known = content["name"], languages_of(content)
    declared = content.get("parameters", {})
    given = read_parameters(declared, params)
    for one in languages:
        if one not in known:
            raise CallsheetError(
                "CS925",
                f"the message `{name}` is not written in `{one}`{nearest(one, known)}",
                help=f"its languages are: {', '.join(known)}",
            )
    values = {**(standard_values(declared) or {}), **given}
    return [fill_message(content, values, one) for one in known if not languages or one in languages]
