"""proof-checker sentences: the sentences that Coq sees in a file, without running Coq."""

import argparse
import json
import sys

from checker.document.sentences import coqc_offset, split
from checker.document.sourcefile import read_source


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the sub-command."""
    parser = commands.add_parser(
        "sentences",
        help="list the sentences of a file",
        description="Lists the sentences that Coq sees in a file, as coqc -time does.",
    )
    parser.add_argument("file", metavar="FILE.v")
    parser.add_argument("--json", action="store_true", help="a list of {start, end, kind}")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the sentences; the exit code. Positions are those of coqc -time, in bytes."""
    text = read_source(arguments.file)
    shift = coqc_offset(text)
    sentences = split(text)
    if arguments.json:
        rows = [
            {"start": s.start - shift, "end": s.end - shift, "kind": s.kind.value}
            for s in sentences
        ]
        json.dump(rows, sys.stdout, indent=1)
        print()
        return 0
    for sentence in sentences:
        words = " ".join(text[sentence.start : sentence.end].decode("utf-8", "replace").split())
        excerpt = words if len(words) <= 60 else words[:57] + "..."
        start, end = sentence.start - shift, sentence.end - shift
        print(f"Chars {start} - {end} {sentence.kind.value}: {excerpt}")
    return 0
