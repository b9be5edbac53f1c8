"""What is shown of the HTML of an email: nothing that runs, loads, leads anywhere or ends its place."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.messages.harmless import MOST_LETTERS, Images, harmless

WHOLE = """<!doctype html><html lang="fr" onload="x()"><head><title>Nope</title>
<style>p { color: red; background: url(https://evil.example/a.png) } @import "https://evil.example/b.css";</style>
</head><body style="margin: 0" bgcolor="#fff"><p style="color: blue" class="own">Salut &amp; <b>bienvenue</b></p>
<a href="https://shop.example.com/?a=1&b=2" style="color: green">voir</a>
<img src="https://evil.example/p.png" alt="un colis" width="10"><img src="data:image/png;base64,AAAA" alt="">
</body></html>"""


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


@pytest.mark.parametrize(
    "source", ["http://a.example/p.png", "//a.example/p.png", "javascript:x()", "p.png"]
)
def test_images_of_https_are_kept_where_they_are_asked_for_and_no_others(source: str) -> None:
    found = harmless(WHOLE.replace('alt="">', f'alt=""><img src="{source}">'), Images.OF_HTTPS)
    assert found is not None
    sources = [value for _, name, value in _Tags(found.html).attributes if name == "src"]
    assert sources == ["https://evil.example/p.png", "data:image/png;base64,AAAA"]
    assert found.images == 3, "the two of the style sheet, and this one"


def test_an_email_keeps_its_looks_and_loads_nothing() -> None:
    found = harmless(WHOLE)
    assert found is not None
    assert found.html.startswith('<!doctype html><html lang="fr"><head>')
    assert '<body bgcolor="#fff" class="mail-1">' in found.html
    assert '<p class="own mail-2">Salut &amp; <b>bienvenue</b></p>' in found.html
    assert '<a title="https://shop.example.com/?a=1&amp;b=2" class="mail-3">voir</a>' in found.html
    assert '<img alt="un colis" width="10"><img src="data:image/png;base64,AAAA" alt="">' in found.html
    assert ".mail-2:not(#_):not(#_):not(#_) { color: blue }" in found.styles[1]
    assert found.styles[2].split() == ["p", "{", "color:", "red;", "background:", "none", "}"]
    assert (found.images, found.scripts, found.has_data) == (3, 1, True)
    assert "Nope" not in found.html
    assert "evil" not in found.html
    assert re.findall("<style>(.*?)</style>", found.html, re.DOTALL) == [*found.styles]


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<script>alert(1)</script>a", "a"),
        ("<svg><style><img src=x onerror=alert(1)></style></svg>a", "<img>a"),
        ("<math><mtext><table><mglyph><style></math><img src=x onerror=alert(1)>", ""),
        ("<p onclick=alert(1)>a</p>", "<p>a</p>"),
        ("<iframe src=javascript:alert(1)>x</iframe>a", "a"),
        ("<form action=https://evil.example><input name=q>a</form>", "<div>a</div>"),
        ("<meta http-equiv=refresh content='0;url=https://evil.example'><base href=//evil.example>a", "a"),
        ("<a href=javascript:alert(1)>a</a>", '<a title="javascript:alert(1)">a</a>'),
        ("<img src=data:text/html,x>", "<img>"),
        ("<img src='data:image/svg+xml;base64,AAAA'>", "<img>"),
        ('<td background="https://evil.example/x.png">a</td>', "<td>a</td>"),
        ('<p title="&quot;><script>alert(1)</script>">a', '<p title="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;">a'),
        ("<o:p>a</o:p>", "a"),
        ("<!--[if mso]><script>x</script><![endif]-->a", "a"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("<template><p>x</p></template><textarea></p><img src=x></textarea>a",
         "<template><p>x</p></template><textarea disabled>&lt;/p&gt;&lt;img src=x&gt;</textarea>a"),
    ],
)  # fmt: skip
def test_what_runs_or_loads_is_left_out(html: str, shown: str) -> None:
    found = harmless(html)
    assert found is not None
    assert found.html.partition("<body>")[2] == f"{shown}</body></html>"


@pytest.mark.parametrize(
    "style",
    [
        "background: url('https://evil.example/x')",
        "background: \\75rl(https://evil.example/x)",
        "background: u/**/rl(https://evil.example/x)",
        "background: image-set('https://evil.example/x' 1x)",
        "list-style: -webkit-image-set(url(https://evil.example/x) 1x)",
        "color: red } body { background: url(https://evil.example/x)",
        "color: red</style><script>alert(1)</script>",
        "content: 'a",
        "background: calc(1px",
        "background: url(https://evil.example/x",
    ],
)
def test_a_style_loads_nothing_and_ends_nothing(style: str) -> None:
    for html in (f'<p style="{style}">a</p>', f"<style>p {{ {style} }}</style>a"):
        found = harmless(html)
        assert found is not None
        assert not re.search(r"(?i)url\s*\(|image-set\s*\(|@import|\\(?!3c )", found.html)
        assert found.html.count("<style>") == found.html.count("</style") == len(found.styles)
        assert "<script" not in found.html
        rules = [one for one in "\n".join(found.styles).split("\n") if one.startswith(".mail-")]
        for one in rules:
            assert re.fullmatch(r"\.mail-\d+(:not\(#_\)){3} \{ [^{}]* \}", one)


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>A</p><embed src=x><p>END</p>", "<p>A</p><p>END</p>"),
        ("a<track src=x><source src=x><area href=x><param><frame>END", "aEND"),
        ("<option>a<p>END</p>", "<option>a<p>END</p>"),
        ("<meter value=1><p>END</p>", '<meter value="1"><p>END</p>'),
        ("<map name=m><p>END</p>", "<map><p>END</p>"),
        ("<progress><p>END</p>", "<progress><p>END</p>"),
        ("<datalist><p>END</p>", "<datalist><p>END</p>"),
        ("<svg><g></p><p>END</p>", "</p><p>END</p>"),
        ("<svg><g><p>END</p>", "<p>END</p>"),
        ("<div><svg><g></div>END", "<div></div>END"),
        ("<svg/>END", "END"),
        ("<svg><foreignObject><p>a</p></foreignObject><![CDATA[<p>]]></svg>END", "END"),
        ("<svg><title><textarea></svg></textarea></title></svg>END", "END"),
        ("<noscript><b>a</b></noscript>END", "<b>a</b>END"),
        ("<ruby>a<rp>(<rt>b</ruby>", "<ruby>a<rp>(<rt>b</ruby>"),
        ("<button type=submit formaction=x>a</button>", '<button type="button">a</button>'),
        ("<select name=x><option>a<input>END", "<select disabled><option>a</select>END"),
        ("a<!-->b<!--->c<!-- x --!>d<!-- > -->e</>f<?x>g<!x>h</ x>i</", "abcdefghi&lt;/"),
        ("<xmp><b>a</b></xmp>END", "<pre>\n&lt;b&gt;a&lt;/b&gt;</pre>END"),
        ("<iframe><p>a</iframe><noembed><p></noembed><noframes></p></noframes>END", "END"),
        ("<plaintext>a</plaintext>", "<pre>\na&lt;/plaintext&gt;</pre>"),
        ("<script><!-- <script> </script> --></script>END", "END"),
        ("<script><!-- </script>END", "END"),
        ('a<p title="b>c', "a"),
        ("<p/title=a/>b", '<p title="a/">b'),
        ('<p title="a&ampb&amp=c&copy;">b', '<p title="a&amp;ampb&amp;amp=c©">b'),
        ("<image alt=a>", '<img alt="a">'),
    ],
)  # fmt: skip
def test_what_a_browser_shows_is_shown(html: str, shown: str) -> None:
    found = harmless(html)
    assert found is not None
    assert found.html.partition("<body>")[2] == f"{shown}</body></html>"


@pytest.mark.parametrize(
    ("style", "shown", "loaded"),
    [
        ('a::before { content: "\\2014" }', 'a::before { content: "\\2014 " }', 0),
        (".sm\\:x { color: red }", ".sm\\:x { color: red }", 0),
        (".a/* } */.b { color: red }", ".a/**/.b { color: red }", 0),
        ("a { fill: url(#x); mask: url('#y') }", "a { fill: url(#x); mask: url('#y') }", 0),
        ("a { mask: url(x#y) }", "a { mask: none }", 1),
        ("@import url(\"https://e.example/?a;b\") print; a { color: red }", " a { color: red }", 1),
        ("a { background: url('a)b') }", "a { background: none }", 1),
        ("a { content: '/* url(x) */' }", "a { content: '/* url(x) */' }", 0),
        ("a { background: \\69mage\\2dset(url(x) 1x) }", "a { background: none }", 1),
        ("@media (width<600px) { a { color: red } }", "@media (width<600px) { a { color: red } }", 0),
        ("a { content: '<b>' }", "a { content: '\\3c b>' }", 0),
    ],
)  # fmt: skip
def test_a_style_keeps_what_is_harmless(style: str, shown: str, loaded: int) -> None:
    found = harmless(f"<style>{style}</style>")
    assert found is not None
    assert (found.styles[1:], found.images) == ((shown,), loaded)


def test_a_style_is_for_the_media_that_its_element_names() -> None:
    found = harmless("<style media=print>p { color: red }</style><style type=text/less>@a: 1</style>")
    assert found is not None
    assert found.styles[1:] == ("@media print {\np { color: red }\n}",)


@given(st.text(alphabet="<>/\"'= -!abimgstylecrpt:;(){}&#\\\n\0@", max_size=200))
def test_only_what_is_listed_is_written(html: str) -> None:
    found = harmless(html)
    assert found is not None
    page = _Tags(found.html)
    assert not page.tags & {"script", "iframe", "object", "embed", "form", "link", "base", "svg", "math"}
    assert not [one for one in page.attributes if one[1] in ("href", "style", "srcset", "background")]
    assert not [one for one in page.attributes if one[1].startswith("on")]


@pytest.mark.parametrize(
    "html",
    [
        "<style>" + "image-set(" * 29_000,
        "<svg>" + "<g>" * 50_000 + "</q>" * 30_000,
        "<script><!--" * 25_000,
    ],
)
def test_an_email_is_read_in_linear_time(html: str) -> None:
    begun = time.process_time()
    assert harmless(html) is not None
    assert time.process_time() - begun < 30


def test_one_that_is_too_long_is_not_shown() -> None:
    assert harmless("a" * (MOST_LETTERS + 1)) is None
