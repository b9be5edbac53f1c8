"""What each kind of field becomes, case by case, with the section of the reference on deployment that says so."""

from __future__ import annotations

from typing import Any

import pytest

from callsheet.targets.journey_optimizer.lowering import Form, lowered
from support.journey_expressions import evaluated
from support.lowering import compiled_leaf, field_of, form_of

EMAIL = "@event{Order.customer.email}"
DECLARED: dict[str, dict[str, Any]] = {
    "name": {"type": "string", "label": {"en": "First name", "fr": "Prénom"}},
    "nick": {"type": "string", "label": "Nickname", "optional": True},
    "email": {"type": "string", "journey": {"en": EMAIL}},
    "phone": {"type": "string", "optional": True, "journey": "#{ExperiencePlatform.G.profile.mobilePhone.number}"},
    "count": {"type": "integer"},
    "limit": {"type": "integer", "optional": True},
    "stock": {"type": "integer", "optional": True, "journey": "@event{Order.stock}"},
    "price": {"type": "number"},
    "vip": {"type": "boolean"},
    "day": {"type": "date"},
    "until": {"type": "date", "optional": True},
    "at": {"type": "datetime"},
    "tags": {"type": "array", "items": "string"},
    "ids": {"type": "array", "items": "integer"},
    "lines": {"type": "array", "items": "object"},
    "any": {"type": "array"},
    "customer": {"type": "object", "journey": "@event{Order.customer}"},
    "extra": {"type": "object"},
}  # fmt: skip

N, S = "\u2039First name\u203a", "\u2039Nickname\u203a"
C, P, V, D, A, T = (f"\u2039{name}\u203a" for name in ("count", "price", "vip", "day", "at", "tags"))
TRIMMED = 'replaceAll(replaceAll({}, "^\\\\s+", ""), "\\\\s+$", "")'
FILLED = "#{ExperiencePlatform.G.profile.mobilePhone.number, defaultValue: "

