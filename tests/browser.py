"""Debian's Chromium without a screen: opens a page, and keeps what it complains of.

apt-get install chromium; pip install -e ".[browser]"
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium")
MISSING = None if CHROMIUM and find_spec("playwright") else __doc__.splitlines()[2].strip()
WIDE, NARROW, HEIGHT = 1180, 390, 844


@dataclass
class Opened:
    """A page in a browser."""

    page: Any  # of playwright
    seconds: float = 0.0  # until it was drawn
    complaints: list[str] = field(default_factory=list)  # of the console, and requests

    def rows(self, table: str) -> list[list[str]]:
        """The cells that a table shows."""
        script = "t => [...t.tBodies[0].rows].map(r => [...r.cells].map(c => c.innerText.trim()))"
        return list(self.page.locator(f"#{table}-table").evaluate(script))

    def text(self, selector: str) -> str:
        """What stands in an element."""
        return str(self.page.locator(selector).inner_text())


@contextmanager
def opened(html: Path, *, width: int = WIDE, scheme: str = "light") -> Iterator[Opened]:
    """The page, drawn; without a network."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (not always installed)

    with sync_playwright() as play:
        chromium: Any = play.chromium
        browser = chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        viewport = {"width": width, "height": HEIGHT}
        context = browser.new_context(offline=True, color_scheme=scheme, viewport=viewport)
        found = Opened(context.new_page())
        found.page.on("console", lambda said: found.complaints.append(said.text))
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        found.page.on("request", lambda asked: _note(found, asked.url))
        begun = time.monotonic()
        found.page.goto(html.absolute().as_uri())
        drawn = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
        found.page.evaluate(drawn)
        found.seconds = time.monotonic() - begun
        yield found
        browser.close()


def _note(found: Opened, url: str) -> None:
    if not url.startswith("file:"):
        found.complaints.append(url)
