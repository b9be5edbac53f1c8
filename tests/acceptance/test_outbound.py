"""What leaves, and to whom: a secret goes to its service, over the same scheme, host and port, as it was meant."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from callsheet import Workspace
from callsheet.errors import CallsheetError, UsageError
from callsheet.outbound.hosts import allowed_hosts, origin_of, service_url
from callsheet.outbound.lines import header_value
from callsheet.outbound.secrets import resolve
from support.collection import TOKEN, Collection
from support.hooks import ENVIRONMENT, PAGING
from support.service import Service, echo, reply
from support.workspaces import ENVIRONMENT as LOCAL
from support.workspaces import Callsheet, Folder

BEARER = 'authentication: {type: bearer, token: {secret: "env:HOOKS_TOKEN"}}'
OAUTH = (
    "authentication: {{type: oauth2, grant: client_credentials, tokenUrl: '{url}/t', clientId: x,"
    " clientSecret: {{secret: 'env:OTHER'}}}}"
)
CUSTOM = (
    "authentication: {{type: custom, endpoint: '{url}/t', method: GET, headers: {{X-Key: {{secret: 'env:OTHER'}}}},"
    " tokenInResponse: 'json://access_token', authorizationType: bearer}}"
)
HOSTS = "CALLSHEET_ALLOW_HOSTS"


# -- to whom: a target ------------------------------------------------------------------------------


@pytest.fixture
def strange(hooks: Folder, service: Service, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """Give a workspace whose Target has its token from another host."""
    monkeypatch.setenv("OTHER", "other-secret-value")
    service.answers = [reply(200, json.dumps({"access_token": TOKEN, "expires_in": 3600}))]
    hooks.write("environments.yaml", ENVIRONMENT.replace(BEARER, OAUTH.format(url=service.url)))
    return hooks


VERBS = {
    "plan": ("plan",), "apply": ("apply", "--yes"), "drift": ("drift",), "drift --write": ("drift", "--write"),
    "show": ("show", "example", "--deployed"), "diff": ("diff",), "history": ("history",),
    "adopt": ("adopt", "other"), "forget": ("forget", "other"), "rollback": ("rollback", "1"),
    "ledger copy": ("ledger", "copy", "copy.db"),
}  # fmt: skip


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_a_host_that_only_the_workspace_names_gets_no_secret(
    strange: Folder, collection: Collection, service: Service, callsheet: Callsheet, verb: tuple[str, ...]
) -> None:
    outcome = callsheet(*verb, "-C", strange.path)
    assert outcome.code == 1, outcome.out + outcome.err
    host = f"localhost:{service.port}"
    assert f"the token endpoint is at {host}, where env:OTHER would go" in outcome.err
    assert "environments.yaml:13:71: error CS961\n" in outcome.err
    assert f"help: if this is intended: --allow-host {host}, or {HOSTS}={host}" in outcome.err
    assert "other-secret-value" not in outcome.out + outcome.err
    assert (service.seen, collection.calls) == ([], [])
    assert not strange.database.exists()


@pytest.mark.parametrize("written", [OAUTH, CUSTOM])
def test_it_is_allowed_by_name(
    strange: Folder,
    service: Service,
    callsheet: Callsheet,
    monkeypatch: pytest.MonkeyPatch,
    written: str,
) -> None:
    strange.write("environments.yaml", ENVIRONMENT.replace(BEARER, written.format(url=service.url)))
    at = ("plan", "-C", strange.path)
    assert callsheet(*at).code == 1
    assert callsheet(*at, "--allow-host", f"localhost:{service.port + 1}").code == 1
    assert callsheet(*at, "--allow-host", f"localhost:{service.port}").code == 0
    monkeypatch.setenv(HOSTS, f"login.example.com, LOCALHOST.:{service.port}")
    assert callsheet(*at).code == 0
    monkeypatch.setenv(HOSTS, "login.example.com localhost")
    assert callsheet(*at).code == 0
    monkeypatch.delenv(HOSTS)
    assert Workspace(strange.path, allow_hosts=["localhost"]).plan().changes
    assert service.seen


def test_the_host_of_the_service_needs_no_name(
    strange: Folder, collection: Collection, service: Service, callsheet: Callsheet
) -> None:
    strange.write("environments.yaml", ENVIRONMENT.replace(BEARER, OAUTH.format(url=collection.url)))
    outcome = callsheet("plan", "-C", strange.path)
    # It has no token endpoint there: it was asked, and nobody else.
    assert outcome.err.startswith(f"error CS963: no token from {collection.url}/t: "), outcome.err
    assert service.seen == []


def test_no_secret_is_read_before_the_refusal(
    strange: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OTHER")
    assert "error CS961: " in callsheet("plan", "-C", strange.path).err


def test_a_file_of_the_repository_names_no_host(
    hooks: Folder, collection: Collection, callsheet: Callsheet, tmp_path: Path
) -> None:
    def refer(place: object) -> None:
        hooks.write("environments.yaml", ENVIRONMENT.replace("env:HOOKS_URL", f"file:{place}"))

    inside = hooks.write("url.txt", collection.url + "\n")
    refer(inside)
    refused = callsheet("plan", "-C", hooks.path)
    assert f"a file of the workspace, is at localhost:{collection.port}" in refused.err
    assert (refused.code, collection.calls) == (1, [])
    assert callsheet("plan", "-C", hooks.path, "--allow-host", "localhost").code == 0
    (tmp_path / "link").symlink_to(inside)
    refer(tmp_path / "link")
    assert "error CS961: " in callsheet("plan", "-C", hooks.path).err
    (tmp_path / "url.txt").write_text(collection.url)
    refer(tmp_path / "url.txt")
    assert callsheet("plan", "-C", hooks.path).code == 0


def test_a_database_that_a_file_of_the_repository_names_is_not_connected_to(
    workspace: Folder, callsheet: Callsheet
) -> None:
    pytest.importorskip("psycopg")
    file = workspace.write(
        "db.txt", "postgresql://u@db.example.com,other.example.com:6000/x?hostaddr=192.0.2.1\n"
    )
    target = f'target: {{type: postgresql, url: {{secret: "file:{file}"}}}}'
    workspace.write(
        "environments.yaml", LOCAL.replace("target: {type: sqlite, path: .callsheet/local.db}", target)
    )
    outcome = callsheet("plan", "-C", workspace.path)
    assert "error CS961: " in outcome.err
    assert all(f"{one}:" in outcome.err for one in ("db.example.com", "other.example.com", "192.0.2.1"))


def test_adobes_own_hosts_need_no_name_but_a_file_of_the_repository_does(
    endpoints: Folder, callsheet: Callsheet
) -> None:
    from support.adobe_workspace import ENVIRONMENT as JOURNEYS

    assert callsheet("plan", "-C", endpoints.path).code == 0
    file = endpoints.write("token.txt", "https://login.example.com/token")
    endpoints.write("environments.yaml", JOURNEYS.replace("env:ADOBE_TOKEN_URL", f"file:{file}"))
    for verb in ("plan", "usage"):
        outcome = callsheet(verb, "-C", endpoints.path)
        assert "login.example.com, where env:ADOBE_CLIENT, env:ADOBE_SECRET" in " ".join(
            outcome.err.split()
        )


# -- to whom: send ----------------------------------------------------------------------------------


@pytest.fixture
def calling(workspace: Folder, service: Service, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give the function that writes the action that `send` calls."""
    monkeypatch.setenv("OTHER", "other-secret-value")
    workspace.write("environments.yaml", LOCAL + "  allowSend: true\n")

    def write(authentication: str, headers: str = "{X-Team: crm}") -> None:
        workspace.write(
            "example.yaml",
            "apiVersion: callsheet/v1\nkind: Action\nmetadata: {name: example, title: {en: A}, owner: a}\nspec:\n"
            f"  request: {{method: POST, url: '{service.url}/v1', headers: {headers}, payload: {{a: 1}}}}\n"
            f"  {authentication}\n",
        )

    return write


