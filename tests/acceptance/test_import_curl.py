"""`callsheet import curl`: the action sends what curl sends, or the line is refused, or a note says what differs."""

from __future__ import annotations

import io
import itertools
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from callsheet import Workspace
from callsheet.calling.attempts import Call, Way
from callsheet.calling.request import build_request
from support.curl_judge import by_callsheet, judge
from support.forms import LONG
from support.sent_requests import Recorder
from support.workspaces import Callsheet, Folder

URL = "https://api.example.com/v1/send"
TOKEN = "ghp_abcdefghijklmnopqrstuvwxyz0123456789"
BODY = '{"to": "ada", "n": 1, "list": [1.5, true, null]}'

EQUAL = {
    "flags in one word": f"curl -sSXPOST {URL} -d '{BODY}'",
    "a value in the same word": f"curl -sSLo/dev/null {URL} -d '{BODY}'",
    "a value in the next word": f"curl -sSfo /dev/null {URL} -d '{BODY}'",
    "a login in one word": f"curl -sSubob:pw {URL} -d '{BODY}'",
    "a login without a password": f"curl -u sk_test_abc: {URL} -d '{BODY}'",
    "a login without a colon": f"curl -u sk_test_abc {URL} -d '{BODY}'",
    "a login without a name": f"curl -u \":$PAT\" {URL} -d '{BODY}'",
    "a key where a login is meant": f"curl {URL} -H 'Authorization: Basic YOUR_REST_API_KEY' -d '{BODY}'",
    "a login that a variable says": f"curl {URL} -H \"Authorization: Basic $LOGIN\" -d '{BODY}'",
    "data in the query": f"curl -sG {URL} -d q=1 -d 'r=two%20words'",
    "an empty parameter of the query": f"curl '{URL}?a=1&&b=2'",
    "an empty parameter at the end": f"curl '{URL}?a=1&b=2&' -d '{BODY}'",
    "empty parameters alone": f"curl '{URL}?&'",
    "an empty parameter at the beginning": f"curl '{URL}?&a=1&a=2'",
    "an empty parameter beside a key": f"curl '{URL}?a=1&&api_key=9f8e7d6c5b4a3f2e1d0c'",
    "an empty parameter after a key": f"curl '{URL}?api_key=9f8e7d6c5b4a3f2e1d0c&'",
    "data after an empty parameter": f"curl -G '{URL}?x=1&' -d 'a=1&' -d b=2",
    "data after a question mark": f"curl -G '{URL}?' -d a=1",
    "a query of its own after an empty parameter": f"curl --url-query a=1 '{URL}?b=2&&'",
    "JSON in the query": f"curl -sG {URL} -d '{{\"a\":1}}'",
    "encoded data in the query": f"curl -G {URL} --data-urlencode 'q=a b&c' --data-urlencode '=x y' --data-urlencode plain",
    "a query of its own": f"curl --url-query 'a=1' --url-query 'b=c d' {URL} -d '{BODY}'",
    "JSON, and what goes with it": f"curl --json '{BODY}' {URL}",
    "JSON in pieces": f"curl --json '{{\"a\":' --json '1}}' {URL}",
    "data in pieces": f"curl {URL} -d '{{\"a\": \"x' -d 'y\"}}'",
    "a variable of the query": f'curl "{URL}?to=$PHONE&limit=5"',
    "variables in a text": f'curl {URL} -d "{{\\"to\\": \\"$PHONE\\", \\"text\\": \\"Hi ${{NAME}}!\\"}}"',
    "a variable between quotes": f'curl {URL} -d \'{{"to": "\'"$PHONE"\'"}}\'',
    "a variable with a default": f'curl {URL} -d "{{\\"to\\": \\"${{PHONE:-336}}\\"}}"',
    "a variable in the path": 'curl "https://api.example.com/v1/$ACCOUNT/x" -d \'{"a":1}\'',
    "a variable in a header": f"curl {URL} -H \"X-Sig: v1=$SIG\" -d '{BODY}'",
    "a number and its text": f'curl "{URL}/$N" -d "{{\\"n\\": $N, \\"s\\": \\"$N\\", \\"t\\": \\"no. ${{N}}\\"}}"',
    "an escaped dollar": f'curl {URL} -H "X-Price: \\$5" -d "{{\\"a\\": \\"\\$5\\"}}"',
    "a line that goes on in quotes": f"curl \"https://api.example.com/v1/\\\nsend\" -d '{BODY}'",
    "a line that goes on in a word": f"curl https://api.example.com/v1/\\\nsend -d '{BODY}'",
    "a line that goes on to its end": f"curl {URL} \\\n  -d '{BODY}' \\\n",
    "a comment above": f"# Send a message\n\ncurl {URL} -d '{BODY}'",
    "a comment after": f"curl {URL} -d '{BODY}' # send it",
    "the end of the options": f"curl -d '{BODY}' -- {URL}",
    "a pipe": f"curl -s {URL} -d '{BODY}' | jq '.id | length' > out.json",
    "the answer in a file": f"curl {URL} -d '{BODY}' -o out.json 2>/dev/null > log.txt",
    "a pipe that is a value": f"curl {URL} -H 'X-Op: |' -d '{{\"a\": \"> |\"}}'",
    "a here document": f'curl {URL} -d @- <<EOF\n{{"to": "$PHONE",\n "n": 1}}\nEOF',
    "a here document as it is": f'curl {URL} --data-binary @- << \'EOF\'\n{{"to": "$PHONE"}}\nEOF\n',
    "a backslash in a here document": f'curl {URL} -d @- <<EOF\n{{"a": "x\\\\\\\\n", "b": "\\$5"}}\nEOF',
    "variables of one beginning": (
        'curl "https://api.example.com/v1/$CUSTOMER_SHIPPING_ADDRESS_LINE_ONE/$CUSTOMER_SHIPPING_ADDRESS_LINE_TWO"'
    ),
    "names that differ in letters": f'curl {URL} --json "{{\\"a\\": \\"$FOO\\", \\"b\\": \\"$Foo\\"}}"',
    "data and JSON in one": f"curl {URL} -H 'Content-Type: application/json' -d '{{\"a\":' --json '1}}'",
    "a colon after a variable": 'curl "https://api.example.com/v1/projects/$env:lookup"',
    "a scheme in large letters": f"curl HTTPS{URL.removeprefix('https')} --json '{{}}'",
    "nothing as JSON": f"curl {URL} --json '' -X POST -H 'Accept:' -H 'Content-Type:'",
    "a here document with tabs": f"curl {URL} -d @- <<-END\n\t{BODY}\n\tEND",
    "a here string": f"curl {URL} -d @- <<< '{BODY}'",
    "a here document of cat": f'curl {URL} -d "$(cat <<EOF\n{{"to": "$PHONE"}}\nEOF\n)"',
    "escapes": f'curl {URL} -d $\'{{"a": "it\\\'s \\u00e9 \\xc3\\xa9 \\101 \\U0001F600"}}\'',
    "a pair of surrogates in JSON": f'curl {URL} -d \'{{"a": "\\ud83d\\ude00"}}\'',
    "options that change nothing": f"curl --retry 3 --retry-all-errors -m 5 --ipv4 --no-keepalive --tlsv1.2 --http1.1 {URL} -d '{BODY}'",
    "switches that are off": f"curl --no-silent --no-location {URL} -d '{BODY}'",
    "a bearer in small letters": f"curl {URL} -H 'authorization: bearer abc123def' -d '{BODY}'",
    "names that only sound secret": f'curl {URL} -d \'{{"secretary": "Ann", "passwordless": "yes", "max_tokens": 5}}\'',
    "repeated keys": f"curl '{URL}?i[]=1&i[]=2&a=1&b&c=' -g",
    "two defaults that are one": f'curl "{URL}/${{C:-x}}" -d "{{\\"c\\": \\"${{C:-x}}\\", \\"d\\": \\"${{D-a b}}\\", \\"n\\": ${{N:-5}}}}"',
    "a default that is assigned": f'curl {URL}/${{C:=x}} --json "{{\\"n\\": ${{N:=5}}}}"',
    "a variable that must be there": f'curl {URL}/${{C:?no}} --json "{{}}"',
    "what echo writes": f"echo '{BODY}' | curl -d @- {URL}",
    "what echo writes, without an end of line": f"$ echo -n '{BODY}' | curl -s --json @- {URL} | cat",
    "what printf writes": f"printf '%s\\n' '{BODY}' | curl --data-binary @- {URL}",
    "what cat writes of a here document": f'cat <<EOF | curl --json @- {URL}\n{{"to": "$PHONE"}}\nEOF\n',
    "blanks around the value of a header": f"curl {URL} -H 'X-A:  a b ' -d '{BODY}'",
    "a header of a name alone": f"curl {URL} -H 'X-A' -d '{BODY}'",
    "a blank in encoded data of the query": f"curl -G {URL} --data-urlencode 'q=a b'",
    "one slash after the scheme": "curl https:/api.example.com/x -H 'Authorization: Bearer abc'",
    "three slashes after the scheme": "curl http:///api.example.com/x",
    "a login without a name in the URL": f"curl https://:pw@api.example.com/x -d '{BODY}'",
    "a login without anything in the URL": f"curl https://@api.example.com/x -d '{BODY}'",
    "a query that is taken back": f"curl -d '{BODY}' -G {URL} --no-get",
    "a query that is taken back, and is one": f"curl --no-get -d a=1 {URL} -G",
    "nothing in the query": f"curl -G '{URL}?a=1' -d ''",
    "a query of its own beside -G": f"curl -G {URL} --url-query a=2",
    "two slashes": "curl https://api.example.com//v1//x/ -d '{\"a\":1}'",
}
NOTED = {
    "a method in small letters": (
        f"curl -X post {URL} -d '{BODY}'",
        "the method is POST, and curl would send `post`",
    ),
    "a header without a value": (
        f"curl {URL} -H 'X-Empty;' -d '{BODY}'",
        "the header X-Empty was left out: it has no value",
    ),
    "a header taken away": (
        f"curl {URL} -H 'Content-Type:' -d '{BODY}'",
        "it takes a header of curl's away",
    ),
    "an encoding of the answer": (
        f"curl {URL} -H 'accept-encoding: br' -d '{BODY}'",
        "the header accept-encoding was left out: whoever calls an action asks for what it can read",
    ),
    "an answer that is compressed": (f"curl --compressed {URL} -d '{BODY}'", "--compressed was left out"),
    "an older HTTP": (
        f"curl -0 {URL} -d '{BODY}'",
        "--http1.0 was left out: an action is called by HTTP/1.1",
    ),
    "a character that no URL contains": (
        f"curl '{URL}/a|b' -d '{BODY}'",
        "`|` in the path is percent-encoded: the tool sends it as it is",
    ),
    "a character of a query that is encoded": (
        f"curl -g '{URL}?a=x;y&b[]=1'",
        "`;` in the query is percent-encoded: the tool sends it as it is",
    ),
    "a quote in a query": (
        f"curl \"{URL}?a='x'\"",
        "`'` in the query is percent-encoded: the tool sends it as it is",
    ),
    "a percent sign alone": (
        f"curl '{URL}/50%' -d '{BODY}'",
        "`%` in the path is percent-encoded: the tool sends it as it is",
    ),
    "a default that is a host": (
        f"curl \"${{BASE:-https://api.example.com}}/v1\" -d '{BODY}'",
        "the default of `$BASE` is written as the host: no parameter is one",
    ),
    "a default in one place of two": (
        f"curl {URL}/${{C:-x}}/$C -d '{BODY}'",
        "`$C` has its default in every place, also where the line has none",
    ),
    "a default that is a secret": (
        f"curl {URL} -H \"Authorization: Bearer ${{T:-abc}}\" -d '{BODY}'",
        "the default of `$T` was left out",
    ),
    "data in the query beside a query of its own": (
        f"curl -G -d c=3 --url-query a=2 '{URL}?b=1'",
        "--url-query was ignored: with -G, curl asks for the data alone",
    ),
    "a connection": (
        f"curl {URL} -H 'connection: close' -d '{BODY}'",
        "the header connection was left out: it belongs to one connection",
    ),
    "the agent of a browser": (
        f"curl {URL} -H 'user-agent: Mozilla/5.0 (X11)' -d '{BODY}'",
        "the header user-agent was left out: it is that of a browser or a tool",
    ),
    "an agent taken away": (
        f"curl {URL} -H 'User-Agent:' -d '{BODY}'",
        "`-H 'User-Agent:'` was ignored: it takes a header of curl's away",
    ),
    "an agent that is nothing": (
        f"curl {URL} -A '' -d '{BODY}'",
        "`-A ''` was ignored: it takes a header of curl's away",
    ),
    "data that is empty": (
        f"curl -X POST -d '' {URL}",
        "the Content-Type of a form was left out: there is no payload",
    ),
    "no scheme": (f"curl api.example.com/v1 -d '{BODY}'", "https was written, and curl would call http"),
}
IMPORTED = {
    "for cmd": (
        f'curl ^"{URL}?a=1^&b=2^" ^\r\n  -H ^"accept: application/json^" ^\r\n  --data-raw ^"^{{^\\^"a^\\^":^\\^"b c^\\^"^}}^"',
        {"a": "b c"},
    ),
    "for cmd, as it was before": (
        f'curl "{URL}" ^\n  -H "X-A: b" ^\n  --data-raw "{{\\"a\\":1}}" ^\n  --compressed',
        {"a": 1},
    ),
    "for PowerShell": (
        f'curl.exe -X POST `\n  "{URL}" `\n  -H "Authorization: Bearer $env:TOKEN" `\n  -d \'{{\\"a\\": 1}}\'',
        {"a": 1},
    ),
    "for PowerShell, with its quotes": (
        f"curl.exe {URL} -d '{{\"a\": \"it''s\"}}'",
        {"a": "it's"},
    ),
    "for PowerShell, with backticks": (
        f'curl.exe -X POST {URL} `\n --json "{{`"a`": `"``b`` `$5 $env:CITY`"}}"',
        {"a": "`b` $5 city"},
    ),
    "for PowerShell, with backticks that are data": (
        f"PS C:\\> curl -X POST {URL} `\n -d '{{\\\"a\\\": \\\"`b` ''c''\\\"}}'",
        {"a": "`b` 'c'"},
    ),
    "for PowerShell, with a here string": (
        f'curl.exe {URL} `\n --json @\'\n{{"a": "it\'s $x"}}\n\'@',
        {"a": "it's $x"},
    ),
    "for cmd, without PowerShell": (f'curl.exe -X POST {URL} -d "{{\\"a\\": \\"it\'s\\"}}"', {"a": "it's"}),
    "with prompts": (f"$ curl -X POST {URL} \\\n>   -d '{{\"a\":1}}'", {"a": 1}),
    "with an assignment and sudo": (
        f'TOKEN=abc sudo curl {URL} -H "Authorization: Bearer $TOKEN" -d \'{{"a":1}}\'',
        {"a": 1},
    ),
}
REFUSED = {
    f"curl {URL} -d '{{\"a\": 1}}' --json '{{\"b\": 2}}'": "the data is not JSON",
    f'curl {URL} --json @- <<EOF\n{{"price": "$100"}}\nEOF': "the shell would fill `$1` in",
    f'curl {URL} --json @- <<EOF\n{{"a": "\\\\\\\\$(echo hi)"}}\nEOF': "the line runs another command",
    f'curl "{URL}?$QS"': "a key of the query is a variable",
    f'curl {URL} -H "$HEADER" --json "{{}}"': "the header `$HEADER` is a variable",
    f'curl {URL} -X $METHOD --json "{{}}"': "the method is a variable",
    f'curl {URL} --json "{{\\"a\\": \\"${{X:-${{Y}}}}\\"}}"': "the shell would fill `${X:-…}` in",
    f'curl {URL} --json "$BODY"': "the data is the variable `$BODY`",
    f'curl {URL} --json {{\\"a\\":1,\\"b\\":2}}': "the shell makes several words of `{…,…}`",
    f"curl {URL} -I -X POST --json '{{}}'": "curl makes only one request, and -I asks for no payload",
    f"curl '{URL}/{{{{x}}}}'": "the URL has `{{…}}`, which another tool fills in",
    f'curl {URL} --json \'{{"a": "\\ue002x\\ue003"}}\'': "it contains characters that no action can contain",
    f"curl {URL} -H $'X-A: \\ue000Q\\ue001'": "`$'…'` contains what no action can contain",
    f'curl {URL} --json \'{{"a": 1, "a": 2}}\'': "the data has a key twice",
    f"curl {URL} \u2013json '{{}}'": "an option begins with a dash that is no hyphen",
    f"curl {URL} --tokn=s3cr3t-value": "the option --tokn is not known",
    "curl https://bücher.example/v1": "the host of the URL is not ASCII",
    f"curl {URL} -X sk_live_51H3xyz": "an action cannot use the method of this line",
    f"curl {URL} -d ' '": "the data is not JSON",
    f"curl {URL} -d '{BODY}' && echo done": "the line continues after curl, with `&&`",
    f"curl {URL} -d '{BODY}'\necho done": "the line continues after curl, with `echo`",
    f"curl -X POST {URL} \\\n  # the payload\n  -d '{BODY}'": "the line continues after curl, with `-d`",
    f'curl {URL} -d "{{\\"a\\": \\"$(whoami)\\"}}"': "the line runs another command",
    f'curl {URL} -d "{{\\"a\\": \\"$1\\"}}"': "the shell would fill `$1` in",
    f'curl {URL} -d "{{\\"a\\": \\"${{NAME%x}}\\"}}"': "the shell would fill `${NAME%…}` in",
    f"curl {URL}/${{C:+x}}": "the shell would fill `${C:+…}` in",
    f"curl {URL}/${{C/a/s3cr3t}}": "the shell would fill `${C/…}` in",
    f"curl {URL}/${{C:0:3}}": "the shell would fill `${C:…}` in",
    f"curl {URL}/${{#C}}": "the shell would fill `${#C}` in",
    f"curl {URL}/${{C:-a b}}": "the shell makes several words of the default of `$C`",
    f"curl {URL}/${{C:-a}}/${{C:-b}}": "`$C` has two defaults",
    f'curl {URL} --json "{{\\"a\\": ${{N:-abc}}}}"': "the default of `$N` is not a number as JSON writes it",
    f"echo -e '{BODY}' | curl -d @- {URL}": "what `echo` writes is not read",
    f"cat body.json | curl -d @- {URL}": "the line reads a file, which may be anywhere",
    f"echo '{BODY}' || curl -d @- {URL}": "the line continues after curl, with `||`",
    f"curl {URL} -H ' Y: 2'": "the name of the header `Y` has a blank in it or beside it",
    f"curl {URL} -H 'X : 1'": "the name of the header `X` has a blank in it or beside it",
    f"curl {URL} -H 'X ;'": "the name of the header `X` has a blank in it or beside it",
    f"curl '{URL}/a b'": "curl refuses a URL with a blank in it",
    f"curl '{URL} '": "curl refuses a URL with a blank in it",
    f"curl -G {URL} -d 'a=b c'": "curl refuses a URL with a blank in it",
    f"curl {URL} -d $'\\UFFFFFFFF'": "`\\UFFFFFFFF` is no character",
    f"curl {URL} -d $'\\xff'": "`$'…'` contains bytes that are no text",
    f"curl 'https://api.example.com/{{a,b}}' -d '{BODY}'": "curl makes several URLs of `{…}`",
    f"curl 'https://api.example.com/[1-3]' -d '{BODY}'": "curl makes several URLs of `[1-3]`",
    f"curl \"$BASE/v1\" -d '{BODY}'": "its host is the variable `$BASE`",
    "curl 'https\\//api.example.com/x'": "the host of its URL is followed by `\\`",
    f"curl -H \u201cX-A: b\u201d {URL}": "the line has curly quotes, which no shell reads",
    f"Invoke-WebRequest {URL} -Headers @{{\n'A'='b'}}": "this is a script of PowerShell",
    f"$h=@{{}}\nInvoke-WebRequest {URL}": "this is a script of PowerShell",
    "curl https:////api.example.com/x": "curl refuses a URL with so many slashes after its scheme",
    "curl localhost:/x": "only http and https can be called",
    f"curl --no-head {URL}": "the option --no-head is not known",
    f"curl --req POST {URL}": "the option --req is not known",
    f"curl {URL} -d @- ": "-d reads a file, which may be anywhere",
    f"curl --digest -u a:b {URL} -d '{BODY}'": "--digest cannot be imported: its login is made of what the service answers first",
}


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    if shutil.which("curl") is None or shutil.which("openssl") is None:
        pytest.skip("curl or openssl is missing: apt-get install curl openssl")
    found = Recorder(tmp_path_factory.mktemp("recorder"))
    yield found
    found.close()


