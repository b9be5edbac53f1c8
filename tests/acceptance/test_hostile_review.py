"""Ways to get a change past a review: each is shown, and each is sensitive."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from support.workspaces import ACTION, ENVIRONMENT, Callsheet, Folder

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 43
POLICY = """\
apiVersion: callsheet/v1
kind: Policy
metadata: {{name: https_only}}
spec:
  message: Over https
  select: {select}
  exceptions: [{exceptions}]
  schema: {{properties: {{request: {{properties: {{url: {{pattern: "^https://"}}}}}}}}}}
"""
OLD = '{action: example, until: "2020-01-01", reason: old}'
NEW = '{action: example, until: "2099-01-01", reason: for ever}'


def reviewed(folder: Folder, callsheet: Callsheet) -> tuple[int, list[str]]:
    """Review against the last commit; gives the gate's exit code and the reason codes of protections."""
    outcome = callsheet("diff", "--base", "HEAD", "-C", folder.path, "--fail-on", "sensitive", "-o", "json")
    found = json.loads(outcome.out)
    return outcome.code, [one["reason"] for one in found.get("protections", [])]


@pytest.mark.parametrize("space", ["\f", "\v", "\x1c", "\u00a0", "\u0085", "\u2028", "\t", ""])
def test_a_signer_behind_any_space_is_shown(space: str, workspace: Folder, callsheet: Callsheet) -> None:
    workspace.write("environments.yaml", ENVIRONMENT + "  approvals: 1\n")
    workspace.write("allowed_signers", f"ada@example.com {KEY}\n")
    workspace.commit()
    hidden = f"{space}#,* {KEY}\n" if space not in ("", "\t") else f"{space}* {KEY}\n"
    workspace.write("allowed_signers", f"ada@example.com {KEY}\n{hidden}")
    code, reasons = reviewed(workspace, callsheet)
    assert (code, reasons) == (1, ["signer-added"])


