"""Every format: what it looks like (snapshots), what its judges say, and hostile text in all of them."""

from __future__ import annotations

import json
import os
import re
from importlib.resources import files as files_of
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from syrupy.assertion import SnapshotAssertion

from callsheet.calling.model import Request
from callsheet.deploying.executor import ApplyResult
from callsheet.documents import Related, Span
from callsheet.importing import Adoption, Extraction
from callsheet.importing.written_files import Shortened
from callsheet.language import Diagnostic
from callsheet.language.difference import NOTHING, Difference
from callsheet.ledger import SettledStep
from callsheet.planning.model import Change, Drift, GuardVerdict, Plan, PlanFigures
from callsheet.planning.planfile import with_digest
from callsheet.planning.protections import Protection
from callsheet.planning.request_pairs import RequestPair
from callsheet.planning.review import PolicyChange, data_flows
from callsheet.planning.shared import SharedChange
from callsheet.reporting import Style, report, report_names
from callsheet.reporting.markdown import MAX_BYTES
from callsheet.results import DiffResult, DriftResult, ValidationResult
from callsheet.targets.journey_optimizer.metrics import COUNTS, TIMES, Figures
from support.forms import LONG
from support.judges import Tags, bare_links, check_schema, is_clean, rendered
from support.workspaces import SHARED, Callsheet, Folder

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
OWN = [
    "::set-output name=x::y", "::error::pwned", "##[command]rm", "</details></summary><script>alert(1)</script>",
    "[click](javascript:alert(1))", "![x](https://evil.example/x.png)", "<img src=x onerror=alert(1)>",
    "\x1b[31mred\x1b[0m\x1b]8;;https://evil.example\x07link", "\u202eevil\u2066 bidi\u2069", "a\r\n::warning::b",
    "```\n# heading\n```", "| a | b |", "@everyone #1 https://evil.example www.evil.example a@b.example",
    "<!-- --><h1>x</h1>", "]]> <![CDATA[ x", "&lt;script&gt;", "%0A::error::x", "--><script>", "`code` ``x``",
    "{{ constructor }}", "\ufffe\uffff", "\ud800", "$\\href{javascript:alert(1)}{x}$", "a\u2028b\u2029c", "\x00\x08",
]  # fmt: skip


FILTERING = files_of("callsheet").joinpath("reporting/changes.js").read_text("utf-8")


def naughty(*, every: int) -> list[str]:
    file = SHARED / "corpora" / "naughty-strings" / "blns.json"
    return [*OWN, *json.loads(file.read_text("utf-8"))[::every]] if file.exists() else OWN


def span() -> Span:
    return Span(3, 5, 3, 9)


def difference(text: str, **fields: Any) -> Difference:
    standard = {
        "path": ("request", "payload", text), "before": text, "after": text + "!", "words": text,
        "impact": "sensitive", "reason": "new-host", "place": (f"{text}.yaml", 3, 5),
    }  # fmt: skip
    return Difference(**{**standard, **fields})


def flow(text: str) -> Difference:
    after = {"sensitivity": text, "host": text}
    return difference(
        text, path=("parameters", text), before=NOTHING, after=after, reason="new-personal-data"
    )


def request(text: str, **more: str) -> Request:
    return Request(method="POST", url=text, headers={text: text}, payload={text: text, **more})


def change(text: str, **fields: Any) -> Change:
    standard: dict[str, Any] = {
        "address": f"Action/{text}", "address_before": f"Action/old {text}", "action": "rename",
        "impact": "sensitive", "reasons": ("new-host",), "diff": (difference(text), flow(text)),
        "before": {"owner": text}, "after": {"owner": text}, "before_digest": None, "after_digest": None,
    }  # fmt: skip
    return Change(**{**standard, **fields})


def figures(text: str, address: str) -> PlanFigures:
    counts = dict.fromkeys(COUNTS, 7)
    one = Figures(
        name=text, known=True, counts=counts, times=dict.fromkeys(TIMES), per_second=None, notes=(text,)
    )
    return PlanFigures(source=text, by_address={address: one})


