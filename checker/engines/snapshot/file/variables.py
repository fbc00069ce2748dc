"""Section variables of the proofs of a file: what is recorded, guessed, and told by coqc."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from checker.document.section_variables import (
    BY_DEFAULT,
    NOTHING,
    declared,
    has_default,
    stand_in,
)
from checker.engines.snapshot.steps.script import Proof, Script

MOST_RETURNS = 2  # of a pass, and one for each EACH guesses, before no more are made
EACH = 30
MOST_WRONG = 2  # of what would have been guessed, and one of so many, before no more is guessed
ONE_OF = 12


@dataclass(eq=False)
class Variables:
    """Which section variables the proofs of a script use, as words of a stand-in.

    What is `told` is so. All else is an assumption until coqc has run the proof.
    """

    script: Script
    collections: frozenset[str] = frozenset()  # names that mean a set of variables
    recorded: dict[int, bytes] = field(default_factory=dict)  # of proofs, by an earlier run
    told: dict[int, bytes] = field(default_factory=dict)  # of steps, by coqc, now
    guessed: dict[int, bytes] = field(default_factory=dict)  # of steps
    refuted: set[int] = field(default_factory=set)  # of these, that use others
    returns: int = 0  # how often a pass went back to before a guess
    passed_before: int = 0  # from this step, the last time: up to there no more is guessed
    compared: int = 0  # proofs for which the guess was set against what coqc told then
    wrong: int = 0  # of these, so often it was another
    record_is_wrong: bool = False  # a proof uses other variables than was recorded
    _defaults: dict[int, bool] = field(default_factory=dict)  # steps: whether one holds there
    _last_by_default: bool = False  # of the proof that coqc told of last
    _of_section: dict[int, list[bytes]] = field(default_factory=dict)  # what coqc told, in order

    def words(self, index: int) -> bytes | None:
        """The words of the stand-in; those for a proof in a section may be an assumption."""
        number = self.script.steps[index].proof
        if number is None:
            return None
        proof = self.script.proofs[number]
        if proof.ask_at is None:
            return proof.stand_in
        known = self.told.get(index) or self.recorded.get(number)
        by_default = BY_DEFAULT if self._defaults.get(index) else None
        return known or by_default or self.guessed.get(index)

    def assumption(self, index: int) -> bytes | None:
        """The words of a stand-in that coqc has not confirmed in this run."""
        proof = self._proof(index)
        asks = proof is not None and proof.ask_at is not None
        return self.words(index) if asks and index not in self.told else None

    def guess(self, index: int) -> bytes | None:
        """The words for a proof that has to be run else, to be taken for granted until it was.

        It takes the default, if one seems to hold; else those that its statement uses, and those
        which the last two proofs of its section of which coqc told need beside. None where these
        differ, nothing fits in, passes had to go back too often, or guesses are not mostly right.
        """
        proof = self._proof(index)
        if proof is None or index < self.passed_before:
            return None
        if self.returns > MOST_RETURNS + len(self.guessed) // EACH:
            return None
        if self.wrong > MOST_WRONG + self.compared // ONE_OF:
            return None
        words = self._likely(proof)
        return words if words is not None and self.has_room(index, words) else None

    def has_room(self, index: int, words: bytes = NOTHING) -> bool:
        """Whether these words, about the section variables of a proof, fit in for it."""
        proof, step = self._proof(index), self.script.steps[index]
        asks = proof is not None and proof.ask_at is not None
        return asks and self.script.laid(step, words) is not None

    def _likely(self, proof: Proof) -> bytes | None:
        if self._seems_to_take_default(proof):
            return BY_DEFAULT
        lately = self._of_section.get(proof.section, [])[-2:]
        return lately[-1] if len(set(lately)) == 1 else None

    def went_back(self, index: int, assumed: Mapping[int, bytes]) -> None:
        """A pass that took this for granted has come to this step, and goes on from before it.

        What was guessed after the first that was wrong, nobody will confirm: it rests on that.
        """
        self.returns += 1
        self.passed_before = index
        wrong = min(n for n, words in assumed.items() if self.told.get(n, words) != words)
        for later in [n for n in self.guessed if n > wrong and n not in self.told]:
            del self.guessed[later]

    @property
    def guesses_well(self) -> bool:
        """Whether a guess that is open is most likely right."""
        return self.returns <= len(self.guessed) // EACH

    def _seems_to_take_default(self, proof: Proof) -> bool:
        if not proof.has_proof:
            return False
        return self._last_by_default if proof.takes_default is None else proof.takes_default

    def asked_at(self, index: int) -> int | None:
        """Where coqc is to be asked which ones the proof uses."""
        proof = self._proof(index)
        return proof.ask_at if proof and index not in self.told else None

    def asks_default(self, index: int) -> bool:
        """Whether coqc may be asked, before this step, for a default of variables.

        It holds where the proof has a `Proof` of its own.
        """
        proof = self._proof(index)
        return proof is not None and index not in self._defaults and proof.has_proof

    def may_take_default(self, index: int) -> bool:
        """Whether it is likely that coqc, asked for it, will say that a default holds there."""
        proof = self._proof(index)
        return bool(proof and self.asks_default(index) and self._seems_to_take_default(proof))

    def said(self, index: int, output: str) -> bytes | None:
        """The stand-in of a proof of which coqc said this.

        None where it is not clear: then the proof has to be run. In `Proof using` All means all,
        and a name of a Collection the Collection, even if it is a variable's too.
        """
        proof = self._proof(index)
        words = stand_in(output, proof.theorems if proof else 1)
        return None if words and (declared(words) or frozenset()) & self.collections else words

    def learn(self, index: int, words: bytes) -> None:
        """coqc ran a proof in a section and said what says the same of the variables."""
        if index in self.told:
            return
        assumed = self.assumption(index)
        if assumed is not None and assumed != words:
            if index in self.guessed:
                self.refuted.add(index)
            else:
                self.recorded.clear()
                self.record_is_wrong = True
        self.told[index] = words
        if proof := self._proof(index):
            self._compare(index, proof, words)
            said = NOTHING if words == BY_DEFAULT else words
            self._of_section.setdefault(proof.section, []).append(said)
        self._last_by_default = words == BY_DEFAULT

    def _compare(self, index: int, proof: Proof, words: bytes) -> None:
        """Counts how often a guess is wrong, or would have been."""
        guess = self.guessed.get(index) or self._likely(proof)
        if guess is not None:
            self.compared += 1
            self.wrong += guess != words

    def learn_default(self, index: int, output: str) -> None:
        """coqc was asked before this step for a default, and said this."""
        self._defaults[index] = bool(has_default(output, last=True))

    def recall(self, index: int, other: "Variables") -> None:
        """What coqc said before and of this step when it was in another state of the file."""
        if index in other._defaults:
            self._defaults[index] = other._defaults[index]

    def refutes(self, assumed: Mapping[int, bytes]) -> bool:
        """Whether something that was taken for granted is not so."""
        return any(self.told[index] != assumed[index] for index in self.told.keys() & assumed)

    def _proof(self, index: int) -> Proof | None:
        number = self.script.steps[index].proof
        return None if number is None else self.script.proofs[number]
