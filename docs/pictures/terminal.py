#!/usr/bin/env python3
"""Makes terminal.svg beside it: a check of the example project, midway and at its end.

    python docs/pictures/terminal.py

It checks a copy of the example project, with one proof made wrong, on a pty of the system; pyte, a
terminal in memory, says what is on its screen.
"""

import os
import pty
import re
import struct
import sys
import termios
from collections.abc import Iterator
from fcntl import ioctl
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

import pyte
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.rule import Rule
from rich.text import Text

ROOT = Path(__file__).parents[2]
PICTURE = Path(__file__).with_suffix(".svg")
LINES, COLUMNS = 24, 100
COMMAND = "proof-checker check -j 2 -f _Project"
DONE = re.compile(r"(\d+)/\d+ proofs")
MIDWAY = 150  # proofs
FONT_OF_THE_WEB = re.compile(r"@font-face \{\{.*?\}\}\s*", re.DOTALL)  # a page loads nothing


def main() -> int:
    """Make the picture; the exit code."""
    with TemporaryDirectory() as folder:
        project = Path(folder, "example")
        copytree(ROOT / "example_project" / "theories", project / "theories")
        (project / "_Project").write_bytes((ROOT / "example_project" / "_Project").read_bytes())
        source = project / "theories" / "Sums.v"
        source.write_text(source.read_text().replace("rewrite IH;", "rewrite IHn;", 1))
        midway, end = screens(project)
    console = Console(record=True, width=COLUMNS, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    console.print(f"[bold]$ {COMMAND}[/bold]", highlight=False)
    for line in midway:
        console.print(line)
    console.print(Rule("and at its end"))
    for line in end:
        console.print(line)
    without_fonts = FONT_OF_THE_WEB.sub("", CONSOLE_SVG_FORMAT)
    console.save_svg(str(PICTURE), title="proof-checker", code_format=without_fonts)
    print(f"{PICTURE}: {PICTURE.stat().st_size >> 10} KB")
    return 0


def screens(project: Path) -> tuple[list[Text], list[Text]]:
    """What is on the screen when most proofs are done, and at the end."""
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.ByteStream(screen)
    midway: list[Text] = []
    for part in output(project):
        stream.feed(part)
        done = DONE.search("\n".join(screen.display))
        if done and int(done[1]) <= MIDWAY:
            midway = list(lines(screen))
    return midway, list(lines(screen))


def output(project: Path) -> Iterator[bytes]:
    """What the check writes to its terminal."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(project)
        os.environ["TERM"] = "xterm-256color"
        os.execvp(sys.executable, (sys.executable, "-m", "checker", *COMMAND.split()[1:]))
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    try:
        while part := os.read(terminal, 1 << 16):
            yield part
    except OSError:  # how a terminal says that nobody writes any more
        pass
    os.waitpid(child, 0)


def lines(screen: pyte.Screen) -> Iterator[Text]:
    """Those that are not empty, as they look."""
    for row, words in enumerate(screen.display):
        if not words.strip():
            continue
        line = Text()
        for column in range(len(words.rstrip())):
            cell = screen.buffer[row][column]
            line.append(cell.data, style(cell))
        yield line


def style(cell: pyte.screens.Char) -> str:
    """In rich's words."""
    colour = {"default": "", "brown": "yellow", "brightblack": "bright_black"}.get(cell.fg, cell.fg)
    colour = f"#{colour}" if re.fullmatch(r"[0-9a-f]{6}", colour) else colour
    return " ".join(filter(None, ("bold" if cell.bold else "", colour)))


if __name__ == "__main__":
    sys.exit(main())