# (section, template, kind of the verdict, type, expression)
LEAVES = [
    ("1.4", "{{ params.name }}", "exact", "string", None),
    ("1.4", "{{ params.count }}", "exact", "integer", None),
    ("1.4", "{{ params.price }}", "exact", "decimal", None),
    ("1.4", "{{ params.day }}", "exact", "dateOnly", None),
    ("1.4", "{{ params.at }}", "exact", "dateTime", None),
    ("1.5", "{{ params.tags }}", "exact", "listString", None),
    ("1.5", "{{ params.lines }}", "exact", "listObject", None),
    ("2.1", "C:\\{{ params.name }}", "exact", "string", f'"C:\\\\" + ({N})'),
    ("2.1", "it's {{ params.name }}", "exact", "string", f'"it\'s " + ({N})'),
    ("2.1", '"{{ params.name }}"', "exact", "string", f"'\"' + ({N}) + '\"'"),
    ("2.1", "it's \"{{ params.name }}", "exact", "string", f"\"it's \" + '\"' + ({N})"),
    ("2.2", "{{ params.name ~ params.count }}", "exact", "string", f"({N}) + (toString({C}))"),
    ("2.2", "{{ params.name + '!' }}", "exact", "string", f'({N}) + "!"'),
    ("2.2", "{{ params.count + 1 }}", "exact", "integer", f"({C}) + 1"),
    ("2.2", "{{ params.count * params.price }}", "exact", "decimal", f"(toDecimal({C})) * ({P})"),
    ("2.2", "{{ params.count / 2 }}", "exact", "decimal", f"(toDecimal({C})) / 2.0"),
    ("2.2", "{{ params.count % 7 }}", "rough", "integer", f"({C}) % 7"),
    ("2.2", "{{ -params.count }}", "exact", "integer", f"0 - ({C})"),
    ("2.3", "{{ 'a' if params.vip else 'b' }}", "exact", "string", f'if ({V}) then ("a") else ("b")'),
    ("2.3", "{{ 'a' if params.count > 3 else 'b' }}", "exact", "string", f'if (({C}) > 3) then ("a") else ("b")'),
    ("2.3", "{{ params.count if params.vip else params.price }}", "exact", "decimal", f"if ({V}) then (toDecimal({C})) else ({P})"),
    ("2.3", "{{ 'a' if params.nick is defined else 'b' }}", "exact", "string", f'if (({S}) is not null) then ("a") else ("b")'),
    ("2.3", "{{ 'a' if params.nick else 'b' }}", "exact", "string", f'if (if (({S}) is null) then (false) else (({S}) != "")) then ("a") else ("b")'),
    ("2.3", "{{ params.vip and params.count == 2 }}", "exact", "boolean", f"({V}) and (({C}) == 2)"),
    ("2.3", "{{ not params.vip }}", "exact", "boolean", f"not ({V})"),
    ("2.4", "{{ 'a' if params.name in ['x', 'y'] else 'b' }}", "exact", "string", f'if (in({N}, ["x", "y"])) then ("a") else ("b")'),
    ("2.4", "{{ '@' in params.name }}", "exact", "boolean", f'contain({N}, "@")'),
    ("2.5", "{{ params.phone | default('none') }}", "exact", "string", f'if (({FILLED}"none"}}) is null) then ("none") else ({FILLED}"none"}})'),
    ("2.5", "{{ params.limit | default(-1) }}", "exact", "integer", "if ((\u2039limit\u203a) is null) then (-1) else (\u2039limit\u203a)"),
    ("2.5", "{{ params.stock | default(-1) }}", "exact", "integer",
     "if ((@event{Order.stock, defaultValue: -1}) is null) then (-1) else (@event{Order.stock, defaultValue: -1})"),
    ("2.5", "{{ params.phone | default('none', true) }}", "exact", "string",
     f'if ((({FILLED}"none"}}) is null) or (({FILLED}"none"}}) == "")) then ("none") else ({FILLED}"none"}})'),
    ("2.5", "{{ params.limit | default(0.5) }}", "exact", "decimal", "if ((\u2039limit\u203a) is null) then (0.5) else (toDecimal(\u2039limit\u203a))"),
    ("2.6", "Hello {{ params.name }}!", "exact", "string", f'"Hello " + ({N}) + "!"'),
    ("2.6", "Hello {{ params.nick }}!", "exact", "string", f'"Hello " + (if (({S}) is null) then ("") else ({S})) + "!"'),
    ("2.6", "{{ params.name | lower }}", "exact", "string", f"lower({N})"),
    ("2.6", "{{ params.email | upper }}", "exact", "string", f"upper({EMAIL})"),
    ("2.6", "{{ params.name | trim }}", "exact", "string", TRIMMED.format(N)),
    ("2.6", "{{ params.name | trim | lower }}", "exact", "string", f"lower({TRIMMED.format(N)})"),
    ("2.6", "{{ params.name | replace('.', '-') }}", "exact", "string", f'replaceAll({N}, "\\\\.", "-")'),
    ("2.6", "{{ params.name | replace('(a|b)', '') }}", "exact", "string", f'replaceAll({N}, "\\\\(a\\\\|b\\\\)", "")'),
    ("2.6", "{{ params.name | digits }}", "exact", "string", f'replaceAll({N}, "[^0-9]", "")'),
    ("2.6", "{{ params.nick | default('x', true) }}", "exact", "string", f'if ((({S}) is null) or (({S}) == "")) then ("x") else ({S})'),
    ("2.6", "{{ params.until | default('2026-01-01') }}", "exact", "string",
     'if ((\u2039until\u203a) is null) then ("2026-01-01") else (toString(\u2039until\u203a))'),
    ("2.6", "{{ params.nick | lower | default('x') }}", "exact", "string", f'if (({S}) is null) then ("x") else (lower({S}))'),
    ("2.6", "{{ params.nick | lower }}", "rough", "string", f'if (({S}) is null) then ("") else (lower({S}))'),
    ("2.6", "{{ params.tags | join(', ') }}", "exact", "string", f'serializeList({T}, ", ", false)'),
    ("2.6", "{{ params.name | split('.') }}", "rough", "listString", f'split({N}, "\\\\.")'),
    ("2.6", "{{ params.name | length }}", "exact", "integer", f"length({N})"),
    ("2.6", "{{ params.tags | length }}", "exact", "integer", f"listSize({T})"),
    ("2.6", "{{ params.tags | first }}", "exact", "string", f"getListItem({T}, 0)"),
    ("2.6", "{{ params.tags | last }}", "exact", "string", f"getListItem({T}, (listSize({T})) - 1)"),
    ("2.6", "{{ params.name | truncate(4, '') }}", "exact", "string", f'if ((length({N})) > 4) then (replaceAll(substr({N}, 0, 4), "\\\\s+$", "")) else ({N})'),
    ("2.6", "{{ params.price | round }}", "rough", "integer", f"round({P})"),
    ("2.6", "{{ params.price | round(2) }}", "rough", "decimal", f"(toDecimal(round(({P}) * 100.0))) / 100.0"),
    ("2.6", "{{ params.price | int }}", "exact", "integer", f"toInteger({P})"),
    ("2.6", "{{ params.name | int }}", "rough", "integer", f"toInteger({N})"),
    ("2.6", "{{ params.vip | string }}", "exact", "string", f"toString({V})"),
    ("2.6", "{{ params.price }} EUR", "rough", "string", f'(toString({P})) + " EUR"'),
    ("2.6", "{{ params.day | date('%Y-%m-%d') }}", "exact", "string", f"toString({D})"),
    ("2.6", "{{ params.day | date('%d/%m/%Y') }}", "exact", "string",
     f'(substr(toString({D}), 8, 10)) + "/" + (substr(toString({D}), 5, 7)) + "/" + (substr(toString({D}), 0, 4))'),
    ("2.6", "{{ params.at | date('%Y-%m-%d') }}", "rough", "string", f"toString(toDateOnly({A}))"),
    ("2.6", "{{ params.at | timestamp }}", "exact", "integer", f"toInteger((toDecimal(toInteger({A}))) / 1000.0)"),
    ("2.6", "{{ params.tags | tojson }}", "rough", "string", f'"[" + (serializeList({T}, ",", true)) + "]"'),
    ("2.6", "{{ params.name | title }}", "rough", "string",
     f"if ((length({N})) > 1) then ((upper(substr({N}, 0, 1))) + (lower(substr({N}, 1)))) else (upper({N}))"),
    ("3", "{{ params.customer.email }}", "rough", "string", f'if (({EMAIL[:-1]}, defaultValue: ""}}) is null) then ("") else ({EMAIL[:-1]}, defaultValue: ""}})'),
    ("3", "{{ params.customer['e-mail 2'] | default('x') }}", "rough", "string",
     "if ((@event{Order.customer.'e-mail 2', defaultValue: \"x\"}) is null) then (\"x\") else (@event{Order.customer.'e-mail 2', defaultValue: \"x\"})"),
]  # fmt: skip

