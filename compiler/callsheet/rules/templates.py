"""CS5xx: templates. The rendering room finds them; here are their words."""

from callsheet.language.catalog import declare

declare(
    "CS501",
    "template-syntax",
    """A template must be valid Jinja2 syntax.

Bad:
    request: {payload: {a: "{{ values.x y }}"}}
Good:
    request: {payload: {a: "{{ env.name }}"}}
""",
)
declare(
    "CS502",
    "undefined",
    """Every name that a template reads must be defined, in each environment that deploys the action.

Bad:
    request: {payload: {a: "{{ values.no.such }}"}}
Good:
    request: {payload: {a: "{{ values.no.such | default('x') }}"}}
""",
)
declare(
    "CS503",
    "unknown-root",
    """A template reads `values`, `env.name`, `action.name`, `action.owner`, `action.labels` or `params`.

Bad:
    request: {payload: {a: "{{ value.x }}"}}
Good:
    request: {payload: {a: "{{ action.name }}"}}
""",
)
declare(
    "CS504",
    "not-in-language",
    """A template may use values, parameters, filters and operators, and nothing else.

It calls no function, reads no attribute of an object (a dot looks up a field of a mapping), and no
name that begins with `_`. Template files have `{% if %}`, `{% for %}` and `{% set %}` beside.

Bad:
    request: {payload: {a: "{{ env.name.upper() }}"}}
Good:
    request: {payload: {a: "{{ env.name | upper }}"}}
""",
)
declare(
    "CS505",
    "unknown-filter",
    """A filter or test must be one that callsheet has.

Bad:
    request: {payload: {a: "{{ env.name | uper }}"}}
Good:
    request: {payload: {a: "{{ env.name | upper }}"}}
""",
)
declare(
    "CS506",
    "filter-misused",
    """A filter must get a value and arguments of the types that it takes.

Bad:
    request: {payload: {a: "{{ 12 | lower }}"}}
Good:
    request: {payload: {a: "{{ 12 | string | lower }}"}}
""",
)
declare(
    "CS507",
    "null-in-text",
    """Null cannot be part of a string: Python's `None` is never sent.

Bad:
    request: {payload: {a: "Hello {{ none }}"}}
Good:
    request: {payload: {a: "{{ none }}"}}
""",
)
declare(
    "CS508",
    "list-in-text",
    """A list or mapping cannot be part of a string: Python's notation is never sent.

Bad:
    request: {payload: {a: "Hello {{ [1, 2] }}"}}
Good:
    request: {payload: {a: "Hello {{ [1, 2] | join(', ') }}"}}
""",
)
declare(
    "CS509",
    "arithmetic",
    """Arithmetic and comparison must have numbers, a result, and one that JSON holds exactly.

Bad:
    request: {payload: {a: "{{ 1 / 0 }}"}}
Good:
    request: {payload: {a: "{{ 1 / 4 }}"}}
""",
)
declare(
    "CS510",
    "template-too-large",
    """A template must end: at most 100,000 steps and 1,048,576 characters of output.

Bad:
    request: {payload: {a: "{{ 'aaaaaaaaaa' | replace('a', 'bbbbbbbbbb') | replace('b', 'cccccccccc')
      | replace('c', 'dddddddddd') | replace('d', 'eeeeeeeeee') | replace('e', 'ffffffffff')
      | replace('f', 'gggggggggg') }}"}}
Good:
    request: {payload: {a: "{{ 'aaaaaaaaaa' | replace('a', 'bbbbbbbbbb') }}"}}
""",
)
declare(
    "CS511",
    "statement-in-field",
    """A field may contain expressions only; statements belong to a template file (`payloadFile`).

Bad:
    request: {payload: {a: "{% if true %}x{% endif %}"}}
Good:
    request: {payload: {a: "{{ 'x' if env.name == 'production' else 'y' }}"}}
""",
)
declare(
    "CS512",
    "template-file",
    """`payloadFile` must name a file of the workspace.

Bad:
    request: {payloadFile: ../secret.json.j2}
Good:
    request: {payload: {}}
""",
)
declare("CS513", "output-not-json", """What a template file writes must be one JSON value.""")
declare(
    "CS515",
    "gap-in-text",
    """An optional parameter inside a string should have a default value.

Bad:
    request: {payload: {a: "Hello {{ params.name }}"}}
    parameters: {name: {type: string, optional: true}}
Good:
    request: {payload: {a: "Hello {{ params.name | default('you') }}"}}
    parameters: {name: {type: string, optional: true}}
""",
    severity="warning",
    adjustable=True,
)
declare(
    "CS517",
    "value-breaks-host",
    """A value in the host of a URL must not end the host.

Bad:
    request: {url: "https://{{ 'a/b' }}.example.com/v1"}
Good:
    request: {url: "https://{{ env.name }}.example.com/v1"}
""",
)
declare(
    "CS518",
    "template-as-key",
    """A key of the payload must not be a template.

Bad:
    request: {payload: {"{{ env.name }}": 1}}
Good:
    request: {payload: {name: "{{ env.name }}"}}
""",
)
declare(
    "CS520",
    "not-json",
    """A rendered value must be JSON.

Bad:
    request: {payload: {a: "{{ {1: 2} }}"}}
Good:
    request: {payload: {a: "{{ {'1': 2} }}"}}
""",
)
