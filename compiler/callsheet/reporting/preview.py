"""A message in each of its languages → one page that shows it as people would see it.

The page runs no script and loads nothing; what an email's HTML holds stands in a frame that may run, send
and load nothing either (images only where they are asked for).
"""

from __future__ import annotations

from html import escape

from callsheet.messages.segments import segments_of
from callsheet.messages.texts import Texts
from callsheet.reporting.html import text as encoded
from callsheet.reporting.html import text_lines
from callsheet.results import PreviewResult

_STYLE = """
:root{color-scheme:light;--line:#d5d9df;--dim:#59616b}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem 1rem;max-width:70rem;color:#1b1f24;background:#fff;
font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;margin:0 0 .3rem}h2{font-size:1.1rem;margin:2rem 0 .6rem}
.dim{color:var(--dim);font-size:.9rem}
.languages{display:flex;flex-wrap:wrap;gap:1.5rem;align-items:flex-start}
.language{flex:1 1 20rem;min-width:0}
ul.hints{padding-left:1.2rem;font-size:.9rem}
.phone{max-width:23rem;border:.6rem solid #1b1f24;border-radius:2rem;background:#33415c;
padding:3rem .7rem 4rem}
.push{background:#f4f5f7;border-radius:1rem;padding:.7rem .9rem;font-size:.95rem}
.push b{display:block;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.push .body{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:4;overflow:hidden}
.sms{background:#e9e9eb;border-radius:1.1rem;padding:.6rem .9rem;white-space:pre-wrap;max-width:17rem}
.screen{background:#fff;border-radius:1rem;padding:1rem;min-height:9rem}
.inbox{border:1px solid var(--line);border-radius:.5rem .5rem 0 0;padding:.6rem .9rem;display:grid;
grid-template-columns:8rem 1fr;gap:0 .8rem;font-size:.95rem}
.inbox span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
iframe{width:100%;height:34rem;border:1px solid var(--line);border-top:0;border-radius:0 0 .5rem .5rem;
background:#fff}
details{margin:.6rem 0}summary{cursor:pointer}
pre{white-space:pre-wrap;background:#f3f4f6;border-radius:.4rem;padding:.6rem .8rem;font-size:.85rem}
@media print{iframe{height:60rem}.language{break-inside:avoid}}
"""


def preview_page(result: PreviewResult, *, images: bool = False) -> str:
    """Return the page.

    Args:
        result: the message, filled with sample parameters.
        images: may the page load what an email's `<img>` names?

    """
    sources = "data: https:" if images else "data:"
    policy = f"default-src 'none'; style-src 'unsafe-inline'; img-src {sources}; base-uri 'none'"
    languages = "\n".join(_language(result, one) for one in result.texts)
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{encoded(result.name)}</title>
<style>{_STYLE}</style>
<h1>{encoded(result.title or result.name)}</h1>
<p class="dim">{encoded(result.channel)} <code>{encoded(result.name)}</code>
in {encoded(result.environment)}, with sample parameters; delivered by {encoded(result.receiver)}</p>
<div class="languages">
{languages}
</div>
</html>
"""


def _language(result: PreviewResult, texts: Texts) -> str:
    shown = {"email": _email, "push": _push, "sms": _sms}[result.channel](texts)
    hints = "".join(f"<li>{encoded(one)}" for one in result.hints.get(texts.language, ()))
    listed = f'<ul class="hints">{hints}</ul>' if hints else '<p class="dim">Nothing stands out.</p>'
    language = encoded(texts.language)
    return f'<section class="language" lang="{language}"><h2>{language}</h2>\n{shown}\n{listed}</section>'


def _push(texts: Texts) -> str:
    fields = texts.fields
    link = f'<p class="dim">opens {encoded(fields["link"])}</p>' if "link" in fields else ""
    image = f'<p class="dim">with the image {encoded(fields["image"])}</p>' if "image" in fields else ""
    return (
        f'<div class="phone"><div class="push"><b>{encoded(fields.get("title", ""))}</b>'
        f'<div class="body">{encoded(fields.get("text", ""))}</div></div></div>{image}{link}'
    )


def _sms(texts: Texts) -> str:
    text = texts.fields.get("text", "")
    found = segments_of(text)
    each = "1 segment" if found.number == 1 else f"{found.number} segments"
    return (
        f'<div class="phone"><div class="screen"><div class="sms">{text_lines(text)}</div></div></div>'
        f'<p class="dim">{each} of {encoded(found.encoding)}, {found.used} places used,'
        f" {found.left} left in the last</p>"
    )


def _email(texts: Texts) -> str:
    fields, head = texts.fields, texts.head
    sender = head.get("from.name") or head.get("from", "")
    beside = " ".join(fields.get("preheader", fields["text"]).split())[:140]
    row = (
        f'<div class="inbox"><span><b>{encoded(sender)}</b></span><span><b>{encoded(fields["subject"])}</b>'
        f'</span><span></span><span class="dim">{encoded(beside)}</span></div>'
    )
    body = f"<pre>{text_lines(fields['text'])}</pre>"
    if "html" in fields:
        inner = escape(fields["html"], quote=True)
        frame = f'<iframe sandbox title="the HTML of the email" srcdoc="{inner}"></iframe>'
        body = f"{frame}<details><summary>The text part</summary>{body}</details>"
    return row + body