# (section, template, words of the reason)
BY_RELAY = [
    ("1.5", "{{ params.any }}", "declares no type of its items"),
    ("1.5", "{{ params.extra }}", "no type for the object"),
    ("2.1", "one\ntwo {{ params.name }}", "line break"),
    ("2.2", "{{ params.count // 2 }}", "rounds down"),
    ("2.2", "{{ 'a' if params.name < 'b' else 'c' }}", "does not order"),
    ("2.3", "{{ params.name if params.vip else none }}", "null"),
    ("2.3", "{{ params.day if params.vip else params.day }}", "dateOnly"),
    ("2.6", "{{ params.limit + 1 }}", "whether the field is sent depends on"),
    ("2.6", "{{ params.name | sha256 }}", "no hash"),
    ("2.6", "{{ params.name | base64 }}", "no base64"),
    ("2.6", "{{ params.name | urlencode }}", "no URL encoding"),
    ("2.6", "{{ params.name | tojson }}", "escape a string"),
    ("2.6", "{{ params.extra | tojson }}", "as JSON"),
    ("2.6", "{{ params.name | fromjson }}", "read JSON"),
    ("2.6", "{{ params.name | replace('a', '$1') }}", "not documented"),
    ("2.6", "{{ params.day | date('%j') }}", "%j"),
]


@pytest.mark.parametrize(("section", "text", "kind", "data_type", "expression"), LEAVES)
def test_a_leaf_becomes(section: str, text: str, kind: str, data_type: str, expression: str | None) -> None:
    field = field_of(text, DECLARED)
    assert (field.verdict.kind, field.type) == (kind, data_type), field.verdict
    assert (field.computed and field.computed.expression) == expression
    assert bool(field.verdict.reason) == (kind == "rough")


@pytest.mark.parametrize(("section", "text", "words"), BY_RELAY)
def test_a_leaf_goes_by_the_relay(section: str, text: str, words: str) -> None:
    field = field_of(text, DECLARED)
    assert field.verdict.kind == "relay"
    assert words in field.verdict.reason


