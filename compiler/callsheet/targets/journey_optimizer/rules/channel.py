"""CS867 to CS869: what a custom channel of Journey Optimizer cannot hold, or holds with a difference.

Checked where the target says `flavor: custom-channel`, in place of the rules of custom actions. Sources:
Adobe's pages on custom channels and on personalization.
"""

from __future__ import annotations

from collections.abc import Iterator

from callsheet.documents import Problem
from callsheet.language.catalog import Spots, rule
from callsheet.targets.journey_optimizer.rules.judged import RELAY, TOPICS, JourneyAction


@rule("CS867", "channel-form", on="channel")
def channel_form(action: JourneyAction, at: Spots) -> Iterator[Problem]:
    """A custom channel calls one fixed https URL by POST, with JSON that personalization can write.

    It authenticates by API key, Basic or OAuth 2.0 with client credentials. A relay can make any call.

    Bad:
        request: {method: PUT, payload: {a: 1}}
    Good:
        request: {method: POST, payload: {a: 1}}
    """
    for path, reason in action.refused(*TOPICS):
        yield at.value(path, reason, do=f"change it, deploy it as a custom action, {RELAY}")


@rule("CS868", "channel-rough", on="channel", severity="warning", adjustable=True)
def channel_rough(action: JourneyAction, at: Spots) -> Iterator[Problem]:
    """What the content of a message prints should be what the definition says; here it may differ.

    Personalization escapes what it prints for HTML, and knows no escape for JSON. A parameter with an
    `enum`, a `pattern` of letters and digits, or `format: uuid` has no such values.

    Bad:
        request: {payload: {text: "{{ params.text }}"}}
        parameters: {text: {type: string}}
    Good:
        request: {payload: {language: "{{ params.language }}"}}
        parameters: {language: {type: string, enum: [en, fr]}}
    """
    for one in action.rough(*TOPICS):
        do = "accept the difference by silencing this code, or narrow the values of the parameter"
        yield at.value(one.path, one.verdict.reason, do=do)


@rule("CS869", "channel-response", on="channel", severity="warning", adjustable=True)
def channel_response(action: JourneyAction, at: Spots) -> Iterator[Problem]:
    """A custom channel reads no response: no journey can use one.

    Bad:
        request: {payload: {a: 1}}
        responses: {success: {payload: {id: 7}}}
    Good:
        request: {payload: {a: 1}}
    """
    for outcome, sample in (action.compiled.get("responses") or {}).items():
        if sample.get("payload") is not None:
            do = "leave it as documentation, and silence this by its code; no journey can use it"
            yield at.key(("responses", outcome), "a custom channel reads nothing of a response", do=do)
