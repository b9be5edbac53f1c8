"""Collections of Postman, Insomnia and Bruno and a HAR file of one shop, as their tools write them."""

from __future__ import annotations

import json
from typing import Any

TOKEN = "s3cr3t-of-the-shop"
KEY = "s3cr3t-of-the-mails"


def body(value: Any) -> dict[str, Any]:
    """Return a JSON body of Postman."""
    text = value if isinstance(value, str) else json.dumps(value)
    return {"mode": "raw", "raw": text, "options": {"raw": {"language": "json"}}}


def bearer(token: str) -> dict[str, Any]:
    return {"type": "bearer", "bearer": [{"key": "token", "value": token, "type": "string"}]}


POSTMAN: dict[str, Any] = {
    "info": {
        "name": "Shop API",
        "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
    },
    "auth": bearer("{{shopToken}}"),
    "variable": [
        {"key": "host", "value": "api.shop.example.com"},
        {"key": "baseUrl", "value": "https://{{host}}/v1"},
        {"key": "store", "value": "7"},
        {"key": "shopToken", "value": TOKEN},
    ],
    "item": [
        {
            "name": "Orders",
            "item": [
                {
                    "name": "Create order",
                    "request": {
                        "method": "POST",
                        "url": "{{baseUrl}}/orders",
                        "body": body('{"store": {{store}}, "shop": "{{store}}", "who": "{{customer}}"}'),
                    },
                },
                {
                    "name": "Late / orders",
                    "item": [
                        {
                            "name": "Create order",
                            "event": [{"listen": "prerequest", "script": {"exec": ["pm.sendRequest()"]}}],
                            "request": {
                                "method": "PUT",
                                "url": {
                                    "raw": "{{baseUrl}}/orders/:id?dry=1",
                                    "host": ["{{baseUrl}}"],
                                    "path": ["orders", ":id"],
                                    "query": [
                                        {"key": "dry", "value": "1"},
                                        {"key": "off", "value": "1", "disabled": True},
                                    ],
                                    "variable": [{"key": "id", "value": "42"}],
                                },
                                "header": [{"key": "X-Trace", "value": "{{$guid}}"}],
                                "body": body({"late": True}),
                            },
                        },
                        {
                            "name": "Upload",
                            "request": {
                                "method": "POST",
                                "url": "{{baseUrl}}/files",
                                "body": {"mode": "formdata", "formdata": [{"key": "a", "type": "file"}]},
                            },
                        },
                    ],
                },
            ],
        },
        {
            "name": "Mail",
            "auth": {
                "type": "apikey",
                "apikey": [
                    {"key": "key", "value": "X-Mail-Key"},
                    {"key": "value", "value": KEY},
                    {"key": "in", "value": "header"},
                ],
            },
            "item": [
                {
                    "name": name,
                    "request": {
                        "method": "POST",
                        "url": f"https://mail.example.com/v2/{name.lower()}",
                        "body": body({"to": "ada@example.com", "replyTo": "ada@example.com", "text": "Hi"}),
                    },
                }
                for name in ("Send", "Schedule")
            ],
        },
        {
            "name": "Status",
            "request": {
                "method": "GET",
                "auth": {"type": "noauth"},
                "url": "https://status.example.com/v1",
            },
        },
    ],
}
STAGING: dict[str, Any] = {
    "name": "Staging",
    "values": [
        {"key": "host", "value": "staging.shop.example.com", "enabled": True},
        {"key": "store", "value": "9", "enabled": False},
    ],
    "_postman_variable_scope": "environment",
}