def test_send_names_the_token_endpoint_of_another_host(
    workspace: Folder,
    calling: Callable[..., None],
    service: Service,
    collection: Collection,
    callsheet: Callsheet,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calling(OAUTH.format(url=f"http://localhost:{collection.port}"))
    send = ("send", "example", "-C", workspace.path)
    outcome = callsheet(*send, "--yes")
    place = f"the token endpoint is at localhost:{collection.port}, where env:OTHER would go"
    assert place in outcome.err
    assert "example.yaml:6:" in outcome.err
    assert (outcome.code, service.seen, collection.calls) == (1, [], [])
    assert "error CS963: " in callsheet(*send, "--yes", "--allow-host", "localhost").err
    # On a terminal it is named, and asked.
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.confirm", lambda *_, **__: False)
    asked = callsheet(*send)
    assert f"note: {place}\n" in asked.err
    assert asked.err.endswith("error CS920: not sent\nhelp: answer the question, or pass --yes\n")


def test_send_to_a_token_endpoint_beside_the_request_needs_no_name(
    workspace: Folder, calling: Callable[..., None], service: Service, callsheet: Callsheet
) -> None:
    calling(OAUTH.format(url=service.url))
    service.answers = [reply(200, '{"access_token": "abc-token", "expires_in": 60}'), echo]
    assert callsheet("send", "example", "-C", workspace.path, "--yes").code == 0
    assert len(service.seen) == 2


# -- hosts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "https://a.example",
        "a.example/x",
        "u@a.example",
        "*.example",
        "a.example:99999",
        "a\\b",
        "é.example",
    ],
)
def test_what_is_no_host_cannot_be_allowed(workspace: Folder, callsheet: Callsheet, written: str) -> None:
    with pytest.raises(UsageError) as refused:
        allowed_hosts([written])
    assert refused.value.code == "CS980"
    assert callsheet("plan", "-C", workspace.path, "--allow-host", written).code == 2


