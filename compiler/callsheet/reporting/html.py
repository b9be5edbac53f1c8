"""Pages → one HTML file: no script, nothing loaded, light and dark, made to be printed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from html import escape
from typing import Any

from callsheet.reporting.model import Style
from callsheet.reporting.page import (
    Block,
    Code,
    Fold,
    Heading,
    Inline,
    Items,
    Lines,
    Page,
    Paragraph,
    Table,
)
from callsheet.reporting.pages import page_report
from callsheet.reporting.terminal import safe

_STYLE = """
:root{color-scheme:light dark;--text:#1b1f24;--back:#fff;--soft:#f3f4f6;--line:#d5d9df;--dim:#59616b;
--red:#b3261e;--green:#1a6e34;--purple:#7a2ea0;--amber:#8a5a00}
@media(prefers-color-scheme:dark){:root{--text:#e4e7eb;--back:#15181c;--soft:#20252b;--line:#3a414a;
--dim:#9aa4af;--red:#ff8a80;--green:#7ddc9a;--purple:#d9a1ff;--amber:#ffcc66}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2rem 1.25rem;max-width:62rem;color:var(--text);background:var(--back);
font:16px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 1rem}
h2{font-size:1.2rem;margin:2rem 0 .5rem}
h3{font-size:1rem;margin:1.75rem 0 .5rem;padding-top:.75rem;border-top:1px solid var(--line)}
p{margin:.5rem 0}
code,pre{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
code{background:var(--soft);padding:.1em .3em;border-radius:.25em}
pre{background:var(--soft);padding:.6rem .8rem;border-radius:.4rem;margin:.4rem 0 .9rem;
white-space:pre-wrap;overflow-wrap:anywhere}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.925rem;margin:.5rem 0 1rem;overflow-wrap:break-word}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line)}
th{color:var(--dim);font-weight:600}
details{border:1px solid var(--line);border-radius:.4rem;padding:.4rem .8rem;margin:.5rem 0}
summary{cursor:pointer}
summary:focus-visible{outline:2px solid currentColor;outline-offset:2px}
.minus{color:var(--red)}.plus{color:var(--green)}
.breaking,.error{border-left:4px solid var(--red);padding-left:.6rem}
.sensitive{border-left:4px solid var(--purple);padding-left:.6rem}
.warning{border-left:4px solid var(--amber);padding-left:.6rem}
footer{margin-top:2.5rem;color:var(--dim);font-size:.85rem}
@media print{:root{--text:#000;--back:#fff;--soft:#f3f4f6;--line:#bbb;--dim:#444;--red:#900;--green:#050;
--purple:#508}body{max-width:none;padding:0;font-size:11pt}pre,tr{break-inside:avoid}h2,h3{break-after:avoid}
details{border:0;padding:0}details::details-content{content-visibility:visible;block-size:auto}}
"""
_POLICY = (
    "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    + "'; base-uri 'none'; form-action 'none'"
)


def text(value: str) -> str:
    """Encode a text for an element or an attribute; what commands a reader's eye is shown as an escape."""
    return escape(safe(value), quote=True)


def text_lines(value: str) -> str:
    """Encode a text of several lines for an element that keeps them."""
    return "\n".join(text(one) for one in value.split("\n"))


def _line(content: Inline) -> str:
    return "".join(
        f"<code>{text(one.text)}</code>" if isinstance(one, Code) else text(one) for one in content
    )


def _heading(block: Heading) -> str:
    return f"<h{block.level}>{_line(block.content)}</h{block.level}>"


def _paragraph(block: Paragraph) -> str:
    tone = f' class="{block.tone}"' if block.tone.isalpha() else ""
    return f"<p{tone}>{_line(block.content)}</p>"


def _table(block: Table) -> str:
    head = "".join(f'<th scope="col">{text(one)}</th>' for one in block.head)
    rows = "\n".join(f"<tr>{''.join(f'<td>{_line(cell)}</td>' for cell in row)}</tr>" for row in block.rows)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>\n{rows}\n</tbody></table>"
    return f'<div class="scroll" tabindex="0">{table}</div>'


def _lines(block: Lines) -> str:
    kinds = {"-": "minus", "+": "plus"} if block.language == "diff" else {}
    lines = [
        f'<span class="{kinds[one[:1]]}">{text(one)}</span>' if one[:1] in kinds else text(one)
        for one in block.lines
    ]
    return f"<pre>{chr(10).join(lines)}</pre>"


def _items(block: Items) -> str:
    return f"<ul>{''.join(f'<li>{_line(one)}</li>' for one in block.items)}</ul>"


def _fold(block: Fold) -> str:
    inner = "\n".join(write_block(one) for one in block.blocks)
    return f"<details><summary>{_line(block.summary)}</summary>\n{inner}\n</details>"


_WRITERS: dict[type, Callable[[Any], str]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Table: _table,
    Lines: _lines,
    Items: _items,
    Fold: _fold,
}


def write_block(block: Block) -> str:
    """Write one block."""
    return _WRITERS[type(block)](block)


def write_page(page: Page, style: Style) -> str:
    """Write a page, whole."""
    body = "\n".join(write_block(one) for one in page.whole)
    link = ""
    if style.link and style.link.startswith(("https://", "http://")):
        link = f'<footer><a href="{text(style.link)}" rel="noreferrer">The run that wrote this</a></footer>'
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY, quote=True)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>callsheet: {text(page.title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
{body}
</main>
{link}
</body>
</html>
"""


HTML = page_report("html", write_page)
