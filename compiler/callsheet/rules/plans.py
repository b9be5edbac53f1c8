"""CS351, CS910 to CS920, CS930 to CS935: a plan, whether it still holds, what becomes of its steps."""

from callsheet.language.catalog import declare

declare(
    "CS351",
    "nothing-to-accept",
    """`--accept` must name what a plan or a review can contain.

That is a guard (`max-update`, `max-delete`, `drift`, `unmanaged`), an impact class (`breaking`,
`sensitive`), or the reason code of a change, as `new-host`. Any other word would accept nothing.
""",
    adjustable=False,
)
declare(
    "CS910",
    "plan-unreadable",
    """A plan file must be one JSON document of the plan format (schemas/plan.schema.json).""",
)
declare("CS911", "plan-newer", """The plan file was written by a newer callsheet.""")
declare(
    "CS912",
    "plan-edited",
    """A plan file must be what `callsheet plan` wrote: its digest covers every byte that matters.""",
)
declare(
    "CS913",
    "plan-of-other-ledger",
    """A plan must be applied to the ledger that it was made for.""",
)
declare(
    "CS914",
    "plan-stale",
    """A plan must be applied before another: the ledger has moved since.""",
)
declare(
    "CS915",
    "plan-of-other-target",
    """A plan must be applied to the target that it was made for.""",
)
declare("CS916", "target-moved", """What is deployed must still be what the plan was made for.""")
declare("CS917", "plan-applied", """A plan can be applied only once.""")
declare(
    "CS918",
    "guard-broken",
    """A guard of the environment refuses the plan.

`max-update`, `max-delete`, `drift` and `unmanaged` can be accepted by name; `protect` cannot: remove
`lifecycle.protect` from the action first, and apply that.
""",
)
declare(
    "CS919",
    "accept-missing",
    """The environment requires an explicit `--accept` for the changes of this plan.""",
)
declare(
    "CS920",
    "not-confirmed",
    """Nothing is applied without a confirmation: answer the question, or pass `--yes`.""",
)
declare("CS930", "step-failed", """A step of an apply failed; what was done before it is recorded.""")
declare(
    "CS931",
    "interrupted",
    """The apply was interrupted; the step at hand was finished and recorded.""",
)
declare(
    "CS933",
    "gate",
    """A gate (`--fail-on breaking`, `--fail-on sensitive`) refuses changes of that impact.

`--accept REASON` lets one reason code, or a whole class, pass.
""",
)
declare(
    "CS934",
    "plan-overtaken",
    """A plan must still do what was approved, even after the branch has moved.

Apply plans again and compares: the same changes are applied, and the record names both plans; other changes
are refused, with the difference.
""",
)
declare(
    "CS935",
    "plan-refused-by-guard",
    """With `--fail-on guard`, a plan that apply would refuse fails when it is made.

A guard refuses it, or the environment requires an acceptance (`guards.requireAccept`). The plan
is shown, and written where `--out` names a file, so that it can be reviewed.
""",
)
declare(
    "CS954",
    "plan-not-implied",
    """A plan must be what the workspace at its commit implies, at the state that it was made for.

The digest of a plan file proves that the file is whole. It does not prove who wrote it: whoever can edit
the file can compute the digest again. So apply compiles the workspace at the plan's commit, plans again,
and refuses a plan that writes, renames, deletes, adopts or forgets anything else, leaves out a part, or
shows less of it than it does. A plan of uncommitted files is held to the files at hand, a rollback to what
the ledger recorded. Where there is no repository, a signed plan (`callsheet approve`) stands on its
signature, and is compared with what is deployed.
""",
)
