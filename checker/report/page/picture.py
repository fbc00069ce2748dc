"""The dependency graph as shapes with coordinates, for a template to write as SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from checker.report.page.layout import BEND, draw, restricted
from checker.report.page.report import Outlook

MOST_DRAWN = 60  # files; of more, those are drawn that matter most
DRAWN_OF_MORE = 40
NEAR = 0.1  # of the critical path: a file with so little slack is nearly on it

# In pixels.
LETTER = 7.0
LEAST_WIDTH, MOST_WIDTH = 92, 230
BOX, ROW, BEND_ROW = 40, 52, 16
GAP = 54
MARGIN = 6


@dataclass(frozen=True)
class Box:
    """A file."""

    file: str
    label: str
    x: float
    y: float
    width: float
    seconds: float  # that others wait for it
    slack: float
    kind: str  # critical, near or free


@dataclass(frozen=True)
class Arrow:
    """From a file to one that needs it."""

    begins: str
    ends: str
    path: str  # as SVG has it
    is_critical: bool


@dataclass(frozen=True)
class Picture:
    """Boxes and arrows."""

    width: float
    height: float
    boxes: Sequence[Box]
    arrows: Sequence[Arrow]
    left_out: int  # files


def picture(outlook: Outlook) -> Picture:
    """The files of a project; of many those on the critical path, and with the least slack."""
    needs = {file.name: file.needs for file in outlook.files}
    kept = _drawn(outlook)
    drawing = draw(restricted(needs, kept))
    names = _labels(kept)
    widths = [_width([names[n] for n in layer if n in names]) for layer in drawing.layers]
    lefts = [MARGIN, *accumulate((width + GAP for width in widths), initial=MARGIN)][1:]
    heights = [sum(map(_room, layer)) for layer in drawing.layers]
    height = max(heights, default=0) + 2 * MARGIN
    middles: dict[str, float] = {}
    spans: dict[str, tuple[float, float]] = {}
    for layer, left, width, own in zip(drawing.layers, lefts, widths, heights, strict=False):
        at = (height - own) / 2
        for name in layer:
            middles[name] = at + _room(name) / 2
            spans[name] = left, left + width
            at += _room(name)
    boxes = [
        _box(outlook, name, names[name], (*spans[name], middles[name]))
        for layer in drawing.layers
        for name in layer
        if name in names
    ]
    steps = set(pairwise(outlook.critical))
    arrows = [
        Arrow(a[0], a[-1], _curve(a, spans, middles), (a[0], a[-1]) in steps)
        for a in drawing.arrows
    ]
    across = sum(widths) + GAP * max(0, len(widths) - 1) + 2 * MARGIN
    return Picture(across, height, boxes, arrows, len(needs) - len(kept))


def _drawn(outlook: Outlook) -> list[str]:
    names = [file.name for file in outlook.files]
    if len(names) <= MOST_DRAWN:
        return names
    critical = set(outlook.critical)
    ranked = sorted(names, key=lambda n: (n not in critical, outlook.places[n].slack))
    return ranked[: max(DRAWN_OF_MORE, len(critical))]


def _labels(files: Sequence[str]) -> dict[str, str]:
    """Names without the folder that all stand in, and without .v."""
    shared = files[0].rpartition("/")[0] if files else ""
    while shared and not all(file.startswith(f"{shared}/") for file in files):
        shared = shared.rpartition("/")[0]
    return {file: file.removeprefix(f"{shared}/").removesuffix(".v") for file in files}


def _width(labels: Sequence[str]) -> float:
    longest = max(map(len, labels), default=0) * LETTER + 20
    return min(MOST_WIDTH, max(LEAST_WIDTH, longest)) if labels else 0


def _room(name: str) -> float:
    return BEND_ROW if name.startswith(BEND) else ROW


def _box(outlook: Outlook, file: str, label: str, at: tuple[float, float, float]) -> Box:
    left, right, middle = at
    place = outlook.places[file]
    length = max(place.ends for place in outlook.places.values())
    kind = "near" if place.slack < NEAR * length else "free"
    return Box(
        file=file,
        label=_cut(label, right - left),
        x=left,
        y=middle - BOX / 2,
        width=right - left,
        seconds=place.stands - place.begins,
        slack=place.slack,
        kind="critical" if file in outlook.critical else kind,
    )


def _cut(label: str, width: float) -> str:
    most = int((width - 20) / LETTER)
    return label if len(label) <= most else f"…{label[1 - most :]}"


def _curve(
    arrow: Sequence[str],
    spans: Mapping[str, tuple[float, float]],
    middles: Mapping[str, float],
) -> str:
    """From the right side of a box, straight through the layers between, to the left of one."""
    x, y = spans[arrow[0]][1], middles[arrow[0]]
    words = [f"M{x:.1f} {y:.1f}"]
    for name in arrow[1:]:
        left, right = spans[name]
        bow, to = (left - x) / 2, middles[name]
        words.append(f"C{x + bow:.1f} {y:.1f} {left - bow:.1f} {to:.1f} {left:.1f} {to:.1f}")
        if name.startswith(BEND):
            words.append(f"H{right:.1f}")
        x, y = right, to
    return "".join(words)
