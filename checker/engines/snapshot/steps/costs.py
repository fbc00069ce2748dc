"""What the steps of a script cost: seconds, known from earlier runs or estimated from length."""

from collections.abc import Mapping
from dataclasses import dataclass

from checker.engines.snapshot.steps.script import Script

TACTICS_PER_BYTE = 1e-4  # seconds, where nothing is known yet
TEXT_PER_BYTE = 1e-5
STAND_IN = 2e-4  # seconds that `Admitted` takes
FORK = 0.012  # seconds, of a pass
START = 0.08  # seconds of a coqc before it reads its file, and to write what it made of it


@dataclass
class Rate:
    """Seconds a byte, learnt as a run goes on."""

    seconds: float
    size: float  # bytes seen; the first guess counts as a few

    def learn(self, seconds: float, size: int) -> None:
        """Take a step into account that was just executed."""
        self.seconds += seconds
        self.size += size

    @property
    def per_byte(self) -> float:
        """The mean so far."""
        return self.seconds / self.size


class Rates:
    """What tactics and other sentences cost in this run so far."""

    def __init__(self) -> None:
        guessed = 2000
        self.tactics = Rate(TACTICS_PER_BYTE * guessed, guessed)
        self.text = Rate(TEXT_PER_BYTE * guessed, guessed)


class Costs:
    """What each step of a script costs to run, and to get past."""

    def __init__(
        self,
        script: Script,
        known: Mapping[int, float],
        rates: Rates,
        text_per_byte: float | None = None,
    ) -> None:
        """`known`: seconds of tactics by number of the proof, and of other text, from before."""
        self._script = script
        self._known = known
        self._rates = rates
        self._text_per_byte = text_per_byte

    def run(self, index: int) -> float:
        """Seconds to run the step."""
        step = self._script.steps[index]
        size = step.end - step.start
        if step.proof is None:
            known_rate = self._text_per_byte
            return size * (self._rates.text.per_byte if known_rate is None else known_rate)
        known = self._known.get(step.proof)
        return size * self._rates.tactics.per_byte if known is None else known