INSOMNIA: dict[str, Any] = {
    "_type": "export",
    "__export_format": 4,
    "resources": [
        {"_id": "wrk", "_type": "workspace", "name": "Shop"},
        {
            "_id": "env",
            "parentId": "wrk",
            "_type": "environment",
            "data": {
                "host": "api.shop.example.com",
                "api": {"url": "https://{{ _.host }}/v1"},
                "port": 8443,
            },
        },
        {
            "_id": "env_s",
            "parentId": "env",
            "_type": "environment",
            "name": "Staging",
            "data": {"host": "staging.shop.example.com"},
        },
        {
            "_id": "fld",
            "parentId": "wrk",
            "_type": "request_group",
            "name": "Orders",
            "environment": {"part": "orders"},
            "authentication": {"type": "bearer", "token": TOKEN},
        },
        *(
            {
                "_id": f"r{number}",
                "parentId": "fld",
                "_type": "request",
                "name": name,
                "method": "POST",
                "url": f"{{{{ _.api.url }}}}/{{{{ _.part }}}}/{name.lower()}",
                "body": {
                    "mimeType": "application/json",
                    "text": '{"port": {{ _.port }}, "a": "{{ _.who }}"}',
                },
                "authentication": {},
            }
            for number, name in enumerate(("Create", "Cancel"))
        ),
        {
            "_id": "r9",
            "parentId": "wrk",
            "_type": "request",
            "name": "Tag",
            "method": "POST",
            "url": "https://api.shop.example.com/v1",
            "body": {"mimeType": "application/json", "text": '{"id": "{% uuid \'v4\' %}"}'},
        },
    ],
}
INSOMNIA_5 = f"""\
type: collection.insomnia.rest/5.0
name: Shop
collection:
  - name: Orders
    children:
      - url: "{{{{ _.base }}}}/orders"
        name: Create
        method: POST
        body: {{mimeType: application/json, text: '{{"a": 1}}'}}
    authentication: {{type: bearer, token: {TOKEN}}}
environments:
  name: Base Environment
  data: {{base: "https://api.shop.example.com/v1"}}
  subEnvironments:
    - name: Staging
      data: {{base: "https://staging.shop.example.com/v1"}}
"""


def entry(method: str, url: str, payload: Any = None, media: str = "application/json") -> dict[str, Any]:
    """Return one call of a HAR file."""
    request: dict[str, Any] = {
        "method": method,
        "url": url,
        "headers": [{"name": "Authorization", "value": f"Bearer {TOKEN}"}],
    }
    if payload is not None:
        request["postData"] = {"mimeType": "application/json", "text": json.dumps(payload)}
    return {"request": request, "response": {"content": {"mimeType": media}}}


HAR: dict[str, Any] = {
    "log": {
        "version": "1.2",
        "entries": [
            entry("GET", "https://shop.example.com/", media="text/html; charset=utf-8"),
            entry("POST", "https://api.shop.example.com/v1/orders", {"a": 1}),
            entry("POST", "https://api.shop.example.com/v1/orders", {"a": 1}),
            entry("POST", "https://api.shop.example.com/v1/orders", {"a": 2}),
            entry("GET", "https://api.shop.example.com/v1/orders?page=2&tag=a&tag=b"),
            entry("OPTIONS", "https://api.shop.example.com/v1/orders"),
        ],
    }
}


def _bruno() -> dict[str, Any]:
    """Return a collection as Bruno exports it."""

    def request(name: str, auth: str, **more: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "name": name,
            "seq": 1,
            "request": {
                "url": "{{host}}/v1/send",
                "method": "POST",
                "headers": [{"name": "X-Team", "value": "crm", "enabled": True}],
                "params": [],
                "body": {
                    "mode": "json",
                    "json": '{"a": "{{a}}"}',
                    "formUrlEncoded": [],
                    "multipartForm": [],
                },
                "auth": {"mode": auth},
                **more,
            },
        }

    return {
        "name": "Shop",
        "version": "1",
        "items": [
            request("one", "inherit"),
            {
                "type": "folder",
                "name": "mail",
                "root": {"request": {
                    "auth": {"mode": "basic", "basic": {"username": "ada", "password": KEY}},
                    "headers": [{"name": "X-Mail", "value": "1", "enabled": True}, {"name": "x-team", "value": "no", "enabled": True}],
                    "vars": {"req": [{"name": "a", "value": "in the folder", "enabled": True}]},
                }},
                "items": [request("two", "inherit"), request("three", "none")],
            },
            {"type": "js", "name": "helper.js"},
        ],
        "root": {"request": {
            "auth": {"mode": "bearer", "bearer": {"token": "{{token}}"}},
            "vars": {"req": [{"name": "host", "value": "https://shop.example", "enabled": True}]},
            "headers": [{"name": "X-All", "value": "2", "enabled": True}],
        }},
        "environments": [
            {"name": "test", "variables": [
                {"name": "host", "value": "https://api.shop.example", "enabled": True},
                {"name": "token", "value": TOKEN, "enabled": True, "secret": True},
                {"name": "a", "value": "x", "enabled": False},
            ]}
        ],
        "brunoConfig": {"version": "1", "name": "Shop", "type": "collection"},
    }  # fmt: skip


BRUNO = _bruno()
