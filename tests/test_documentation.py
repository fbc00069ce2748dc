"""Links between the pages lead somewhere; files and modules that they name are there."""

import re
from pathlib import Path

import pytest

from tests.helpers import REPOSITORY

PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").glob("*.md")])


def anchors(page: Path) -> set[str]:
    """What a link can have behind `#`: names of headings, as GitHub makes them, and given ones."""
    text = page.read_text()
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    made = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return made | set(re.findall(r'<a name="([^"]+)">', text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if not link.startswith("https://"):
            name, _, anchor = link.partition("#")
            target = page.parent / name if name else page
            assert target.exists(), link
            assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_and_module_named_in(page: Path) -> None:
    for code in re.findall(r"`([^`\n]+)`", page.read_text()):
        if re.fullmatch(r"(?:checker|makegen|tests|templates|docs)(?:/[\w.*-]+)+/?", code):
            assert list(REPOSITORY.glob(code.rstrip("/"))), code
        elif re.fullmatch(r"(?:checker|makegen|tests)(?:\.\w+)+", code):
            stem = REPOSITORY / code.replace(".", "/")
            assert stem.is_dir() or stem.with_suffix(".py").exists(), code
