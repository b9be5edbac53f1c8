"""A real Chromium, and pages in it that tell what they said and asked."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))),
    None,
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="the package playwright is not installed"
    )
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed (apt-get install chromium)")
    # The browser keeps its own state in a home of its own.
    with playwright.sync_playwright() as running:
        found = running.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield found
        found.close()


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def any_browser(request: pytest.FixtureRequest) -> Any:
    """Return each of the browsers that there are; only `new_page` is as in both."""
    return request.getfixturevalue("browser" if request.param == "chromium" else "firefox")


class Watched:
    """A page, with what it said and asked."""

    def __init__(self, browser: Any, width: int, allowed: str, **context: Any) -> None:
        permissions = ["clipboard-read", "clipboard-write"]
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, permissions=permissions, **context
        )
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on(
            "request",
            lambda one: None if one.url.startswith(allowed) else self.said.append(f"asked {one.url}"),
        )

    def overflows(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


AS_WRITTEN = """all => all.map(one => {
  const found = one.cloneNode(true);
  for (const it of found.querySelectorAll("code")) it.replaceWith("`" + it.textContent + "`");
  for (const it of found.querySelectorAll("br")) it.replaceWith("\\n");
  return found.textContent.trim();
})"""


def as_written(found: Any) -> list[str]:
    """Return the texts of elements as the compiler writes them: what is shown as code is between backticks."""
    return [str(one) for one in found.evaluate_all(AS_WRITTEN)]


@pytest.fixture
def watched(browser: Any) -> Iterator[Callable[..., Watched]]:
    opened: list[Watched] = []

    def open_page(url: str, width: int, allowed: str = "file:", **context: Any) -> Watched:
        opened.append(Watched(browser, width, allowed, **context))
        opened[-1].page.goto(url)
        return opened[-1]

    yield open_page
    for one in opened:
        one.context.close()
