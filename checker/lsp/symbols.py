"""What the outline of a document is made of: symbols, and what can be folded or selected."""

from lsprotocol import types as lsp

from checker.document.document import Document, Proof, Scope
from checker.document.scopes import ScopeKind
from checker.document.vernac import parse
from checker.lsp.places import Places
from checker.lsp.view import View
from checker.report.results import Verdict

_KIND = {ScopeKind.SECTION: lsp.SymbolKind.Namespace}
_DEFINES = {
    "Definition": lsp.SymbolKind.Function,
    "Fixpoint": lsp.SymbolKind.Function,
    "CoFixpoint": lsp.SymbolKind.Function,
    "Inductive": lsp.SymbolKind.Enum,
    "CoInductive": lsp.SymbolKind.Enum,
    "Variant": lsp.SymbolKind.Enum,
    "Record": lsp.SymbolKind.Struct,
    "Structure": lsp.SymbolKind.Struct,
    "Class": lsp.SymbolKind.Interface,
    "Ltac": lsp.SymbolKind.Function,
    "Axiom": lsp.SymbolKind.Constant,
    "Parameter": lsp.SymbolKind.Constant,
}
_WORDS = {Verdict.SKIPPED: "not run"}


def symbols(document: Document, places: Places) -> list[lsp.DocumentSymbol]:
    """Modules, sections, statements and definitions, as they stand in each other."""
    proofs = {proof.index for proof in document.proofs}
    named = [
        (sentence.start, found)
        for index, sentence in enumerate(document.sentences)
        if index not in proofs and (found := _definition(document, index, places))
    ]
    return _of_scope(document.root, named, places)


def _of_scope(
    scope: Scope, named: list[tuple[int, lsp.DocumentSymbol]], places: Places
) -> list[lsp.DocumentSymbol]:
    inner = [child for child in scope.children if isinstance(child, Scope)]
    found = [
        (at, symbol)
        for at, symbol in named
        if scope.start <= at < scope.end and not any(s.start <= at < s.end for s in inner)
    ]
    for child in scope.children:
        if isinstance(child, Scope):
            span = places.range(child.start, child.end)
            kind = _KIND.get(child.kind, lsp.SymbolKind.Module)
            start = places.range(child.start, child.start)
            below = _of_scope(child, named, places)
            symbol = lsp.DocumentSymbol(child.name or "?", kind, span, start, children=below)
            found.append((child.start, symbol))
        else:
            found.append((child.statement.start, _of_proof(child, places)))
    return [symbol for _, symbol in sorted(found, key=lambda pair: pair[0])]


def _of_proof(proof: Proof, places: Places) -> lsp.DocumentSymbol:
    span = places.range(proof.statement.start, proof.last.end)
    statement = places.range(proof.statement.start, proof.statement.end)
    return lsp.DocumentSymbol(proof.name, lsp.SymbolKind.Method, span, statement)


def _definition(document: Document, index: int, places: Places) -> lsp.DocumentSymbol | None:
    sentence = document.sentences[index]
    command = parse(document.text[sentence.start : sentence.end])
    kind = _DEFINES.get(command.word)
    words = command.rest.split(maxsplit=1)
    if kind is None or not words:
        return None
    name = words[0].rstrip(":.(")
    span = places.range(sentence.start, sentence.end)
    return lsp.DocumentSymbol(name or command.word, kind, span, span)


def folds(document: Document, places: Places) -> list[lsp.FoldingRange]:
    """Proofs, modules and sections."""
    spans = [(proof.statement.start, proof.last.end) for proof in document.proofs]
    waiting = [child for child in document.root.children if isinstance(child, Scope)]
    while waiting:
        scope = waiting.pop()
        spans.append((scope.start, scope.end))
        waiting += (child for child in scope.children if isinstance(child, Scope))
    lines = sorted((places.position(a).line, places.position(b).line) for a, b in spans)
    return [lsp.FoldingRange(first, last) for first, last in lines if first < last]


def selection(document: Document, places: Places, offset: int) -> lsp.SelectionRange:
    """What is around a place: its sentence, its proof, the modules and sections, the whole."""
    whole = (0, len(document.text))
    spans = {whole}
    touched = [(s.start, s.end) for s in document.sentences if s.start <= offset <= s.end]
    spans |= {*touched[-1:]}  # behind a bullet, the tactic: the two are not around each other
    for proof in document.proofs:
        if proof.statement.start <= offset <= proof.last.end:
            spans.add((proof.statement.start, proof.last.end))
    scope: Scope | None = document.root
    while scope:
        spans.add((scope.start, scope.end))
        inside = (c for c in scope.children if isinstance(c, Scope))
        scope = next((c for c in inside if c.start <= offset <= c.end), None)
    found: lsp.SelectionRange | None = None
    for start, end in sorted(spans, key=lambda span: span[0] - span[1]):
        found = lsp.SelectionRange(places.range(start, end), found)
    assert found, "the whole is one"
    return found


def hints(view: View, around: lsp.Range) -> list[lsp.InlayHint]:
    """Behind the end of each proof: what is known of it, and what it took."""
    found = []
    for proof in view.document.proofs:
        place = view.places.position(proof.last.end)
        if proof.depth or not around.start.line <= place.line <= around.end.line:
            continue
        verdict, seconds = view.verdict(proof), view.seconds(proof)
        words = "..." if verdict is None else _WORDS.get(verdict, verdict.value)
        took = "" if seconds is None else f" {seconds:.2f} s"
        found.append(lsp.InlayHint(place, f"{words}{took}", padding_left=True))
    return found
