"""Code actions: what one click can mend."""

import re

from lsprotocol import types as lsp

from checker.document.document import Proof, ProofEnd
from checker.document.sentences import Sentence
from checker.lsp.names import proof_around
from checker.lsp.view import View
from checker.report.results import Verdict

_USING = re.compile(rb"Proof (using .*?)\. ", re.DOTALL)


def actions(uri: str, view: View, around: lsp.Range) -> list[lsp.CodeAction]:
    """For the proof that the place is in, or the command."""
    at = view.places.offset(around.start)
    proof = proof_around(view.document, at)
    found = []
    if command := _wrong_command(view, at):
        found.append(_leave_out(uri, view, command))
    if proof is None or proof.end is None:
        return found
    if (words := _using(view, proof)) and proof.using is None:
        found.append(_declare(uri, view, proof, words))
    if view.verdict(proof) not in (None, Verdict.CHECKED) and proof.kind is ProofEnd.QED:
        found.append(_admit(uri, view, proof))
    return found


def _wrong_command(view: View, offset: int) -> Sentence | None:
    """The sentence that a place is in, where an error is that is in no proof."""
    around = (s for s in view.document.sentences if s.start <= offset <= s.end)
    places = [message.position for message in view.errors_outside if message.position]
    wrong = [view.places.span(place)[0] for place in places]
    sentence = next(around, None)
    is_wrong = sentence and any(sentence.start <= at < sentence.end for at in wrong)
    return sentence if is_wrong else None


def _leave_out(uri: str, view: View, sentence: Sentence) -> lsp.CodeAction:
    words = view.document.source(sentence).decode(errors="replace")
    place = view.places.range(sentence.start, sentence.end)
    edit = lsp.TextEdit(place, f"(* {words} *)")
    return _action(uri, "Leave this command out", edit, lsp.CodeActionKind.QuickFix)


def _using(view: View, proof: Proof) -> str | None:
    """What says which section variables it uses, as coqc told when it was run."""
    at = proof.statement.start
    result = view.results.get(at)
    told = (result.uses if result else b"") or view.known.uses.get(at, b"")
    found = _USING.match(told)
    return found[1].decode().strip() if found and proof.needs_variables else None


def _declare(uri: str, view: View, proof: Proof, words: str) -> lsp.CodeAction:
    if proof.start:  # it may say `with` as well
        at, text = proof.start.start + len("Proof"), f" {words}"
    else:
        at, text = proof.statement.end, f"\nProof {words}."
    edit = lsp.TextEdit(view.places.range(at, at), text)
    return _action(uri, f"Write `Proof {words}.`", edit, lsp.CodeActionKind.RefactorRewrite)


def _admit(uri: str, view: View, proof: Proof) -> lsp.CodeAction:
    first = proof.body[0].start if proof.body else proof.last.start
    edit = lsp.TextEdit(view.places.range(first, proof.last.end), "Admitted.")
    return _action(uri, f"Admit {proof.name}", edit, lsp.CodeActionKind.QuickFix)


def _action(uri: str, title: str, edit: lsp.TextEdit, kind: lsp.CodeActionKind) -> lsp.CodeAction:
    return lsp.CodeAction(title, kind, edit=lsp.WorkspaceEdit(changes={uri: [edit]}))
