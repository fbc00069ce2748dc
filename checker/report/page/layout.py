"""Where files stand in a drawing of what needs what: layers from left to right, and arrows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from makegen.base import graph

ROUNDS = 8  # of putting files near those that they are joined to
BEND = "\0"  # what the name of a place begins with where an arrow passes through a layer


@dataclass(frozen=True)
class Drawing:
    """Names in layers, some of them bends; arrows go to the right, from layer to layer."""

    layers: tuple[tuple[str, ...], ...]
    arrows: tuple[tuple[str, ...], ...]  # each from a file, through bends, to one that needs it


def draw(needs: graph.Needs) -> Drawing:
    """Each file stands right of all that it needs; what others imply has no arrow."""
    order = graph.sort(needs)
    direct = _without_implied(needs, order)
    layer: dict[str, int] = {}
    for name in order:
        layer[name] = max((layer[needed] + 1 for needed in direct[name]), default=0)
    layers: list[list[str]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for name in order:
        layers[layer[name]].append(name)
    arrows = []
    for name in order:
        for needed in direct[name]:
            between = range(layer[needed] + 1, layer[name])
            bends = {at: f"{BEND}{at} {needed} {name}" for at in between}
            for at, bend in bends.items():
                layers[at].append(bend)
            arrows.append((needed, *bends.values(), name))
    _untangle(layers, arrows)
    return Drawing(tuple(map(tuple, layers)), tuple(arrows))


def restricted(needs: graph.Needs, kept: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The same among these files alone: what one needs through others, it needs."""
    wanted = set(kept)
    reached: dict[str, dict[str, None]] = {}  # the nearest of the wanted that each needs
    for name in graph.sort(needs):
        found: dict[str, None] = {}
        for needed in needs[name]:
            found.update({needed: None} if needed in wanted else reached[needed])
        reached[name] = found
    return {name: tuple(reached[name]) for name in needs if name in wanted}


def _without_implied(needs: graph.Needs, order: Sequence[str]) -> dict[str, list[str]]:
    """What each needs directly, but for what it needs through another as well."""
    below: dict[str, frozenset[str]] = {}  # all that each needs
    direct = {}
    for name in order:
        implied = frozenset[str]().union(*(below[needed] for needed in needs[name]))
        direct[name] = [needed for needed in dict.fromkeys(needs[name]) if needed not in implied]
        below[name] = implied.union(needs[name])
    return direct


def _untangle(layers: Sequence[list[str]], arrows: Iterable[Sequence[str]]) -> None:
    """Order each layer so that each of it stands near those that it is joined to."""
    joined: dict[str, list[str]] = {name: [] for layer in layers for name in layer}
    for arrow in arrows:
        for left, right in pairwise(arrow):
            joined[left].append(right)
            joined[right].append(left)
    height = {name: at for layer in layers for name, at in _heights(layer)}
    for number in range(ROUNDS):
        for layer in layers if number % 2 == 0 else reversed(layers):
            wish = {
                n: fmean(height[o] for o in joined[n]) if joined[n] else height[n] for n in layer
            }
            layer.sort(key=wish.__getitem__)
            height.update(_heights(layer))


def _heights(layer: Sequence[str]) -> Iterable[tuple[str, float]]:
    """How far each stands from the middle."""
    return ((name, place - (len(layer) - 1) / 2) for place, name in enumerate(layer))
