"""Times as people write them: 90, 0.5, 90s, 5m, 1h30m."""

import argparse
import re

_UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
_NUMBER = r"(\d{1,9}(?:\.\d{1,9})?)"
_TIME = re.compile("".join(f"(?:{_NUMBER}{unit})?" for unit in _UNITS))


def seconds(text: str) -> float:
    """A time from 0, as argparse wants its types; without a unit it is in seconds.

    >>> seconds("0.5"), seconds("90s"), seconds("1h30m")
    (0.5, 90.0, 5400.0)
    """
    if re.fullmatch(_NUMBER, text):
        return float(text)
    match = _TIME.fullmatch(text)
    if not text or not match:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time; give seconds, or 90s, 5m, 1h30m")
    found = zip(match.groups(), _UNITS.values(), strict=True)
    return sum(float(number) * unit for number, unit in found if number)