def test_there_are_sixty_cases_and_more() -> None:
    assert len(LEAVES) + len(BY_RELAY) + len(URLS) + len(AUTHENTICATIONS) >= 60


# -- URLs, section 1.3 -----------------------------------------------------------------------------

HOST = "https://api.example.com"
# (URL, static part, expression of Path, query, kind)
URLS = [
    ([f"{HOST}/v1"], f"{HOST}/v1", None, {}, "exact"),
    ([f"{HOST}/v1?sync=true"], f"{HOST}/v1?sync=true", None, {}, "exact"),
    ([f"{HOST}/v1/users/", "name", "/orders/", "count"], f"{HOST}/v1/users", f'({N}) + "/orders/" + (toString({C}))', {}, "rough"),
    ([f"{HOST}/v1/users/", "count"], f"{HOST}/v1/users", f"toString({C})", {}, "exact"),
    ([f"{HOST}/v1/u-", "count", "/x"], f"{HOST}/v1", f'"u-" + (toString({C})) + "/x"', {}, "exact"),
    ([f"{HOST}/", "count"], HOST, f"toString({C})", {}, "exact"),
    ([f"{HOST}/v1?a=1&b=", "name"], f"{HOST}/v1", None, {"a": "1", "b": "First name"}, "exact"),
    ([f"{HOST}/v1/", "count", "?a=x%20y"], f"{HOST}/v1", f"toString({C})", {"a": "x y"}, "exact"),
    (["https://", "name", ".example.com/v1"], "", None, {}, "relay"),
    ([f"{HOST}/v1?", "name", "=1"], "", None, {}, "relay"),
    (["https://api.example.com:8443/v1"], "", None, {}, "relay"),
    (["https://192.0.2.1/v1"], "", None, {}, "relay"),
    (["https://service.corp.adobe.com/v1"], "", None, {}, "relay"),
]  # fmt: skip


@pytest.mark.parametrize(("pieces", "static", "path", "query", "kind"), URLS)
def test_a_url_becomes(
    pieces: list[str], static: str, path: str | None, query: dict[str, str], kind: str
) -> None:
    parts = [{"$param": one} if one in DECLARED else one for one in pieces]
    url = parts[0] if len(parts) == 1 else {"$concat": parts}
    form = form_of("x", DECLARED, url=url)
    assert form.fields["request", "url"].verdict.kind == kind
    assert form.url == static
    assert (form.path and form.path.expression) == path
    assert {name: one.label or one.value for name, one in form.query.items()} == query


def test_a_path_that_may_need_encoding_says_on_what_it_rests() -> None:
    url = {"$concat": [f"{HOST}/", {"$param": "name"}]}
    assert form_of("x", DECLARED, url=url).fields["request", "url"].verdict.unverified == (5,)


@pytest.mark.parametrize(
    "declared", [{"enum": ["en", "fr"]}, {"pattern": "^[A-Za-z0-9-]{1,40}$"}, {"format": "uuid"}]
)
def test_a_path_of_values_that_need_no_encoding_is_exact(declared: dict[str, Any]) -> None:
    url = {"$concat": [f"{HOST}/", {"$param": "id"}]}
    form = form_of("x", {"id": {"type": "string", **declared}}, url=url)
    assert form.fields["request", "url"].verdict.kind == "exact"


def test_a_parameter_that_is_encoded_in_a_path_is_left_to_the_journey() -> None:
    url = {"$concat": [f"{HOST}/", {"$param": "name", "filters": ["urlencode"]}]}
    form = form_of("x", DECLARED, url=url)
    assert form.path is not None
    assert form.path.expression == N
    assert form.path.verdict.kind == "rough"


# -- authentication, section 4.2 -------------------------------------------------------------------