@pytest.mark.parametrize("case", EQUAL)
def test_an_action_sends_what_curl_sends(case: str, recorder: Recorder, tmp_path: Path) -> None:
    assert judge(EQUAL[case], recorder, tmp_path) == ("equal", "")


@pytest.mark.parametrize("case", NOTED)
def test_what_differs_is_noted(case: str, recorder: Recorder, tmp_path: Path) -> None:
    line, note = NOTED[case]
    kind, why = judge(line, recorder, tmp_path)
    assert kind in ("differs, with a note", "equal")
    assert note in why or note in by_callsheet(line, tmp_path).notes


@pytest.mark.parametrize("case", IMPORTED)
def test_lines_of_other_shells_and_of_pages_are_read(case: str, tmp_path: Path) -> None:
    line, payload = IMPORTED[case]
    found = by_callsheet(line, tmp_path)
    assert found.sent is not None, found.why
    assert (found.sent.method, found.sent.json) == ("POST", payload)


def test_a_variable_is_one_parameter_wherever_it_is(workspace: Folder, callsheet: Callsheet) -> None:
    line = (
        'curl https://api.example.com/$N --json "{\\"s\\": \\"$N\\", \\"n\\": $N, \\"t\\": \\"no. $N\\"}"'
    )
    assert callsheet("import", "curl", line, "--name", "one", "-C", workspace.path).code == 0
    content = Workspace(workspace.path).compile().by_environment["local"]["Action/one"].content
    assert [(name, one["type"]) for name, one in content["parameters"].items()] == [("n", "number")]
    request = build_request(content, {"n": 42})
    assert request.url == "https://api.example.com/42"
    assert request.payload == {"s": "42", "n": 42, "t": "no. 42"}


