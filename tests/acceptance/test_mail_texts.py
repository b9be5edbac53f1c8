"""What Chromium shows of an email in the catalog, and what it shows of the email itself without scripts."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from callsheet.messages.harmless import harmless
from support.browser import Watched, browser, watched

__all__ = ["browser", "watched"]
MAILS = 300
TAGS = """
    p div span b a table tr td ul li h1 center pre form button select option optgroup datalist meter progress
    map object noscript ruby rt rp details summary dialog fieldset legend label video audio
    textarea xmp noembed noframes iframe style script title font o:p section marquee
""".split()  # noqa: SIM905
VOID = re.findall(r"\w+", "br hr img input embed area source track wbr col link meta param")
PIECES = [
    "<!-- c -->", "<!-->", "<!--->", "<!-- c --!>", "<!c>", "<?c>", "</>", "</ c>", "a < b", "&amp;",
    "&copy", "&#8212;", "<!--[if mso]>", "<![endif]-->", "<p title='a>b'>", "<p title=a/>", "<b/>", "<svg/>",
    "<svg><g></g></svg>", "<svg><g>", "<svg></p>", "<math><mi></mi></math>", "</svg>",
    "<style>.h { display: none }</style>", "<p class=h>", "<style>p::before { content: '\\2014' }</style>",
    "<span style='display: none'>", "<![CDATA[ x ]]>", "<body style='margin: 0'>", "</body>", "</html>",
]  # fmt: skip
_HIDDEN_IN_OPTION = re.compile("<option>.*<(style|title|iframe|noembed|noframes)>")
"""Chromium shows as the text of an option also what it hides elsewhere."""
READ = """async texts => {
  const read = text => new Promise(done => {
    const frame = document.createElement("iframe");
    frame.sandbox = "allow-same-origin";
    frame.onload = () => { done(frame.contentDocument.body.innerText); frame.remove(); };
    frame.srcdoc = text;
    document.body.append(frame);
  });
  const found = [];
  for (let at = 0; at < texts.length; at += 25)
    found.push(...await Promise.all(texts.slice(at, at + 25).map(read)));
  return found;
}"""


def _mail(chosen: random.Random) -> str:
    parts = []
    for number in range(chosen.randint(2, 14)):
        tag = chosen.choice(TAGS)
        kind = chosen.random()
        parts.append(
            f"<{tag}>"
            if kind < 0.35
            else f"</{tag}>"
            if kind < 0.6
            else f"<{chosen.choice(VOID)}>"
            if kind < 0.75
            else chosen.choice(PIECES)
        )
        parts.append(f"w{number} ")
    return "".join(parts)


def test_the_text_that_is_shown_is_the_text_of_the_email(watched: Callable[..., Watched]) -> None:
    chosen = random.Random(20261128)
    made = [_mail(chosen) for _ in range(MAILS)]
    mails = [one for one in made if not _HIDDEN_IN_OPTION.search(one)]
    shown = [found.html for one in mails if (found := harmless(one))]
    page = watched("about:blank", 800).page
    originals = page.evaluate(READ, [f"<!doctype html>{one}" for one in mails])
    ours = page.evaluate(READ, shown)
    differ = [
        (mail, one.split(), other.split())
        for mail, one, other in zip(mails, originals, ours, strict=True)
        if one.split() != other.split()
    ]
    assert differ == []
    assert sum(bool(one.strip()) for one in originals) > MAILS / 2
