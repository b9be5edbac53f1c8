"""CS1xx: files and YAML. The workspace room finds them; here are their words."""

from callsheet.language.catalog import declare

declare(
    "CS101",
    "unreadable",
    """A file or folder of the workspace cannot be read.

A file that cannot be read is not treated as empty: the command stops with exit code 1.
""",
)
declare("CS102", "not-utf8", """A file must be UTF-8 (a byte order mark is allowed).""")
declare("CS103", "file-too-large", """A file must not be larger than 1 MiB (1,048,576 bytes).""")
declare("CS104", "broken-link", """A symbolic link must lead to a file.""")
declare(
    "CS105",
    "link-outside",
    """A symbolic link must not lead out of the workspace.

Anyone may write a workspace, so callsheet reads nothing outside of it. A link within the workspace is
followed, in the folder as in a git revision. Dotfiles, ignored files, and links that are no documents are
not looked at.
""",
)
declare("CS106", "link-loop", """A symbolic link must not lead back to a folder that contains it.""")
declare("CS107", "empty-workspace", """A workspace must contain at least one document.""")
declare("CS108", "control-character", """Control characters must be escaped (YAML 1.2.2 section 5.1).""")
declare(
    "CS109",
    "submodule",
    """A folder of the workspace must not be another repository.

The commits of this repository do not contain the files of a submodule: a comparison of revisions would miss
them. `.callsheetignore` can leave the folder out.
""",
)
declare(
    "CS110",
    "yaml-syntax",
    """A file must be valid YAML.

Bad:
    apiVersion: callsheet/v1
    kind: Action
    metadata: {name: broken
Good:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: closed}
    spec: {message: anything goes, schema: true}
""",
)
declare(
    "CS111",
    "tab-indentation",
    """YAML is indented by spaces, never by tabs (YAML 1.2.2 section 6.1).""",
)
declare("CS112", "too-deep", """Mappings and lists must not be nested deeper than 64 levels.""")
declare(
    "CS113",
    "duplicate-key",
    """A key must be written once in a mapping (YAML 1.2.2 section 3.2.1.3).

Bad:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: twice, name: thrice}
    spec: {message: anything goes, schema: true}
Good:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: once}
    spec: {message: anything goes, schema: true}
""",
)
declare(
    "CS114",
    "too-many-values",
    """Aliases and merge keys must not expand a document beyond 200,000 values.

An alias counts as every value that it refers to; `<<` can only merge mappings.
""",
)
declare(
    "CS115",
    "tag",
    """Tags such as `!!binary` or `!include` must not be used: a value is what is written.

Bad:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: tagged}
    spec: {message: !shout anything goes, schema: true}
Good:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: untagged}
    spec: {message: !!str anything goes, schema: true}
""",
)
declare(
    "CS116",
    "key-not-text",
    """A key must be a string, as in JSON.

Bad:
    request: {payload: {1: one}}
Good:
    request: {payload: {"1": one}}
""",
)
declare(
    "CS117",
    "name-not-utf8",
    """The name of a file of the workspace must be UTF-8.

A plan, a report and the cache contain file names as strings. The file is shown
with `\\xe9` for a byte that is not UTF-8; rename it, as by `mv caf$'\\xe9'.yaml café.yaml`.
""",
)
declare(
    "CS118",
    "too-many-links",
    """A workspace must not have more than 1,000 folders reached by symbolic links.

Links between folders can make a tree of any size out of a few: the walk ends there.
""",
)
declare(
    "CS120",
    "yaml11-boolean",
    """`yes`, `no`, `on` and `off` are booleans in YAML 1.1 and strings in YAML 1.2.

Bad:
    request: {payload: {country: no}}
Good:
    request: {payload: {country: "no"}}
""",
)
declare(
    "CS121",
    "yaml11-number",
    """YAML 1.1 and YAML 1.2 must read a number alike, unlike `1:20`, `0o17`, `1_000`, `7e10` or `-.5`.

A number with an exponent needs a dot and a sign for YAML 1.1: `7.0e+10`. A lone `=` or `<<` as a value is
not a string there either. This does not apply to JSON files: `7e10` is a number in JSON.

Bad:
    request: {payload: {duration: 1:20}}
Good:
    request: {payload: {duration: "1:20"}}
""",
)
declare(
    "CS122",
    "yaml11-date",
    """A date without quotes is a date in YAML 1.1 and a string in YAML 1.2.

Bad:
    request: {payload: {since: 2026-11-25}}
Good:
    request: {payload: {since: "2026-11-25"}}
""",
)
declare(
    "CS123",
    "not-finite",
    """JSON has no infinity and no not-a-number (RFC 8259 section 6).

Bad:
    request: {payload: {limit: .inf}}
Good:
    request: {payload: {limit: 1000}}
""",
)
declare(
    "CS124",
    "integer-too-large",
    """An integer must not be beyond 2^53 - 1: many JSON readers round it (RFC 7493 section 2.2).

Bad:
    request: {payload: {id: 12345678901234567890}}
Good:
    request: {payload: {id: "12345678901234567890"}}
""",
)
declare(
    "CS125",
    "number-loses-digits",
    """A number must not have more digits than a double can store (RFC 7493 section 2.2).

Bad:
    request: {payload: {ratio: 0.12345678901234567890}}
Good:
    request: {payload: {ratio: 0.125}}
""",
)
declare("CS126", "json-syntax", """A `.json` file must be valid JSON (RFC 8259).""")