@pytest.mark.parametrize(
    "line",
    [
        f"curl {URL} -H 'User-Agent: shop/1.0'",
        f"curl {URL} -A shop/1.0",
        f"curl {URL} -A other/1.0 -H 'user-agent: shop/1.0'",
        f"http {URL} User-Agent:shop/1.0",
    ],
)
def test_the_agent_that_its_author_wrote_is_sent(
    line: str, workspace: Folder, callsheet: Callsheet
) -> None:
    kind = "curl" if line.startswith("curl") else "httpie"
    outcome = callsheet("import", kind, line, "--name", "one", "-C", workspace.path)
    assert (outcome.code, "User-Agent" in outcome.err) == (0, False), outcome.err
    content = Workspace(workspace.path).compile().by_environment["local"]["Action/one"].content
    call = Call(httpx.Client(), build_request(content, {}), Way(resolve=str))
    assert [one for name, one in call.headers.items() if name.lower() == "user-agent"] == ["shop/1.0"]


@pytest.mark.parametrize("line", REFUSED)
def test_what_is_not_exact_is_refused_with_the_reason(
    line: str, workspace: Folder, callsheet: Callsheet
) -> None:
    outcome = callsheet("import", "curl", line, "-C", workspace.path)
    assert outcome.code == 1
    assert outcome.err.startswith(f"error CS938: {REFUSED[line]}"), outcome.err


