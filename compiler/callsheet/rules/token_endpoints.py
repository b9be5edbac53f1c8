"""CS982 and CS983: where a token is asked for, by an action and by a Target."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from callsheet.documents import Problem
from callsheet.language.catalog import Spots, rule
from callsheet.outbound.hosts import origin_of
from callsheet.rules.collections import spec_of_target


@rule("CS982", "token-endpoint", on="compiled", reads=("authentication",))
def token_endpoint(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A token must be requested over https: its request contains a secret.

    Over http only from this machine, as from `http://localhost:8080/token`. The URL is absolute, in plain
    ASCII, and has no user name.

    Bad:
        authentication:
          type: oauth2
          grant: client_credentials
          tokenUrl: "http://login.example.com/token"
          clientId: callsheet
          clientSecret: {secret: "env:CLIENT_SECRET"}
    Good:
        authentication:
          type: oauth2
          grant: client_credentials
          tokenUrl: "https://login.example.com/token"
          clientId: callsheet
          clientSecret: {secret: "env:CLIENT_SECRET"}
    """
    for field, message in token_endpoint_faults(compiled["authentication"]):
        yield at.value(("authentication", field), message, do=ENDPOINT_HELP)


ENDPOINT_HELP = "write it in full, such as https://login.example.com/token; http is for this machine only"


def token_endpoint_faults(authentication: Any) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the URLs at which a token is asked for: the field, and words."""
    fields = authentication if isinstance(authentication, dict) else {}
    for field in ("tokenUrl", "endpoint"):
        url = fields.get(field)
        if not isinstance(url, str):
            continue
        origin = origin_of(url)
        if origin is None or re.match(r"[a-z]+://[^/?#]*@", url, re.IGNORECASE):
            yield field, "the token endpoint is not an absolute URL without a user name"
        elif not origin.is_private:
            yield field, "the token is requested over plain http: anyone on the way can read the secret"


@rule("CS983", "target-token-endpoint", on="document")
def target_token_endpoint(value: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A Target's token must be requested over https: its request contains a secret.

    Over http only from this machine, as from `http://localhost:8080/token`.

    Bad:
        apiVersion: callsheet/v1
        kind: Target
        metadata: {name: hooks}
        spec:
          authentication:
            type: oauth2
            grant: client_credentials
            tokenUrl: "http://login.example.com/token"
            clientId: callsheet
            clientSecret: {secret: "env:CLIENT_SECRET"}
          id: id
          body: {name: "{{ action.name }}", definition: "{{ action | tojson }}"}
          list: {path: /hooks}
          create: {path: /hooks}
          update: {path: "/hooks/{id}"}
          delete: {path: "/hooks/{id}"}
    Good:
        apiVersion: callsheet/v1
        kind: Target
        metadata: {name: hooks}
        spec:
          authentication:
            type: oauth2
            grant: client_credentials
            tokenUrl: "https://login.example.com/token"
            clientId: callsheet
            clientSecret: {secret: "env:CLIENT_SECRET"}
          id: id
          body: {name: "{{ action.name }}", definition: "{{ action | tojson }}"}
          list: {path: /hooks}
          create: {path: /hooks}
          update: {path: "/hooks/{id}"}
          delete: {path: "/hooks/{id}"}
    """
    for field, message in token_endpoint_faults(spec_of_target(value).get("authentication")):
        yield at.value(("spec", "authentication", field), message, do=ENDPOINT_HELP)