def results(text: str) -> list[Any]:
    """Give every kind of result, with a text in every place that a workspace fills."""
    one = change(text)
    mild = change(
        text, address=f"Action/mild {text}", impact="cosmetic", diff=(difference(text, impact="cosmetic"),)
    )
    diagnostic = Diagnostic(
        code="CS306", severity="error", file=f"{text}.yaml", span=span(), message=text, help=text,
        source=text.replace("\n", " "), related=(Related(file=text, span=span(), message=text),),
    )  # fmt: skip
    guard = GuardVerdict(guard="max-update", verdict="broken", message=text, addresses=(text,))
    plan = with_digest(
        Plan(
            environment=text, target={}, lineage=None, serial=0, commit=None, dirty=False, guards=(guard,),
            changes=(one, mild), unmanaged=(text,), figures=figures(text, one.address),
            drift=(Drift(address=text, kind="changed", diff=(difference(text),), applied_digest=None, deployed_digest=None),),
        )
    ) if text.isprintable() and "\ud800" not in text else None  # fmt: skip
    step = SettledStep(1, "create", text, text, None, None, None, "k", "failed", text)
    found: list[Any] = [
        ValidationResult(diagnostics=[diagnostic], documents=1, notes=[text]),
        DiffResult(
            base=text, environments={text: [one, mild]}, flows=data_flows({text: [one]}),
            requests={(text, one.address): RequestPair(case=text, before=request(text), after=request(text, x=text))},
            shared=[SharedChange(name=text, before=text, after=NOTHING, environments=(text,), addresses=(text, "b"))],
            policies=[PolicyChange(name=text, words="changed", addresses=(text,))],
            protections=[
                Protection(subject=text, difference=difference(text), environments=(text,)),
                Protection(subject=".callsheetignore", difference=difference(text, place=None, impact="compatible")),
            ],
        ),
        DriftResult(
            environment=text, unmanaged=[text],
            drift=[Drift(address=text, kind="changed", diff=(difference(text),), applied_digest=None, deployed_digest=None)],
        ),
    ]  # fmt: skip
    if plan is not None:
        found += [plan, ApplyResult(plan, 1, "failed", [step], [step])]
    return found


def files(text: str) -> list[Any]:
    """Give what is returned by the commands that write files, with a text in every place."""
    return [
        Adoption(
            environment=text, texts={f"{text}/{text}.yaml": f"{{secret: 'env:{text}'}}"}, files={f"Action/{text}": f"{text}/{text}.yaml"},
            connections={f"{text}/{text}.yaml": 2}, left={f"Action/{text}": text}, elsewhere=[text], written=True,
        ),
        Extraction(
            name=text, file=f"{text}.yaml", lines=9, texts={f"{text}.yaml": text}, left=[(text, text)],
            shortened=[Shortened(file=f"{text}.yaml", before=2, after=1, kept=[(text, text)])],
        ),
    ]  # fmt: skip


STYLE = Style(width=120, prefix="actions/", link="https://ci.example/run/1")


def check_markdown(written: str) -> None:
    page = rendered(written)
    assert page.tags <= {
        "h2", "h3", "h4", "p", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "code",
        "pre", "ul", "li", "a",
    }, page.tags  # fmt: skip
    assert {one for one in page.attributes if one[1] != "class"} <= {
        ("a", "href", "https://ci.example/run/1")
    }
    assert bare_links(written.replace("https://ci.example/run/1", "")) == []
    assert is_clean(written)
    assert len(page.comments) == 1


def check_html(written: str) -> None:
    page = Tags(written)
    # The only script is the one that filters; whatever a text says, it has not changed a letter of it.
    scripts = re.findall("<script>(.*?)</script", written, re.DOTALL)
    assert scripts in ([], [FILTERING])
    assert written.lower().count("<script") == len(scripts)
    assert page.tags <= {
        "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "table", "thead",
        "tbody", "tr", "th", "td", "details", "summary", "code", "pre", "ul", "li", "a", "span", "div", "footer",
        "script", "form", "label", "select", "option", "button", "section",
    }, page.tags  # fmt: skip
    names = {(tag, name) for tag, name, _ in page.attributes}
    assert names <= {
        ("html", "lang"), ("meta", "charset"), ("meta", "http-equiv"), ("meta", "content"), ("meta", "name"),
        ("th", "scope"), ("body", "class"), ("p", "class"), ("span", "class"), ("div", "class"), ("div", "tabindex"), ("a", "href"), ("a", "rel"),
        ("form", "class"), ("form", "hidden"), ("form", "lang"), ("h2", "lang"), ("select", "name"), ("option", "value"), ("button", "type"),
        ("p", "role"), ("p", "data-shown"), ("tr", "data-change"), ("section", "id"), ("section", "data-impact"),
        ("section", "data-owner"), ("section", "data-host"), ("section", "data-environment"),
    }, names  # fmt: skip
    led = {value for _, name, value in page.attributes if name == "href"}
    assert led - {f"#change-{number}" for number in range(1, 4)} <= {"https://ci.example/run/1"}
    assert page.comments == []
    assert is_clean(written)