def test_a_query_of_httpie_has_a_note_where_httpie_sends_it_as_it_is(
    workspace: Folder, callsheet: Callsheet
) -> None:
    for name, query, err in (
        ("one", "a[]=1", ""),
        ("two", "a[]=1;2", "`;` in the query is percent-encoded"),
    ):
        line = f"http '{URL}?{query}'"
        outcome = callsheet("import", "httpie", line, "--name", name, "-C", workspace.path)
        assert (outcome.code, outcome.err.partition(":")[0].strip()) == (0, err)


@pytest.mark.parametrize(
    ("line", "way_out"),
    [
        (f"curl {URL} --next {URL}", "import one call at a time"),
        (f"curl -K file {URL}", "write its options into the command"),
        (f"curl --variable a=b {URL}", "write its value into the command"),
        (f"curl --cert a {URL}", "remove it, and write `authentication.clientCertificate` by hand"),
        (f"curl --digest -u a:b {URL}", "remove it, and write `authentication` by hand"),
        (f"curl -F a=b {URL}", "import a request that sends JSON"),
        (f"curl -X DELETE {URL} -d '{{}}'", "change what is named in the request, or write the action by hand"),
        (f"http {URL} \u201ca=b\u201d", "write straight ones: ' or \""),
    ],
)  # fmt: skip
def test_the_help_of_a_refusal_is_of_what_is_refused(
    line: str, way_out: str, workspace: Folder, callsheet: Callsheet
) -> None:
    kind = "curl" if line.startswith("curl") else "httpie"
    outcome = callsheet("import", kind, line, "-C", workspace.path)
    assert outcome.code == 1
    assert f"help: {way_out}\n" in outcome.err


