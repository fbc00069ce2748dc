"""Section variables: what stands in for a proof in a section that does not declare its own.

coqc tells them, for each such proof that it runs: it is started with Suggest Proof Using, and asked
inside the proof whether that still holds, and whether a default for `Proof using` does. For a proof
without annotation Coq then suggests one, unless there is no section variable at all.

Of theorems that are proved together all use the same, and Coq suggests something for each of them:
what is used beside its own statement. But `Proof using` on Coq before 9 adds the variables of the
first statement only to those it names. So what is suggested for the first one counts.

Two different sets may say the same: what `Proof using` declares is the closure of its names under
what their types and bodies mention, with every `Let` whose own closure lies in it. So a closure is
given by the variables without body in it, and these coqc is asked for, name by name. Pure.
"""

import re
from collections.abc import Iterable, Mapping

# Asked before the proof of a section is left out of which nothing else is known.
ABOUT_DEFAULT = b"Test Default Proof Using. "
# Asked after `Proof.`; it moves what follows on its line.
QUESTION = ABOUT_DEFAULT + b"Test Suggest Proof Using. "
BY_DEFAULT = b"Proof. Admitted."  # `Proof.` takes the default, as it does in the real proof
# No variable beside those of the statement, which coqc itself knows: names add to these
# (process_expr of Coq's proof_using.ml). It says the same as `Proof using Type`, in fewer bytes.
NOTHING = b"Proof using . Admitted."

_DEFAULT = re.compile(r"Current value of Default Proof Using is (undefined)?")
_SUGGESTS = re.compile(r"Suggest Proof Using is (on|off)")
_SUGGESTION = re.compile(
    r"should start with one of the following commands: Proof using (.*?)\.(?: |$)"
)
# Names, Type, All, and what joins them: nothing that ends a sentence, or begins a text or comment.
_STAND_IN = re.compile(r"Proof(?: using(?: (?!\S*\(\*)[^\s.\"]+)*)? ?\. Admitted\.")
_DECLARED = re.compile(r"Proof using (.*) ?\. Admitted\.")

# Asked between two proofs, of a copy of the process, about one name. What it is made of is kept
# in the goal, all else cleared; what has no body there is told, and the name alone at the end.
# (The body of a `Let` that ended in Qed is not seen in a goal: it counts as itself, which errs on
# the safe side. So does a body that cannot be cleared.)
_ABOUT = """Goal Type.
pose (proof_makefile := NAME). clear - proof_makefile.
match goal with
| v : _ |- _ => (tryif clearbody v then idtac else idtac "proof-makefile:" "NAME" v); fail
| _ => idtac "proof-makefile:" "NAME"
end.
Abort.
"""
_ANSWER = re.compile(r"^proof-makefile: (\S+)(?: (\S+))?$", re.MULTILINE)


def is_stand_in(words: str) -> bool:
    """Whether a text is a stand-in, and nothing else that coqc would execute.

    >>> is_stand_in("Proof using x . Admitted."), is_stand_in("Proof using x. Quit. Admitted.")
    (True, False)
    """
    return _STAND_IN.fullmatch(words) is not None


def declared(words: bytes) -> frozenset[str] | None:
    """The names that a stand-in declares; None where it leaves that to the default."""
    found = _DECLARED.fullmatch(words.decode())
    return frozenset(found[1].split()) if found else None


def question_about(names: Iterable[str]) -> bytes:
    """What asks coqc for the closures of these section variables."""
    return "".join(_ABOUT.replace("NAME", name) for name in sorted(names)).encode()


def closures(output: str) -> Mapping[str, frozenset[str]]:
    """The variables without body in the closure of each name that coqc was asked about."""
    answers = [(name, variable) for name, variable in _ANSWER.findall(output)]
    return {
        name: frozenset(variable for of, variable in answers if of == name and variable)
        for name, last in answers
        if not last
    }


def has_no_variables(output: str) -> bool:
    """Whether coqc said that there is no section variable: then every stand-in says the same."""
    return stand_in(output) == NOTHING and not _SUGGESTION.search(" ".join(output.split()))


def uses_statement_only(output: str, theorems: int = 1) -> bool:
    """Whether coqc said that NOTHING says the same as the proof that it ran.

    It suggests `Proof using Type`, among others, where the proof needs nothing beside what the
    statement needs (vernac/proof_using.ml, suggest_common).
    """
    suggestions = _SUGGESTION.findall(" ".join(output.split()))[-theorems:]
    return suggestions[:1] == ["Type"] or has_no_variables(output)


def stand_in(output: str, theorems: int = 1) -> bytes | None:
    """What says the same of the variables as the proof that coqc ran and said this of.

    `theorems`: how many it proves, or seems to.

    None when coqc did not say what it should have: then the proof has to be run.
    """
    words = " ".join(output.split())
    by_default = has_default(output)
    # Tactics may print anything: coqc is asked before them, and suggests after them.
    suggests = _SUGGESTS.search(words)
    suggestions = _SUGGESTION.findall(words)[-theorems:]
    if by_default is None or not suggests or suggests[1] != "on":
        return None
    if suggestions and len(suggestions) < theorems:
        return None
    if suggestions:
        return b"Proof using %s. Admitted." % f"{suggestions[0]} ".lstrip().encode()
    return BY_DEFAULT if by_default else NOTHING


def has_default(output: str, last: bool = False) -> bool | None:
    """Whether coqc said that a default for `Proof using` holds; None when it did not say.

    Its first answer, or the last: tactics that were run before or after may print such words too.
    """
    found = _DEFAULT.findall(" ".join(output.split()))
    return not found[-1 if last else 0] if found else None
