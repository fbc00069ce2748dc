"""Tables of times and memory, of one build or of two, laid out as Coq's own scripts do."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal

from makegen.generate.timing import Cost, Costs

NOTHING = "No timing data\n"
MISSING = "N/A"
INFINITY = "∞"
ABSENT = Cost()


@dataclass(frozen=True)
class Column:
    """A column: what separates it from the one before, and its cells from the header down."""

    separator: str
    cells: Sequence[str]
    is_name: bool = False

    @property
    def width(self) -> int:
        """That of the widest cell."""
        return max(len(MISSING), *map(len, self.cells))

    def lines(self) -> list[str]:
        """The cells in one width: names to the left, numbers to the right."""
        place = str.ljust if self.is_name else str.rjust
        return [self.separator + place(cell, self.width) for cell in self.cells]


@dataclass(frozen=True)
class Change:
    """From one amount to another."""

    before: Decimal
    after: Decimal

    @property
    def amount(self) -> Decimal:
        """The difference, with its sign."""
        return self.after - self.before

    @property
    def percent(self) -> str:
        """The difference in percent of what was before, cut to two digits."""
        if not self.before:
            return INFINITY if self.after else MISSING
        return f"{_cut(self.amount / self.before * 100):+f}%"


@dataclass(frozen=True)
class Style:
    """What a table shows, and in which order.

    `sort_by`, of two builds: `absolute` has the greatest cost first, `diff` the greatest change
    with its sign, `auto` the greatest change in whole seconds, then the greatest cost.
    """

    memory: bool = True  # show it
    by_memory: bool = False  # order by memory instead of time
    sort_by: str = "auto"
    names_last: bool = True  # of two builds; before Rocq 9.1 they stand between after and before
    tag: str = "File Name"


def one_table(costs: Costs, style: Style) -> str:
    """The costs of one build, the greatest first."""
    if not costs:
        return NOTHING
    names = sorted(costs, key=lambda name: (-_amount(costs[name], style), name))
    shown = [costs[name] for name in names]
    time = Column("", ["Time", *_times(shown)])
    sizes = _memories(shown)
    known = any(cost.memory is not None for cost in shown)
    peak = Column(" | ", ["Peak Mem", *(sizes if known else [MISSING, *sizes[1:]])])
    name = Column(" | ", [style.tag, _total(style), *names], is_name=True)
    return _layout([time, peak, name] if style.memory else [time, name])


def two_table(after: Costs, before: Costs, style: Style) -> str:
    """The costs of two builds side by side, with the change."""
    if not after and not before:
        return NOTHING
    names = sorted({**before, **after}, key=_order(after, before, style))
    new = [after.get(name, ABSENT) for name in names]
    old = [before.get(name, ABSENT) for name in names]
    pairs = list(zip(old, new, strict=True))
    times = [Change(_sum(old), _sum(new)), *(Change(_sum([o]), _sum([n])) for o, n in pairs)]
    sizes = [Change(_peak(old), _peak(new)), *(Change(_peak([o]), _peak([n])) for o, n in pairs)]
    total, *percents = (change.percent for change in times)
    shown = [
        Column("", ["After", *_times(new)]),
        Column(" | ", ["Before", *_times(old)]),
        Column(" || ", ["Change", *(_minutes(change.amount, signed=True) for change in times)]),
        Column(" | ", ["% Change", MISSING if total == INFINITY else total, *percents]),
    ]
    peaks = [
        Column(" | ", ["Peak Mem", *_memories(new)]),
        Column(" | ", ["Peak Mem", *_memories(old)]),
        Column(" || ", ["Change (mem)", *(f"{change.amount} ko" for change in sizes)]),
        Column(" | ", ["% Change (mem)", *(change.percent for change in sizes)]),
    ]
    pairs_of_columns = zip(shown, peaks, strict=True)
    columns = [c for both in pairs_of_columns for c in (both if style.memory else both[:1])]
    place = len(columns) if style.names_last else 1 + style.memory
    columns.insert(place, Column(" | ", [style.tag, _total(style), *names], is_name=True))
    return _centered(_layout(columns), [*shown, *peaks])


def _centered(table: str, columns: Sequence[Column]) -> str:
    """The table of two builds with N/A in the middle of its column.

    It is done by what stands around, in this order, as Coq's scripts do it: so a narrower column
    decides for a wider one, too.
    """
    around = [("", " | "), (" | ", " |"), ("|| ", ""), ("| ", "")] * 2
    for column, (left, right) in zip(columns, around, strict=True):
        found, wanted = MISSING.rjust(column.width), MISSING.center(column.width)
        table = table.replace(f"{left}{found}{right}", f"{left}{wanted}{right}")
    return table


def _order(
    after: Costs, before: Costs, style: Style
) -> Callable[[str], tuple[Decimal, Decimal, str]]:
    def key(name: str) -> tuple[Decimal, Decimal, str]:
        new, old = after.get(name, ABSENT), before.get(name, ABSENT)
        change = _rounded(_amount(new, style) - _amount(old, style))  # as it is shown
        cost = _amount(after.get(name, old), style)
        if style.sort_by == "auto":
            return -Decimal(int(abs(change))), -cost, name
        return -cost if style.sort_by == "absolute" else -change, Decimal(0), name

    return key


def _amount(cost: Cost, style: Style) -> Decimal:
    return Decimal(cost.memory or 0) if style.by_memory else cost.time or Decimal(0)


def _sum(costs: Collection[Cost]) -> Decimal:
    return sum((cost.time or Decimal(0) for cost in costs), Decimal(0))


def _peak(costs: Collection[Cost]) -> Decimal:
    return Decimal(max(cost.memory or 0 for cost in costs))


def _times(costs: Sequence[Cost]) -> list[str]:
    """The total and each time; a log's own digits are kept."""
    shown = (MISSING if cost.time is None else _clock(cost.time) for cost in costs)
    return [_minutes(_sum(costs)), *shown]


def _memories(costs: Sequence[Cost]) -> list[str]:
    """The peak and each memory."""
    shown = (MISSING if cost.memory is None else f"{cost.memory} ko" for cost in costs)
    return [f"{_peak(costs)} ko", *shown]


def _total(style: Style) -> str:
    return "Total Time / Peak Mem" if style.memory else "Total"


def _minutes(seconds: Decimal, signed: bool = False) -> str:
    """Seconds, to two digits.

    >>> _minutes(Decimal("65.259")), _minutes(Decimal("-0.5"), signed=True)
    ('1m05.26s', '-0m00.50s')
    """
    sign = ("-" if seconds < 0 else "+") if signed else ""
    return sign + _clock(_rounded(abs(seconds)))


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)


def _cut(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.01"), rounding=ROUND_DOWN)


def _clock(seconds: Decimal) -> str:
    minutes, rest = divmod(seconds, 60)
    whole, _, digits = f"{rest:f}".partition(".")
    return f"{minutes}m{whole:0>2}.{digits}s"


def _layout(columns: Sequence[Column]) -> str:
    """The columns side by side: header, rule, total, rule, and the rest."""
    lines = zip(*(column.lines() for column in columns), strict=True)
    header, total, *rest = ("".join(cells) for cells in lines)
    rule = "-" * len(header)
    return "\n".join([header, rule, total, rule, *rest]) + "\n"
