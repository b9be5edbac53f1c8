"""Generate workspaces that differ in everything that callsheet reads, from a seed; some have mistakes on purpose."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

import yaml

JOURNEYS = 12
"""Every so many-th workspace is for Journey Optimizer."""

VERSION = "callsheet/v1"
Tree = dict[str, str]
Fields = dict[str, Any]

NAMES = (
    "push",
    "mail",
    "sms",
    "order",
    "cart",
    "loyalty",
    "survey",
    "event",
    "stock",
    "audit",
    "lead",
    "offer",
)
OWNERS = ("team-crm", "team-platform", "team-privacy")
CHANNELS = ("push", "email", "sms", "events")
WORDS = (
    "Hello",
    "Bonjour",
    "Your order",
    "été «€»",
    "line one\nline two",
    "😀 ok",
    "a: b # c",
    'it\'s "so"',
    "0123",
    "",
)
HOSTS = ("api.example.com", "push.example.com", "mail.example.org", "eu.example.net")
PARAMETERS = (
    "title",
    "text",
    "email",
    "phone",
    "locale",
    "count",
    "price",
    "flag",
    "day",
    "moment",
    "tags",
    "extra",
    "id",
)
TYPES: dict[str, tuple[str, ...]] = {
    "count": ("integer",),
    "price": ("number",),
    "flag": ("boolean",),
    "day": ("date",),
    "moment": ("datetime",),
    "tags": ("array",),
    "extra": ("object",),
}
EXAMPLES: Fields = {
    "string": "Ada",
    "integer": 3,
    "number": 2.5,
    "boolean": True,
    "date": "2024-03-05",
    "datetime": "2024-03-05T08:00:00Z",
    "array": ["a", "b"],
    "object": {"a": 1},
}
SENSITIVITIES = {"email": "email", "phone": "phone", "id": "customer-id"}
FILTERS: dict[str, tuple[str, ...]] = {
    "string": (
        "trim",
        "lower",
        "upper | trim",
        "truncate(10)",
        "replace('a', 'b')",
        "sha256",
        "base64",
        "title",
        "length",
    ),
    "integer": ("abs", "string", "float"),
    "number": ("round", "round(1)", "int"),
    "boolean": ("string", "tojson"),
    "date": ("date('%d/%m/%Y')", "string"),
    "datetime": ("timestamp", "date('%Y-%m-%d')"),
    "array": ("join(', ')", "length", "first", "sort", "unique", "tojson"),
    "object": ("tojson",),
}


def secret(name: str) -> dict[str, str]:
    """Return a reference to a secret."""
    return {"secret": f"env:{name}"}


def authentications() -> tuple[Fields, ...]:
    """Return one authentication of each kind."""
    return (
        {"type": "none"},
        {"type": "basic", "username": "shop", "password": secret("SHOP_PASSWORD")},
        {"type": "bearer", "token": secret("SHOP_TOKEN")},
        {"type": "apiKey", "name": "X-Api-Key", "in": "header", "value": secret("SHOP_KEY")},
        {"type": "apiKey", "name": "key", "in": "query", "value": secret("SHOP_KEY")},
        {
            "type": "oauth2",
            "grant": "client_credentials",
            "tokenUrl": "https://login.example.com/token",
            "clientId": secret("CLIENT"),
            "clientSecret": secret("CLIENT_SECRET"),
            "scopes": ["send", "read"],
        },
        {
            "type": "oauth2",
            "grant": "password",
            "tokenUrl": "https://login.example.com/token",
            "clientId": "shop",
            "clientSecret": secret("CLIENT_SECRET"),
            "clientAuthentication": "form",
            "username": secret("USER"),
            "password": secret("PASSWORD"),
        },
        {
            "type": "oauth2",
            "grant": "jwt_bearer",
            "tokenUrl": "https://login.example.com/token",
            "key": secret("SERVICE_KEY"),
            "scopes": ["send"],
        },
        custom_authentication(),
        {
            "type": "hmac",
            "key": secret("SIGNING_KEY"),
            "content": "{timestamp}.{body}",
            "headers": {"X-Signature": "v1={signature}", "X-Time": "{timestamp}"},
        },
    )


def custom_authentication() -> Fields:
    """Return Journey Optimizer's own form of authentication."""
    return {
        "type": "custom",
        "endpoint": "https://login.example.com/token",
        "method": "POST",
        "body": {
            "bodyType": "form",
            "bodyParams": {"client_id": "shop", "client_secret": secret("CLIENT_SECRET")},
        },
        "tokenInResponse": "json://access_token",
        "cacheDuration": {"duration": 30, "timeUnit": "minutes"},
        "authorizationType": "bearer",
    }


