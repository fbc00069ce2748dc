"""proof-checker proofs: the proofs of a file, and which of them can be checked elsewhere."""

import argparse
import json
import sys

from checker.document.document import Document, Proof
from checker.document.reader import read_document
from checker.document.sentences import Lines, Sentence, coqc_offset
from checker.document.sourcefile import read_source


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the sub-command."""
    parser = commands.add_parser(
        "proofs",
        help="list the proofs of a file, and which can be delegated",
        description="Lists the proofs of a file. A delegable proof is checked while the "
        "document goes on with its statement; of each other one it says why not.",
    )
    parser.add_argument("file", metavar="FILE.v")
    parser.add_argument("--json", action="store_true", help="a list of objects")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the proofs; the exit code."""
    document = read_document(read_source(arguments.file))
    lines = document.lines()
    if arguments.json:
        rows = [as_json(document, lines, proof) for proof in document.proofs]
        json.dump(rows, sys.stdout, indent=1)
        print()
        return 0
    for proof in document.proofs:
        line, _ = lines.position(proof.statement.start)
        print(f"{arguments.file}:{line}: {proof.full_name}: {in_words(proof)}")
    count = sum(proof.is_delegable for proof in document.proofs)
    print(f"{count} of {len(document.proofs)} proofs can be delegated")
    return 0


def in_words(proof: Proof) -> str:
    """Whether it can be delegated, for the user."""
    if proof.why_in_place:
        return f"stays in place: {proof.why_in_place}"
    if proof.needs_variables:
        return "can be delegated, once its section variables are known (it has no Proof using)"
    return "can be delegated"


def as_json(document: Document, lines: Lines, proof: Proof) -> dict[str, object]:
    """The proof in plain values; ranges are [start, end) in the units of coqc -time."""
    shift = coqc_offset(document.text)

    def place(sentence: Sentence | None) -> list[int] | None:
        return [sentence.start - shift, sentence.end - shift] if sentence else None

    return {
        "name": proof.full_name,
        "line": lines.position(proof.statement.start)[0],
        "scopes": proof.scopes,
        "section_variables": proof.section_variables,
        "statement": place(proof.statement),
        "proof": place(proof.start),
        "body": [place(sentence) for sentence in proof.body],
        "end": place(proof.end),
        "kind": proof.kind.value,
        "using": proof.using,
        "depth": proof.depth,
        "delegable": proof.is_delegable,
        "needs_variables": proof.needs_variables,
        "why_in_place": proof.why_in_place,
    }
