"""CS325 to CS328, and CS346: sets of actions, and the rows that fill their templates in."""

from __future__ import annotations

from callsheet.language.catalog import declare

declare(
    "CS325",
    "unused-field",
    """A field of a row should be read by the template of its set.

Bad:
    apiVersion: callsheet/v1
    kind: ActionSet
    metadata: {name: campaigns}
    spec:
      items: [{key: spring, titel: Spring}]
      template:
        metadata: {name: "push_{{ item.key }}", title: {en: Push, fr: Push}}
        spec: {request: {method: POST, url: https://api.example.com/send, payload: {a: 1}}}
Good:
    apiVersion: callsheet/v1
    kind: ActionSet
    metadata: {name: campaigns}
    spec:
      items: [{key: spring, title: Spring}]
      template:
        metadata: {name: "push_{{ item.key }}", title: {en: "{{ item.title }}", fr: Push}}
        spec: {request: {method: POST, url: https://api.example.com/send, payload: {a: 1}}}
""",
    severity="warning",
)
declare(
    "CS326",
    "repeated-row",
    """Two rows of a set must not make actions of one name.

Bad:
    apiVersion: callsheet/v1
    kind: ActionSet
    metadata: {name: campaigns}
    spec:
      items: [{key: spring}, {key: spring}]
      template:
        metadata: {name: "push_{{ item.key }}"}
        spec: {request: {method: POST, url: https://api.example.com/send, payload: {a: 1}}}
Good:
    apiVersion: callsheet/v1
    kind: ActionSet
    metadata: {name: campaigns}
    spec:
      items: [{key: spring}, {key: summer}]
      template:
        metadata: {name: "push_{{ item.key }}"}
        spec: {request: {method: POST, url: https://api.example.com/send, payload: {a: 1}}}
""",
    adjustable=False,
)
declare(
    "CS327",
    "unreadable-rows",
    """The rows of a set must be a list of mappings, or a CSV file with a line that names its fields.

Fields are separated by commas, and quoted with `"` where they contain one (RFC 4180). Every row has every
field. A file has at most 10,000 rows.
""",
    adjustable=False,
)
declare(
    "CS328",
    "formula-in-rows",
    """A field of a CSV file should not begin as a spreadsheet's formula does.

That is with `=`, `@`, or a sign before a word. callsheet takes it as it is written, and whoever opens the
file in a spreadsheet runs it.
""",
    severity="warning",
)
declare(
    "CS346",
    "unseen-in-rows",
    """A field of a CSV file should not contain a control character, or another one that nobody sees.

It would be sent as it is. Tabs and line breaks within quotes are none of these, and neither are the joiners
that a script or an emoji needs.
""",
    severity="warning",
)
