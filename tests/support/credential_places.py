"""Workspaces in which a credential stands, each at another place.

`SECRET` looks like one wherever it is, `KEY` may be a name as well, and `PLACED` is one by its place.
"""

from __future__ import annotations

from support.workspaces import ACTION

SECRET = "ghp_" + "Ab1" * 12
HALVES = SECRET[:9], SECRET[9:]
PLACED = "swordfish4711"


def written_by(action: str) -> dict[str, str]:
    """Return the file of an action with something else in it."""
    text = ACTION.format(name="other", constant="1")
    old = "fixed: 1"
    assert old in text
    return {"other.yaml": text.replace(old, action)}


CONNECTED = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: other, title: {en: Example}, owner: team-a, labels: {channel: push}}
spec:
  connection: shop
  request: {method: POST, path: /v1, payload: {title: "{{ params.title }}"}}
  parameters:
    title: {type: string, example: Hi}
"""


def connection(fields: str) -> dict[str, str]:
    text = f'apiVersion: callsheet/v1\nkind: Connection\nmetadata: {{name: shop}}\nspec: {{url: "https://a.example", {fields}}}\n'
    return {"shop.yaml": text, "other.yaml": CONNECTED}


CONNECTION = connection("headers: {X-It: plain}")["shop.yaml"]
FRAGMENT = f"""\
apiVersion: callsheet/v1
kind: Fragment
metadata: {{name: part}}
spec: {{payload: {{it: {SECRET}}}}}
"""
SET = """\
apiVersion: callsheet/v1
kind: ActionSet
metadata: {name: rows}
spec:
  itemsFile: rows.csv
  template:
    metadata: {name: "{{ item.name }}", title: {en: "{{ item.title }}"}, owner: team-a, labels: {channel: push}}
    spec:
      request: {method: POST, url: "https://api.example.com/v1", payload: {a: "{{ item.one }}{{ item.two }}"}}
"""
SET_OF_TITLES = SET.replace('"{{ item.title }}"', '"{{ item.one }}{{ item.two }}"').replace(
    '"{{ item.one }}{{ item.two }}"}}', "1}}"
)
SET_OF_URLS = (
    SET.replace('"{{ item.title }}"', '"Example"')
    .replace('"{{ item.one }}{{ item.two }}"', "1")
    .replace("example.com/v1", "example.com/{{ item.one }}{{ item.two }}")
)
KEY = "AKIA" + "IOSFODNN7QXAMPLZ"
"""A credential that may be a name."""
POLICY = """\
apiVersion: callsheet/v1
kind: Policy
metadata: {name: it}
spec: {message: MESSAGE, schema: {required: [absent]}}
"""
VALUES = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: another}
spec:
  values: {one: ONE, two: TWO}
  target: {type: sqlite, path: .callsheet/another.db}
"""


def values(one: str, two: str) -> dict[str, str]:
    return {"another.yaml": VALUES.replace("ONE", one).replace("TWO", two)}


