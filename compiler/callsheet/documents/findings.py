"""What is wrong with a file of a source, in words: each finding in one place."""

from __future__ import annotations

import errno

from callsheet.documents.problems import Problem

MAX_FILE_BYTES = 1_048_576


class Unreadable(Exception):  # noqa: N818 - a verdict about one file
    """A file that cannot be read.

    Args:
        problem: what to report.
        passing: may it be read soon, although nothing of the file itself changes?

    """

    def __init__(self, problem: Problem, *, passing: bool = False) -> None:
        super().__init__(problem.message)
        self.problem = problem
        self.passing = passing


def problem(code: str, file: str, message: str, help: str) -> Problem:
    """Return a finding about a whole file, under a name that can be printed."""
    return Problem(code=code, file=shown_name(file), message=message, help=help)


def shown_name(file: str) -> str:
    r"""Return a file's name with each byte that is not UTF-8 as `\xe9`."""
    return file.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def empty_workspace() -> Problem:
    """Word that there is nothing to compile."""
    return problem(
        "CS107", ".", "the workspace contains no document", "run `callsheet init DIR` to create one"
    )


def no_such_file(file: str, where: str = "") -> Problem:
    """Word a name that leads to no file."""
    return problem("CS101", file, f"there is no such file{where}", "check its name")


def too_large(file: str, limit: int = MAX_FILE_BYTES) -> Problem:
    """Word the refusal of a file over the limit."""
    return problem("CS103", file, f"the file is larger than {limit:,} bytes", "split it, or ignore it")


def name_not_utf8(file: str) -> Problem:
    """Word the refusal of a name that no plan, report or cache can contain."""
    return problem(
        "CS117",
        file,
        "the name of this file is not UTF-8",
        "rename it, or name its folder in .callsheetignore",
    )


def too_many_links(file: str, limit: int) -> Problem:
    """Word the refusal of links that multiply."""
    return problem(
        "CS118",
        file,
        f"the workspace has more than {limit:,} folders reached by symbolic links",
        "remove some of the links, or ignore them",
    )


def submodule_problem(folder: str) -> Problem:
    """Word the refusal of a submodule, whose files the repository's own commits do not contain."""
    return problem(
        "CS109",
        folder,
        "this folder is another git repository, a submodule",
        "move its files into this repository, or name the folder in .callsheetignore",
    )


def link_outside(file: str) -> Problem:
    """Word the refusal of a link that leads out."""
    return problem(
        "CS105",
        file,
        "the symbolic link leads out of the workspace",
        "copy the file into the workspace",
    )


def hidden_file(file: str, message: str) -> Problem:
    """Word the refusal of a file that is not part of the workspace."""
    return problem("CS101", file, message, "name a file that is part of the workspace")


def link_loop(file: str) -> Problem:
    """Word the refusal of a link to a folder around it."""
    return problem("CS106", file, "the symbolic link leads back to itself", "remove the link")


def os_error(file: str, error: OSError) -> Problem:
    """Word what the operating system says of a file."""
    if error.errno == errno.ELOOP:
        return link_loop(file)
    if error.errno == errno.ENOENT:
        return problem("CS104", file, "the symbolic link leads nowhere", "repair it, or remove it")
    reason = (error.strerror or "unknown reason").lower()
    return problem("CS101", file, f"it cannot be read: {reason}", "check its permissions, or ignore it")
