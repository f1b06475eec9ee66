"""The page on how reliable the methods are: shares of simulated panels, as `make calibrate` found them."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from evalkit.analysis.results import ALPHA
from evalkit.project.evaluation import Evaluation
from evalkit.reporting.elements import prose
from evalkit.reporting.elements.html import paragraphs, small
from evalkit.reporting.elements.parts import Piece, stacked
from evalkit.reporting.elements.table import Cell, Column, Table, heads, lines
from evalkit.reporting.language import formats, vocabulary, wording
from evalkit.reporting.language.words import Html, say, translate
from evalkit.simulation import untouched
from evalkit.simulation.calibration import JUDGED, SCENARIOS, Scenario, stored
from evalkit.simulation.programmes import METHOD, PROGRAMMES, Programme
from evalkit.simulation.untouched import Untouched

TOO_HIGH, TOO_LOW = "↑", "↓"
ENOUGH = 50  # panels; of fewer a share says too little to be marked
ALONE = ("segmented_hac", "segmented_ar1", "segmented_persistent", "local_level")
NULL = [scenario for scenario in SCENARIOS if not scenario.effect]
EFFECTS = [scenario for scenario in SCENARIOS if scenario.effect]


def title(evaluation: Evaluation) -> Piece:
    """Head of the page; what it says is true of the methods, whatever the regions."""
    return prose.head(evaluation, translate(vocabulary.METHOD_CHECK), with_notices=False)


def lead() -> Html:
    """What it says, and what was done."""
    table = stored()
    claimed = _of(table, "supported_or_opposite", "chip").reindex([scenario.name for scenario in NULL])
    detectable = [scenario.name for scenario in EFFECTS if scenario.effect == 1.0]
    detected = _of(table, "did_mean", "rejects").reindex(detectable)
    facts = {**_measured(table, "did_mean", claimed), "power": _percent(float(detected.min()))}
    sentences = [say(text, **_named_in(text, facts)) for text in vocabulary.METHOD_CHECK_LEAD]
    sentences.insert(0, _conclusion(table, claimed, facts))
    sentences.insert(1, _alone(table))
    if (table["quantity"] == METHOD).any():
        pooled = _measured(table, METHOD, _of(table, METHOD, "rejects"))
        sentences.insert(2, say(vocabulary.METHOD_CHECK_PROGRAMMES, **pooled))
    else:
        sentences.append(say(vocabulary.METHOD_CHECK_UNMEASURED))
    return paragraphs(*sentences)


def _conclusion(table: pd.DataFrame, claimed: "pd.Series[float]", facts: Mapping[str, object]) -> Html:
    """Whether the judgement can be relied on: it claims no more often than the 5 % it allows, chance allowed for."""
    panels = int(table.loc[table["quantity"] == "supported_or_opposite", "panels"].min())
    within = float(claimed.max()) <= ALPHA + _margin(ALPHA, panels)
    text = vocabulary.METHOD_CHECK_CONCLUSIONS["reliable" if within else "unreliable"]
    return Html("<strong>{}</strong>").format(say(text, **_named_in(text, dict(facts))))


def _alone(table: pd.DataFrame) -> Html:
    """How often models of the region's own series, without comparison, claim too much; no judgement rests on them."""
    own = table[(table["kind"] == "rejects") & table["quantity"].isin(ALONE) & (table["panels"] >= ENOUGH)]
    own = own[own["scenario"].isin([scenario.name for scenario in NULL])]
    beyond = [_mark(row) == TOO_HIGH for row in own.itertuples()]
    return say(vocabulary.METHOD_CHECK_ALONE, n=sum(beyond), of=len(own), most=_percent(float(own["share"].max())))


def _of(table: pd.DataFrame, quantity: str, kind: str) -> "pd.Series[float]":
    """Shares of one quantity by scenario."""
    chosen = table[(table["quantity"] == quantity) & (table["kind"] == kind)]
    return chosen.set_index("scenario")["share"]


def _measured(table: pd.DataFrame, quantity: str, shares: "pd.Series[float]") -> dict[str, object]:
    """Smallest and largest of the shares, how many panels each rests on at least, and how far chance moves it."""
    panels = int(table.loc[(table["quantity"] == quantity) & (table["kind"] == "rejects"), "panels"].min())
    ends = {"least": _percent(float(shares.min())), "most": _percent(float(shares.max()))}
    return {**ends, "panels": formats.count(panels), "margin": formats.number(100 * _margin(ALPHA, panels), 1)}


def _margin(share: float, panels: int) -> float:
    """Half the 95 % interval of a share found in so many panels."""
    return 1.96 * math.sqrt(share * (1 - share) / panels)


