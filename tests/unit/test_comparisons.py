"""Values are compared by one function: a walk over the syntax tree finds every other comparison of two things."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import callsheet

ROOT = Path(callsheet.__file__).parent
ROOMS = (
    "targets", "planning", "deploying", "importing", "calling", "ledger", "api", "language/environment.py", "language/difference.py",
    "language/merge.py", "documents/edited.py", "documents/rewriting.py", "contracts", "messages", "emulator",
)  # fmt: skip
PLAIN = {
    "action", "address", "address_before", "code", "digest", "file", "id", "identity", "impact", "key", "kind", "lineage",
    "line", "method", "name", "outcome", "path", "reason", "scheme", "serial", "state", "status", "suffix", "uid",
}  # fmt: skip
"""Attributes that are texts or numbers of ours, and never a value that was written in a document."""
ALLOWED = {
    # Digests and canonical texts: two values are equal where these are.
    "there != step.before", "digest != step.before", "(before[0] if before else None) != step.before",
    "one.canonical == note.pending", "note.pending == GONE", "found.get(address, (None, 0))[0] != wanted",
    "digest_of(canonical_text(change.after)) == change.after_digest", "digest != change.before_digest",
    "deployed_digest != applied_digest", "deployed_digest == wanted_digest",
    "_digest(there.get(address)) != _digest(before.by_environment.get(name, {}).get(address))",
    "(before.digest if before else None) != change.before_digest", "_digest(target.rows(query)) != digest", "digest == on",
    "(found.digest if found else None) == change.after_digest", "digest == step.after", "digest_before == step.before",
    # Plans, as frozen data: by digests and addresses.
    "changes == plan.changes", "before == after", "record.get('packVersion') != FORMAT_VERSION",
    # Names, addresses, paths, hosts, codes, columns: texts and places of ours.
    "owner == target", "one != target", "path == ('token',)", "key != 'token'", "one == held.name", "self.open[at][0] == tag", "rest.count('(') == rest.count(')')", "found.end() == at",
    "wanted.get('name') == name", "where == path", "told != pages", "content['snapshotVersion'] != FORMAT_VERSION",
    "found.sandbox.get(name, options.get(name)) != options.get(name)", "path == self.whole", "ranks[0] == ranks[1]",
    "old_address == address", "one.place[0] == file", "receiver_of(before) == host", "host_of(old) != host_of(new)", "code == wanted",
    "before_address == address", "plan.by_hand(one) == by_hand", "one != address", "name != environment",
    "[*plain] != _in_order(plain)", "imported.has_payload != ('payload' in request)", "one['if'] == chosen", "one.get('required') == [name]",
    "it.lower() == one['name'].lower()", "pointer == one", "one[0].lower() != name.lower()", "unquote(one.partition('=')[0]) != name", "key != name", "key == name", "key == name.lower()", "now[file] != digest", "names[0].lower() != reader.name.lower()", "one == text", "key == self.name", "it != name",
    "without_charset(one) == wanted", "media == first",
    "len(parts) == 2 * len(found)", "len(found) == len(cut)", "one.get('id') == name", "to == target",
    "self.open[index][0] == tag", "one != default", "value.get('dataType') != _data_type(declared[names[0]])",
    "error.errno == errno.ELOOP", "was.get('environment') != now.get('environment')",
    "one.get('certCommonName') == JOURNEYS", "path[:1] == (FAILURE,)",
    "path[:1] == (STATUS,)", "path[:2] == URL", "one.path[:2] == PAYLOAD",
    "label_of(declared, one, language) == value.get('label')", "self.flavor == OLDER", "resolve(value) == value",
    "one[:-1] == mapping", "start == end", "beside.options == dict(options)",
    "beside.shown == shown", "host_of(pattern) != host_of(text)", "reason != NEVER_SENT", "old != new", "new == before",
    # Types in words, places, labels and expressions of a form, sentences and names at Adobe: texts of ours.
    "_kind(expected) != _kind(answer)", "one.path[:len(path)] == path", "old[label] != text",
    "(old.kind, old.label, old.type) == (field.kind, field.label, field.type)", "refused == KEY_FAULT",
    "before != required", "field.value == screen.say('optional')", "self.flavor == CHANNEL",
    "(target or {}).get('flavor') == CHANNEL", "index != len(steps) - 1", "self.known.get(it, value) != value",
    "digest_of(text) == change.after_digest", "target == child", "self._end(one) != base", "mapped.get(value, child) != child", "parts[0] != PARTS", "file == self.main", "one != chr(argument)", "decoded == reference[1:]", "value != value.upper()", "one == quote", "one == delimiter", "getattr(test, 'attr', '') != attribute",
    "value.get('dataType') != data_type(declared[names[0]])", "bool(old.count) != bool(new.count)",
    # Texts of a request that came: a form, a header, a query.
    "form.get('grant_type') != grant", "client != sent", "claims.get('aud') != audience",
    "claims.get('scope', '') == wanted", "came.headers.get(name.lower()) != _text(value)",
    "value == standin(compiled['secret'])", "value == standin(compiled['$secret'])",
    "header == 'Basic ' + base64.b64encode(pair.encode()).decode()", "key == _text(authentication['value'])",
    "form.get(name) != _text(authentication[name])",
    "value != text_of(compiled)", "sent[name] != text_of(value)",
    "urlsplit(url).netloc.rpartition('@')[2] != self.host",
    # What decides what commands do: names, counts, digests, texts of documents, frozen selections.
    "_port_of(was) != _port_of(now)", "port == {'https': '443', 'http': '80'}.get(scheme.lower())",
    "bool(old.get('optional')) != bool(new.get('optional'))", "before.digests[file] != after.digests[file]",
    "old.get(field) != new.get(field)", "old.texts != new.texts",
    "reason != _ENDLESS", "Decimal(text) == Decimal(repr(number))", "text.strip(' ') != text",
    # Tokens of expressions at Adobe, their brackets, names and texts of events there.
    "said[name] == where.get(name, said[name])", "first != page", "ours == theirs", "wanted == found",
    "self.sources.setdefault(placeholder, source) == source", "node[0] == OPENING", "node[-1] == CLOSING",
    "node.opening == opening", "wanted.opening != found.opening", "_PAIRS[opened[-1]] != token",
    "one.path[:1] != (STATUS,)", "off == min(near.values())",
    "one.action.casefold() == action.name.casefold()",
    # Elements of an email's HTML, and the brackets of its styles.
    "tag == self.left_out[-1]", "text.count('(') == text.count(')')",
    # Heads of requests as text, names, digests, emptiness, paths in files, references to secrets.
    "before.head == after.head", "before != after", "name == about", "rest != {}", "one == {}",
    "it[:len(path)] == path", "digests[0] != digests[1]", "found != one.value", "_kind_of(file) == kind",
    "whole.reference == reference", "secret[:len(head)].lower() == head.lower()", "whole.reference != reference",
    "one[:-1] == path", "key == with_scheme(authentication, _text(authentication['value']))",
    # Names of connections, paths in documents, frozen selections.
    "wide.left_out == narrow.left_out", "one.names_connection == name", "found.path[:len(root)] != root",
    "one.target.get('collection') == name", "self.old.allow_send != self.new.allow_send", "old.count != new.count",
    "old.not_author != new.not_author", "old.signers != new.signers", "self.old.select == self.new.select",
    "was == now", "self.old.message != self.new.message", "self.old.severity != self.new.severity",
    "severities[0] != severities[1]", "was != now", "text == old", "ends_unseen(old) != last",
    "path[-1] == len(parts) - 1", "(None if wanted is None else wanted.digest) != change.after_digest",
    "value == text_of(compiled)", "old.select == new.select",
    "(self.play.number, self.play.revision) != (last, shown)", "self.seen == self.known",
    "self.seen != before", "value != {}", "under.get('type') != kind",
    # Origins, hosts and ports of URLs, references, and numbers of pages.
    "origin_of(url) != self.origin", "origin_of(joined) != self.origin", "first != self.number",
    "(own.host, own.port) != (one.host, one.port)", "one != reference", "limits.get('retries', _RETRIES) != _RETRIES",
    "port != {'http': 80, 'https': 443}.get(parts.scheme)",
    # Places, keys and texts of requests that are imported, and the fields of a parameter that we wrote.
    "it.lower() != name", "value.lower() == host",
    "slot.fields == {'type': 'string'}", "other.place == place", "other.place != place",
    "key == place.removeprefix(_QUERY)", "place != _QUERY", "sent != url",
    "self.known.setdefault(chosen, value) != value", "self._shared.text_of(name) != self.filled(found)",
    "sent != text_of(written)", "path[:3] != QUERY",
    "self.texts.setdefault(name, variable[4]) != variable[4]",
    "canonical_text(default) != imported.defaults[variable]", "plain == marked",
    "one.get('_type') == DEEPER",
    "Decimal(repr(found)) != Decimal(text)",
}  # fmt: skip


def is_plain(node: ast.expr) -> bool:
    """Is one side a constant, a length, a set of keys or a text of ours, so that no two values meet?"""
    match node:
        case ast.Constant() | ast.JoinedStr():
            return True
        case ast.UnaryOp():
            return is_plain(node.operand)
        case ast.Tuple() | ast.Set() | ast.List():
            return all(map(is_plain, node.elts))
        case ast.Call(func=ast.Name(id=name)):
            return name in ("len", "set", "type", "str")
        case ast.Attribute():
            return node.attr in PLAIN
        case _:
            return False


def comparisons(text: str) -> Iterator[tuple[int, str]]:
    """Every `==` and `!=` of two things neither of which is plain, and every other way to compare by them."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Compare):
            meets = any(isinstance(one, ast.Eq | ast.NotEq) for one in node.ops)
            if (meets and not any(map(is_plain, [node.left, *node.comparators]))) or any(
                map(_has_boolean, node.comparators)
            ):
                yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Attribute) and node.attr in ("eq", "ne", "__eq__", "__ne__"):
            yield node.lineno, ast.unparse(node)


def _has_boolean(node: ast.expr) -> bool:
    """`0 in (False,)` is true to Python."""
    return isinstance(node, ast.Tuple | ast.List | ast.Set) and any(
        isinstance(one, ast.Constant) and isinstance(one.value, bool) for one in node.elts
    )


def found() -> list[tuple[str, int, str]]:
    files = [
        file
        for room in ROOMS
        for file in ([ROOT / room] if room.endswith(".py") else sorted((ROOT / room).rglob("*.py")))
    ]
    assert len(files) > 100
    return [
        (file.relative_to(ROOT).as_posix(), *one)
        for file in files
        for one in comparisons(file.read_text("utf-8"))
    ]


def test_two_values_are_compared_by_nothing_but_equal() -> None:
    others = [f"{file}:{line}: {text}" for file, line, text in found() if text not in ALLOWED]
    assert others == [], "compare values by callsheet.documents.equal: to Python, 1 and true are equal"


def test_a_comparison_of_two_values_is_found() -> None:
    text = "if sent != now: pass\nif one.digest == other: pass\nif len(a) == len(b): pass\nmap(operator.eq, a, b)\nx in (0, True)\n"
    assert sorted(one for _, one in comparisons(text)) == ["operator.eq", "sent != now", "x in (0, True)"]
