"""Print, as a Markdown table, how large and how tangled the package is: what a newcomer has to read.

    python tests/house.py [--details]

Everything is read from the working tree, and a `plan` of one action is run. A room is a module or package
directly below the package. `--details` names what was counted.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "callsheet"
HOME = Path(__file__).resolve().parents[1] / "compiler" / PACKAGE
FACE = {
    "cli",
    "workspace",
    "standalone",
    "results",
    "errors",
    "words",
    "watching",
    "bulk",
    "reporting",
    "_version",
}
"""What the command line may import: itself, the spine, its results, the reports, and what every room may."""

LINES = 300
COMPLEXITY = 15

WORKSPACE = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: example}
spec:
  request: {method: POST, url: "https://api.example.com/v1/send", payload: {title: "{{ params.title }}"}}
  parameters: {title: {type: string}}
---
apiVersion: callsheet/v1
kind: Environment
metadata: {name: local}
spec: {target: {type: sqlite, path: .callsheet/local.db}}
"""

# Runs in a process of its own: what a test or an earlier command imported or kept would not run again.
TRACED = """
import json, os, sys, threading
home, folder = os.path.join(sys.argv[1], ""), sys.argv[2]
functions, modules, importing = set(), set(), threading.local()

def note(frame, event, argument):
    code = frame.f_code
    if code.co_name == "<module>":
        if event in ("call", "return"):
            importing.depth = getattr(importing, "depth", 0) + (1 if event == "call" else -1)
        if code.co_filename.startswith(home):
            modules.add(code.co_filename)
    elif event == "call" and not getattr(importing, "depth", 0) and code.co_filename.startswith(home):
        named = not code.co_name.startswith("<") and code.co_flags & 1  # a class body is not optimized
        functions.add((code.co_filename, code.co_qualname if named else ""))

from importlib.metadata import entry_points
(found,) = entry_points(group="console_scripts", name="callsheet")
main = found.load()
sys.argv = ["callsheet", "plan", "-C", folder, "-e", "local", "--no-cache", "-q"]
threading.setprofile(note)
sys.setprofile(note)
try:
    main()
except SystemExit as ended:
    code = ended.code
sys.setprofile(None)
print(json.dumps({"code": code, "functions": sorted(functions), "modules": sorted(modules)}))
"""


# -- a plan of one action --------------------------------------------------------------------------


@dataclass(frozen=True)
class Walk:
    """What ran: functions and files without what only importing runs, and the modules that were imported late."""

    functions: set[tuple[str, str]]
    files: set[str]
    imported: int


def walk_of_a_plan() -> Walk:
    """Run `plan` for one action that is not deployed, without a cache, and note each function of the package."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "all.yaml").write_text(WORKSPACE, encoding="utf-8")
        command = [sys.executable, "-c", TRACED, str(HOME), folder]
        environment = {**os.environ, "XDG_STATE_HOME": folder}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        sys.exit(done.stderr)
    found = json.loads(done.stdout)
    if found["code"]:
        sys.exit(f"the plan ended with {found['code']}:\n{done.stderr}")
    ran = {(file, name) for file, name in found["functions"]}
    return Walk({one for one in ran if one[1]}, {file for file, _ in ran}, len(found["modules"]))


# -- the source ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Import:
    """One name that a module imports.

    Attributes:
        line: of the statement; several names may be in one.
        typing: is it for the type checker only?

    """

    importer: str
    imported: str
    line: int
    typing: bool


@dataclass(frozen=True)
class Module:
    """One file of the package."""

    name: str
    path: Path
    text: str
    tree: ast.Module


def modules() -> dict[str, Module]:
    """Return every module of the package by its full name; links to data are not followed."""
    found = {}
    for folder, folders, files in os.walk(HOME):
        folders[:] = sorted(one for one in folders if one != "__pycache__")
        for file in sorted(one for one in files if one.endswith(".py")):
            path = Path(folder, file)
            parts = [PACKAGE, *path.relative_to(HOME).with_suffix("").parts]
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            text = path.read_text(encoding="utf-8")
            found[name] = Module(name, path, text, ast.parse(text))
    return found


def imports_of(module: Module, known: dict[str, Module]) -> Iterator[Import]:
    """Find what a module imports of the package, inside of functions too."""
    for node, typing in _statements(module.tree, typing=False):
        for name in _names(node, module, known):
            yield Import(module.name, name, node.lineno, typing)


def _statements(node: ast.AST, *, typing: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        yield node, typing
        return
    if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
        for child in node.body:
            yield from _statements(child, typing=True)
        for child in node.orelse:
            yield from _statements(child, typing=typing)
        return
    for each in ast.iter_child_nodes(node):
        yield from _statements(each, typing=typing)


def _names(node: ast.Import | ast.ImportFrom, module: Module, known: dict[str, Module]) -> list[str]:
    """Return the modules of the package that a statement imports: of `from a import b`, a.b where it is one."""
    if isinstance(node, ast.Import):
        return sorted({one.name for one in node.names} & set(known))
    source = node.module or ""
    if node.level:
        is_package = module.path.name == "__init__.py"
        parts = module.name.split(".")
        up = parts[: len(parts) - node.level + is_package]
        source = ".".join([*up, source] if source else up)
    if source not in known:
        return []
    return sorted(
        {f"{source}.{one.name}" if f"{source}.{one.name}" in known else source for one in node.names}
    )


def room_of(name: str) -> str:
    """Return the room of a module; that of the package's own `__init__` is the package."""
    return name.split(".")[1] if "." in name else name


