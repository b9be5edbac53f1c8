"""What needs no workspace: a new one, plans and packs as files, signatures, schemas, codes, databases."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from callsheet import results
from callsheet.errors import ArgumentError, CallsheetError
from callsheet.words import reason_of

if TYPE_CHECKING:
    from callsheet.deploying.administration import InitResult
    from callsheet.deploying.approvals import Approval
    from callsheet.importing.starting import StartResult
    from callsheet.planning.model import Plan
    from callsheet.planning.packs import Pack


def init(folder: str) -> StartResult:
    """Write a workspace that validates and plans at once; nothing that is there is changed.

    Raises:
        CallsheetError: CS929 where the folder has a workspace already, CS928 where it cannot be written.

    """
    from callsheet.importing.starting import start_workspace

    return start_workspace(folder)


def explain(code: str | None = None) -> results.ExplainResult:
    """Return a rule by its code or its name, with its documentation; every rule, where none is named.

    Raises:
        ArgumentError: where there is no such code.

    """
    import callsheet.rules  # noqa: F401 - fills the catalog
    from callsheet.language.catalog import RULES
    from callsheet.words import nearest

    if code is None:
        return results.ExplainResult(rules=[RULES[one] for one in sorted(RULES)], detailed=False)
    by_name = {one.name: one for one in RULES.values()}
    found = RULES.get(code.upper()) or by_name.get(code)
    if found is None:
        hint = nearest(code.upper(), RULES) or nearest(code, by_name)
        raise ArgumentError(f"there is no code {code!r}{hint}; `callsheet explain --list` has all")
    return results.ExplainResult(rules=[found], detailed=True)


def metrics_query(hours: int = 24) -> str:
    """Return the SQL for Adobe's Query Service that sums up the calls of the last hours."""
    from callsheet.targets.journey_optimizer.metrics import query_text

    return query_text(hours)


def metrics_rows(found: results.MetricsResult) -> str:
    """Return the text of a saved result, which `metrics --from` and `plan --metrics` read."""
    from callsheet.targets.journey_optimizer.metrics import rows_text

    return rows_text(found.rows)


def schema(kind: str) -> str:
    """Return the JSON Schema of a kind, as `Action`, or of an output, as `plan`.

    Raises:
        ArgumentError: where there is no such schema.

    """
    from callsheet.language.kinds import KINDS
    from callsheet.language.schema_check import schema_names, schema_text
    from callsheet.words import nearest

    name = KINDS[kind].schema if kind in KINDS else kind.lower()
    if name not in schema_names():
        raise ArgumentError(f"there is no schema {kind!r}{nearest(name, schema_names())}")
    return schema_text(name)


def schema_names() -> Sequence[str]:
    """List the names of the schemas, sorted."""
    from callsheet.language.schema_check import schema_names

    return schema_names()


def prepare_database(reference: str, schema: str = "callsheet") -> InitResult:
    """Make or migrate a schema of PostgreSQL, with its roles; may be run again.

    Args:
        reference: to the secret that contains the URL, as `env:NAME`.
        schema: where the tables go.

    Raises:
        UsageError: CS921 for what is not a reference, or not the name of a schema.
        CallsheetError: CS9xx, by what is wrong with the connection or the rights.

    """
    from callsheet.deploying.administration import initialise, require_reference

    return initialise(require_reference(reference), schema)


# Plans and packs as files --------------------------------------------------------------------------


def read_plan(path: str) -> Plan:
    """Read a plan file; raises CS910 to CS912."""
    from callsheet.planning.planfile import MAX_PLAN_BYTES, read_plan

    try:
        with Path(path).open("rb") as stream:
            content = stream.read(MAX_PLAN_BYTES + 1)
    except (OSError, ValueError) as error:
        raise CallsheetError(
            "CS910",
            f"{path} cannot be read: {reason_of(error)}",
            help="name the file that `callsheet plan --out FILE` wrote",
        ) from None
    return read_plan(content, path)


def plan_text(plan: Plan) -> str:
    """Return the text of a plan file: the same bytes for the same plan."""
    from callsheet.planning.planfile import write_plan

    return write_plan(plan)


def approve(plan: Plan, key: Path, shown: str) -> str:
    """Sign a plan with an SSH key, and return the text of the approval.

    Args:
        plan: what is approved.
        key: the private key, or the public one of a key that an agent holds.
        shown: the name of the approval's file.

    Raises:
        CallsheetError: CS953 where it cannot be signed.

    """
    from callsheet.deploying.approvals import sign, write_approval

    return write_approval(sign(plan, key, shown))