@pytest.mark.parametrize(
    ("given", "path", "payload"),
    [
        ({}, "/v1/send/x%20y", {"a": "x y", "n": 5, "t": "no. 5"}),
        ({"c": "z", "n": 7}, "/v1/send/z", {"a": "z", "n": 7, "t": "no. 7"}),
    ],
)
def test_a_default_of_the_shell_is_that_of_the_parameter(
    given: dict[str, object], path: str, payload: object, workspace: Folder, callsheet: Callsheet
) -> None:
    data = '{\\"a\\": \\"${C:-x y}\\", \\"n\\": ${N:-5}, \\"t\\": \\"no. ${N:-5}\\"}'
    line = f'curl "{URL}/${{C:-x y}}" --json "{data}"'
    assert callsheet("import", "curl", line, "--name", "one", "-C", workspace.path).code == 0
    content = Workspace(workspace.path).compile().by_environment["local"]["Action/one"].content
    request = build_request(content, given)
    assert request.url == f"https://api.example.com{path}"
    assert request.payload == payload


@pytest.mark.parametrize(
    "line",
    [
        f'curl {URL} --json "{{\\"a\\": \\"${{X:-{TOKEN}}}\\"}}"',
        f'curl {URL}/${{X:-{TOKEN}}} --json "{{}}"',
        f'curl "{URL}?a=${{X:-{TOKEN}}}" --json "{{}}"',
        f'curl {URL} -H "X-A: b ${{X:-{TOKEN}}}" --json "{{}}"',
        f'curl {URL} --json "{{\\"password\\": \\"${{X:-{TOKEN}}}\\"}}"',
    ],
)
def test_a_default_that_is_a_credential_is_not_written(
    line: str, workspace: Folder, tmp_path: Path, callsheet: Callsheet
) -> None:
    """Nor beside the workspace, where nothing is compiled."""
    out = tmp_path / "out.yaml"
    outcome = callsheet("import", "curl", line, "--name", "one", "--out", out, "-C", workspace.path)
    assert outcome.code == 0, outcome.err
    text = out.read_text("utf-8")
    assert TOKEN not in text + outcome.out + outcome.err
    assert "# the default of `$X` was left out" in text


