"""`evalkit check` and `evalkit power`: what an assessment will be able to say."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from evalkit.localized import language, localized
from evalkit.project.evaluation import Evaluation, load
from evalkit.project.params import Indicator
from evalkit.terminal import console

if TYPE_CHECKING:
    from evalkit.analysis.programme.forecast import Forecast
    from evalkit.simulation.processes import Array

NAMED = 5  # regions


def forecast(evaluation: Evaluation) -> None:
    """Print, per primary indicator, how many regions will get a judgement, what the others lack, and what it finds.

    It also asks about the level at which the reform was assigned, where the start dates look like a higher one.
    """
    from evalkit.analysis.programme.forecast import forecast as forecasts
    from evalkit.analysis.programme.forecast import levels
    from evalkit.panel.observations import read
    from evalkit.reporting.language import words

    panel = read(evaluation)
    if not panel.exists:
        return
    for column in levels(panel, evaluation):
        console.print(
            f"Regions with the same `{column}` always start together. If the reform was decided there, name this "
            "column as `cluster` below `design`: otherwise p-values are too small."
        )
    with words.speaking(language()):
        for indicator_forecast in forecasts(panel, evaluation):
            for line in _lines(indicator_forecast):
                console.print(line)


def _lines(forecast: "Forecast") -> Iterator[str]:
    from evalkit.reporting.language import wording

    label, judged = f"forecast of {forecast.indicator.id}", len(forecast.detectable)
    if forecast.tried < forecast.regions:
        yield f"{label}: {forecast.tried} of {forecast.regions} regions were tried"
    yield f"{label}: {judged} of {forecast.tried} regions will get a judgement"
    if judged:
        best, worst = (_size(size, forecast.indicator) for size in (min(forecast.detectable), max(forecast.detectable)))
        yield f"{label}: the judgement finds effects from {best} (best region) to {worst} (worst) in 80 of 100 cases"
    for why, regions in forecast.missing.items():
        more = ", …" if len(regions) > NAMED else ""
        yield f"{label}: no judgement of {', '.join(regions[:NAMED])}{more} ({len(regions)}): {wording.why(why)}"
    if forecast.zeros:
        yield f"{label}: {forecast.zeros} zeros have no logarithm and are left out; consider `scale: level`"


def power(assessment: str, wanted: float | None, project: Path | None) -> None:
    """Print, per primary indicator, which effects will be found by the number of regions and periods.

    Args:
        wanted: an effect in the indicator's unit; sizes that find it are marked.
    """
    from evalkit.panel.observations import read
    from evalkit.reporting.language import words
    from evalkit.simulation import power as sizes

    evaluation = load(assessment, project=project)
    panel = read(evaluation)
    with words.speaking(language()):
        for name in evaluation.assessment.indicators.primary:
            indicator = evaluation.indicators[name]
            noise = sizes.noise(panel, indicator)
            if noise is None:
                console.print(f"{name}: too few values before the reform to tell how much it fluctuates")
                continue
            spread, rho = _size(noise.spread, indicator), f"{noise.rho:.2f}"
            console.print(
                f"{name}: fluctuates by {spread} around level and period (correlation of neighbouring periods {rho}; "
                f"{noise.regions} regions, {noise.periods} periods)"
            )
            _show(
                "One region, by number of comparison regions",
                sizes.POOLS,
                sizes.of_one_region(noise),
                indicator,
                wanted,
            )
            _show(
                "The programme, by number of treated regions",
                sizes.TREATED,
                sizes.of_programme(noise),
                indicator,
                wanted,
            )
    console.print("Shown: the smallest effect that the judgement finds in 80 of 100 cases; a dash where it finds none.")
    if wanted is not None:
        console.print(f"Marked with *: finds an effect of {wanted:g}.")


def _show(title: str, heads: Sequence[int], table: "Array", indicator: Indicator, wanted: float | None) -> None:
    from evalkit.simulation.power import SPANS

    shown = Table(localized("Periods before + after"), *map(str, heads), title=localized(title), title_justify="left")
    for (before, after), sizes in zip(SPANS, table, strict=True):
        plain = [100 * math.expm1(size) if indicator.scale == "log" else float(size) for size in sizes]
        marks = ["*" if wanted is not None and size <= wanted else "" for size in plain]
        cells = [f"{size:.3g}{mark}" if math.isfinite(size) else "–" for size, mark in zip(plain, marks, strict=True)]
        shown.add_row(f"{before} + {after}", *cells)
    console.print(shown)


def _size(size: float, indicator: Indicator) -> str:
    from evalkit.reporting.language import formats

    return formats.effect(size, indicator, signed=False)
