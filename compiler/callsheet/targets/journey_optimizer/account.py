"""An account at Adobe → calls of its API, as one organization and sandbox.

OAuth server-to-server: a token of Adobe's identity service for the project's client id and secret, sent
with the key, the organization and the sandbox in each call (Adobe Developer, "OAuth Server-to-Server
credential implementation guide").
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from callsheet.errors import CallsheetError
from callsheet.targets.rest.client import ServiceAnswer, ServiceClient

GATEWAY = "https://platform.adobe.io"
IDENTITY = "https://ims-na1.adobelogin.com/ims/token/v3"
ORCHESTRATION = "/journey/orchestration"
SCOPES = "openid,AdobeID,read_organizations,additional_info.projectedProductContext,session"
_LIMITS = {"rate": "5 per 1s", "retries": 4, "timeout": "60s"}


class Account:
    """What calls Adobe's API.

    Args:
        options: of the target: `api`, `organization` and `sandbox`.
        resolve: returns the secret of a reference.

    Raises:
        CallsheetError: CS606 for a secret that is not there, CS870 for a URL that is not one, CS945 without
            httpx.

    """

    def __init__(self, options: Mapping[str, Any], resolve: Callable[[str], str]) -> None:
        api = options["api"]
        spec = {
            "authentication": {
                "type": "oauth2",
                "grant": "client_credentials",
                "clientAuthentication": "form",
                "tokenUrl": _text(api.get("tokenUrl"), IDENTITY, resolve),
                "clientId": api["clientId"],
                "clientSecret": api["clientSecret"],
                "scopes": [api.get("scopes", SCOPES)],
            },
            "headers": {
                "x-api-key": api["clientId"],
                "x-gw-ims-org-id": options["organization"],
                "x-sandbox-name": options["sandbox"],
            },
            "limits": {**_LIMITS, **(api.get("limits") or {})},
        }
        url = _text(api.get("url"), GATEWAY, resolve)
        self.client = ServiceClient(
            url, spec, resolve, reference=(api.get("url") or {}).get("secret", ""),
            what="`api`, `organization` and `sandbox` of the target, and the secrets",
        )  # fmt: skip

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        answers: Collection[int] = (),
        repeatable: bool = False,
        reads: bool = False,
        read_back: bool = False,
    ) -> ServiceAnswer:
        """Call the API.

        Args:
            method: of the call.
            path: below the gateway.
            query: parameters.
            body: JSON, or None.
            answers: statuses above 499 by which the API refuses, rather than fails.
            repeatable: does it do no harm to send it twice?
            reads: does it change nothing?
            read_back: does the caller read what became of it?

        Raises:
            CallsheetError: CS871 to CS873, CS963.

        """
        return self.client.call(
            method, path, query=query, body=body, answers=answers, repeatable=repeatable, reads=reads,
            read_back=read_back,
        )  # fmt: skip

    def close(self) -> None:
        """Close the connections."""
        self.client.close()


def _text(value: Any, standard: str, resolve: Callable[[str], str]) -> str:
    return standard if value is None else resolve(value["secret"])


def objects(answer: ServiceAnswer, where: str) -> list[dict[str, Any]]:
    """Return the objects of a list that was answered.

    Raises:
        CallsheetError: CS873 for another status, and for what is not a list of objects.

    """
    if answer.status != 200:
        raise CallsheetError(
            "CS873",
            f"Adobe's API cannot be read: it answered {answer.status} to {where}",
            help="check `organization` and `sandbox` of the target; nothing was changed",
        )
    found = answer.value.get("results") if isinstance(answer.value, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        begin = f": it begins with {answer.text[:20]!r}" if answer.value is None else ""
        raise CallsheetError(
            "CS873",
            f"Adobe's API cannot be read: {where} returns no list of results{begin}",
            help="check whether a proxy requires a login; nothing was changed",
        )
    return found
