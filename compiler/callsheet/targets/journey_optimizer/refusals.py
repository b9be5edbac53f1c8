"""What Adobe's API says of what it does not take, and which field of an EndpointConfig that is about.

Source of the codes: Adobe's pages "Work with the Capping API" and "Work with the Throttling API".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from callsheet.targets.model import StepRefused
from callsheet.targets.rest.client import ServiceAnswer

_FIELDS: dict[str, tuple[str, ...]] = {
    **{f"ERR_ENDPOINTCONFIG_{number}": ("url",) for number in (100, 101, 102)},
    "ERR_ENDPOINTCONFIG_103": ("methods",),
    **{f"ERR_ENDPOINTCONFIG_{number}": ("capping",) for number in (104, 107, 108)},
    "ERR_AUTHORING_ENDPOINTCONFIG_1": ("capping",),
    **dict.fromkeys(("1456", "1463", "1465", "14466", "14467", "14468"), ("throttling",)),
}
"""The field of an EndpointConfig that a code of Adobe's is about."""


def cannot_deploy(value: Any) -> StepRefused | None:
    """Return why what was written cannot be deployed, by `canDeploy` of an answer."""
    told = value.get("canDeploy") if isinstance(value, dict) else None
    if not isinstance(told, dict) or told.get("validationStatus") != "error":
        return None
    errors = [one for one in told.get("errors") or () if isinstance(one, dict)]
    words = "; ".join(f"{one.get('error')} ({one.get('errorCode')})"[:200] for one in errors[:5])
    field = next(
        (_FIELDS[str(one.get("errorCode"))] for one in errors if str(one.get("errorCode")) in _FIELDS), ()
    )
    return StepRefused(
        f"Adobe cannot deploy it: {words or told.get('reason') or 'no reason is given'}", field
    )


def code_of(value: Any) -> str:
    """Return the code of an answer that refuses; empty where it has none."""
    error = value.get("error") if isinstance(value, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return str(code) if isinstance(code, int | str) else ""


def _message(value: Any) -> str:
    error = value.get("error") if isinstance(value, dict) else None
    message = error.get("message") if isinstance(error, dict) else None
    return message if isinstance(message, str) else ""


def refusal_of(answer: ServiceAnswer, shown: Callable[[str], str]) -> StepRefused:
    """Word an answer that refuses; `shown` takes out what it echoes of a secret."""
    code, message = code_of(answer.value), _message(answer.value)
    said = shown((message or answer.text)[:50_000]).strip()[:200]
    told = f"{answer.status}{f' ({code})' if code else ''}{f': {said}' if said else ''}"
    return StepRefused(f"Adobe answered {told}", _FIELDS.get(code, ()))