@pytest.mark.parametrize("order", [(NEW, OLD), (OLD, NEW)])
def test_an_exception_that_is_prolonged_beside_the_old_one_is_shown(
    order: tuple[str, str], workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.write("policies.yaml", POLICY.format(select="{}", exceptions=OLD))
    workspace.commit()
    workspace.write("policies.yaml", POLICY.format(select="{}", exceptions=", ".join(order)))
    code, reasons = reviewed(workspace, callsheet)
    assert code == 1
    assert "policy-exception" in reasons


def relabel(folder: Folder) -> None:
    text = (folder.path / "example.yaml").read_text()
    folder.write("example.yaml", text.replace("channel: push", "channel: posh"))


@pytest.mark.parametrize(
    ("select", "leave"),
    [
        ("{labels: {channel: push}}", relabel),
        ("{names: [example]}", lambda folder: folder.rename("example", "other")),
    ],
)
def test_an_action_that_leaves_a_policy_is_named(
    select: str, leave: Callable[[Folder], None], workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.write("policies.yaml", POLICY.format(select=select, exceptions=""))
    workspace.action("more")
    workspace.commit()
    leave(workspace)
    outcome = callsheet("diff", "--base", "HEAD", "-C", workspace.path, "--fail-on", "sensitive")
    assert outcome.code == 1
    assert "(policy-narrowed)" in outcome.out


@pytest.mark.parametrize(
    "text",
    [
        "=\ufe0f",
        "=\u200d=",
        "+\ufe01",
        "1\ufe0f",
        "a\U00016fe4b",
        "a\U0001d159b",
        "\U0001f3f4\U000e0061\U000e0062\U000e007f",
    ],
)
def test_a_character_that_no_writing_needs_is_sensitive(
    text: str, workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.commit()
    workspace.action(constant=f'"x{text}y"')
    outcome = callsheet("diff", "--base", "HEAD", "-C", workspace.path, "--fail-on", "sensitive")
    assert outcome.code == 1
    assert "(unseen-characters)" in outcome.out
    for one in text:
        assert one.isascii() or one in "\U0001f3f4" or one not in outcome.out


@pytest.mark.parametrize(
    "text",
    [
        "1\ufe0f\u20e3",
        "\u2194\ufe0f",
        "\u2764\ufe0f\u200d\U0001f525",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ],
)
def test_emoji_are_no_offence(text: str, workspace: Folder, callsheet: Callsheet) -> None:
    workspace.commit()
    workspace.action(constant=f'"x{text}y"')
    assert callsheet("diff", "--base", "HEAD", "-C", workspace.path, "--fail-on", "sensitive").code == 0


@pytest.fixture
def repository(workspace: Folder) -> Folder:
    """Return a repository whose workspace is its folder `actions`."""
    root = workspace.path.parent / "repository"
    root.mkdir()
    workspace.path.rename(root / "actions")
    folder = Folder(root)
    folder.commit()
    return folder


def test_a_link_in_the_place_of_the_workspace_is_no_workspace(
    repository: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    (repository.path / "actions").rename(repository.path / "docs")
    (repository.path / "actions").symlink_to("docs")
    repository.commit()
    for line in (("diff", "--base", "HEAD~1"), ("diff", "--base", "HEAD"), ("render", "--at", "HEAD")):
        outcome = callsheet(*line, "-C", repository.path / "actions")
        assert outcome.err.startswith(
            "error CS974: actions is a symbolic link of the repository, and not the workspace itself\n"
        ), outcome
    # A link of the user's own, from outside, is followed.
    (tmp_path / "own").symlink_to(repository.path / "docs")
    assert callsheet("diff", "--base", "HEAD", "-C", tmp_path / "own").code == 0


def test_a_submodule_in_the_place_of_the_workspace_holds_nothing(
    repository: Folder, callsheet: Callsheet
) -> None:
    commit = repository.git("rev-parse", "HEAD").strip()
    repository.git("rm", "-rq", "--cached", "actions")
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},actions")
    repository.git("commit", "-qm", "a submodule")
    outcome = callsheet("diff", "--base", "HEAD", "-C", repository.path / "actions")
    assert "CS999" not in outcome.err
    assert "+ Action/example" in outcome.out, outcome


@pytest.mark.parametrize(
    "pattern",
    ["*a" * 16 + "*b", "/" + "*a" * 30 + "b/", "**/" + "*[ab]" * 20 + "c", "?" + "*a?" * 20 + "x"],
)
def test_no_pattern_of_ignored_files_takes_long(pattern: str, workspace: Folder) -> None:
    workspace.write(".callsheetignore", pattern + "\n")
    workspace.action("a" * 30 + "c")
    import time

    from callsheet.documents.sources import ignore_patterns

    begin = time.process_time()
    ignored = ignore_patterns(pattern)
    for number in range(50):
        ignored("x/" * 5 + "a" * (100 + number) + ".yaml")
    assert time.process_time() - begin < 5


def test_patterns_match_as_gits_do(tmp_path: Path) -> None:
    """`git check-ignore` is asked about each of these names."""
    from callsheet.documents.sources import ignore_patterns

    patterns = ["*a*b*c", "x/*y*z", "/top*", "*.j?on", "!keep*a*.json", "deep/**/l*st*", "[ab]*c*", "dir*/"]
    names = [
        *("aXbXc", "abc", "acb", "aabbcc", "x/1y2z", "x/yz", "x/y/z", "topper", "a/topper", "f.json"),
        *("keep1a2.json", "keep.json", "deep/list", "deep/a/b/last", "deep/a/lost/x", "bcc", "a1c2", "b/c"),
        *("directory/x", "dir/x", "xdir/y", "cab", "bca"),
    ]
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text("\n".join(patterns) + "\n")
    told = subprocess.run(
        ["git", "check-ignore", "--no-index", "--stdin"],
        input="\n".join(names), cwd=tmp_path, capture_output=True, text=True, check=False,
    ).stdout.split("\n")  # fmt: skip
    ours = ignore_patterns("\n".join(patterns))
    assert [one for one in names if ours(one)] == [one for one in names if one in told]


@pytest.mark.parametrize(
    "break_it",
    [
        lambda text: text.replace("payload: {", 'payloadFile: "a\\0b.j2"\n    x-was: {', 1).replace(
            '    x-was: {title: "{{ params.title }}", fixed: 1}\n', ""
        ),
        lambda text: text + '  contract: {openapi: "x\\0y.yaml", operation: send}\n',
        lambda text: text.replace("{type: string,", '{type: string, pattern: "^(a+)+(?=b)$",'),
    ],
    ids=["template", "contract", "pattern"],
)
def test_what_no_file_or_engine_takes_is_a_finding(
    break_it: Callable[[str], str], workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.write("example.yaml", break_it(ACTION.format(name="example", constant="1")))
    for line in ("validate", "test", "plan", "render example --params title=Hi"):
        outcome = callsheet(*line.split(), "-C", workspace.path)
        assert outcome.code == 1, (line, outcome)
        assert "CS999" not in outcome.err
    assert "error CS" in callsheet("validate", "-C", workspace.path).out


@pytest.mark.parametrize(
    "spec",
    [
        'target: {type: sqlite, path: "a\\0b.db"}',
        'target: {type: directory, path: "a\\0b"}, ledger: {type: sqlite, path: .callsheet/l.db}',
        'target: {type: sqlite, path: .callsheet/l.db}, approvals: {count: 1, signers: "a\\0b"}',
    ],
)
def test_a_path_with_a_character_of_no_name_ends_no_command(
    spec: str, workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.commit()
    workspace.write(
        "environments.yaml",
        f"apiVersion: callsheet/v1\nkind: Environment\nmetadata: {{name: local}}\nspec: {{values: {{host: api.example.com}}, {spec}}}\n",
    )
    for line in ("validate", "plan", "diff --base HEAD", "apply --yes"):
        outcome = callsheet(*line.split(), "-C", workspace.path)
        assert "CS999" not in outcome.err, (line, outcome)


def test_loops_in_loops_end_soon(workspace: Folder, callsheet: Callsheet) -> None:
    items = ",".join("x" * 200)
    loops = "".join(f"{{% for a{n} in '{items}' | split(',') %}}" for n in range(6))
    workspace.write("body.json.j2", f'{{"l": [{loops}{"{% endfor %}" * 6}]}}')
    text = ACTION.format(name="example", constant="1")
    workspace.write(
        "example.yaml",
        text.replace('payload: {title: "{{ params.title }}", fixed: 1}', "payloadFile: body.json.j2"),
    )
    import time

    begin = time.process_time()
    assert "error CS510" in callsheet("validate", "-C", workspace.path, "--no-cache").out
    assert time.process_time() - begin < 10


def test_a_name_that_looks_like_a_credential_is_shown_by_no_command(
    workspace: Folder, callsheet: Callsheet
) -> None:
    token = "ghp_" + "a1B2" * 9
    text = ACTION.format(name="example", constant="1")
    for changed in (
        text.replace("labels: {", f"labels: {{{token}: x, "),
        text.replace("labels: {", f"labels: {{team: {token}, "),
        text.replace("spec:\n", f"spec:\n  {token}: 1\n"),
    ):
        workspace.write("example.yaml", changed)
        for line in (
            "validate",
            "validate -o json",
            "validate -o sarif",
            "validate -o html",
            "list -o json",
            "render",
            "render --all -o json",
            "show example",
            "plan",
        ):
            outcome = callsheet(*line.split(), "-C", workspace.path)
            assert token not in outcome.out + outcome.err, line
        assert callsheet("validate", "-C", workspace.path).code == 1


def test_what_a_shell_makes_for_a_report_breaks_nothing(workspace: Folder, callsheet: Callsheet) -> None:
    workspace.write("report.json", "")
    assert callsheet("validate", "-C", workspace.path).out == "Valid: 2 documents.\n"
    har = callsheet("send", "example", "-p", "title=Hi", "--har", "-C", workspace.path)
    workspace.write("request.json", har.out)
    assert callsheet("validate", "-C", workspace.path, "--no-cache").out == "Valid: 2 documents.\n"


def test_an_error_of_another_environment_lets_tests_of_this_one_run(
    workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.write(
        "prod.yaml",
        "apiVersion: callsheet/v1\nkind: Environment\nmetadata: {name: prod}\nspec:\n"
        '  target: {type: http, collection: nope, url: {secret: "env:X"}}\n'
        "  ledger: {type: sqlite, path: .callsheet/p.db}\n",
    )
    for line in (
        "test example -e local",
        "render example -e local",
        "send example -e local -p title=Hi --dry-run",
    ):
        outcome = callsheet(*line.split(), "-C", workspace.path)
        assert outcome.code == 0, (line, outcome)
    assert callsheet("test", "-C", workspace.path).code == 1
