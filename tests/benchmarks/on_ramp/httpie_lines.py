"""How many HTTPie lines become an action that sends what HTTPie sends.

    python3 -m venv FOLDER && FOLDER/bin/pip install httpie
    python tests/benchmarks/on_ramp/httpie_lines.py FOLDER/bin [-v]

Each line is run by bash and HTTPie itself, which prints the request that it would send (`--offline`), and is imported. `-v`
names the lines that are not equal. The command fails where a request differs without a note.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from callsheet import CallsheetError, Workspace
from support.sent_requests import (
    UNKNOWN,
    Sent,
    differences,
    pairs_of,
    sent_by_action,
    without_usual,
    workspace_in,
)

AT = "https://api.example.com/v1"
LINES = (
    "http POST example.com a=b", "http example.com a=b", "http example.com", "http GET example.com/x",
    "https example.com/x", "https api.example.com/v1 name=Ada age:=29", f"http PUT {AT} a=b", f"http PATCH {AT} a=b",
    f"http DELETE {AT}/1", f"https POST {AT} a=1 a=2", f"http {AT} a==1", f"http {AT} a==1 a==2", f"http {AT} 'q==a b&c'",
    f"http {AT}?x=1 y==2", f"http '{AT}?x=1&' y==2", f"http '{AT}?' y==2", f"http '{AT}?x=1&&z=2'", f"http '{AT}?&x=1'", f"http POST {AT} X-A:1 a=b", f"http POST {AT} X-A:1 X-A:2 a=b", f"http POST {AT} X-A: a=b",
    f"http POST {AT} 'X-A;' a=b", f"http POST {AT} n:=1 f:=1.5 t:=true z:=null l:='[1,2]' o:='{{\"a\":1}}'",
    f"http POST {AT} 'a:=\"x\"'", f"http POST {AT} a='x y' b=é", f"http POST {AT} 'a=x=y' 'b=c:d' c=@x",
    f"http POST {AT} a\\=b=c", f"http POST {AT} a\\:b=c", f"http POST {AT} 'a=b\\=c'", f"http POST {AT} a[b]=c",
    f"http POST {AT} a[b][c]=d a[b][e]:=1", f"http POST {AT} a[]=1 a[]=2", f"http POST {AT} a[0]=x a[1]=y",
    f"http POST {AT} a[b][]:=1 a[b][]:=2", f"http POST {AT} 'a\\[b\\]=c'", f"http POST {AT} '[]=1'", f"http POST {AT} a[0][b]=c",
    f"http --raw '{{\"a\":1}}' POST {AT}", f"http POST {AT} --raw='{{\"a\": [1]}}'", f"http --json {AT} a=b",
    f"http -j GET {AT}", f"http --json POST {AT}", f"http -v POST {AT} a=b", f"http -b {AT} a=b", f"http --body {AT}",
    f"http -h {AT}", f"http --check-status --timeout=5 {AT} a=b", f"http --timeout 5 {AT} a=b", f"http -F {AT} a=b",
    f"http --pretty=none {AT} a=b", f"http -s solarized {AT} a=b", f"http --verify=no {AT} a=b", f"http -q {AT} a=b",
    f"http --stream {AT} a=b", f"http -S {AT} a=b", f"http --max-redirects=3 {AT} a=b", f"http -o /dev/null {AT} a=b",
    f"http --download {AT}", f"http -a ada:s3cr3tpw {AT} a=b", f"http -a ada:s3cr3tpw --auth-type=basic {AT}",
    f"http -A bearer -a abc123def456 {AT}", f"http --auth=ada:s3:pw {AT}", f"http -A digest -a ada:pw {AT}",
    f"http {AT} 'Authorization:Bearer abc123def456'", f"http {AT} Authorization:'Token abc123def456'",
    f"http {AT} 'X-Api-Key:abc123def4567'", f"http {AT} Content-Type:application/vnd.api+json a=b",
    f"http {AT} 'Content-Type:application/json; charset=utf-8' a=b", f"http {AT} Accept:application/json a=b",
    f"http {AT} Accept:text/plain", f"http {AT} Cookie:a=b", f"http {AT} User-Agent:x a=b", f"http {AT} Host:other.example.com",
    f"http --form {AT} a=b", f"http -f POST {AT} a=b", f"http --multipart {AT} a=b", f"http {AT} a@/etc/hostname",
    f"http {AT} a=@/etc/hostname", f"http {AT} a:=@/etc/hostname", "http :3000/x a=b", "http :/x", "http localhost:8080/x a=b",
    "http :3000", "http ://example.com/x", "http POST http://example.com:8080/x a=b", "http --default-scheme=https example.com/x",
    f"http post {AT} a=b", f"http HEAD {AT}", f"http OPTIONS {AT}", f"http {AT}/a%20b/é", f"http '{AT}/a b'",
    f"http '{AT}/x?a=b#frag'", f"http POST {AT} --ignore-stdin a=b", f"http --print=HhBb {AT} a=b", f"http -p Hh {AT} a=b",
    f"http --session=x {AT} a=b", f"http --compress {AT} a=b", f"http --path-as-is {AT}/a/../b", f"http {AT}/a/../b",
    f"http --chunked {AT} a=b", f"http --ssl=tls1.2 {AT}", f"http --proxy=http:http://x:1 {AT}", f"http --offline {AT} a=b",
    f"http --no-verify {AT}", f"http {AT} a=b | jq .", f"http {AT} \\\n  a=b \\\n  X-A:1", f"$ http {AT} a=b",
    f"http POST {AT} 'a=$HOME'", f"http POST {AT} a=''", f"http POST {AT} a:=", f"http POST {AT} =x", f"http POST {AT} a",
    "https://example.com a=b", f"http -- {AT} a=b", f"http POST {AT} -- a=b", f"http {AT} a:=1 a[b]=2",
    f"http POST {AT} metadata:='{{\"k\": [1, 2]}}' tags[]=x tags[]=y", f"http POST {AT} 'q\"=x' 'w=a\"b'",
    f"http {AT} api_key==0471642aefef5fa1fa76530ce1ba token==9eb76d9a9d02b8dd40c2f3e5df18",
)  # fmt: skip


def by_httpie(line: str, programs: Path) -> Sent | None:
    """Return what HTTPie says that it sends for a line; None where it refuses the line."""
    names = ("http", "https")
    functions = "".join(
        f'{one}() {{ {programs / one} --ignore-stdin --pretty=none "$@" --offline --print=HB >&3; }}\n'
        for one in names
    )
    script = f"{functions}exec 3>&1 1>/dev/null\n{line.removeprefix('$ ')}"
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, stdin=subprocess.DEVNULL, timeout=60, check=False, cwd="/tmp",
        env={"PATH": "/usr/bin:/bin", "HOME": tempfile.gettempdir(), "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    head, _, body = done.stdout.decode("utf-8", "replace").replace("\r\n", "\n").partition("\n\n")
    first, *lines = head.splitlines() or [""]
    if first.count(" ") < 2:
        return None
    method, target, _ = first.split(" ", 2)
    headers: dict[str, str] = {}
    for one in lines:
        name, _, value = one.partition(":")
        held = headers.get(name.strip().lower())
        headers[name.strip().lower()] = value.strip() if held is None else f"{held}, {value.strip()}"
    path, _, query = target.partition("?")
    host = headers.get("host", "")
    pairs = pairs_of(query)
    return Sent(method, host, path, pairs, without_usual(headers), body.rstrip("\n"))


def by_callsheet(line: str, folder: Path) -> tuple[Sent | None, str, str]:
    """Return what the action sends, why there is none, and what is noted."""
    with workspace_in(folder) as workspace:
        try:
            found = workspace.import_("httpie", line, name="example")
        except CallsheetError as error:
            return None, f"refused: {error.message}", ""
        compiled = Workspace(workspace.root).compile()
        if compiled.errors:
            return None, f"invalid: {compiled.errors[0].message}", ""
        content: Any = compiled.by_environment["local"]["Action/example"].content
        params = compiled.actions["example"].spec["tests"][0]["params"]
        return sent_by_action(content, params, lambda _: UNKNOWN), "", "; ".join(found.notes)


def verdict(line: str, programs: Path, folder: Path) -> tuple[str, str]:
    """Return the class of a line, and why."""
    real = by_httpie(line, programs)
    ours, why, notes = by_callsheet(line, folder)
    if real is None:
        return f"refused by HTTPie, {'imported' if ours else 'refused'}", why
    if ours is None:
        return why.partition(":")[0], why
    found = differences(real, ours)
    if not found:
        return "equal", ""
    return ("differs, with a note" if notes else "differs silently"), f"{'; '.join(found)} [{notes}]"


def main() -> int:
    """Judge the lines, and print the classes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("programs", type=Path)
    parser.add_argument("-v", "--verbose", action="store_true")
    arguments = parser.parse_args()
    classes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as path:
        for line in LINES:
            kind, why = verdict(line, arguments.programs, Path(path))
            classes[kind] += 1
            if arguments.verbose and kind != "equal":
                print(f"{kind}\t{line!r}\t{why}")
    for kind, number in classes.most_common():
        print(f"{number:5} {kind}")
    return 1 if classes["differs silently"] or classes["invalid"] else 0


if __name__ == "__main__":
    sys.exit(main())
