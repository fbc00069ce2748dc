"""The report in Chromium: of the example project, and of one with 20,000 proofs.

SCREENSHOTS=folder keeps how it looks there: light, dark and narrow.
"""

import os
import shutil
from pathlib import Path

import pytest

from tests.browser import MISSING, NARROW, WIDE, Opened, opened
from tests.helpers import REPOSITORY, Coq, write_project

pytestmark = [
    pytest.mark.full,
    pytest.mark.ends,
    pytest.mark.skipif(MISSING is not None, reason=MISSING or ""),
]
FILES, EACH = 200, 100
MOST_SECONDS = 2.0  # until 20,000 proofs are drawn
VIEW = "document.getElementById('timeline-canvas').getAttribute('data-seconds')"


def reported(coq: Coq, root: Path) -> Path:
    words = ("check", "-f", "_Project", "-j", "2", "--quiet", "--report", "r.html")
    done = coq.run("proof-checker", *words, cwd=root)
    assert done.returncode in {0, 1}, done.stderr
    return root / "r.html"


@pytest.fixture(scope="module")
def example(coq: Coq, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example project, with a wrong proof; checked twice."""
    root = tmp_path_factory.mktemp("example") / "project"
    shutil.copytree(REPOSITORY / "example_project" / "theories", root / "theories")
    shutil.copy(REPOSITORY / "example_project" / "_Project", root)
    reported(coq, root)
    source = root / "theories" / "Sorting.v"
    source.write_text(source.read_text().replace("Qed.", "Qed. (* the same *)", 1))
    binomial = root / "theories" / "Binomial.v"
    head, _, tail = binomial.read_text().rpartition("Qed.")
    binomial.write_text(f"{head}exact wrong. Qed.{tail}")
    return reported(coq, root)


@pytest.fixture(scope="module")
def large(coq: Coq, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20,000 proofs in 200 files, all of which were run."""
    sources = {
        f"F{n}.v": (f"Require Import Top.F{n // 3}.\n" if n else "")
        + "".join(f"Lemma l{n}_{m} : True. Proof. exact I. Qed.\n" for m in range(EACH))
        for n in range(FILES)
    }
    return reported(coq, write_project(tmp_path_factory.mktemp("large"), sources))


def seconds_in_view(found: Opened) -> float:
    return float(found.page.evaluate(VIEW))


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [("light", WIDE, "light"), ("dark", WIDE, "dark"), ("narrow", NARROW, "light")],
)
def test_the_page_is_drawn_without_complaint_and_no_wider_than_the_screen(
    example: Path, large: Path, name: str, width: int, scheme: str
) -> None:
    for project, html in (("example", example), ("large", large)):
        with opened(html, width=width, scheme=scheme) as found:
            assert found.complaints == []
            assert found.page.evaluate("document.documentElement.scrollWidth") <= width
            if folder := os.environ.get("SCREENSHOTS"):
                picture = Path(folder, f"{project}-{name}.png")
                found.page.screenshot(path=picture, full_page=True)