def _named_in(text: str, facts: dict[str, object]) -> dict[str, object]:
    return {name: fact for name, fact in facts.items() if f"{{{name}}}" in text}


def alarms() -> Piece:
    """Shares of panels without an effect in which p is at most 0.05, with what an exact test gives."""
    return _table(
        "alarms-table",
        say("Simulated panels in which nothing happened: share with p at most 0.05, in per cent"),
        "rejects",
        NULL,
    )


def programmes() -> Piece:
    """False alarms and coverage of the programme's headline, by kind of programme, where they were measured."""
    table = stored()
    if not (table["quantity"] == METHOD).any():
        return Html("")
    columns = [
        *heads("Treated regions", "Comparison regions:n", "p at most 0.05:n"),
        *heads("Interval holds zero:n", "Unusual path before:n", "Detectable effect found:n"),
        *heads("Differs from one base period:n", "Differs from imputation:n"),
    ]
    asked = (
        *((METHOD, "rejects"), (METHOD, "covers"), ("pre_path", "rejects"), (METHOD, "power")),
        *(("other_base", "rejects"), ("other_estimator", "rejects")),
    )
    measured = set(table["scenario"])
    rows = [
        [
            _programme(kind),
            formats.count(kind.never),
            *(_shown_share(_of(table, *what).get(kind.name)) for what in asked),
        ]
        for kind in PROGRAMMES
        if kind.name in measured
    ]
    caption = say("Simulated programmes in which nothing happened: shares in per cent")
    return Table.of("programmes-table", caption, columns, rows, simulated=False)


def _programme(programme: Programme) -> Html:
    """A kind of programme in words."""
    words = [say("{n} regions in {cohorts} cohorts", n=programme.treated, cohorts=len(programme.cohorts))]
    times = formats.number(programme.noisier, 1)
    facts = (
        (programme.frequency == "year", say("annual")),
        (programme.frequency == "month", say("monthly")),
        (programme.clusters > 1, say("assigned by groups of {n} regions", n=programme.clusters)),
        (programme.cohorts[0][0] <= 4, say("{n} periods before", n=programme.cohorts[0][0] - 1)),
        (programme.tails > 0, say("heavy tails")),
        (programme.missing > 0, say("{share}% missing", share=formats.number(100 * programme.missing, 0))),
        (programme.noisier != 1, say("treated regions {times} times as variable", times=times)),
    )
    return Html("<br>").join([*words, *(text for applies, text in facts if applies)])


def judged() -> Piece:
    """The judgement of a region in further kinds of panels, where they were measured."""
    table = stored()
    rejects, covers = (_of(table, "did_mean", kind) for kind in ("rejects", "covers"))
    rows = [
        [describe(scenario), _shown_share(rejects.get(scenario.name)), _shown_share(covers.get(scenario.name))]
        for scenario in JUDGED
        if scenario.name in rejects
    ]
    if not rows:
        return Html("")
    columns = heads("Simulated panels", "p at most 0.05:n", "Interval holds the truth:n")
    caption = say("The judgement of a region in further kinds of panels: shares in per cent")
    return Table.of("judged-table", caption, columns, rows, simulated=False)


def series() -> Piece:
    """How often a reading of one region's own series claims a change where nothing happened."""
    shares = _of(stored(), untouched.READING, "rejects")
    named = {kind.name: kind for kind in untouched.SERIES}
    lengths = dict.fromkeys((kind.frequency, kind.pre, kind.post) for name, kind in named.items() if name in shares)
    if not lengths:
        return Html("")
    words = {"year": say("annual"), "quarter": say("quarterly"), "month": say("monthly")}
    columns = [*heads("Periods before + after"), *(Column(str(rho), "n") for rho in untouched.CORRELATIONS)]
    rows = [
        [
            say("{frequency}, {pre} + {post}", frequency=words[frequency], pre=pre, post=post),
            *(_shown_share(shares.get(Untouched(frequency, pre, post, rho).name)) for rho in untouched.CORRELATIONS),
        ]
        for frequency, pre, post in lengths
    ]
    caption = say(
        "Simulated series of one region in which nothing happened: share in which the reading claims a change, in per "
        "cent, by the correlation of neighbouring periods"
    )
    return stacked(Table.of("series-table", caption, columns, rows, simulated=False), _persistent())


def _persistent() -> Html:
    """How the claims of readings grow with the persistence of the series."""
    within, beyond = untouched.worst(stored())
    if not beyond > within:
        return Html("")
    facts = {"most": _percent(within), "worst": _percent(beyond), "rho": untouched.PROMISED}
    return paragraphs(say(vocabulary.METHOD_CHECK_PERSISTENT, **facts))


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
    detected = _table(
        "power-table",
        say("Simulated panels with an effect: share with p at most 0.05, in per cent"),
        "rejects",
        EFFECTS,
        ["did_mean", "plain", "synthetic_did", "synthetic_control"],
    )
    judged = _table(
        "power-chip-table",
        say("Simulated panels with an effect: share judged “supported”, in per cent"),
        "chip",
        EFFECTS,
        ["supported"],
    )
    return stacked(detected, judged)


