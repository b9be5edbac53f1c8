"""Is a workspace what its commit holds? Told by our own hashes, with no program of the repository's."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable

import pytest

from callsheet.documents.commits import current_commit
from support.workspaces import ACTION, Folder


def edited(workspace: Folder) -> None:
    workspace.action(constant="2")


def edited_and_staged(workspace: Folder) -> None:
    workspace.action(constant="2")
    workspace.git("add", "-A")


def removed(workspace: Folder) -> None:
    workspace.remove("example")


def a_document_that_git_ignores(workspace: Folder) -> None:
    workspace.action("private")


def a_template_that_is_staged(workspace: Folder) -> None:
    workspace.write("body.json.j2", "{}")
    workspace.git("add", "-A")


def an_untracked_template(workspace: Folder) -> None:
    workspace.write("body.json.j2", "{}")


def an_ignore_file(workspace: Folder) -> None:
    workspace.write(".gitignore", ".callsheet/\n.callsheetignore\n")
    workspace.commit()
    workspace.write(".callsheetignore", "example.yaml\n")


def another_target_of_a_link(workspace: Folder) -> None:
    (workspace.path / "linked").symlink_to("a")
    workspace.commit()
    (workspace.path / "linked").unlink()
    (workspace.path / "linked").symlink_to("b")


def a_link_in_place_of_a_file(workspace: Folder) -> None:
    (workspace.path / "example.yaml").rename(workspace.path.parent / "example.yaml")
    (workspace.path / "example.yaml").symlink_to("../example.yaml")


def left_out_by_a_sparse_checkout(workspace: Folder) -> None:
    workspace.write("deep/one.yaml", ACTION.format(name="one", constant="1"))
    workspace.commit()
    workspace.git("sparse-checkout", "set", "nothing")


def line_ends_and_a_value(workspace: Folder) -> None:
    text = (workspace.path / "example.yaml").read_text().replace("fixed: 1", "fixed: 2")
    (workspace.path / "example.yaml").write_bytes(text.replace("\n", "\r\n").encode())


def a_file_that_is_not_the_one_of_its_pointer(workspace: Folder) -> None:
    a_file_of_lfs(workspace)
    workspace.write("large.csv", "a,b\n1,3\n")


def hidden_from_git_status(workspace: Folder) -> None:
    workspace.git("update-index", "--assume-unchanged", "example.yaml")
    workspace.action(constant="2")


DIRTY: list[tuple[Callable[[Folder], None], str]] = [
    (edited, "example.yaml"),
    (edited_and_staged, "example.yaml"),
    (removed, "example.yaml"),
    (a_document_that_git_ignores, "private.yaml"),
    (a_template_that_is_staged, "body.json.j2"),
    (an_untracked_template, "body.json.j2"),
    (an_ignore_file, ".callsheetignore"),
    (another_target_of_a_link, "linked"),
    (a_link_in_place_of_a_file, "example.yaml"),
    (left_out_by_a_sparse_checkout, "deep/one.yaml"),
    (line_ends_and_a_value, "example.yaml"),
    (a_file_that_is_not_the_one_of_its_pointer, "large.csv"),
    (hidden_from_git_status, "example.yaml"),
]


def as_it_is(workspace: Folder) -> None:
    del workspace


def touched_and_executable(workspace: Folder) -> None:
    (workspace.path / "example.yaml").touch()
    (workspace.path / "example.yaml").chmod(0o755)


def checked_out_with_crlf(workspace: Folder) -> None:
    workspace.git("config", "core.autocrlf", "true")
    (workspace.path / "example.yaml").unlink()
    workspace.git("checkout", "--", "example.yaml")
    assert b"\r\n" in (workspace.path / "example.yaml").read_bytes()


def crlf_by_an_attribute(workspace: Folder) -> None:
    workspace.write(".gitattributes", "*.yaml text eol=crlf\n")
    workspace.commit()
    checked_out_with_crlf(workspace)


def crlf_in_the_commit(workspace: Folder) -> None:
    file = workspace.path / "example.yaml"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    workspace.git("-c", "core.autocrlf=false", "add", "-A")
    workspace.git("commit", "-qm", "CRLF")


def a_file_of_lfs(workspace: Folder) -> None:
    content = b"a,b\n1,2\n"
    digest = hashlib.sha256(content).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(content)}\n"
    workspace.write("large.csv", pointer)
    workspace.commit()
    (workspace.path / "large.csv").write_bytes(content)


def a_link(workspace: Folder) -> None:
    (workspace.path / "linked").symlink_to("nowhere")
    (workspace.path / "folder").symlink_to(".")
    workspace.commit()


def our_own_folder(workspace: Folder) -> None:
    workspace.write(".gitignore", "")
    workspace.commit()
    workspace.write(".callsheet/local.db", "x")


def what_is_ignored(workspace: Folder) -> None:
    workspace.write(".callsheetignore", "notes/\n")
    workspace.commit()
    workspace.write("notes/one.yaml", "x")
    workspace.write("scratch.txt", "x")


def names_of_every_kind(workspace: Folder) -> None:
    for name in ("a b.txt", "tab\there.txt", "café.yaml", "new\nline.txt", ":top.txt", "*.txt"):
        workspace.write(name, ACTION.format(name="x", constant="1"))
    (workspace.path / "caf\udce9.txt").write_text("x")
    workspace.commit()


CLEAN = [
    as_it_is, touched_and_executable, checked_out_with_crlf, crlf_by_an_attribute, crlf_in_the_commit,
    a_file_of_lfs, a_link, our_own_folder, what_is_ignored, names_of_every_kind,
]  # fmt: skip


@pytest.fixture
def committed(workspace: Folder) -> Folder:
    workspace.git("init", "-q", "-b", "main")
    workspace.write(".gitignore", ".callsheet/\nprivate.yaml\nscratch.txt\n")
    workspace.commit()
    return workspace


@pytest.mark.parametrize(("change", "file"), DIRTY, ids=lambda one: getattr(one, "__name__", ""))
def test_what_differs_from_the_commit_is_named(
    change: Callable[[Folder], None], file: str, committed: Folder
) -> None:
    change(committed)
    found = current_commit(committed.path)
    assert found is not None
    assert found.changed == (file,)
    assert found.dirty


@pytest.mark.parametrize("change", CLEAN)
def test_what_is_the_same_is_clean(change: Callable[[Folder], None], committed: Folder) -> None:
    change(committed)
    found = current_commit(committed.path)
    assert found is not None
    assert (found.id, found.changed) == (committed.git("rev-parse", "HEAD").strip(), ())


def test_only_the_workspace_counts_of_a_larger_repository(committed: Folder) -> None:
    inner = Folder(committed.path / "in [side]")
    inner.action()
    committed.commit()
    committed.action(constant="2")
    committed.write("in s/other.yaml", "x")
    found = current_commit(inner.path)
    assert found is not None
    assert not found.dirty
    inner.action("more")
    changed = current_commit(inner.path)
    assert changed is not None
    assert changed.changed == ("more.yaml",)


def test_a_repository_that_hashes_by_sha_256(workspace: Folder) -> None:
    workspace.git("init", "-q", "--object-format=sha256")
    workspace.commit()
    found = current_commit(workspace.path)
    assert found is not None
    assert (len(found.id), found.dirty) == (64, False)
    workspace.action(constant="2")
    changed = current_commit(workspace.path)
    assert changed is not None
    assert changed.dirty


def test_a_partial_clone_is_judged_without_the_objects_that_it_lacks(committed: Folder) -> None:
    committed.action(constant="2")
    committed.commit()
    bare, clone = (Folder(committed.path.parent / name) for name in ("bare", "clone"))
    committed.git("clone", "-q", "--bare", ".", str(bare.path))
    bare.git("config", "uploadpack.allowFilter", "true")
    committed.git("clone", "-q", "--filter=blob:none", f"file://{bare.path}", str(clone.path))
    shutil.rmtree(bare.path)
    found = current_commit(clone.path)
    assert found is not None
    assert not found.dirty
    clone.action(constant="3")
    changed = current_commit(clone.path)
    assert changed is not None
    assert changed.changed == ("example.yaml",)


def test_no_commit_yet_is_no_commit(workspace: Folder) -> None:
    workspace.git("init", "-q")
    assert current_commit(workspace.path) is None