def check_github(written: str) -> None:
    for line in written.splitlines():
        assert line.startswith(("::error ", "::warning ", "::notice ")), line
        head, _, data = line[2:].partition("::")
        properties = dict(one.split("=", 1) for one in head.split(" ", 1)[1].split(","))
        assert set(properties) <= {"file", "line", "endLine", "col", "title"}, head
        assert properties.get("line", "1").isdigit()
        assert "\r" not in data
    assert is_clean(written)


def check_junit(written: str) -> None:
    assert is_clean(written)
    root = ElementTree.fromstring(written)
    assert {one.tag for one in root.iter()} <= {"testsuites", "testsuite", "testcase", "failure"}


def check_json(written: str) -> None:
    json.loads(written)
    assert written.isascii()
    assert is_clean(written)


CHECKS = {
    "text": lambda written: None if is_clean(written) else pytest.fail(repr(written)),
    "json": check_json, "markdown": check_markdown, "html": check_html, "sarif": check_json,
    "junit": check_junit, "github": check_github, "gitlab": check_json,
}  # fmt: skip


def test_every_format_has_a_check() -> None:
    assert set(CHECKS) == set(report_names())


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_hostile_text_is_shown_and_does_nothing_in_any_format(name: str) -> None:
    written = 0
    # A text is known to be shown as it should when one of its kind is: with --long each is tried.
    for text in naughty(every=1 if LONG else 72):
        for result in (*results(text), *files(text)):
            found = report(name)
            if type(result) in found.writers:
                CHECKS[name](found.write(result, STYLE))
                written += 1
    assert written >= len(OWN)


@pytest.mark.parametrize("name", ["markdown", "html"])
def test_what_is_hostile_stays_readable(name: str) -> None:
    text = "</details><script>alert(1)</script>"
    for result in results(text):
        page = (rendered if name == "markdown" else Tags)(report(name).write(result, STYLE))
        assert text in page.text


# -- judges -----------------------------------------------------------------------------------


def two_findings() -> ValidationResult:
    first = Diagnostic(
        code="CS306", severity="error", file="firebase/push.yaml", span=Span(25, 22, 25, 34),
        message="the parameter `titel` is not declared", help="declare it", source='title: "{{ params.titel }}"',
        related=(Related(file="policies/rules.yaml", span=Span(4, 3, 4, 9), message="the policy says so here"),),
    )  # fmt: skip
    second = Diagnostic(
        code="CS407", severity="warning", file="epsilon/message.yaml", span=Span(18, 5, 18, 8),
        message="the call goes over http", help="use https", source="url: http://api.example.com",
    )  # fmt: skip
    return ValidationResult(diagnostics=[first, second], documents=12)


def test_sarif_satisfies_its_schema() -> None:
    log = json.loads(report("sarif").write(two_findings(), STYLE))
    check_schema(log, SARIF)
    (run,) = log["runs"]
    assert [one["id"] for one in run["tool"]["driver"]["rules"]] == ["CS306", "CS407"]
    assert all(one["help"]["text"] for one in run["tool"]["driver"]["rules"])
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "actions/firebase/push.yaml"
    for text in OWN:
        check_schema(json.loads(report("sarif").write(results(text)[0], STYLE)), SARIF)


def test_fingerprints_stay_when_lines_move_and_differ_for_two_of_the_same() -> None:
    from msgspec.structs import replace

    first, second = two_findings().diagnostics
    moved = replace(first, span=Span(99, 1, 99, 2))

    def marks(*diagnostics: Diagnostic) -> list[str]:
        log = json.loads(
            report("sarif").write(ValidationResult(diagnostics=diagnostics, documents=1), STYLE)
        )
        return [one["partialFingerprints"]["callsheet/v1"] for one in log["runs"][0]["results"]]

    assert marks(first, second) == marks(moved, second)
    assert len(set(marks(first, moved, second))) == 3
    gitlab = json.loads(report("gitlab").write(two_findings(), STYLE))
    assert [one["fingerprint"] for one in gitlab] == marks(first, second)


def test_junit_is_read_by_its_parser(tmp_path: Path) -> None:
    from junitparser import JUnitXml

    file = tmp_path / "junit.xml"
    file.write_text(report("junit").write(two_findings(), STYLE), "utf-8")
    (suite,) = JUnitXml.fromfile(str(file))
    assert (suite.name, suite.tests, suite.failures) == ("callsheet validate", 1, 1)
    (case,) = suite
    assert case.classname == "actions/firebase/push.yaml"
    assert case.result[0].type == "CS306"