def _table(name: str, caption: Html, kind: str, scenarios: list[Scenario], only: list[str] | None = None) -> Piece:
    """Quantities in rows, scenarios in columns, with the exact test's own share below and what the marks mean.

    A share beyond what chance allows is marked; so are shares of fewer panels than the others of their row.
    """
    table = stored()
    table = table[(table["kind"] == kind) & table["scenario"].isin([scenario.name for scenario in scenarios])]
    cells = {(row.quantity, row.scenario): row for row in table.itertuples()}
    measured = list(dict.fromkeys(table["quantity"]))
    quantities = [name for name in (only or measured) if name in measured and not name.startswith("condition:")]
    most = table.groupby("quantity")["panels"].max()
    columns = [*heads("Quantity", "Panels:n"), *(Column(describe(scenario), "n") for scenario in scenarios)]
    marked = scenarios is NULL
    rows: list[list[object]] = [
        [
            _quantity(quantity),
            _panels(int(most[quantity]), marked),
            *(_cell(cells.get((quantity, scenario.name)), int(most[quantity]), marked) for scenario in scenarios),
        ]
        for quantity in quantities
    ]
    if kind != "chip" and only is None:
        exact = table.drop_duplicates("scenario").set_index("scenario")["nominal"]
        expected = [_percent(exact[scenario.name]) for scenario in scenarios]
        rows.append([translate("To be expected of an exact test"), "", *expected])
    note = paragraphs(say(vocabulary.METHOD_CHECK_MARKS)) if marked else ""
    return stacked(Table.of(name, caption, columns, rows, simulated=False), note)


def _panels(n: int, marked: bool) -> Cell:
    """How many panels a row rests on, and how far chance moves a share of 5 % in so many."""
    margin = say("±{margin}", margin=formats.number(100 * _margin(ALPHA, n), 1))
    return lines(formats.count(n), small(margin) if marked else None)


def _cell(row: Any, most: int, marked: bool) -> object:
    """A share with its mark; of fewer panels than the row's, with their number."""
    if row is None or not math.isfinite(row.share):
        return formats.NOTHING
    few = small(say("of {n}", n=formats.count(row.panels))) if row.panels < most else None
    mark = _mark(row) if marked and row.panels >= ENOUGH else ""
    shown = _percent(row.share)
    return lines(Html("<strong>{} {}</strong>").format(shown, mark) if mark else shown, few)


def _mark(row: Any) -> str:
    """An arrow where a share lies further from what an exact test gives than chance moves it."""
    exact = ALPHA if row.kind == "chip" else row.nominal
    margin = _margin(exact, row.panels)
    if row.share > exact + margin:
        return TOO_HIGH
    return "" if row.kind == "chip" or row.share >= exact - margin else TOO_LOW


def describe(scenario: Scenario) -> Html:
    """A scenario in words."""
    words = [say("{n} regions", n=scenario.units)]
    if scenario.frequency == "year":
        words.append(say("annual"))
    if scenario in JUDGED:
        words.append(say("{n} periods before", n=scenario.pre))
    if scenario.clusters > 1:
        words.append(say("assigned by groups of {n} regions", n=scenario.clusters))
    if scenario.tails:
        words.append(say("skewed noise") if scenario.tails == "lognormal" else say("heavy tails"))
    if scenario.drift:
        words.append(say("drifting apart"))
    if scenario.missing:
        words.append(say("{share}% missing", share=formats.number(100 * scenario.missing, 0)))
    if not scenario.exchangeable:
        words.append(say("region {times} times as variable", times=formats.number(scenario.noisier, 1)))
    if scenario.effect:
        words.append(say("effect {times} × detectable", times=formats.number(scenario.effect, 1)))
    return Html("<br>").join(words)


def _quantity(code: str) -> str:
    if code in vocabulary.QUANTITIES:
        return translate(vocabulary.QUANTITIES[code])
    if code in vocabulary.CHECKS:
        return translate(vocabulary.CHECKS[code][0])
    prefix = translate("Region less comparison group") + ": " if code.startswith("controlled_") else ""
    return prefix + wording.method(code)


def _shown_share(share: float | None) -> str:
    return _percent(share) if share is not None and math.isfinite(share) else formats.NOTHING


def _percent(share: float) -> str:
    return formats.fixed(100 * share, 1)