TOKEN_URL = "https://login.example.com/token"
ID, SECRET = {"secret": "env:ID"}, {"secret": "env:SECRET"}
CLIENT = {"type": "oauth2", "tokenUrl": TOKEN_URL, "clientId": ID, "clientSecret": SECRET}
CUSTOM = {
    "type": "custom",
    "endpoint": TOKEN_URL,
    "method": "GET",
    "tokenInResponse": "response",
    "authorizationType": "bearer",
}
BASIC = {"Authorization": "Basic EncodeBase64({env:ID}:{env:SECRET})"}
FORM = {"client_id": "{env:ID}", "client_secret": "{env:SECRET}"}
# (authentication, type on the screen, members of the pasted form or of the fields)
AUTHENTICATIONS: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    ({"type": "none"}, "none", {}),
    ({"type": "basic", "username": "u", "password": SECRET}, "basic", {"username": "u", "password": SECRET}),
    ({"type": "apiKey", "name": "X-Key", "in": "header", "value": SECRET}, "apiKey", {"name": "X-Key", "in": "header", "value": SECRET}),
    ({"type": "apiKey", "name": "key", "in": "query", "value": SECRET}, "apiKey", {"name": "key", "in": "query", "value": SECRET}),
    ({"type": "apiKey", "name": "X-Key", "in": "header", "scheme": "Key", "value": SECRET},
     "apiKey", {"name": "X-Key", "in": "header", "value": "Key {env:SECRET}"}),
    ({"type": "bearer", "token": SECRET}, "apiKey", {"name": "Authorization", "in": "header", "value": "Bearer {env:SECRET}"}),
    ({**CLIENT, "grant": "client_credentials"}, "custom", {"headers": BASIC, "body": {"bodyType": "form", "bodyParams": {"grant_type": "client_credentials"}}}),
    ({**CLIENT, "grant": "client_credentials", "clientAuthentication": "form", "scopes": ["a", "b"], "audience": "x"}, "custom",
     {"headers": {}, "body": {"bodyType": "form", "bodyParams": {"grant_type": "client_credentials", "audience": "x", "scope": "a b", **FORM}}}),
    ({**CLIENT, "grant": "password", "clientAuthentication": "form", "username": "u", "password": SECRET}, "custom",
     {"body": {"bodyType": "form", "bodyParams": {"grant_type": "password", "username": "u", "password": "{env:SECRET}", **FORM}},
      "cacheDuration": {"duration": 59, "timeUnit": "minutes"}, "tokenInResponse": "json://access_token", "authorizationType": "bearer"}),
    (CUSTOM, "custom", {"type": "customAuthorization", "endpoint": TOKEN_URL, "tokenInResponse": "response"}),
    ({"type": "oauth2", "grant": "jwt_bearer", "tokenUrl": TOKEN_URL, "key": SECRET}, "", {}),
    ({"type": "hmac", "key": SECRET, "content": "{body}", "headers": {"X": "{signature}"}}, "", {}),
    ({"type": "none", "clientCertificate": {"certificate": SECRET}}, "", {}),
]  # fmt: skip


@pytest.mark.parametrize(("written", "kind", "members"), AUTHENTICATIONS)
def test_an_authentication_becomes(written: dict[str, Any], kind: str, members: dict[str, Any]) -> None:
    found = authenticated(written).authentication
    assert found.type == kind
    shown = found.payload if found.payload is not None else found.fields
    assert {name: shown.get(name) for name in members} == members
    assert found.verdict.kind == ("exact" if kind else "relay")
    assert bool(found.warnings) == (kind not in ("", "none"))


def authenticated(written: dict[str, Any]) -> Form:
    return lowered(
        {
            "name": "a",
            "request": {"method": "GET", "url": HOST},
            "authentication": written,
            "parameters": {},
        }
    )


def test_a_bearer_token_says_on_what_it_rests() -> None:
    assert authenticated({"type": "bearer", "token": SECRET}).unverified == (10,)
    key = {"type": "apiKey", "name": "Authorization", "in": "header", "scheme": "Key", "value": SECRET}
    assert authenticated(key).unverified == (10,)


def test_a_nested_place_of_a_token_says_on_what_it_rests() -> None:
    assert authenticated({**CUSTOM, "tokenInResponse": "json://data.token"}).unverified == (11,)
    assert authenticated({**CUSTOM, "tokenInResponse": "json://token"}).unverified == ()


# -- the payload -----------------------------------------------------------------------------------


def test_the_pasted_payload_maps_variables_and_computed_variables_and_keeps_constants() -> None:
    leaf = {
        "to": {"$param": "name"},
        "text": compiled_leaf("Hello {{ params.name }}", DECLARED),
        "nested": {"text": compiled_leaf("{{ params.count + 1 }}", DECLARED), "fixed": [1, "a"]},
    }
    assert form_of(leaf, DECLARED).payload == {
        "field": {
            "to": {"toBeMapped": True, "dataType": "string", "label": "First name"},
            "text": {"toBeMapped": True, "dataType": "string", "label": "text"},
            "nested": {
                "text": {"toBeMapped": True, "dataType": "integer", "label": "nested.text"},
                "fixed": [1, "a"],
            },
        }
    }