@pytest.mark.parametrize(
    "url",
    [
        "https://good.example\\@evil.example/", "https://good.example /", "//good.example", "https:/good.example",
        "https://good.example:x/", "https://good.example:99999/", "https://good.example@evil.example@x/", "https://",
        "https://good.example/\n", "ftp://good.example/", "https://gööd.example/",
    ],
)  # fmt: skip
def test_what_two_readers_take_for_two_hosts_has_no_origin(url: str) -> None:
    assert origin_of(url) is None


# -- a token in clear -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "link",
    [
        "http://api.example.com/v1/hooks?page=2", "//evil.example/v1", "https://api.example.com:8443/v1",
        "https://api.example.com.evil.example/", "https://api.example.com@evil.example/", "ftp://api.example.com/",
        "https://api.example.com\\@evil.example/v1", "mailto:a@example.com",
    ],
)  # fmt: skip
def test_a_link_keeps_scheme_host_and_port(link: str) -> None:
    from callsheet.targets.rest.client import ServiceClient

    client = ServiceClient("https://api.example.com/v1", {}, lambda one: one)
    try:
        page = client.whole("/hooks")
        linked = client.linked(link, page)
        with pytest.raises(CallsheetError) as refused:
            client.call("GET", linked)
        assert refused.value.code == "CS873"
    finally:
        client.close()


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("?page=2", "https://u:p@api.example.com/v1/hooks/all?page=2"),
        ("more?page=2", "https://u:p@api.example.com/v1/hooks/more?page=2"),
        ("../x", "https://u:p@api.example.com/v1/x"),
        ("/y", "https://u:p@api.example.com/y"),
        ("https://API.example.com:443/z#part", "https://u:p@api.example.com/z"),
        ("//api.example.com/z?q=a b", "https://u:p@api.example.com/z?q=a%20b"),
    ],
)
def test_a_relative_link_is_resolved_against_its_page(link: str, url: str) -> None:
    from callsheet.targets.rest.client import ServiceClient

    client = ServiceClient("https://u:p@api.example.com/v1/", {}, lambda one: one)
    try:
        assert client.whole(client.linked(link, client.whole("/hooks/all", {"page": 1}))) == url
    finally:
        client.close()