PLACES: dict[str, dict[str, str]] = {
    "in an action": written_by(f"fixed: {SECRET}"),
    "in a title": {"other.yaml": ACTION.format(name="other", constant="1").replace("Example", SECRET)},
    "as a name": written_by(f"{SECRET}: 1"),
    "by a place": written_by('fixed: 1}\n  authentication: {type: bearer, token: PLACED').copy(),
    "of two literals": written_by(f"fixed: \"{{{{ '{HALVES[0]}' ~ '{HALVES[1]}' }}}}\""),
    "of two values": {**values(*HALVES), **written_by('fixed: "{{ values.one }}{{ values.two }}"')},
    "in a value": {**values(SECRET, "x"), **written_by('fixed: "{{ values.one }}"')},
    "in a header of a connection": connection(f"headers: {{X-It: {SECRET}}}"),
    "by a place in a connection": connection(f"authentication: {{type: bearer, token: {PLACED}}}"),
    "in a fragment": {"part.yaml": FRAGMENT, **written_by("fixed: {$fragment: part}")},
    "in a row": {"set.yaml": SET, "rows.csv": f"name,title,one,two\nfirst,Example,{SECRET},x\n"},
    "of two columns": {"set.yaml": SET, "rows.csv": "name,title,one,two\nfirst,Example,{},{}\n".format(*HALVES)},
    "in a template": {
        "other.yaml": CONNECTED.replace("  connection: shop\n", "").replace(
            'path: /v1, payload: {title: "{{ params.title }}"}', 'url: "https://a.example/v1", payloadFile: it.j2'
        ),
        "it.j2": f'{{"it": "{SECRET}", "title": {{{{ params.title | tojson }}}}}}',
    },
    "put together in a template": {
        "other.yaml": CONNECTED.replace("  connection: shop\n", "").replace(
            'path: /v1, payload: {title: "{{ params.title }}"}', 'url: "https://a.example/v1", payloadFile: it.j2'
        ).replace('  parameters:\n    title: {type: string, example: Hi}\n', ""),
        "it.j2": f"{{\"it\": {{{{ ('{HALVES[0]}' ~ '{HALVES[1]}') | tojson }}}}}}",
    },
    "in two files with one name": {
        f"{one}.yaml": ACTION.format(name=KEY, constant="1") for one in ("one", "two")
    },
    "as a name that is none": {"other.yaml": ACTION.format(name=f"own thing {KEY}", constant="1")},
    "in a policy": {"policy.yaml": POLICY.replace("MESSAGE", f"leak {KEY}")},
    "as the name of a policy": {"policy.yaml": POLICY.replace("it", KEY, 1).replace("MESSAGE", "no")},
    "near to the name of a connection": {
        "shop.yaml": CONNECTION.replace("shop", KEY, 1), "other.yaml": CONNECTED.replace("shop", KEY[:-1])
    },
    "near to the name of an environment": {
        "another.yaml": VALUES.replace("another", KEY, 1),
        "other.yaml": CONNECTED.replace("  connection: shop\n", f"  environments: [{KEY[:-1]}]\n").replace(
            "path: /v1", 'url: "https://a.example/v1"'
        ),
    },
    "of two columns in a title": {"set.yaml": SET_OF_TITLES, "rows.csv": "name,one,two\nfirst,{},{}\n".format(*HALVES)},
    "of two columns in a URL": {"set.yaml": SET_OF_URLS, "rows.csv": "name,one,two\nfirst,{},{}\n".format(*HALVES)},
    "by a place in a set": {"set.yaml": SET_OF_URLS.replace(
        "      request:", "      authentication: {type: bearer, token: PLACED}\n      request:"
    ), "rows.csv": "name,one,two\nfirst,a,b\n"},
}  # fmt: skip

MAIL = """\
apiVersion: callsheet/v1
kind: Message
metadata: {name: mail, title: {en: Mail}, owner: team-a}
spec:
  channel: email
  via: {smtp: {host: mail.example.com, username: me, password: {secret: "env:MAIL"}}}
  from: {name: Shop, email: shop@example.com}
  to: "{{ params.email }}"
  content: {en: {subject: SUBJECT, text: TEXT, HTML}}
  parameters:
    email: {type: string, example: ada@example.com}
"""


def mail(subject: str = "Hi", text: str = "Hi", html: str = 'html: "<p>Hi</p>"') -> dict[str, str]:
    found = MAIL.replace("SUBJECT", subject).replace("TEXT", text).replace("HTML", html)
    return {**values(*HALVES), "mail.yaml": found}


JOINED = '"<p>{{ values.one }}{{ values.two }}</p>"'
TWO_LITERALS = f"\"<p>{{{{ '{HALVES[0]}' ~ '{HALVES[1]}' }}}}</p>\""
OPERATION = """\
openapi: 3.1.0
info: {title: Example, version: "1"}
servers: [{url: "https://api.example.com"}]
paths:
  /v1/send:
    post:
      operationId: send
      requestBody: {content: {application/json: {schema: {type: object, properties: {fixed: SCHEMA}}}}}
      responses: {"200": {description: done}}
"""


def contract(schema: str) -> dict[str, str]:
    action = ACTION.format(name="other", constant="plain")
    action = action.replace(
        "  parameters:", "  contract: {openapi: api.openapi.yaml, operation: send}\n  parameters:"
    )
    return {"other.yaml": action, "api.openapi.yaml": OPERATION.replace("SCHEMA", schema)}


