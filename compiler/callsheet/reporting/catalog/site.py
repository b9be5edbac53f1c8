"""A catalog → the files of a static site: pages in each language, one style sheet, one script, the list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from importlib.resources import files
from itertools import chain
from typing import Any

from msgspec import Struct

from callsheet.deploying.cataloguing import CatalogResult
from callsheet.errors import CallsheetError
from callsheet.language.masking import masked
from callsheet.markup import write_html
from callsheet.messages.previewing import sample_texts
from callsheet.messages.segments import segments_of
from callsheet.messages.texts import Texts
from callsheet.reporting.catalog.changes import Review, shown_changes
from callsheet.reporting.catalog.encoded import encoded_parts
from callsheet.reporting.catalog.exports import as_csv, as_json
from callsheet.reporting.catalog.flows import flows_of, picture_of
from callsheet.reporting.catalog.forms import fields_of
from callsheet.reporting.catalog.history import shown_history
from callsheet.reporting.catalog.new_data import scripts_of
from callsheet.reporting.catalog.new_page import ASSETS as NEW_ASSETS
from callsheet.reporting.catalog.new_page import new_page
from callsheet.reporting.catalog.others import Other, others_of
from callsheet.reporting.catalog.overview import STATE_WORDS, overview_of
from callsheet.reporting.catalog.report_words import in_words
from callsheet.reporting.catalog.views import Known, View, all_known, mismatched, views_of
from callsheet.reporting.catalog.wording import group_words, moment, number, personal_words
from callsheet.reporting.catalog.words import LANGUAGES, heads_in, words_in
from callsheet.reporting.journey import journey_text
from callsheet.reporting.mails import shown_mails
from callsheet.reporting.model import Style
from callsheet.reporting.page import inline
from callsheet.reporting.web_base import web_base
from callsheet.results import JourneyResult
from callsheet.targets.journey_optimizer.forms import form_for

_ICONS = ("push", "email", "sms", "whatsapp", "ads", "event")


class Site(Struct, frozen=True):
    """The files of a site, each made when it is asked for.

    Attributes:
        names: the paths of all of them.
        files: each with its path.

    """

    names: Sequence[str]
    files: Iterator[tuple[str, str]]


def site_of(
    result: CatalogResult,
    languages: Sequence[str] = LANGUAGES,
    link_base: str | None = None,
    review: Review | None = None,
) -> Site:
    """Return the site: the first language at the top, others in folders.

    Args:
        result: what there is.
        languages: `en`, `fr`.
        link_base: what leads to the files of the workspace in its repository, over http or https;
            None without links.
        review: what changed since a revision; None without a page of that.

    Raises:
        ArgumentError: for a language that the pages do not have, and for another kind of link.

    """
    base = "" if link_base is None else web_base(link_base, "--link-base")
    chosen = [*dict.fromkeys(languages)]
    folders = {one: "" if one == chosen[0] else f"{one}/" for one in chosen}
    known = all_known(result.entries)
    pages = {one: _Pages(result, known, one, chosen, base, review) for one in chosen}
    names = [f"{folders[one]}{name}" for one in chosen for name in pages[one].names()]
    taken = [one.definition.name for one in result.entries]
    scripts = scripts_of(result.read_starts(), taken, result.severity)
    return Site([*_SHARED, *scripts, *names], chain(scripts.items(), _files(result, pages, folders)))


_NAV = ("palette", "list", "flows", "overview", "changes", "new_action")
_FILES = {"palette": "index", "new_action": "new"}
"""The pages that are not called as their file is."""
_ASSETS = ("icon.svg", "catalog.js", "request.js", *NEW_ASSETS)
_STYLES = ("reporting/catalog/catalog.css", "reporting/catalog/new.css")
_SHARED = ("style.css", *_ASSETS, "changes.js", "list.csv", "list.json")


def _files(
    result: CatalogResult, pages: Mapping[str, _Pages], folders: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    first = next(iter(pages.values()))
    yield "style.css", _text("markup/style.css") + "".join(map(_text, _STYLES))
    for name in _ASSETS:
        yield name, _text(f"reporting/catalog/{name}")
    yield "changes.js", _text("reporting/changes.js")
    yield "list.csv", as_csv(result, first.views)
    yield "list.json", as_json(result, first.views)
    for at, entry in enumerate(result.entries):
        # What is read of the files is read once for all languages.
        contents = dict(entry.compiled)
        texts = _texts(contents)
        parts = {
            "contents": contents,
            **encoded_parts(entry, contents, first.link_base),
            "texts": texts,
            "channel": next((str(one.get("channel", "")) for one in contents.values()), ""),
            **shown_mails(texts),
            "segments_of": segments_of,
            **shown_history(result, entry),
        }
        entry.definition.document.forget()
        for language, one in pages.items():
            view = one.views[at]
            screens = _screens(result, view, contents, language)
            yield (
                f"{folders[language]}{view.page}",
                one.action(view, {**parts, "screens": screens, "fields": fields_of(contents, language)}),
            )
    # Last: where the writing ends early, no page leads to one that is not there.
    for language, one in pages.items():
        for name, text in one.all():
            yield f"{folders[language]}{name}", text


def _screens(
    result: CatalogResult, view: View, contents: Mapping[str, Mapping[str, Any]], language: str
) -> dict[str, str]:
    """Return what to type and to map in Journey Optimizer, as text by environment."""
    found = {}
    for name, target in result.screens.items():
        content = contents.get(name, {})
        if "request" in content:
            form = form_for(content, language=language, target=target)
            shown = JourneyResult(environment=name, language=language, forms={view.name: form})
            found[name] = journey_text(shown, Style()).strip()
    return found


def _texts(contents: Mapping[str, Mapping[str, Any]]) -> list[Texts]:
    """Return a message in its languages, with its examples; nothing of what cannot be filled."""
    message = next((one for one in contents.values() if one.get("kind") == "Message"), None)
    if message is None:
        return []
    try:
        return sample_texts(message, (), ())
    except CallsheetError:
        return []


def _text(name: str) -> str:
    return (files("callsheet") / name).read_text("utf-8")


class _Pages:
    """The pages of one language."""

    def __init__(
        self,
        result: CatalogResult,
        known: Sequence[Known],
        language: str,
        languages: Sequence[str],
        link_base: str,
        review: Review | None,
    ) -> None:
        self.result = result
        self.review = review
        self.language = language
        self.languages = languages
        self.link_base = link_base
        self.words = words_in(language)
        self.views = views_of(known, language)
        listed = {one.name for one in self.views}
        # An error may hide a whole definition, which then has no page.
        errors = (one for one in result.findings if one.severity == "error")
        self.unread = [one for one in errors if not {name for name, _ in one.about} & listed][:100]

    @property
    def nav(self) -> list[str]:
        """The pages that are about all entries, as every page names them."""
        return [*_NAV, *(() if self.review is None else ("review",))]

    def names(self) -> list[str]:
        """Return the paths of its pages."""
        return [
            *(f"{_FILES.get(one, one)}.html" for one in self.nav),
            *(one.page for one in self.views),
        ]

    def all(self) -> Iterator[tuple[str, str]]:
        """Yield each page that is about all entries, with its path below those of its language."""
        views = self.views
        yield self._page("index", "palette", groups=_groups(views), filters=self._filters())
        strangers = others_of(self.result)
        yield self._page("list", "list", strangers=strangers, filters=self._filters(strangers))
        flows = flows_of(views)
        yield self._page("flows", "flows", flows=flows, picture=picture_of(flows), shared=_shared(views))
        yield self._page("overview", "overview", **overview_of(self.result, views, self.words))
        for name, shown in shown_changes(self.result, self.review, views, self.words).items():
            yield f"{name}.html", self._written(f"{name}.html", "changes", self.words[name], name, **shown)
        yield self._page("new", "new_action", **new_page(self.language, self.link_base))

    def _page(self, name: str, current: str, **values: Any) -> tuple[str, str]:
        return f"{name}.html", self._written(f"{name}.html", name, self.words[current], current, **values)

    def action(self, view: View, parts: Mapping[str, Any]) -> str:
        """Return the page of one entry."""
        return self._written(view.page, "action", view.title, "", view=view, **parts)

    def _written(self, page: str, template: str, heading: str, current: str, **values: Any) -> str:
        above = "../" * page.count("/")
        top = above if self.language == self.languages[0] else f"../{above}"
        return write_html(
            f"reporting/catalog/{template}.html.j2",
            result=self.result,
            views=self.views,
            unread=self.unread,
            w=self.words,
            nav=self.nav,
            language=self.language,
            heading=heading,
            current=current,
            root=top,
            pages=above,
            others=[
                (one, f"{top}{'' if one == self.languages[0] else f'{one}/'}{page}")
                for one in self.languages
                if one != self.language
            ],
            link_base=self.link_base,
            icon=_icon,
            hidden=masked,
            pieces_of=inline,
            moment=partial(moment, language=self.language),
            number=partial(number, language=self.language),
            personal=partial(personal_words, language=self.language),
            grouped=partial(group_words, language=self.language),
            heads=heads_in(self.language),
            in_words=in_words(self.language),
            mismatch=mismatched,
            **values,
        )

    def _filters(self, strangers: Sequence[Other] = ()) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return what can be chosen, by name: each value with how it is shown."""
        views = self.views
        words = {word for one in (*views, *strangers) for word in one.words}
        values: dict[str, Sequence[str]] = {
            "environment": [*self.result.environments],
            "vendor": sorted({one.vendor for one in views}),
            "channel": sorted({one.channel for one in views}),
            "owner": sorted({one.owner for one in views}),
            "sensitivity": sorted({kind for one in views for kind in one.sensitivity}),
            "state": [one for one in STATE_WORDS if one in words],
        }
        return [
            (name, [(one, self._choice(name, one)) for one in found if one])
            for name, found in values.items()
            if any(found)
        ]

    def _choice(self, name: str, value: str) -> str:
        """Return how a value to choose is shown."""
        if name == "sensitivity":
            return personal_words(value, self.language)
        if name == "channel":
            return group_words(value, self.language)
        return self.words[value] if name == "state" else value


def _groups(views: Sequence[View]) -> list[tuple[str, list[tuple[str, list[View]]]]]:
    """Return the cards by category and channel."""
    found: dict[str, dict[str, list[View]]] = {}
    for one in views:
        found.setdefault(one.category, {}).setdefault(one.channel, []).append(one)
    return [(category, sorted(channels.items())) for category, channels in sorted(found.items())]


def _shared(views: Sequence[View]) -> list[tuple[str, list[View]]]:
    """Return the hosts with the actions that call them."""
    found: dict[str, list[View]] = {}
    for one in views:
        for host in one.hosts:
            found.setdefault(host, []).append(one)
    return sorted(found.items())


def _icon(view: View) -> str:
    """Return the name of an icon: of the channel where there is one, else of the kind."""
    channel = view.channel.lower()
    return channel if channel in _ICONS else "message" if view.kind == "Message" else "call"