def test_a_label_of_a_computed_variable_is_never_that_of_a_parameter() -> None:
    declared = {"field": {"type": "string"}, "other": {"type": "string"}}
    form = form_of(compiled_leaf("a {{ params.other }}", declared), declared)
    assert [one.label for one in form.variables] == ["field 2"]


def test_labels_and_placeholders_are_in_the_language_that_is_asked_for() -> None:
    form = lowered(
        {
            "name": "a",
            "request": {"method": "POST", "url": HOST, "payload": {"a": {"$param": "name"}, "b": compiled_leaf("Bonjour {{ params.name }}", DECLARED)}},
            "authentication": {"type": "none"},
            "parameters": DECLARED,
        },
        "fr",
    )  # fmt: skip
    assert form.payload["a"]["label"] == "Prénom"
    assert form.variables[0].expression == '"Bonjour " + (\u2039Prénom\u203a)'
    assert not form.variables[0].complete


@pytest.mark.parametrize(
    ("given", "sent"), [({"@event{Order.stock}": 3}, 3), ({"@event{Order.stock}": None}, -1), ({}, -1)]
)
def test_a_default_is_taken_where_the_field_is_absent_and_where_it_is_null(
    given: dict[str, Any], sent: int
) -> None:
    (variable,) = form_of(compiled_leaf("{{ params.stock | default(-1) }}", DECLARED), DECLARED).variables
    assert evaluated(variable.expression, given) == sent


def test_an_expression_whose_parameters_name_their_sources_is_complete() -> None:
    (variable,) = form_of(compiled_leaf("To {{ params.email }}", DECLARED), DECLARED).variables
    assert variable.complete
    assert evaluated(variable.expression, {EMAIL: "ada@example.com"}) == "To ada@example.com"


def verdicts(leaf: Any, **request: Any) -> dict[str, str]:
    fields = form_of(leaf, DECLARED, **request).fields
    return {
        ".".join(map(str, path[2:])): one.verdict.kind
        for path, one in fields.items()
        if path[1:2] == ("payload",)
    }


def test_a_list_of_one_object_is_a_collection_whose_constants_become_variables() -> None:
    assert verdicts([{"id": {"$param": "name"}, "currency": "EUR"}]) == {
        "field.0.id": "exact", "field.0.currency": "rough",
    }  # fmt: skip


@pytest.mark.parametrize(
    "leaf",
    [
        [{"id": {"$param": "name"}}, {"id": "b"}],
        [{"inner": [{"id": {"$param": "name"}}]}],
        [{"id": {"$param": "name", "filters": ["lower"]}}],
    ],
)
def test_other_lists_of_objects_with_variables_go_by_the_relay(leaf: Any) -> None:
    assert {*verdicts(leaf).values()} == {"relay"}


def test_a_list_of_constants_is_pasted_and_one_with_a_null_is_rough() -> None:
    assert verdicts([1, None, {"a": 1}]) == {"field.0": "exact", "field.1": "rough", "field.2.a": "exact"}


def test_a_variable_among_the_items_of_a_list_of_scalars_is_mapped_alone() -> None:
    assert verdicts(["a", {"$param": "name"}]) == {"field.0": "exact", "field.1": "exact"}


@pytest.mark.parametrize("key", ["a.b", "$a"])
def test_a_key_that_the_screen_refuses_goes_by_the_relay(key: str) -> None:
    assert verdicts({"$literal": {key: {"deep": 1}}}) == {f"field.{key}.deep": "relay"}


@pytest.mark.parametrize("payload", [[1, 2], "text", {"$param": "extra"}])
def test_a_payload_that_is_no_object_goes_by_the_relay(payload: Any) -> None:
    form = form_of("", DECLARED, payload=payload)
    assert form.fields["request", "payload"].verdict.kind == "relay"
    assert form.payload is None


@pytest.mark.parametrize(("method", "kind"), [("GET", "exact"), ("PUT", "exact"), ("PATCH", "relay"), ("DELETE", "relay")])  # fmt: skip
def test_a_method_is_one_of_the_screen_or_goes_by_the_relay(method: str, kind: str) -> None:
    form = form_of("x", DECLARED, method=method)
    assert form.fields["request", "method"].verdict.kind == kind
    assert (form.payload is None) == (method != "PUT")