def circles(edges: set[tuple[str, str]]) -> list[list[str]]:
    """Return the groups of nodes that reach one another (Tarjan), the largest first."""
    after: dict[str, list[str]] = defaultdict(list)
    for start, end in sorted(edges):
        if start != end:
            after[start].append(end)
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        number[node] = low[node] = len(number)
        stack.append(node)
        for other in after[node]:
            if other not in number:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], number[other])
        if low[node] == number[node]:
            group = stack[stack.index(node) :]
            del stack[-len(group) :]
            if len(group) > 1:
                found.append(sorted(group))

    sys.setrecursionlimit(10_000)
    for node in list(after):
        if node not in number:
            visit(node)
    return sorted(found, key=lambda group: (-len(group), group))


def inner_imports(found: list[Import]) -> list[Import]:
    """Return the statements by which the command line imports more than the package's face."""
    statements = {
        (one.importer, one.line): one
        for one in found
        if room_of(one.importer) == "cli" and "." in one.imported and room_of(one.imported) not in FACE
    }
    return list(statements.values())


def complex_functions() -> list[str] | None:
    """Return the functions over the bound, by ruff's measure (McCabe's); None without ruff."""
    ruff = Path(sys.executable).with_name("ruff")
    if not ruff.exists():
        return None
    bound = f"lint.mccabe.max-complexity={COMPLEXITY}"
    command = [
        str(ruff),
        "check",
        "--isolated",
        "--select",
        "C901",
        "--config",
        bound,
        "--ignore-noqa",
        "--no-cache",
    ]
    done = subprocess.run(
        [*command, "--output-format", "json", str(HOME)], capture_output=True, text=True, check=False
    )
    return [
        f"{Path(one['filename']).relative_to(HOME)}: {one['message']}" for one in json.loads(done.stdout)
    ]


