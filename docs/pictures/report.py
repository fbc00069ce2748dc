#!/usr/bin/env python3
"""Makes report.png beside it: the report of the example project, with a proof that is wrong.

    python docs/pictures/report.py

It checks a copy of the example project twice, and has Chromium draw what `check --report` wrote:
apt-get install chromium; pip install -e '.[browser]'. tests/checker/report/page/test_browser.py
looks at the same page.
"""

import subprocess
import sys
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.browser import MISSING, opened  # noqa: E402 (found from here only)

PICTURE = Path(__file__).with_suffix(".png")
WIDTH = 1000
COLOURS = 160  # are enough, and half the size
CHECK = ("check", "-f", "_Project", "-j", "2", "--quiet", "--report", "report.html")


def main() -> int:
    """Make the picture; the exit code."""
    if MISSING:
        print(f"{Path(__file__).name}: error: {MISSING}", file=sys.stderr)
        return 3
    from PIL import Image  # noqa: PLC0415 (comes with the extra, as the browser's driver does)

    with TemporaryDirectory() as folder:
        project = Path(folder, "example")
        copytree(ROOT / "example_project" / "theories", project / "theories")
        (project / "_Project").write_bytes((ROOT / "example_project" / "_Project").read_bytes())
        check(project)
        source = project / "theories" / "Sums.v"
        source.write_text(source.read_text().replace("rewrite IH;", "rewrite IHn;", 1))
        check(project, "--recheck")
        with opened(project / "report.html", width=WIDTH) as found:
            end = found.page.locator("#files").evaluate("e => e.getBoundingClientRect().top")
            clip = {"x": 0, "y": 0, "width": WIDTH, "height": end - 30}
            found.page.screenshot(path=PICTURE, full_page=True, clip=clip)
    drawn = Image.open(PICTURE).convert("RGB")
    drawn.quantize(COLOURS).save(PICTURE, optimize=True)
    print(f"{PICTURE}: {PICTURE.stat().st_size >> 10} KB")
    return 0


def check(project: Path, *words: str) -> None:
    """Checks it, whatever is found."""
    subprocess.run([sys.executable, "-m", "checker", *CHECK, *words], cwd=project, check=False)


if __name__ == "__main__":
    sys.exit(main())
