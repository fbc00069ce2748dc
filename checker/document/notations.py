"""Notations of a text that make tokens ending in a dot, such as `+.`: their dots end no sentence.

Coq's lexer takes the longest token that it knows, and notations add tokens. The dot of `1 +. 2`
then looks like the end of a sentence and is not. A token lives until the section or module of
its notation ends; `Import` and `Export` bring those of a module back. Tokens of notations from
other files cannot be known without Coq; none is in the standard library, ext-lib or stdpp.
"""

import re

_NOTATION = re.compile(
    rb"[^\"]*?\b(?:(?:Notation|Infix)[ \t\r\n]*+(?=\")|(?:Tactic|Ltac2)[ \t\r\n]++Notation\b)"
)
_NOTATION_WORD = re.compile(rb"Notation\b(?<!\wNotation)|Infix\b(?<!\wInfix)")
_STRING_OR_BODY = re.compile(rb'"[^"]*+"|:=')
_STRING = re.compile(rb'"([^"]*)"')
_DOTTED = re.compile(rb"[^\s.]\.'?(?:[ \t\r\n]|\Z)")
_NEAR = 2000  # bytes from the word in which its strings are
_SCOPE = re.compile(
    rb"\s*(?:\#\[[^\]]*\]\s*)?(?:(?P<open>Section|Module(?:\s+Type)?(?:\s+(?:Import|Export))?)\s+"
    rb"(?P<name>[^\s.:(<]+)|(?P<end>End)\b|(?P<import>Import|Export)\s)(?P<rest>.*)",
    re.DOTALL,
)


def may_have_dotted_tokens(text: bytes) -> bool:
    """Whether some notation of the text may make such a token: a quick look."""
    words = _NOTATION_WORD.finditer(text)
    strings = (s for w in words for s in _STRING.finditer(text, w.end(), w.end() + _NEAR))
    return any(_DOTTED.search(string[1]) for string in strings)


class DottedTokens:
    """The tokens ending in a dot that are known at a point of the text."""

    def __init__(self) -> None:
        self._scopes: list[tuple[bytes, set[bytes]]] = [(b"", set())]
        self._ended: dict[bytes, set[bytes]] = {}

    def end_here(self, text: bytes, start: int, end: int) -> bool:
        """Whether the dot at `end - 1` belongs to one of the tokens, and so ends no sentence."""
        for _, tokens in self._scopes:
            for token in tokens:
                before = text[end - len(token) - 1 : end - len(token)]
                if text.endswith(token, start, end) and not _joins(before, token[:1]):
                    return True
        return False

    def see(self, sentence: bytes) -> None:
        """Take note of what this sentence declares, opens, ends or imports."""
        if notation := _NOTATION.match(sentence):
            tokens = _dotted_words(sentence[notation.end() :])
            self._scopes[-1][1].update(tokens)
        elif scope := _SCOPE.match(sentence):
            self._see_scope(scope)

    def _see_scope(self, scope: re.Match[bytes]) -> None:
        if scope["open"]:
            if scope["open"] == b"Section" or b":=" not in scope["rest"]:
                self._scopes.append((scope["name"], set()))
        elif scope["end"]:
            if len(self._scopes) > 1:
                name, tokens = self._scopes.pop()
                self._ended.setdefault(name, set()).update(tokens)
        else:
            for word in re.findall(rb"[^\s.]+", scope["rest"]):
                self._scopes[-1][1].update(self._ended.get(word, set()))


def _dotted_words(rest: bytes) -> set[bytes]:
    """The words ending in a single dot of the strings that stand before the notation's `:=`."""
    found: set[bytes] = set()
    for string in _STRING_OR_BODY.finditer(rest):
        if string[0] == b":=":
            break
        found.update(word.strip(b"'") for word in string[0][1:-1].split())
    return {word for word in found if re.search(rb"[^.]\.\Z", word)}


def _joins(before: bytes, first: bytes) -> bool:
    """Whether a byte before a token would make it a longer one, as x does `foo.`, + does `+.`."""
    if re.match(rb"[\w']", first):
        return bool(re.match(rb"[\w'\x80-\xff]", before))
    return bool(re.match(rb"[!#$%&*+,/:;<=>?@\\^|~-]", before))
