"""What `bru` sends for a URL (4.1, against a recorder): encoded or as it is, with parameters of the path."""

from __future__ import annotations

from typing import Any

import pytest

from callsheet.importing.bruno import bruno_collection
from callsheet.importing.model import Imported

AT = "https://api.example.com/v1"


def read(url: str, *, encodes: bool = True, params: Any = (), known: Any = ()) -> Imported:
    """Return the request of a collection with one."""
    listed = [{"name": name, "value": held, "type": "path", "enabled": True} for name, held in params]
    root = {"request": {"vars": {"req": [{"name": name, "value": held} for name, held in known]}}}
    item = {
        "name": "one",
        "settings": {"encodeUrl": encodes},
        "request": {"method": "GET", "url": url, "params": listed},
    }
    value = {"name": "B", "version": "1", "root": root, "items": [item]}
    return bruno_collection(value, None).requests[0].read()


@pytest.mark.parametrize(
    ("query", "encoded", "as_it_is"),
    [
        ("a=1 2", "a=1%202", "a=1 2"),
        ("a=1+2", "a=1%2B2", "a=1+2"),
        ("a=%20", "a=%2520", "a=%20"),
        ("a=1#f", "a=1%23f", "a=1"),
        ("=b&a", "a", "=b&a"),
        ("a=1&&b=2", "a=1&b=2", "a=1&&b=2"),
        ("a=b=c", "a=b%3Dc", "a=b=c"),
    ],
)
def test_a_query_is_encoded_where_the_request_says_so(query: str, encoded: str, as_it_is: str) -> None:
    assert read(f"{AT}?{query}").url == f"{AT}?{encoded}"
    assert read(f"{AT}?{query}", encodes=False).url == f"{AT}?{as_it_is}"


@pytest.mark.parametrize(
    ("path", "encoded", "as_it_is"),
    [
        ("a'b", "a'b", "a'b"),
        ("a[1];:@+", "a%5B1%5D%3B%3A%40%2B", "a[1];:@+"),
        ("a%20b c", "a%20b%20c", "a%20b%20c"),
        ("a%2Fb", "a%2Fb", "a%2Fb"),
        ("a#f", "a%23f", "a"),
        ("é", "%C3%A9", "%C3%A9"),
        ("a\\b", "a%5Cb", "a/b"),
        ("a//b", "a//b", "a//b"),
    ],
)
def test_a_path_is_encoded_where_the_request_says_so(path: str, encoded: str, as_it_is: str) -> None:
    assert read(f"{AT}/{path}").url == f"{AT}/{encoded}"
    assert read(f"{AT}/{path}", encodes=False).url == f"{AT}/{as_it_is}"


@pytest.mark.parametrize("encodes", [True, False])
def test_a_parameter_of_the_path_is_named_by_all_of_its_part(encodes: bool) -> None:
    found = read(f"{AT}/:id.json/users(':key')", encodes=encodes, params=[("id.json", "7"), ("key", "k")])
    assert {one.name: one.example for one in found.slots.values()} == {"id_json": "7", "key": "k"}
    assert found.url == f"{AT}/\ue002id_json\ue003/users('\ue002key\ue003')"
    assert found.notes == []


def test_where_there_are_parameters_of_the_path_a_parser_of_urls_comes_first() -> None:
    """It drops a fragment, encodes the query, and joins empty parts; Bruno encodes after it, once more."""
    found = read(f"{AT}//:id?a=1 2&b='#f", params=[("id", "7")])
    assert found.url == f"{AT}/\ue002id\ue003?a=1%25202&b=%2527"


def test_a_value_that_is_several_parts_is_written_in_its_place() -> None:
    found = read(f"{AT}/:id", params=[("id", "a/b c")])
    assert (found.url, found.slots) == (f"{AT}/a/b%20c", {})


def test_what_the_tool_does_otherwise_is_noted() -> None:
    assert read(f"{AT}/:id").notes == ["`:id` in the path is a parameter: the tool sends it as it is"]
    assert read(f"{AT}/:id", params=[("id", "a!b")]).notes == [
        "the parameter id is percent-encoded in the path: the tool sends `!` as it is"
    ]
    query = {"name": "q", "value": "1", "type": "query", "enabled": True}
    request = {"method": "GET", "url": AT, "params": [query]}
    value = {"name": "B", "version": "1", "items": [{"name": "one", "request": request}]}
    found = bruno_collection(value, None).requests[0].read()
    assert (found.url, found.notes) == (
        AT,
        ["query parameters that the URL does not contain were left out: q"],
    )


def test_a_variable_stays_one_where_the_encoding_leaves_it_as_it_is() -> None:
    known = [("base", AT), ("odd", "a b&c"), ("number", "7")]
    found = read("{{base}}/{{number}}?a={{odd}}", known=known)
    assert found.url == "\ue004base\ue005/\ue004number\ue005?a=a%20b&c"
    assert set(found.values) >= {"base", "number"}
