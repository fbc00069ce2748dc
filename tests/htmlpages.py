"""A page of HTML as a test looks at it: read strictly, with its texts, its links and its data."""

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "br", "input", "link", "img", "hr"}
SHAPES = {"rect", "path"}  # of SVG, which may end themselves


@dataclass
class Page:
    """What stands in a page."""

    texts: dict[str, list[str]] = field(default_factory=dict)  # by the element they stand in
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)

    def figure(self, name: str) -> str:
        """Of the summary."""
        return self.texts["dd"][self.texts["dt"].index(name)]

    def of(self, table: str) -> list[dict[str, Any]]:
        """A table of the data, as rows; names as texts, verdicts as words."""
        columns = dict(self.data[table])
        for key in ("name", "command"):
            if key in columns:
                columns[key] = [self.data["texts"][n] for n in columns[key]]
        if "verdict" in columns:
            columns["verdict"] = [self.data["words"][n] for n in columns["verdict"]]
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


class _Reader(HTMLParser):
    """Wants each element closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
            self.page.texts.setdefault(tag, []).append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in SHAPES | VOID, tag
        self.page.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag, self.getpos()

    def handle_data(self, data: str) -> None:
        for tag in set(self.open):
            self.page.texts[tag][-1] += data

    def handle_decl(self, decl: str) -> None:
        assert decl.lower() == "doctype html"


def read_page(html: bytes) -> Page:
    """The page; fails where it is no HTML that closes what it opens, or refers to elsewhere."""
    reader = _Reader()
    reader.feed(html.decode())
    reader.close()
    assert reader.open == []
    page = reader.page
    ids = [of["id"] for _, of in page.tags if "id" in of]
    assert len(ids) == len(set(ids))
    for tag, of in page.tags:
        assert tag not in {"link", "img", "iframe", "object", "base", "form"}
        assert "src" not in of
        assert "style" not in of
        assert not any(name.startswith("on") for name in of), of
        if (link := of.get("href")) is not None:
            assert link.startswith("#")
            assert link[1:] in ids, link
    assert not re.search(r"url\(|@import|https?:", page.texts["style"][0])
    assert "default-src 'none'" in str(page.tags)
    page.data = json.loads(next(t for t in page.texts["script"] if t.startswith("{")))
    return page