class Maker:
    """Makes the documents of one workspace, from one source of randomness."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.journeys = seed % JOURNEYS == JOURNEYS - 1

    def chance(self, part: float) -> bool:
        """Return True in this part of the calls."""
        return self.random.random() < part

    def text(self, words: str) -> str | dict[str, str]:
        """Return a text, or one by language."""
        return {"en": words, "fr": f"{words} (fr)"} if self.chance(0.6) else words

    def document(self, kind: str, name: str, spec: Fields, **metadata: Any) -> Fields:
        """Return one document."""
        return {"apiVersion": VERSION, "kind": kind, "metadata": {"name": name, **metadata}, "spec": spec}

    # -- actions ---------------------------------------------------------------------------------

    def parameter(self, name: str) -> Fields:
        """Return the declaration of a parameter."""
        kind = TYPES.get(name, ("string",))[0]
        found: Fields = {"type": kind}
        if self.chance(0.7) or self.journeys:
            found["label"] = self.text(name.capitalize())
        if kind == "array":
            found["items"] = "string"
        if self.chance(0.3) and not self.journeys:
            found["optional"] = True
            if self.chance(0.3):
                found["whenMissing"] = None
        if name in SENSITIVITIES and self.chance(0.8):
            found["sensitivity"] = SENSITIVITIES[name]
        if kind == "string" and self.chance(0.3):
            found["maxLength"] = self.random.choice((20, 40, 500))
        if kind in ("integer", "number") and self.chance(0.3):
            found["minimum"] = 0
            found["maximum"] = 1000
        found["example"] = EXAMPLES[kind]
        if name == "email":
            found |= {"format": "email", "example": "ada@example.com"}
        if name == "locale":
            found |= {"enum": ["en", "fr"], "example": "fr"}
        return found

    def leaf(self, name: str, declared: Fields) -> Any:
        """Return a leaf of a payload that uses a parameter."""
        kind = declared["type"]
        if self.journeys:
            return f"{{{{ params.{name} }}}}"
        fallback = " | default('x')" if kind == "string" else f" | default({json.dumps(EXAMPLES[kind])})"
        shape = self.random.randrange(6)
        optional = declared.get("optional", False)
        if shape == 0 and kind not in ("array", "object"):
            return f"Hello {{{{ params.{name}{fallback if optional else ''} }}}}!"
        if shape == 1:
            if optional:
                return f"{{{{ params.{name}{fallback} }}}}"
            return f"{{{{ params.{name} | {self.random.choice(FILTERS[kind])} }}}}"
        if shape == 2 and optional:
            return f"{{{{ 'given' if params.{name} is defined else 'missing' }}}}"
        if shape == 3 and kind == "string":
            return [
                f"{{{{ params.{name}{fallback if optional else ''} }}}}",
                {"again": "{{ action.name }}"},
            ]
        return f"{{{{ params.{name} }}}}"

    def constant(self, depth: int = 0) -> Any:
        """Return a constant, or a nest of them."""
        shape = self.random.randrange(9 if depth < 3 else 6)
        if shape == 0:
            return self.random.choice(WORDS)
        if shape == 1:
            return self.random.choice((0, 1, -7, 2.5, 1e-7, 9007199254740991))
        if shape == 2:
            return self.random.choice((True, False, None))
        if shape == 3:
            return self.random.choice(
                (
                    "{{ values.tenant }}",
                    "{{ env.name }}",
                    "{{ values.limits.daily }}",
                    "{{ action.name | upper }}",
                )
            )
        if shape == 4:
            return "{{ values.limits.daily * 2 + 1 }}"
        if shape == 5:
            return "{{ 'live' if env.name == 'production' else 'trial' }}"
        if shape == 6:
            return [self.constant(depth + 1) for _ in range(self.random.randrange(4))]
        return {f"field_{n}": self.constant(depth + 1) for n in range(self.random.randrange(1, 4))}

    def payload(self, declared: Fields) -> Fields:
        """Return a payload in which every parameter is used."""
        found: Fields = {"kind": "{{ action.name }}"} if not self.journeys else {"kind": "fixed"}
        here = found
        for name, one in declared.items():
            here[f"the_{name}"] = self.leaf(name, one)
            if self.chance(0.25):
                here["nested"] = {}
                here = here["nested"]
        here["end"] = 1
        for n in range(self.random.randrange(3)):
            found[f"constant_{n}"] = n if self.journeys else self.constant()
        return found

    def action(self, name: str) -> Fields:
        """Return an action."""
        chosen = self.random.sample(PARAMETERS, self.random.randrange(7))
        if self.journeys:
            chosen = [one for one in chosen if one not in ("tags", "extra")]
        declared = {one: self.parameter(one) for one in chosen}
        method = self.random.choice(("POST", "POST", "POST", "PUT", "PATCH", "GET", "DELETE"))
        if self.journeys and method not in ("POST", "PUT"):
            method = "POST"
        host = self.random.choice(HOSTS) if self.journeys or self.chance(0.6) else "{{ values.host }}"
        request: Fields = {"method": method, "url": f"https://{host}/v1/{name}"}
        if method in ("GET", "DELETE"):
            request["query"] = {
                one: f"{{{{ params.{one} }}}}"
                for one, it in declared.items()
                if it["type"] not in ("array", "object")
            }
            declared = {one: it for one, it in declared.items() if one in request["query"]}
        else:
            request["payload"] = self.payload(declared)
        if self.chance(0.5):
            request["headers"] = {"X-Team": self.random.choice(OWNERS)}
            if not self.journeys:
                request["headers"]["X-Tenant"] = "{{ values.tenant }}"
        spec: Fields = {"request": request}
        if self.chance(0.75):
            known = authentications()
            usable = [known[0], known[1], known[3], known[8]] if self.journeys else known
            spec["authentication"] = copy.deepcopy(self.random.choice(usable))
        if declared:
            spec["parameters"] = declared
        if self.chance(0.4):
            spec["responses"] = {"success": {"payload": {"id": "m1", "accepted": True}}}
            if self.chance(0.5):
                spec["responses"]["failure"] = {"payload": {"error": {"code": 404, "message": "gone"}}}
        if self.chance(0.5) and not self.journeys:
            spec["limits"] = {
                "timeout": self.random.choice(("5s", "15s", "500ms")),
                "retries": self.random.randrange(4),
            }
            if self.chance(0.4):
                spec["limits"]["rate"] = self.random.choice(("30 per 1s", "3000 per 5s"))
        if self.chance(0.15):
            spec["lifecycle"] = {"protect": True}
        if self.chance(0.5):
            spec["tests"] = self.tests(declared, request)
        metadata: Fields = {"title": self.text(f"The {name}"), "owner": self.random.choice(OWNERS)}
        if self.chance(0.5):
            metadata["description"] = self.text(f"Sends one {name}")
        metadata["labels"] = {"channel": self.random.choice(CHANNELS), "category": "messages"}
        if self.chance(0.2):
            metadata["x-note"] = {"any": ["thing"]}
        return self.document("Action", name, spec, **metadata)

    def tests(self, declared: Fields, request: Fields) -> list[Fields]:
        """Return test cases, some of which fail."""
        given = {name: one["example"] for name, one in declared.items()}
        found: list[Fields] = [
            {
                "name": "method",
                "environment": "local",
                "params": given,
                "match": "partial",
                "expect": {"method": request["method"]},
            }
        ]
        if self.chance(0.4):
            found.append(
                {
                    "name": "fails",
                    "params": given,
                    "match": "partial",
                    "expect": {"url": "https://other.example.com/"},
                }
            )
        if self.chance(0.3):
            found.append({"name": "open", "environment": "production", "params": given})
        return found

    # -- everything else -------------------------------------------------------------------------

    def environments(self, actions: list[str]) -> list[Fields]:
        """Return an abstract environment, and three that extend it."""
        values = {"host": "api.example.com", "tenant": "shop", "limits": {"daily": 10, "hourly": 2}}
        found = [self.document("Environment", "base", {"values": values}, owner="team-platform")]
        for name in ("local", "staging", "production"):
            spec: Fields = {"extends": "base", "values": {"tenant": f"shop-{name}"}}
            if name == "production":
                spec["values"] |= {"host": "api.example.org", "limits": {"daily": 100}}
                spec["guards"] = {
                    "maxUpdate": "30%",
                    "maxDelete": "30%",
                    "minimum": self.random.choice((1, 10)),
                }
                if self.chance(0.5):
                    spec["guards"]["requireAccept"] = ["breaking", "sensitive"]
            elif name == "staging" and self.chance(0.5):
                spec["extends"] = "local" if self.chance(0.3) else "base"
            if self.chance(0.3):
                spec["allowSend"] = True
            if self.chance(0.25):
                spec["select"] = (
                    {"channel": list(CHANNELS[:3])} if self.chance(0.5) else {"names": [actions[0]]}
                )
            if self.chance(0.4):
                overlay: Fields = (
                    {"limits": {"timeout": "7s"}} if not self.journeys else {"request": {"method": "PUT"}}
                )
                spec["overlays"] = {self.random.choice(actions): overlay}
            folder = name == "staging" and self.chance(0.5)
            spec["target"] = (
                {"type": "directory", "path": "deployed/staging"}
                if folder
                else {"type": "sqlite", "path": f".callsheet/{name}.db"}
            )
            if folder:
                spec["ledger"] = {"type": "sqlite", "path": ".callsheet/staging.db"}
            found.append(self.document("Environment", name, spec, owner="team-platform"))
        if self.journeys:
            for name, sandbox in (("sandbox_one", "one"), ("sandbox_two", "two")):
                target = {"type": "journey-optimizer", "organization": "1234@AdobeOrg", "sandbox": sandbox}
                ledger = {"type": "sqlite", "path": f".callsheet/{name}.db"}
                found.append(
                    self.document(
                        "Environment", name, {"extends": "base", "target": target, "ledger": ledger}
                    )
                )
        return found

    def policies(self) -> list[Fields]:
        """Return policies, some of them violated."""
        found = []
        if self.chance(0.5):
            schema: Fields = {"properties": {"request": {"properties": {"url": {"pattern": "^https://"}}}}}
            found.append(
                self.document(
                    "Policy", "https_only", {"message": "Actions must call over https", "schema": schema}
                )
            )
        if self.chance(0.3):
            spec: Fields = {
                "message": "Every action has a description",
                "severity": "warning",
                "schema": {"required": ["description"]},
                "severityIn": {"local": "off"},
            }
            found.append(self.document("Policy", "described", spec, owner="team-platform"))
        if self.chance(0.15):
            spec = {
                "message": "No personal data leaves for that host",
                "severity": "warning",
                "select": {"channel": ["push", "email"]},
                "schema": {
                    "properties": {"request": {"properties": {"url": {"not": {"pattern": "eu\\.example"}}}}}
                },
                "exceptions": [
                    {
                        "action": "push",
                        "reason": "moving",
                        "until": self.random.choice(("2020-01-31", "2099-01-31")),
                    }
                ],
            }
            found.append(self.document("Policy", "no_eu", spec))
        return found

    def messages(self, actions: list[Fields]) -> list[Fields]:
        """Return messages: an email by a mail server, a text by an action."""
        found = []
        if self.chance(0.35):
            found.append(self.email())
        able = [one for one in actions if _takes_text(one["spec"].get("parameters", {}))]
        if able and self.chance(0.7):
            found.append(self.delivered(able[0]))
        return found

    def email(self) -> Fields:
        """Return an email that a mail server delivers."""
        spec: Fields = {
            "channel": "email",
            "via": {
                "smtp": {
                    "host": "smtp.example.com",
                    "username": "shop",
                    "password": secret("SMTP_PASSWORD"),
                }
            },
            "from": {"name": "The Shop", "email": "shop@example.com"},
            "to": "{{ params.email }}",
            "unsubscribe": {"url": "https://shop.example.com/u/{{ params.id }}", "oneClick": True},
            "language": "{{ params.locale | default('en') }}",
            "content": {
                "en": {
                    "subject": "Order {{ params.id }}",
                    "text": "Hello {{ params.id }},\n\nbye",
                    "html": "<p>Hello <b>{{ params.id }}</b></p><img src='x.png'>",
                },
                "fr": {
                    "subject": "Commande {{ params.id }}",
                    "text": "Bonjour {{ params.id }},\n\nà bientôt",
                },
            },
            "parameters": {
                "email": {
                    "type": "string",
                    "format": "email",
                    "sensitivity": "email",
                    "example": "ada@example.com",
                },
                "id": {"type": "string", "maxLength": 20, "pattern": "^[A-Z0-9-]{1,20}$", "example": "A-1"},
                "locale": {"type": "string", "optional": True, "example": "fr"},
            },
        }
        return self.document(
            "Message",
            "shipped_email",
            spec,
            title=self.text("Shipped"),
            owner="team-crm",
            labels={"category": "messages"},
        )

    def delivered(self, action: Fields) -> Fields:
        """Return a text message that an action delivers."""
        declared = action["spec"]["parameters"]
        needed = {name: one["example"] for name, one in declared.items() if name != "text"}
        spec: Fields = {
            "channel": self.random.choice(("sms", "sms", "push")),
            "via": {"action": action["metadata"]["name"], "parameters": needed},
            "content": {
                "en": {"text": "Order {{ params.order }} left 😀"},
                "fr": {"text": "Commande {{ params.order }} partie"},
            },
            "parameters": {"order": {"type": "string", "maxLength": 20, "example": "A-1"}},
        }
        if spec["channel"] == "push":
            for one in spec["content"].values():
                one["title"] = "Your order"
        return self.document("Message", "shipped_text", spec, title=self.text("Shipped"), owner="team-crm")

    def endpoints(self) -> list[Fields]:
        """Return configurations of endpoints."""
        if not self.journeys and not self.chance(0.1):
            return []
        spec = {
            "url": f"https://{self.random.choice(HOSTS)}/v1/*",
            "methods": ["POST", "PUT"],
            "capping": {"action": {"maxConnections": 50, "rate": "30 per 1s"}},
        }
        return [self.document("EndpointConfig", "shop_api", spec, title=self.text("What it bears"))]


def _takes_text(declared: Fields) -> bool:
    return "text" in declared and not any(one["type"] in ("array", "object") for one in declared.values())


TEMPLATE = """\
{
  "id": {{ params.id }},
  "tenant": {{ values.tenant }},
  {% if params.text is defined %}"text": {{ params.text }},{% endif %}
  "tags": [
    {% for tag in params.tags %}
    {"tag": {{ tag }}, "position": {{ loop.index }}}{% if not loop.last %},{% endif %}
    {% endfor %}
  ]
}
"""


class Model:
    """The documents of a workspace and its other files, before they are written."""

    def __init__(self, maker: Maker) -> None:
        names = maker.random.sample(NAMES, maker.random.randrange(1, len(NAMES) + 1))
        self.actions = [maker.action(name) for name in names]
        self.files: Tree = {}
        if maker.chance(0.3) and not maker.journeys:
            self.actions.append(self.templated(maker))
        self.others = (
            maker.environments(names) + maker.policies() + maker.messages(self.actions) + maker.endpoints()
        )
        if maker.chance(0.4):
            settings: Fields = {"severity": {"CS307": maker.random.choice(("error", "warning", "off"))}}
            self.others.append(maker.document("Workspace", "generated", settings))

    def templated(self, maker: Maker) -> Fields:
        """Return an action whose payload comes from a file."""
        self.files["templates/batch.json.j2"] = TEMPLATE
        spec = {
            "request": {
                "method": "POST",
                "url": "https://{{ values.host }}/batch",
                "payloadFile": "templates/batch.json.j2",
            },
            "parameters": {
                "id": {"type": "string", "example": "A-1"},
                "text": {"type": "string", "optional": True, "example": "Hi"},
                "tags": {"type": "array", "items": "string", "example": ["a", "b"]},
            },
        }
        return maker.document("Action", "batch", spec, title=maker.text("A batch"), owner="team-crm")

    def edited(self, maker: Maker) -> Model:
        """Return a second version: what a team does in a month."""
        new = copy.deepcopy(self)
        random = maker.random
        for action in list(new.actions):
            if maker.chance(0.6):
                _edit(maker, action)
        if len(new.actions) > 1 and maker.chance(0.5):
            gone = new.actions.pop(random.randrange(1, len(new.actions)))
            if maker.chance(0.3):
                renamed = copy.deepcopy(gone)
                renamed["metadata"]["name"] = "renamed_one"
                renamed["spec"]["lifecycle"] = {"renamedFrom": gone["metadata"]["name"]}
                new.actions.append(renamed)
        free = [name for name in NAMES if name not in new.names and name not in self.names]
        if free and maker.chance(0.5):
            new.actions.append(maker.action(free[0]))
        new.mend()
        for one in new.others:
            if (
                one["kind"] == "Environment"
                and one["metadata"]["name"] == "production"
                and maker.chance(0.3)
            ):
                one["spec"]["values"]["tenant"] = "shop-moved"
            if one["kind"] == "Message" and maker.chance(0.5):
                for content in one["spec"]["content"].values():
                    content["text"] += " (new)"
            if one["kind"] == "EndpointConfig" and maker.chance(0.5):
                one["spec"]["capping"]["action"]["rate"] = "60 per 1s"
        return new

    def mend(self) -> None:
        """Take away what leads to an action that is gone."""
        for one in list(self.others):
            spec = one["spec"]
            if one["kind"] == "Environment":
                overlays = {name: it for name, it in spec.get("overlays", {}).items() if name in self.names}
                spec.pop("overlays", None)
                if overlays:
                    spec["overlays"] = overlays
            if one["kind"] == "Message" and spec["via"].get("action", self.names[0]) not in self.names:
                self.others.remove(one)

    @property
    def names(self) -> list[str]:
        """The names of the actions."""
        return [one["metadata"]["name"] for one in self.actions]


def _edit(maker: Maker, action: Fields) -> None:
    """Change something of an action."""
    spec, random = action["spec"], maker.random
    declared: Fields = spec.get("parameters", {})
    payload = spec["request"].get("payload")
    what = random.randrange(10)
    if what == 0:
        spec["request"]["url"] = spec["request"]["url"].replace("/v1/", "/v2/")
    elif what == 1:
        spec["request"]["url"] = f"https://new.example.com/v1/{action['metadata']['name']}"
    elif what == 2:
        kinds = authentications()
        spec["authentication"] = kinds[random.choice((0, 1, 3))] if maker.journeys else random.choice(kinds)
    elif what == 3 and payload is not None:
        payload["end"] = "changed"
    elif what == 4 and payload is not None:
        declared["added"] = {
            "type": "string",
            "example": "x",
            "optional": maker.chance(0.5) and not maker.journeys,
        }
        payload["added"] = "{{ params.added }}"
        spec["parameters"] = declared
        spec.pop("tests", None)
    elif what == 5 and declared:
        _without_parameter(action, random.choice(list(declared)))
    elif what == 6:
        action["metadata"]["title"] = maker.text("Another title")
        action["metadata"]["labels"] = {"channel": random.choice(CHANNELS), "category": "other"}
    elif what == 7:
        spec["limits"] = (
            {"timeout": "20s"}
            if maker.journeys
            else {"timeout": "20s", "retries": 5, "rate": "9000 per 1s"}
        )
    elif what == 8:
        spec.pop("responses", None)
        spec.setdefault("request", {})["headers"] = {"X-Team": "another"}
    else:
        for one in declared.values():
            one["label"] = "Another label"
            one["sensitivity"] = "free-text"
            break


def _without_parameter(action: Fields, name: str) -> None:
    """Take a parameter away, and whatever uses it."""
    spec = action["spec"]
    del spec["parameters"][name]
    if not spec["parameters"]:
        del spec["parameters"]
    spec.pop("tests", None)
    needle = f"params.{name} "

    def cleaned(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: cleaned(one)
                for key, one in value.items()
                if needle not in json.dumps(one) or isinstance(one, dict)
            }
        return value

    spec["request"] = cleaned(spec["request"])


# -- mistakes --------------------------------------------------------------------------------------


def mistakes_in(maker: Maker, model: Model) -> list[str]:
    """Put mistakes into the documents; return the kinds of mistakes for the text."""
    random = maker.random
    later = []
    for _ in range(random.randrange(1, 5)):
        action = random.choice(model.actions)
        spec = action["spec"]
        request = spec["request"]
        what = random.randrange(26)
        if what == 0:
            spec["unknown"] = 1
        elif what == 1:
            request["headers"] = {"X-A": "{{ params.nowhere }}"}
        elif what == 2:
            model.actions.append(copy.deepcopy(action))
        elif what == 3:
            request["url"] = random.choice(
                (
                    "not a url",
                    "ftp://a.example.com/",
                    "https://u:p@a.example.com/",
                    "https://a.example.com/#x",
                    "https://a.example.com:99999/",
                    "https://a.example.com/ä b",
                )
            )
        elif what == 4:
            request["method"] = random.choice((1, "FETCH", None))
        elif what == 5:
            spec.setdefault("parameters", {})["lonely"] = {"type": "string"}
        elif what == 6:
            spec.setdefault("parameters", {})["maybe"] = {"type": "string", "optional": True}
            request["headers"] = {"X-Maybe": "before {{ params.maybe }} after"}
        elif what == 7:
            spec["authentication"] = {
                "type": "bearer",
                "token": "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
            }
        elif what == 8:
            request["headers"] = {"Bad Header": "x", "Host": "a.example.com", "X-Line": "a\nb"}
        elif what == 9:
            request["headers"] = {"X-V": "{{ values.nothing.there }}", "x-v": "{{ nothing }}"}
        elif what == 10:
            request["headers"] = {
                "X-T": "{{ params.",
                "X-U": "{{ 'a' | nofilter }}",
                "X-W": "{% set a = 1 %}",
            }
        elif what == 11:
            request["url"] = "http://plain.example.com/../x"
        elif what == 12:
            spec["limits"] = {"timeout": "0s", "retries": -1}
        elif what == 13:
            action["metadata"]["name"] = "bad name!"
        elif what == 14:
            action["apiVersion"] = "callsheet/v9"
        elif what == 15:
            action["kind"] = "Acton"
        elif what == 16:
            spec.setdefault("parameters", {})["wrong"] = {
                "type": "integer",
                "example": "text",
                "pattern": "(a",
            }
        elif what == 17:
            spec["tests"] = [{"name": "a", "params": {"unknown": 1}}, {"name": "a", "params": {}}]
        elif what == 18:
            spec["lifecycle"] = {"renamedFrom": model.names[0]}
        elif what == 19:
            environment = next(
                one for one in model.others if one["kind"] == "Environment" and "target" in one["spec"]
            )
            environment["spec"] |= random.choice(
                (
                    {"extends": "nowhere"},
                    {"overlays": {"nobody": {"request": {"method": "PUT"}}}},
                    {"target": {"type": "mongodb"}},
                    {"target": {"type": "sqlite", "path": "../outside.db"}},
                    {"values": {"tenant": "{{ env.name }}"}},
                    {"guards": {"maxUpdate": "900%"}},
                    {"select": {"names": ["nobody"]}},
                )
            )
        elif what == 20:
            schema = random.choice(
                ({"type": "nothing"}, {"required": ["nothing"]}, {"$ref": "https://example.com/x.json"})
            )
            spec_of = {"message": "Broken", "schema": schema, "select": {"names": [model.names[0]]}}
            model.others.append(maker.document("Policy", "broken", spec_of))
        elif what == 21:
            request |= {"payloadFile": "templates/none.j2", "payload": {"a": 1}}
        elif what == 22:
            request["payload"] = {
                "when": "{{ 1 / 0 }}",
                "what": "{{ params.text | date('%Y') }}",
                "none": "a {{ none }}",
            }
        elif what == 23:
            del spec["request"]
            spec["request"] = {"url": "https://a.example.com/{{ params.id }}"}
        else:
            later.append(random.choice(TEXT_MISTAKES))
    return later


TEXT_MISTAKES = (
    "syntax",
    "tab",
    "duplicate",
    "boolean",
    "number",
    "control",
    "tag",
    "ignore",
    "utf8",
    "empty",
    "flow",
    "anchor",
)


def spoilt(kind: str, text: str) -> str:
    """Put a mistake into the text of a file."""
    lines = text.split("\n")
    if kind == "syntax":
        return text + "\n  - : [unclosed\n"
    if kind == "tab":
        return text.replace("\n  ", "\n\t", 1)
    if kind == "duplicate":
        return text + "\nkind: Action\n"
    if kind == "boolean":
        return text.replace("\nspec:", "\n  x-flag: yes\n  x-time: 1:20\n  x-day: 2026-01-02\nspec:", 1)
    if kind == "number":
        return text.replace(
            "\nspec:",
            "\n  x-big: 12345678901234567890\n  x-inf: .inf\n  x-digits: 0.12345678901234567890123\nspec:",
            1,
        )
    if kind == "control":
        return text.replace("\nspec:", '\n  x-bell: "\x07"\nspec:', 1)
    if kind == "tag":
        return text.replace("\nspec:", "\n  x-tag: !!binary aGk=\n  1: one\nspec:", 1)
    if kind == "ignore":
        return (
            "# callsheet: ignore CS407 for a while\n# callsheet: ignore CS999\n# callsheet: ignore CS502 no\n"
            + text
        )
    if kind == "utf8":
        return text.replace("\nspec:", "\n  x-name: \udcff\nspec:", 1)
    if kind == "empty":
        return text + "\n---\n---\n- a list\n"
    if kind == "flow":
        return "\n".join([*lines[:3], "extra: {a: [1, 2}"])
    return text + "\n---\na: &a [1]\nb: *c\n"


# -- writing ---------------------------------------------------------------------------------------


def tree_of(model: Model, seed: int, mistakes: list[str]) -> Tree:
    """Return the files of a workspace: each document in a file of its own, or several in one."""
    random = Random(seed)
    files = dict(model.files)
    for number, one in enumerate(model.actions):
        style = random.choice((False, None, False))
        text = written(one, style)
        if random.random() < 0.2:
            text = f"# yaml-language-server: $schema=../schemas/action.schema.json\n# About it.\n{text}"
        if number % 3 == 2:
            files["actions/many.yaml"] = "\n---\n".join(
                filter(None, (files.get("actions/many.yaml"), text))
            )
        elif number % 5 == 4:
            files[f"actions/{number}.json"] = json.dumps(one, indent=2, ensure_ascii=False) + "\n"
        else:
            files[f"actions/{number}.yaml"] = text
    for one in model.others:
        kind, name = one["kind"], str(one["metadata"]["name"])
        file = "callsheet.yaml" if kind == "Workspace" else f"{kind.lower()}s/{name}.yaml"
        files[file] = written(one, None if random.random() < 0.3 else False)
    for kind in mistakes:
        places = [name for name in files if name.startswith("actions/") and name.endswith(".yaml")]
        if places:
            place = random.choice(places)
            files[place] = spoilt(kind, files[place])
    return files


def written(document: Fields, style: bool | None) -> str:
    """Return a document as YAML."""
    return str(
        yaml.dump(
            document, Dumper=Plain, sort_keys=False, allow_unicode=True, default_flow_style=style, width=110
        )
    )


class Plain(yaml.SafeDumper):
    """Writes no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write everything out."""
        del data
        return True