@pytest.mark.parametrize("field", ["tokenUrl", "endpoint"])
def test_no_token_is_asked_for_in_clear(
    workspace: Folder, hooks: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    monkeypatch.setenv("OTHER", "other-secret-value")
    written = (OAUTH if field == "tokenUrl" else CUSTOM).format(url="http://login.example.com")
    hooks.write("environments.yaml", ENVIRONMENT.replace(BEARER, written))
    action = workspace.path / "example.yaml"
    action.write_text(action.read_text() + f"  {written}\n")
    outcome = callsheet("validate", "-C", workspace.path)
    assert outcome.out.count("over plain http: anyone on the way can read") == 2
    assert ("error CS982\n" in outcome.out, "error CS983\n" in outcome.out) == (True, True)
    # A verb that goes on with errors of the workspace refuses it, too.
    assert "error CS982: the token endpoint http://login.example.com/t is not an https URL" in (
        callsheet(
            "show", "example", "--deployed", "-C", hooks.path, "--allow-host", "login.example.com"
        ).err
    )


# -- pages ------------------------------------------------------------------------------------------


def _filled(collection: Collection) -> None:
    collection.objects = {str(one): {"id": str(one), "name": f"n{one}", "version": one} for one in range(5)}


@pytest.mark.parametrize("kind", ["page", "cursor", "next"])
def test_pages_that_repeat_end_with_an_error_after_two_calls(
    hooks: Folder, collection: Collection, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    _filled(collection)
    hooks.write("environments.yaml", ENVIRONMENT.replace("items: data", f"items: data{PAGING[kind]}"))
    calls: list[str] = []

    def page(query: dict[str, list[str]], fault: str) -> tuple[int, object, dict[str, str]]:
        del query, fault
        calls.append("GET")
        # Something in each object differs by the call, and so does the cursor; the objects are the same.
        items = [{**one, "seen": len(calls)} for one in collection.objects.values()]
        return 200, {"data": items, "meta": {"next": f"/v1/hooks?after={len(calls)}"}}, {}

    monkeypatch.setattr(collection, "page", page)
    outcome = callsheet("plan", "-C", hooks.path)
    assert outcome.err.startswith("error CS873: the service cannot be read: its page 2 is page 1 again\n")
    assert len(calls) == 2


def test_empty_pages_without_end_end_with_an_error(
    hooks: Folder, collection: Collection, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks.write("environments.yaml", ENVIRONMENT.replace("items: data", f"items: data{PAGING['cursor']}"))
    calls: list[int] = []

    def page(query: dict[str, list[str]], fault: str) -> tuple[int, object, dict[str, str]]:
        del query, fault
        calls.append(len(calls))
        return 200, {"data": [], "meta": {"next": len(calls)}}, {}

    monkeypatch.setattr(collection, "page", page)
    assert "101 pages in a row are empty" in callsheet("plan", "-C", hooks.path).err
    assert len(calls) == 101


@pytest.mark.parametrize(("cursor", "pages"), [(0, 2), (0.0, 2), ("0", 2), (None, 1), (False, 1), ("", 1)])
def test_a_cursor_of_zero_is_a_cursor(
    hooks: Folder,
    collection: Collection,
    callsheet: Callsheet,
    monkeypatch: pytest.MonkeyPatch,
    cursor: object,
    pages: int,
) -> None:
    hooks.write("environments.yaml", ENVIRONMENT.replace("items: data", f"items: data{PAGING['cursor']}"))
    calls: list[str] = []

    def page(query: dict[str, list[str]], fault: str) -> tuple[int, object, dict[str, str]]:
        del fault
        calls.append(query.get("after", ["none"])[0])
        following = cursor if len(calls) == 1 else None
        items = [{"id": str(len(calls)), "name": f"n{len(calls)}"}]
        return 200, {"data": items, "meta": {"next": following}}, {}

    monkeypatch.setattr(collection, "page", page)
    assert callsheet("plan", "-C", hooks.path).code == 0
    assert len(calls) == pages


@pytest.mark.parametrize("cursor", [True, [], {"a": 1}])
def test_what_is_no_cursor_is_an_error(
    hooks: Folder,
    collection: Collection,
    callsheet: Callsheet,
    monkeypatch: pytest.MonkeyPatch,
    cursor: object,
) -> None:
    hooks.write("environments.yaml", ENVIRONMENT.replace("items: data", f"items: data{PAGING['cursor']}"))
    monkeypatch.setattr(
        collection,
        "page",
        lambda query, fault: (200, {"data": [], "meta": {"next": cursor}}, {}),
    )
    assert "neither a string nor a number" in callsheet("plan", "-C", hooks.path).err


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ('</b>; rel="next"', "/b"), ("</b>;rel=next", "/b"), ('</a>; rel="first", </b>; title="a, b"; rel="next"', "/b"),
        ('</b>; rel="prev NEXT"', "/b"), ('</b>; rel="nextfoo"', None), ('</b>; title="rel=next"', None), ("", None),
        ('</a,b>; REL = "next"', "/a,b"),
    ],
)  # fmt: skip
def test_the_next_page_of_a_link_header(header: str, found: str | None) -> None:
    from callsheet.targets.rest.client import ServiceAnswer
    from callsheet.targets.rest.paging import _following

    assert _following({"type": "link"}, ServiceAnswer(200, None, {"link": header}, "")) == found


# -- the text of secrets ----------------------------------------------------------------------------


@pytest.mark.parametrize("around", ["{}\n", "{}\r\n", "\ufeff{}", "\ufeff{}\r\n\n"])
def test_a_line_end_or_a_byte_order_mark_around_a_secret_is_not_sent(
    hooks: Folder,
    collection: Collection,
    callsheet: Callsheet,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    around: str,
) -> None:
    monkeypatch.setenv("HOOKS_URL", around.format(collection.url))
    monkeypatch.setenv("HOOKS_TOKEN", around.format(TOKEN))
    assert callsheet("apply", "-C", hooks.path, "--yes", "-q").code == 0
    (tmp_path / "token").write_text(around.format(TOKEN), encoding="utf-8")
    assert resolve(f"file:{tmp_path}/token") == TOKEN
    monkeypatch.setenv("HOOKS_TOKEN", around.format(""))
    with pytest.raises(CallsheetError) as missing:
        resolve("env:HOOKS_TOKEN")
    assert missing.value.code == "CS606"


@pytest.mark.parametrize(
    "secret",
    [
        "ab\ncd-secret",
        "ab\x00cd-secret",
        "ab\x85cd-secret",
        "abécd-secret",
        "ab\u2028cd-secret",
        "ab\tcd-secret",
    ],
)
@pytest.mark.parametrize("where", ["target", "send", "header of send"])
def test_what_no_header_can_hold_is_refused_by_name_before_anything_is_sent(
    hooks: Folder,
    calling: Callable[..., None],
    collection: Collection,
    service: Service,
    callsheet: Callsheet,
    tmp_path: Path,
    secret: str,
    where: str,
) -> None:
    (tmp_path / "t").write_text(secret, encoding="utf-8")
    reference = f"file:{tmp_path}/t"
    if where == "target":
        hooks.write("environments.yaml", ENVIRONMENT.replace("env:HOOKS_TOKEN", reference))
        outcome = callsheet("plan", "-C", hooks.path)
    else:
        held = f"{{secret: '{reference}'}}"
        calling(
            f"authentication: {{type: bearer, token: {held}}}"
            if where == "send"
            else "authentication: {type: none}",
            "{X-Team: crm}" if where == "send" else f"{{X-Key: {held}}}",
        )
        outcome = callsheet("send", "example", "-C", hooks.path, "--yes")
    assert f"error CS969: {reference} contains a " in outcome.err, outcome.err
    assert "cd-secret" not in outcome.out + outcome.err
    assert (collection.calls, service.seen) == ([], [])


@pytest.mark.parametrize(("end", "part"), [("?tenant=1", "query"), ("/?", "query"), ("#x", "fragment")])
def test_the_url_of_a_service_has_no_query_and_no_fragment(
    hooks: Folder,
    collection: Collection,
    callsheet: Callsheet,
    monkeypatch: pytest.MonkeyPatch,
    end: str,
    part: str,
) -> None:
    monkeypatch.setenv("HOOKS_URL", collection.url + end)
    outcome = callsheet("plan", "-C", hooks.path)
    assert f"error CS870: the URL of the service that env:HOOKS_URL holds has a {part}" in outcome.err
    assert collection.url not in outcome.err
    assert collection.calls == []
    assert service_url("https://a.example/v1/") == "https://a.example/v1"


def test_a_header_with_an_accent_is_refused_by_validate(
    workspace: Folder, calling: Callable[..., None], callsheet: Callsheet
) -> None:
    calling("authentication: {type: none}", "{X-Name: Zoé}")
    outcome = callsheet("validate", "-C", workspace.path)
    assert outcome.code == 1
    assert "the value of the header `X-Name` contains a character that is not ASCII" in outcome.out
    calling(CUSTOM.format(url="https://login.example.com").replace("{secret: 'env:OTHER'}", "Zoé"))
    outcome = callsheet("validate", "-C", workspace.path)
    assert "the value of the header `X-Key` contains a character that is not ASCII" in outcome.out
    assert header_value("a b ~", "x") == "a b ~"


@pytest.mark.parametrize(
    "verb", [("send", "--yes"), ("send", "--curl"), ("render",), ("send", "--dry-run")]
)
def test_a_parameter_with_an_accent_in_a_header_is_refused_everywhere(
    workspace: Folder,
    calling: Callable[..., None],
    service: Service,
    callsheet: Callsheet,
    verb: tuple[str, ...],
) -> None:
    calling(
        "parameters: {who: {type: string, pattern: '^[^\\r\\n]*$', example: Zoe}}",
        '{X-Name: "{{ params.who }}"}',
    )
    outcome = callsheet(verb[0], "example", *verb[1:], "--params", "who=Zoé", "-C", workspace.path)
    assert "error CS926: the header `X-Name` would contain a character that is not ASCII" in outcome.err
    assert service.seen == []
    assert callsheet("test", "-C", workspace.path).code == 1
