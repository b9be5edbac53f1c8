"""CS335 to CS337: what `--select` and `--exclude` name."""

from callsheet.language.catalog import declare

declare(
    "CS335",
    "unknown-selection",
    """Every word of `--select` and `--exclude` must name an object.

A word is a name or a pattern for names (`braze_*`), an address (`Action/braze_c01`), or one of these forms:

- `label:vendor=braze` or `label:vendor`, `kind:Message`, `owner:team-crm`,
- `path:braze/`: what is written in this folder, or in this file,
- `connection:braze`, `set:campaigns`, `fragment:customer`: what uses it,
- `changed:REV`: what has changed since a git revision: what it compiles to in any environment, its own
  document, or its contract.

A value may be a pattern. Several words of `--select` are joined; `--exclude` takes away from them, or from
everything. An object that is only deployed has its name and kind, and the labels and the owner with which
it was deployed.
""",
    adjustable=False,
)
declare(
    "CS336",
    "empty-selection",
    """A selection must select something.

With `changed:REV` it may select nothing: that nothing has changed is an answer, and no mistake.
""",
    adjustable=False,
)
declare(
    "CS337",
    "selection-cuts-rename",
    """A selection must contain both names of a renamed object, or neither.

With the new name alone, the object would be created a second time; with the old one alone, it would be
deleted.
""",
    adjustable=False,
)