def test_one_switch_for_nulls_makes_the_other_optional_fields_rough() -> None:
    declared = {
        "a": {"type": "string", "optional": True},
        "b": {"type": "string", "optional": True, "whenMissing": None},
    }
    leaf = {"a": {"$param": "a"}, "b": {"$param": "b"}}
    form = form_of(leaf, declared)
    assert form.allow_null is True
    assert [one.verdict.kind for path, one in form.fields.items() if len(path) > 3] == ["rough", "exact"]
    assert form_of({"a": {"$param": "a"}}, declared).allow_null is False
    assert form_of({"c": 1}, declared).allow_null is None
    assert form_of({"c": None}, declared).allow_null is True


def test_headers_and_query_are_constants_secrets_and_variables() -> None:
    headers = {
        "X-Team": "crm", "X-Key": {"secret": "env:KEY"}, "X-Name": {"$param": "name"},
        "X-Text": compiled_leaf("a {{ params.name }}", DECLARED), "X-Price": {"$param": "price"},
        "X-Hash": compiled_leaf("{{ params.name | sha256 }}", DECLARED),
    }  # fmt: skip
    form = form_of("x", DECLARED, headers=headers, query={"n": {"$param": "count"}})
    found = {name: (one.kind, one.verdict.kind) for name, one in form.headers.items()}
    assert found == {
        "X-Team": ("constant", "exact"), "X-Key": ("secret", "exact"), "X-Name": ("variable", "exact"),
        "X-Text": ("computed", "exact"), "X-Price": ("variable", "rough"), "X-Hash": ("none", "relay"),
    }  # fmt: skip
    assert form.query["n"].verdict.unverified == (5,)


@pytest.mark.parametrize(
    ("value", "kind"),
    [("application/json; charset=UTF-8", "exact"), ("application/cloudevents+json", "exact"), ("text/plain", "relay"),
     ({"$param": "name"}, "relay")],
)  # fmt: skip
def test_a_content_type_stays_one_of_json(value: Any, kind: str) -> None:
    assert (
        form_of("x", DECLARED, headers={"Content-Type": value}).headers["Content-Type"].verdict.kind == kind
    )


def test_an_example_of_an_answer_that_the_screen_cannot_hold_is_left_out() -> None:
    compiled = {
        "name": "a",
        "request": {"method": "GET", "url": HOST},
        "authentication": {"type": "none"},
        "responses": {"success": {"payload": {"a": [1, "b"]}}, "failure": {"payload": {"error": "x"}}},
    }
    fields = lowered(compiled).fields
    assert fields["responses", "success", "payload"].verdict.kind == "rough"
    assert fields["responses", "failure", "payload"].verdict.kind == "exact"


# -- template files --------------------------------------------------------------------------------


def from_file(text: str) -> Form:
    template = {"text": text, "names": {"values": {"sender": "Shop"}}, "params": ["name"]}
    return form_of("", DECLARED, payload={"$template": template})


def test_a_template_file_that_is_json_with_expressions_becomes_fields() -> None:
    form = from_file(
        '{"from": {{ values.sender }}, "to": {{ params.name | tojson }}, "text": {{ "Hi " ~ params.name }}, "$n": 1}'
    )
    assert form.fields["request", "payload", "to"].parameter == "name"
    assert form.fields["request", "payload", "from"].value == "Shop"
    assert form.variables[0].expression == f'"Hi " + ({N})'
    assert form.fields["request", "payload", "$n"].verdict.kind == "relay"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{% for one in params.tags %}{{ one }}{% endfor %}", "a loop"),
        ("{% if params.vip %}{}{% else %}{}{% endif %}", "a condition"),
        ("{% set a = 1 %}{}", "a variable"),
        ('{"a": {{ params.nick }}}', "null where `nick`"),
        ("{ {{ params.name }}: 1}", "a key"),
        ('{"a": "{{ params.name }}"}', "not JSON"),
    ],
)
def test_another_template_file_is_rendered_by_the_relay(text: str, words: str) -> None:
    form = from_file(text)
    assert form.payload is None
    (field,) = [one for path, one in form.fields.items() if path[:2] == ("request", "payload")]
    assert field.verdict.kind == "relay"
    assert words in field.verdict.reason