def test_junit_satisfies_the_schema_of_jenkins(tmp_path: Path) -> None:
    """The schema that pytest's own tests carry; the CI takes it from pytest's source package."""
    xsd = os.environ.get("CALLSHEET_JUNIT_XSD")
    if not xsd:
        pytest.skip("CALLSHEET_JUNIT_XSD does not name junit-10.xsd, which is in pytest's source package")
    xmlschema = pytest.importorskip("xmlschema", reason="pip install xmlschema")
    schema = xmlschema.XMLSchema(xsd)
    for result in (two_findings(), *results("plain"), *results("<x> & ]]>")):
        if type(result) in report("junit").writers:
            file = tmp_path / "junit.xml"
            file.write_text(report("junit").write(result, STYLE), "utf-8")
            schema.validate(str(file))


def test_gitlab_has_the_fields_that_it_publishes() -> None:
    for one in json.loads(report("gitlab").write(two_findings(), STYLE)):
        assert set(one) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert one["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert isinstance(one["location"]["lines"]["begin"], int)


def test_github_keeps_to_ten_of_each_level_and_counts_the_rest() -> None:
    first, second = two_findings().diagnostics
    written = report("github").write(
        ValidationResult(diagnostics=[first] * 14 + [second] * 3, documents=1), STYLE
    )
    lines = written.splitlines()
    assert [sum(line.startswith(f"::{level} ") for line in lines) for level in ("error", "warning")] == [
        10,
        3,
    ]
    assert lines[-1] == "::notice title=callsheet::and 4 more of level error"


@pytest.mark.parametrize("number", [1, 40, 3000 if LONG else 1000])
def test_a_comment_never_exceeds_its_limit_and_counts_what_is_left(number: int) -> None:
    changes = [
        change(f"name{one}", diff=tuple(difference("x" * 400) for _ in range(3)), address_before=f"Action/name{one}")
        for one in range(number)
    ]  # fmt: skip
    written = report("markdown").write(DiffResult(base="main", environments={"local": changes}), STYLE)
    assert len(written.encode()) <= MAX_BYTES
    check_markdown(written)
    assert ("which do not fit here." in written) == (number > 40)
    assert ("Shortened to fit here: " in written) == (number > 20)
    assert written.endswith("[The whole report](https://ci.example/run/1)\n")
    assert written.startswith("<!-- callsheet:review:actions -->\n\n## callsheet: ")


def test_a_format_that_does_not_hold_a_result_says_so(workspace: Folder, callsheet: Callsheet) -> None:
    outcome = callsheet("history", "-C", workspace.path, "-o", "sarif")
    assert outcome.code == 2
    assert outcome.err == (
        "error CS921: the format sarif cannot show the result of this command\n"
        "help: -o text and -o json can show every result\n"
    )


def test_a_link_that_is_none_is_left_out() -> None:
    style = Style(link='javascript:alert(1)"><script>')
    assert "javascript" not in report("html").write(two_findings(), style)
    assert "javascript" not in report("markdown").write(two_findings(), style)


# -- what they look like ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["markdown", "html", "sarif", "junit", "github", "gitlab"])
def test_findings_in_every_format(name: str, snapshot: SnapshotAssertion) -> None:
    assert report(name).write(two_findings(), STYLE) == snapshot


@pytest.mark.parametrize("name", ["markdown", "github", "junit"])
def test_a_plan_in_every_format(
    name: str, samples: Folder, callsheet: Callsheet, snapshot: SnapshotAssertion
) -> None:
    callsheet("apply", "-C", samples.path, "-e", "local", "--yes", "-q")
    file = samples.path / "firebase" / "push.yaml"
    file.write_text(file.read_text().replace("priority: HIGH", "priority: NORMAL"))
    written = callsheet("plan", "-C", samples.path, "-e", "local", "-o", name).out
    written = written.replace(samples.git("rev-parse", "HEAD").strip()[:12], "COMMIT")
    assert re.sub(r"sha256&#58;[0-9a-f]+", "DIGEST", written) == snapshot


def test_the_job_summary_is_written_beside_annotations(
    samples: Folder, callsheet: Callsheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    assert callsheet("validate", "-C", samples.path, "-o", "github").code == 0
    assert "Valid: 26 documents" in (tmp_path / "summary.md").read_text()
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "nowhere" / "summary.md"))
    assert (
        "the job summary cannot be written" in callsheet("validate", "-C", samples.path, "-o", "github").err
    )