def words(module: Module) -> Iterator[str]:
    """Find the docstrings that begin with Give or Tell."""
    for node in ast.walk(module.tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            text = ast.get_docstring(node)
            if text and re.match(r"(Give|Tell)s?\b", text):
                yield f"{module.name}: {text.splitlines()[0]}"


KIND = "EndpointConfig"
OF_THE_KIND = (
    "callsheet.language.endpoint",
    "callsheet.compiling.endpoints",
    "callsheet.targets.journey_optimizer",
)
"""The kind's own modules; where its objects are deployed is a part of them."""


def naming_the_kind(module: Module) -> list[int]:
    """Return the lines of a module's code, without docstrings, that name the kind that is counted."""
    texts = {
        id(node.value)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return sorted(
        {
            node.lineno
            for node in ast.walk(module.tree)
            if (isinstance(node, ast.Name) and node.id == KIND)
            or (isinstance(node, ast.Attribute) and node.attr == KIND)
            or (isinstance(node, ast.alias) and node.name == KIND)
            or (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and node.value.partition("/")[0] == KIND
                and id(node) not in texts
            )
        }
    )


# -- the table -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One line of the table, and what was counted for it."""

    what: str
    value: str
    aim: str = ""
    details: tuple[str, ...] = ()


def rows() -> Iterator[Row]:
    """Measure everything."""
    walk = walk_of_a_plan()
    known = modules()
    found = [one for module in known.values() for one in imports_of(module, known)]
    files = [str(Path(one).relative_to(HOME)) for one in sorted(walk.files)]
    ran = [f"{Path(file).relative_to(HOME)}: {name}" for file, name in sorted(walk.functions)]
    rooms = sorted({Path(one).parts[0].removesuffix(".py") for one in files})
    yield Row("functions that a `plan` of one action runs", f"{len(ran)}", "", tuple(ran))
    yield Row("files that it runs", f"{len(files)}", "under 40", tuple(files))
    yield Row("rooms that it runs", f"{len(rooms)}", "", tuple(rooms))
    yield Row("modules that it imports after the entry point", f"{walk.imported}")
    lines = sorted(((module.text.count("\n"), name) for name, module in known.items()), reverse=True)
    over = [f"{name}: {count}" for count, name in lines if count > LINES]
    yield Row("files", f"{len(known)}")
    size = sum(len(module.text.encode()) for module in known.values()) / len(known)
    yield Row("average size of a file", f"{size / 1000:.1f} kB")
    yield Row("lines of the largest module", f"{lines[0][0]}", f"{LINES}", tuple(over[:1]))
    yield Row(f"modules over {LINES} lines", f"{len(over)}", "", tuple(over))
    tangled = complex_functions()
    value = "ruff is not installed" if tangled is None else f"{len(tangled)}"
    yield Row(f"functions over complexity {COMPLEXITY}", value, "at most 5", tuple(tangled or ()))
    for what, same in (("modules", str), ("rooms", room_of)):
        for kind, kept in (
            ("", [one for one in found if not one.typing]),
            (", with those for type checkers", found),
        ):
            groups = circles({(same(one.importer), same(one.imported)) for one in kept})
            aim = "0" if not kind else ""
            yield Row(
                f"circles of {what}{kind}", f"{len(groups)}", aim, tuple(" ↔ ".join(one) for one in groups)
            )
    inner = inner_imports(found)
    details = tuple(sorted(f"{one.importer}:{one.line}: {one.imported}" for one in inner))
    yield Row("imports of inner rooms by the command line", f"{len(inner)}", "0", details)
    naming = {
        name: lines
        for name, module in known.items()
        if not name.startswith(OF_THE_KIND) and (lines := naming_the_kind(module))
    }
    details = tuple(f"{name}: lines {', '.join(map(str, lines))}" for name, lines in naming.items())
    yield Row(f"modules that name the kind {KIND}, beside its own", f"{len(naming)}", "", details)
    old = [one for module in known.values() for one in words(module)]
    yield Row("docstrings that begin with Give or Tell", f"{len(old)}", "0", tuple(old))


BEFORE = {
    "functions that a `plan` of one action runs": "309",
    "files that it runs": "63",
    "rooms that it runs": "11",
    f"functions over complexity {COMPLEXITY}": "22",
    "circles of modules": "3",
    "imports of inner rooms by the command line": "57",
    f"modules that name the kind {KIND}, beside its own": "12",
    "docstrings that begin with Give or Tell": "375",
}
"""What was measured before the rooms and the spine. A kind touched 12 places then, by hand."""


def main() -> None:
    """Print the table."""
    found = list(rows())
    print("| what | before | now | aim |\n|---|---|---|---|")
    for row in found:
        print(f"| {row.what} | {BEFORE.get(row.what, '')} | {row.value} | {row.aim} |")
    if "--details" in sys.argv[1:]:
        for row in found:
            if row.details:
                print(f"\n{row.what}:")
                print("\n".join(f"- {one}" for one in row.details))


if __name__ == "__main__":
    main()
