"""What the steps of a script cost: seconds, known from earlier runs or estimated from length."""

from collections.abc import Mapping

from checker.engines.snapshot.steps.script import Script
from checker.schedule.estimates import TACTICS_PER_BYTE, TEXT_PER_BYTE, Rate

STAND_IN = 2e-4  # seconds that `Admitted` takes
FORK = 0.012  # seconds, of a pass
OWN = 4e-4  # seconds that this process takes for a step which coqc executes
START = 0.06  # seconds of a coqc before it reads its file
END = 0.02  # seconds, to write what it made of it


class Rates:
    """What tactics and other sentences cost in this run so far."""

    def __init__(self) -> None:
        self.tactics = Rate.guessed(TACTICS_PER_BYTE)
        self.text = Rate.guessed(TEXT_PER_BYTE)


class Costs:
    """What each step of a script costs to run, and to get past."""

    def __init__(
        self,
        script: Script,
        known: Mapping[int, float],
        rates: Rates,
        text_per_byte: float | None = None,
        head: float = 0.0,
    ) -> None:
        """`known`: seconds of tactics by number of the proof, and of other text, from before.

        `head`: seconds that the head of the file takes besides.
        """
        self._script = script
        self._known = known
        self._rates = rates
        self._text_per_byte = text_per_byte
        self._head = head

    def recorded(self, index: int) -> float | None:
        """Seconds that the tactics of this step took before, if that is known."""
        proof = self._script.steps[index].proof
        return None if proof is None else self._known.get(proof)

    def run(self, index: int) -> float:
        """Seconds to run the step."""
        step = self._script.steps[index]
        size = step.end - step.start
        if step.proof is None:
            known_rate = self._text_per_byte
            rate = self._rates.text.per_byte if known_rate is None else known_rate
            return size * rate + (0.0 if index else self._head)
        known = self._known.get(step.proof)
        return size * self._rates.tactics.per_byte if known is None else known
