"""What the rounds say: medians, ratios round by round, bars."""

import dataclasses
import json
import statistics
from typing import Optional

from cases import CASES


class Results:
    """The rounds of each case that was finished last, a file each: {"commit", "date", "rounds": [{side: figures}]}."""

    def __init__(self, folder):
        self._folder = folder

    def _file(self, name):
        return self._folder / f"{name}.json"

    def keep(self, name, result):
        self._folder.mkdir(parents=True, exist_ok=True)
        self._file(name).write_text(json.dumps(result, indent=1) + "\n", encoding="ascii")

    def of(self, name):
        """None where the case was never finished."""
        return json.loads(self._file(name).read_text(encoding="ascii")) if self._file(name).exists() else None


@dataclasses.dataclass(frozen=True)
class Held:
    """Moldau's figure held against one other: the ratio to a side, or the figure itself where `side` is none."""

    side: Optional[str]
    value: float
    least: float
    most: float
    bar: Optional[float]
    more_is_better: bool

    @property
    def holds(self):
        if self.bar is None:
            return True
        return self.value >= self.bar if self.more_is_better else self.value <= self.bar


def median_of(rounds, side, figure):
    """With the least and the most; None where the side took no part."""
    values = [each[side][figure.name] for each in rounds if side in each]
    return (statistics.median(values), min(values), max(values)) if values else None


def held(rounds, figure):
    """All that the figure is held against."""
    found = []
    for side, bar in (("apache", figure.apache), ("floor", figure.floor)):
        ratios = [each["moldau"][figure.name] / max(each[side][figure.name], 1e-9) for each in rounds
                  if side in each and "moldau" in each]
        if ratios:
            found.append(Held(side, statistics.median(ratios), min(ratios), max(ratios), bar, figure.more_is_better))
    own = median_of(rounds, "moldau", figure)
    if own and figure.own is not None:
        found.append(Held(None, *own, figure.own, False))
    return found


def _line(name, figure, rounds):
    cells = []
    for side in ("apache", "moldau", "floor"):
        median = median_of(rounds, side, figure)
        cells.append(f"{side} {median[0]:.4g} ({median[1]:.4g}-{median[2]:.4g})" if median else "")
    for each in held(rounds, figure):
        against = f"to {each.side} " if each.side else "own "
        bar = "" if each.bar is None else f", bar {each.bar:.3g}: {'holds' if each.holds else 'DOES NOT HOLD'}"
        cells.append(f"{against}{each.value:.3g} ({each.least:.3g}-{each.most:.3g}){bar}")
    return f"{name:19}{figure.name:28}{figure.unit:12}" + "  ".join(cell for cell in cells if cell)


def print_table(results, names):
    for name in names:
        result = results.of(name)
        if result is None:
            print(f"{name:19}not measured")
            continue
        for figure in CASES[name].figures:
            print(_line(name, figure, result["rounds"]), flush=True)
    return 0


def verdict(results, names):
    """1 where a bar does not hold, 0 otherwise."""
    finished = [(CASES[name], results.of(name)) for name in names]
    fails = [each for case, result in finished for figure in case.figures for each in held(result["rounds"], figure)
             if not each.holds]
    return 1 if fails else 0