@pytest.mark.parametrize("kind", ["curl", "httpie"])
def test_a_line_of_the_standard_input_may_be_named_by_a_dash(
    kind: str, workspace: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = f"echo '{{\"a\": 1}}' | {'curl --json @-' if kind == 'curl' else 'http POST'} {URL}\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(line))
    outcome = callsheet("import", kind, "-", "--name", "one", "-C", workspace.path)
    assert outcome.code == 0, outcome.err
    content = Workspace(workspace.path).compile().by_environment["local"]["Action/one"].content
    assert content["request"]["payload"] == {"a": 1}


def test_a_placeholder_of_a_page_is_a_parameter(tmp_path: Path, recorder: Recorder) -> None:
    line = f"curl 'https://api.example.com/v1/{{id}}/x' -d '{BODY}'"
    assert judge(line, recorder, tmp_path) == ("equal", "")
    found = by_callsheet(line, tmp_path)
    assert found.params["id"] == "id"
    assert "`{id}` in the URL was read as a parameter" in found.notes


STARTS = ("curl", "$ curl", "/usr/bin/curl", "curl -s", "curl -sS", "curl --silent --show-error -f")
METHODS = ("", "-X POST", "-XPUT", "--request PATCH", "-sX POST")
URLS = (
    URL,
    f"'{URL}?a=1&b=two'",
    f'"{URL}?q=a%20b"',
    "https://api.example.com/v1/caf%C3%A9/x",
    f"--url {URL}",
)
HEADERS = (
    "", "-H 'X-Team: crm'", '-H "X-Team:crm" -H "Accept: application/json"', "-H'Authorization: Bearer abc.def'",
    "--header 'X-Api-Key: 12345'", "-u user:pass", "-H 'Content-Type: application/json; charset=utf-8'",
)  # fmt: skip
BODIES = (
    f"-d '{BODY}'", f"--data-raw '{BODY}'", f"-d'{BODY}'", '-d "{\\"a\\": \\"b c\\"}"', f"--json '{BODY}'",
    "--data-binary '{\n  \"a\": {\"b\": [1, 2.50, -0.0, 1e3]}\n}'", "-d $'{\"a\": \"it\\'s\"}'", "-d '{\"a\": \"it'\\''s\"}'",
    "-d '{}'", "-d '[]'", "-d '\"text\"'", "-d '{\"\u00e9\": \"\u00fc \u4e16\"}'",
)  # fmt: skip
ENDS = ("", " | jq .", " > /dev/null", " -o /dev/null", " # a comment", " --compressed")


def lines() -> list[str]:
    """Return lines of every part with every other, in a fixed order."""
    found = [
        f"{start} {' '.join(filter(None, parts))}{end}"
        for start, *parts, end in itertools.product(STARTS, METHODS, URLS, HEADERS, BODIES, ENDS)
    ]
    return random.Random(16).sample(found, 500 if LONG else 25)


def test_lines_of_all_parts_send_what_curl_sends(recorder: Recorder, tmp_path: Path) -> None:
    found = {line: judge(line, recorder, tmp_path) for line in lines()}
    assert {line: one for line, one in found.items() if one[0] != "equal"} == {}