def approvals_beside(plan_file: str) -> Sequence[Approval]:
    """Read the approvals that lie beside a plan file, as `plan.json.NAME.approval`; raises CS951."""
    from callsheet.deploying.approvals import approvals_beside

    return approvals_beside(Path(plan_file))


def signing_key() -> str:
    """Return the SSH key that git signs with here; raises CS953 where it names none."""
    from callsheet.documents.git import setting

    found = setting(Path.cwd(), "user.signingKey")
    if not found or found.startswith(("ssh-", "key::")):
        raise CallsheetError(
            "CS953",
            "no SSH key to sign with",
            help="name one with --key, or by `git config user.signingKey`",
        )
    return found


def read_pack(path: str) -> Pack:
    """Read a pack, a folder or its pack.json; raises CS841 and CS910 to CS912."""
    from callsheet.planning.packs import read_pack

    return read_pack(path)


def compare_pasted(pack: Pack, step: str, file: str) -> Sequence[str]:
    """Compare a payload that was copied from the screen with the one that a step asked for.

    Args:
        pack: that the step is of.
        step: its name.
        file: that contains the payload as JSON.

    Raises:
        CallsheetError: CS841 for a file that contains none.

    """
    from callsheet.importing.mapped import mapped_differences
    from callsheet.planning.packs import read_payload

    return mapped_differences(pack.steps[step], read_payload(file))


# What a gate refuses ---------------------------------------------------------------------------------


def refuse_failed(result: results.ApplyResult) -> None:
    """Refuse an apply that failed or was interrupted; raises CS930, CS931 and CS876."""
    from callsheet.deploying.executor import refuse_failed

    refuse_failed(result)


def refuse_unknown_accepted(accepted: Collection[str]) -> None:
    """Refuse to accept what no plan and no review can contain; raises CS351."""
    from callsheet.planning.gates import refuse_unknown_accepted

    refuse_unknown_accepted(accepted)


def refuse_impact(
    changes: Sequence[results.Change],
    wanted: Collection[str],
    accepted: Collection[str],
    protections: Sequence[results.Protection] = (),
) -> None:
    """Refuse changes of an impact that a gate names, but for those that are accepted; raises CS933."""
    from callsheet.planning.gates import refuse_impact

    refuse_impact(changes, wanted, accepted, protections)


def refuse_broken_guards(plan: Plan) -> None:
    """Refuse a plan that apply would refuse for a guard, or for what needs to be accepted; raises CS935."""
    from callsheet.planning.gates import refuse_broken_guards

    refuse_broken_guards(plan)


# Files that commands write ---------------------------------------------------------------------------


def write_file(path: str, text: str) -> None:
    """Write a file whole or not at all; raises CS928."""
    from callsheet.documents.writing import write_file

    write_file(path, text)


def write_site(folder: str, names: Collection[str], files: Iterable[tuple[str, str]]) -> int:
    """Write the files of a site into a folder of their own, and return how many; raises CS928 and CS975."""
    from callsheet.documents.sites import write_site

    return write_site(folder, names, files)


def refuse_links(folder: Path, path: str) -> None:
    """Refuse to write by a link below a folder, which could lead out of it; raises CS9xx."""
    from callsheet.documents.links import refuse_links

    refuse_links(folder, path)


def prefix_of(folder: Path) -> str:
    """Return what leads from the repository (from here, where there is none) to a workspace: `actions/`."""
    from callsheet.documents.git import top_around

    top = top_around(folder) or Path.cwd()
    try:
        inside = folder.resolve().relative_to(top.resolve()).as_posix()
    except ValueError:
        return ""
    return "" if inside == "." else f"{inside}/"


def run_url(variables: Mapping[str, str]) -> str | None:
    """Return the page of the CI run, as GitHub and GitLab name it, or as CALLSHEET_RUN_URL does."""
    given = variables.get("CALLSHEET_RUN_URL") or variables.get("CI_JOB_URL")
    if given:
        return given
    parts = [variables.get(f"GITHUB_{one}", "") for one in ("SERVER_URL", "REPOSITORY", "RUN_ID")]
    return f"{parts[0]}/{parts[1]}/actions/runs/{parts[2]}" if all(parts) else None
