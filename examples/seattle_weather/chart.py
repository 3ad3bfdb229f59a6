"""A chart drawn by hand: rain as bars, highs as dots, the model as a line."""

from collections.abc import Iterable

import pandas as pd

WIDTH, HEIGHT, LEFT, TOP, STEP = 1000, 420, 56, 64, 18.6
PLOT = HEIGHT - TOP - 56
WETTEST, WARMEST = 300, 30  # the ends of the two scales: mm and °C


def svg(table: pd.DataFrame, expected: Iterable[float]) -> str:
    """The months of a table, and the highs that were expected of them."""
    drawn = [_grid(mm, mm // 10) for mm in range(0, WETTEST + 1, 100)]
    line = []
    for place, (month, model) in enumerate(zip(table.itertuples(), expected, strict=True)):
        x = LEFT + place * STEP
        line.append(f"{x + 7:.1f},{_y(model / WARMEST):.1f}")
        drawn.append(_month(x, month))
        if month.month.endswith("-01-01"):
            drawn.append(f'<text x="{x:.1f}" y="{HEIGHT - 34}">{month.month[:4]}</text>')
    drawn.append(f'<polyline points="{" ".join(line)}" fill="none" stroke="#d95f02" stroke-width="2"/>')
    return "\n".join([_head(), *drawn, _legend(), "</svg>", ""])


def _y(share: float) -> float:
    return TOP + PLOT * (1 - share)


def _head() -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="system-ui, sans-serif" font-size="12" fill="#444">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n'
        f'<text x="{LEFT}" y="30" font-size="18" fill="#111">Seattle: rain and daily highs, month by month</text>'
    )


def _grid(mm: int, celsius: int) -> str:
    y, end = _y(mm / WETTEST), LEFT + 48 * STEP
    return (
        f'<line x1="{LEFT}" x2="{end:.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
        f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{mm} mm</text>'
        f'<text x="{end + 8:.1f}" y="{y + 4:.1f}">{celsius} °C</text>'
    )


def _month(x: float, month: object) -> str:
    top = _y(month.rain_mm / WETTEST)
    said = f"{month.month[:7]}: {month.rain_mm} mm on {month.wet_days} days, highs of {month.temp_max_mean} °C"
    return (
        f"<g><title>{said}</title>"
        f'<rect x="{x:.1f}" y="{top:.1f}" width="14" height="{TOP + PLOT - top:.1f}" fill="#8da0cb"/>'
        f'<circle cx="{x + 7:.1f}" cy="{_y(month.temp_max_mean / WARMEST):.1f}" r="3.5" fill="#d95f02"/></g>'
    )


def _legend() -> str:
    y = HEIGHT - 10
    said = {18: "rain", 86: "mean high", 200: "what a yearly wave, fitted on 2012–2014, expects"}
    return (
        f'<rect x="{LEFT}" y="{y - 10}" width="12" height="12" fill="#8da0cb"/>'
        f'<circle cx="{LEFT + 76}" cy="{y - 4}" r="3.5" fill="#d95f02"/>'
        f'<path d="M{LEFT + 168} {y - 4}h24" stroke="#d95f02" stroke-width="2"/>'
        + "".join(f'<text x="{LEFT + x}" y="{y}">{text}</text>' for x, text in said.items())
    )
