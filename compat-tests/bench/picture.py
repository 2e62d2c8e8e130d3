"""A picture of the results: for each figure, how Moldau's stands to Apache Kafka's, on a logarithmic scale."""

import math
from xml.sax.saxutils import escape

from cases import CASES
from report import held

_ROW = 22
_LABEL = 330
_SCALE = 420  # from a thousandth to the same
_LEAST = 1e-3


def _x(ratio):
    """Where a ratio stands; a figure of which more is better is drawn by what it takes for the same."""
    return _LABEL + _SCALE * (1 - math.log(min(max(ratio, _LEAST), 1)) / math.log(_LEAST))


def _rows(results):
    for name, case in CASES.items():
        result = results.of(name)
        if result is None:
            continue
        for figure in case.figures:
            for each in held(result["rounds"], figure):
                if each.side != "apache" or each.bar is None:
                    continue
                turned = (lambda value: 1 / value) if each.more_is_better else (lambda value: value)
                yield f"{name}: {figure.name.replace('_', ' ')}", turned(each.value), turned(each.bar), each.holds


def draw(results):
    rows = list(_rows(results))
    height = _ROW * (len(rows) + 2)
    width = _LABEL + _SCALE + 80
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
             f'<rect width="{width}" height="{height}" fill="white"/>']
    for ratio, label in ((1, "as Apache Kafka"), (0.1, "1/10"), (0.01, "1/100"), (0.001, "1/1000")):
        x = _x(ratio)
        lines.append(f'<line x1="{x:.0f}" y1="{_ROW}" x2="{x:.0f}" y2="{height - _ROW}" stroke="#ddd"/>')
        lines.append(f'<text x="{x:.0f}" y="{_ROW - 6}" text-anchor="middle" fill="#666">{label}</text>')
    for number, (label, ratio, bar, holds) in enumerate(rows):
        y = _ROW * (number + 1) + 4
        fill = "#2a7f62" if holds else "#b5483a"
        lines.append(f'<text x="{_LABEL - 8}" y="{y + 12}" text-anchor="end">{escape(label)}</text>')
        lines.append(f'<rect x="{_LABEL}" y="{y}" width="{_x(ratio) - _LABEL:.1f}" height="{_ROW - 8}" fill="{fill}"/>')
        lines.append(f'<line x1="{_x(bar):.1f}" y1="{y - 2}" x2="{_x(bar):.1f}" y2="{y + _ROW - 6}" stroke="black" stroke-width="2"/>')
        lines.append(f'<text x="{_x(ratio) + 5:.1f}" y="{y + 12}" fill="{fill}">{ratio:.3g}</text>')
    lines.append("</svg>")
    return "\n".join(lines) + "\n"
