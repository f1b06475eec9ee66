"""The page on how reliable the methods are: shares of simulated panels, as `make calibrate` found them."""

import math

import pandas as pd

from evalkit.analysis.results import ALPHA
from evalkit.project.evaluation import Evaluation
from evalkit.reporting.elements import prose
from evalkit.reporting.elements.html import paragraphs
from evalkit.reporting.elements.parts import Piece, stacked
from evalkit.reporting.elements.table import Column, Table, heads
from evalkit.reporting.language import formats, vocabulary, wording
from evalkit.reporting.language.words import Html, say, translate
from evalkit.simulation.calibration import SCENARIOS, Scenario, stored

NULL = [one for one in SCENARIOS if not one.effect]
EFFECTS = [one for one in SCENARIOS if one.effect]


def title(evaluation: Evaluation) -> Piece:
    """Head of the page."""
    return prose.head(evaluation, translate(vocabulary.METHOD_CHECK))


def lead() -> Html:
    """What was done and what it says."""
    table = stored()
    facts = {"panels": int(table["panels"].max()), "nominal": formats.number(100 * ALPHA, 0)}
    told = [
        say(text, **{name: facts[name] for name in facts if f"{{{name}}}" in text})
        for text in vocabulary.METHOD_CHECK_LEAD
    ]
    return paragraphs(*told)


def alarms() -> Piece:
    """Shares of panels without an effect in which p is at most 0.05, with what an exact test gives."""
    return _table(
        "alarms-table",
        say("Simulated panels in which nothing happened: share with p at most 0.05, in per cent"),
        "rejects",
        NULL,
    )


def coverage() -> Piece:
    """Shares of panels without an effect whose 95 % interval holds zero."""
    return _table(
        "coverage-table",
        say("Simulated panels: share whose 95% interval or band holds the truth, in per cent"),
        "covers",
        NULL,
    )


def chip() -> Piece:
    """How often the judgement claims something although nothing happened."""
    caption = say("Simulated panels in which nothing happened: share judged “supported” or “opposite”, in per cent")
    return _table("chip-table", caption, "chip", NULL, ["supported_or_opposite"])


def power() -> Piece:
    """How often an effect of the size called detectable is found."""
    found = _table(
        "power-table",
        say("Simulated panels with an effect: share with p at most 0.05, in per cent"),
        "rejects",
        EFFECTS,
        ["did_mean", "larger_p", "synthetic_did", "synthetic_control"],
    )
    judged = _table(
        "power-chip-table",
        say("Simulated panels with an effect: share judged “supported”, in per cent"),
        "chip",
        EFFECTS,
        ["supported"],
    )
    return stacked(found, judged)


def _table(name: str, caption: Html, kind: str, scenarios: list[Scenario], only: list[str] | None = None) -> Table:
    """Quantities in rows, scenarios in columns, with the exact test's own share below."""
    table = stored()
    table = table[(table["kind"] == kind) & table["scenario"].isin([one.name for one in scenarios])]
    wide = table.pivot_table(index="quantity", columns="scenario", values="share", sort=False)
    quantities = [one for one in (only or list(wide.index)) if one in wide.index and not one.startswith("condition:")]
    columns = [*heads("Quantity"), *(Column(describe(one), "n") for one in scenarios)]
    rows = [[_quantity(one), *(_share(wide, one, scenario.name) for scenario in scenarios)] for one in quantities]
    if kind != "chip" and only is None:
        exact = table.drop_duplicates("scenario").set_index("scenario")["nominal"]
        rows.append([translate("To be expected of an exact test"), *(_percent(exact[one.name]) for one in scenarios)])
    return Table.of(name, caption, columns, rows, simulated=False)


def describe(scenario: Scenario) -> Html:
    """A scenario in words."""
    told = [say("{n} regions", n=scenario.units)]
    if scenario.frequency == "year":
        told.append(say("annual"))
    if scenario.drift:
        told.append(say("drifting apart"))
    if scenario.missing:
        told.append(say("{share}% missing", share=formats.number(100 * scenario.missing, 0)))
    if not scenario.exchangeable:
        told.append(say("region {times} times as variable", times=formats.number(scenario.noisier, 1)))
    if scenario.effect:
        told.append(say("effect {times} × detectable", times=formats.number(scenario.effect, 1)))
    return Html("<br>").join(told)


def _quantity(code: str) -> str:
    if code in vocabulary.QUANTITIES:
        return translate(vocabulary.QUANTITIES[code])
    if code in vocabulary.CHECKS:
        return translate(vocabulary.CHECKS[code][0])
    prefix = translate("Region less comparison group") + ": " if code.startswith("controlled_") else ""
    return prefix + wording.method(code)


def _share(wide: pd.DataFrame, quantity: str, scenario: str) -> str:
    found = float(wide[scenario][quantity]) if scenario in wide else float("nan")
    return _percent(found) if math.isfinite(found) else formats.NOTHING


def _percent(share: float) -> str:
    return formats.fixed(100 * share, 1)