NAMED: dict[str, dict[str, str]] = {
    "as the name of an action": {"other.yaml": ACTION.format(name=KEY, constant="1")},
    "as the name of a message": {"mail.yaml": mail()["mail.yaml"].replace("name: mail", f"name: {KEY}")},
    "as the name of a connection": {one: text.replace("shop", KEY) for one, text in connection("headers: {X-It: plain}").items()},
    "as the name of a fragment": {"part.yaml": FRAGMENT.replace("part", KEY).replace(SECRET, "plain"),
                                  **written_by(f"fixed: {{$fragment: {KEY}}}")},
    "as the name of an environment": {"another.yaml": VALUES.replace("another", KEY, 1)},
    "as the name of a target": {"target.yaml": f"apiVersion: callsheet/v1\nkind: Target\nmetadata: {{name: {KEY}}}\nspec: {{}}\n"},
    "as the name of a set": {"set.yaml": SET.replace("rows}", KEY + "}"), "rows.csv": "name,title,one,two\nfirst,Example,a,b\n"},
    "as the name of a row": {"set.yaml": SET, "rows.csv": f"name,title,one,two\n{KEY},Example,a,b\n"},
    "as the name before": {"other.yaml": ACTION.format(name="other", constant="1").replace(
        "spec:\n", f"spec:\n  lifecycle: {{renamedFrom: {KEY}}}\n")},
    "as an owner": {"other.yaml": ACTION.format(name="other", constant="1").replace("team-a", KEY)},
    "as a label": {"other.yaml": ACTION.format(name="other", constant="1").replace("channel: push", f"channel: {KEY}")},
    "as the name of a label": {"other.yaml": ACTION.format(name="other", constant="1").replace("channel: push", f"channel: push, {KEY}: x")},
    "in a description": {"other.yaml": ACTION.format(name="other", constant="1").replace("owner", f"description: {{en: It {SECRET}}}, owner")},
    "as a parameter": {"other.yaml": ACTION.format(name="other", constant="1").replace("params.title", f"params.{KEY}").replace("title: {type", f"{KEY}: {{type")},
    "as an example": {"other.yaml": ACTION.format(name="other", constant="1").replace("example: Hi", f"example: {SECRET}")},
    "as a test case": {"other.yaml": ACTION.format(name="other", constant="1") + f"  tests:\n    - name: {SECRET}\n      params: {{title: Hi}}\n      expect: {{request: {{method: PUT}}}}\n"},
    "as an environment of an action": {"other.yaml": ACTION.format(name="other", constant="1").replace("spec:\n", f"spec:\n  environments: [{KEY}]\n")},
}  # fmt: skip
MAILS: dict[str, dict[str, str]] = {
    "of two values in a subject": mail(subject=JOINED),
    "of two values in a text": mail(text=JOINED),
    "of two values in HTML": mail(html=f"html: {JOINED}"),
    "of two literals in HTML": mail(html=f"html: {TWO_LITERALS}"),
    "of two values in a file of HTML": {**mail(html="htmlFile: it.html"), "it.html": JOINED.strip('"')},
    "of two literals in a file of HTML": {**mail(html="htmlFile: it.html"), "it.html": TWO_LITERALS.strip('"')},
    "in a file of HTML": {**mail(html="htmlFile: it.html"), "it.html": f"<p>{SECRET}</p>"},
    "in HTML": mail(html=f'html: "<p>{SECRET}</p>"'),
}  # fmt: skip
FILES: dict[str, dict[str, str]] = {
    "as the name of a file": {f"{KEY}.yaml": ACTION.format(name="other", constant="1")},
    "as the name of a folder": {f"{KEY}/other.yaml": ACTION.format(name="other", constant="1")},
    "as the name of a broken file": {f"{KEY}.yaml": "kind: [\n"},
    "as the name of a file of values": {f"{KEY}.yaml": VALUES},
    "as the name of a file of rows": {"set.yaml": SET.replace("rows.csv", f"{KEY}.csv"), f"{KEY}.csv": "name,title,one,two\nfirst,Example,a,b\n"},
    "as the name of a template": {**mail(html=f"htmlFile: {KEY}.html"), f"{KEY}.html": "<p>Hi</p>"},
}  # fmt: skip
COMMENTS: dict[str, dict[str, str]] = {
    "in a comment": {"other.yaml": ACTION.format(name="other", constant="1") + f"# was {SECRET}\n"},
    "in a comment beside a value": {"other.yaml": ACTION.format(name="other", constant="1").replace("POST", f"POST  # {KEY}")},
    "in a comment of a connection": {one: f"# {SECRET}\n{text}" for one, text in connection("headers: {X-It: plain}").items()},
    "in a comment of an environment": {"another.yaml": f"# {SECRET}\n{VALUES}"},
}  # fmt: skip
PLACES |= NAMED | MAILS | FILES | COMMENTS
CONTRACTS: dict[str, dict[str, str]] = {
    "in an enum of a contract": contract(f"{{enum: [{SECRET}, other]}}"),
    "as a const of a contract": contract(f"{{const: {SECRET}}}"),
    "in a pattern of a contract": contract(f"{{type: string, pattern: '^{SECRET}$'}}"),
    "near to a property of a contract": {one: text.replace("fixed: plain", f"{KEY[:-1]}: plain").replace("properties: {fixed", "additionalProperties: false, properties: {" + KEY)
                                         for one, text in contract("{type: string}").items()},
}  # fmt: skip
"""What callsheet does not look for: descriptions are a vendor's, and full of examples."""