def test_20_000_proofs_are_drawn_sorted_and_searched_at_once(
    large: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(large) as found:
        assert "20,000" in found.text("#proofs-pager")
        assert found.seconds < MOST_SECONDS
        took = found.page.evaluate(
            """() => {
              const begun = performance.now();
              document.querySelector('#proofs-table [data-key="name"] button').click();
              const search = document.getElementById("proofs-search");
              search.value = "l150_ f150";
              search.dispatchEvent(new Event("input"));
              return (performance.now() - begun) / 1000;
            }"""
        )
        assert f"{EACH} found, of 20,000" in found.text("#proofs-pager")
        assert took < MOST_SECONDS / 2
        assert found.complaints == []
        with capsys.disabled():
            size = large.stat().st_size / 2**20
            told = (
                f"{size:.1f} MB drawn in {found.seconds:.2f} s, sorted and searched in {took:.2f} s"
            )
            print(f"\n20,000 proofs: {told}")


def test_tables_are_sorted_by_their_heads_and_searched(example: Path) -> None:
    with opened(example) as found:
        times = [float(row[3]) for row in found.rows("proofs")]
        assert times == sorted(times, reverse=True)
        head = found.page.locator("#proofs-table th[data-key=name]")
        head.get_by_role("button").click()
        names = [row[0].splitlines()[0] for row in found.rows("proofs")]
        assert names == sorted(names)
        assert head.get_attribute("aria-sort") == "ascending"
        found.page.get_by_role("button", name="On", exact=True).first.click()
        assert "26–50 of" in found.text("#proofs-pager")
        found.page.locator("#proofs-search").fill("prime")
        assert all("rime" in " ".join(row) for row in found.rows("proofs"))
        found.page.locator("#proofs-search").fill("nothing has this name")
        assert found.rows("proofs") == []
        assert found.text("#proofs-pager [role=status]") == "Nothing is found."
        assert found.complaints == []


def test_what_is_not_good_can_be_picked_out(example: Path) -> None:
    with opened(example) as found:
        found.page.locator("#proofs-choice").select_option("not good")
        rows = found.rows("proofs")
        assert rows
        assert {row[2] for row in rows} <= {"wrong", "skipped"}


def test_the_timeline_zooms_by_keys_wheel_and_buttons(example: Path) -> None:
    with opened(example) as found:
        canvas = found.page.locator("#timeline-canvas")
        whole = seconds_in_view(found)
        canvas.hover()
        found.page.mouse.wheel(0, -200)
        assert seconds_in_view(found) == whole  # the page is scrolled instead
        canvas.focus()
        found.page.mouse.wheel(0, -200)
        found.page.wait_for_function(f"{VIEW} < {whole}")
        for keys, is_narrower in (("+", True), ("-", False), ("0", False)):
            before = seconds_in_view(found)
            found.page.keyboard.press(keys)
            after = seconds_in_view(found)
            assert after < before if is_narrower else after > before or after == whole
        assert seconds_in_view(found) == whole
        found.page.locator("#zoom-in").click()
        assert seconds_in_view(found) < whole
        assert found.complaints == []


def test_the_timeline_tells_of_a_piece_that_is_pointed_at_or_gone_to(example: Path) -> None:
    with opened(example) as found:
        found.page.locator("#timeline-canvas").focus()
        found.page.keyboard.press("ArrowRight")
        first = found.text("#timeline-text")
        assert "worker 1" in first
        found.page.keyboard.press("ArrowRight")
        assert found.text("#timeline-text") != first


def test_names_lead_to_the_other_parts_of_the_page(example: Path) -> None:
    with opened(example) as found:
        whole = seconds_in_view(found)
        found.page.locator("#proofs-choice").select_option("run now")
        name = found.rows("proofs")[0][0].splitlines()[0]
        found.page.locator("#proofs-table").get_by_role("button", name=name, exact=True).click()
        assert seconds_in_view(found) < whole
        assert name in found.text("#timeline-text")
        found.page.locator("#files-table").get_by_role("button", name="theories/Sums.v").click()
        assert found.page.locator("#proofs-search").input_value() == "theories/Sums.v"
        assert all("Sums.v" in row[1] for row in found.rows("proofs"))
        found.page.locator(".box", has_text="Groups").focus()
        found.page.keyboard.press("Enter")
        assert found.page.locator("#proofs-search").input_value() == "theories/Groups.v"
        for link in found.page.locator("nav a").all():
            link.click()
            target = str(link.get_attribute("href"))
            assert found.page.locator(target).evaluate("e => e.getBoundingClientRect().top") < 800
        assert found.complaints == []


def test_everything_is_reached_by_the_tabulator(example: Path) -> None:
    with opened(example) as found:
        reached = set()
        for _ in range(90):
            found.page.keyboard.press("Tab")
            focused = "document.activeElement"
            reached.add(str(found.page.evaluate(f"{focused}.id || {focused}.className.baseVal")))
        assert {"timeline-canvas", "zoom-in", "files-search"} <= reached
        assert any("box" in one for one in reached)


def test_it_prints_without_what_only_a_screen_has(example: Path, tmp_path: Path) -> None:
    with opened(example, scheme="dark") as found:
        found.page.emulate_media(media="print")
        assert not found.page.locator("nav").is_visible()
        paper = "getComputedStyle(document.body).backgroundColor"
        assert found.page.evaluate(paper) == "rgb(255, 255, 255)"
        found.page.pdf(path=tmp_path / "r.pdf")
        assert (tmp_path / "r.pdf").stat().st_size > 10_000
        assert found.complaints == []
