"""Figures as published, and the sources of a report.

A source is named once; derived figures are apart; each has the source's words or the calculation with it.
"""

from collections.abc import Iterable

import pandas as pd

from evalkit import periods
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator, Text
from evalkit.reporting.elements import shared_cells
from evalkit.reporting.elements.html import quoted
from evalkit.reporting.elements.parts import Piece, stacked
from evalkit.reporting.elements.table import Group, Table, heads
from evalkit.reporting.language import chips, formats, vocabulary, wording
from evalkit.reporting.language.words import Html, language, say, translate


def published(panel: Panel, evaluation: Evaluation) -> Piece:
    """Every published figure of the region with its wording, grouped by status where there are several."""
    own = panel.published[panel.published["unit"] == evaluation.region]
    if own.empty:
        return say("<p>The sources used hold no published figure of this region.</p>")
    is_one_source = own["source"].nunique() == 1
    columns = heads("Indicator", "Period:s", "Figure:n", "Words of the source, or calculation:w")
    table = Table.of(
        "published-table",
        say("Published figures, each with its wording"),
        columns,
        _grouped(own, evaluation, is_one_source),
        "simulated" in set(own["status"]),
    )
    above = shared_cells.sources(own["source"], evaluation) if is_one_source else Html("")
    return stacked(above, table, _reconciled(own, panel, evaluation))


def _grouped(own: pd.DataFrame, evaluation: Evaluation, is_one_source: bool) -> Iterable[list[object] | Group]:
    """The rows under their status, which a table of published figures alone need not say."""
    by_status = own["status"].replace("", "published")
    for status in dict.fromkeys(by_status):
        if set(by_status) != {"published"}:
            yield Group(chips.data_status(status))
        for _, row in own[by_status == status].iterrows():
            yield _row(row, evaluation, is_one_source)


def _row(row: "pd.Series[str]", evaluation: Evaluation, is_one_source: bool) -> list[object]:
    indicator = evaluation.indicators[row["indicator"]]
    ground = (
        [_ground(row, indicator)]
        if is_one_source
        else [wording.source(row["source"], evaluation), _ground(row, indicator)]
    )
    return [
        _name(indicator),
        row[f"period_{language()}"] or formats.period(row["period"]),
        _value(row, indicator),
        Html("<br>").join(filter(None, ground)),
    ]


def _value(row: "pd.Series[str]", indicator: Indicator) -> str:
    """The figure; in Chinese as the source words it, where the table holds these words."""
    if pd.isna(row["value"]):
        return quoted(row["text"])
    if row["text"] and language() == "zh":
        return Html.escape(row["text"])
    return wording.exactness(row["operator"], float(row["value"]), indicator)


def _ground(row: "pd.Series[str]", indicator: Indicator) -> Html:
    """Wording of a figure or its calculation, which is no quotation; readings and remarks."""
    remark = Text(zh=row["note_zh"] or None, en=row["note_en"] or None) if row["note_zh"] or row["note_en"] else None
    if row["status"] != "derived" or wording.CHINESE.search(row["phrase"]):
        return shared_cells.words(row["phrase"], indicator.readings, remark)
    steps = say("Calculation: {steps}", steps=row["phrase"].replace(" / ", " ÷ "))
    return Html("<br>").join(filter(None, [steps, shared_cells.words("", indicator.readings, remark)]))


def _reconciled(own: pd.DataFrame, panel: Panel, evaluation: Evaluation) -> Piece:
    """Published figures next to those of the panel (a platform's export, annual statistics), with their difference."""
    rows_of_region = panel.rows[panel.rows["unit"] == evaluation.region]
    both = own.merge(rows_of_region, on=["indicator", "period"], suffixes=("", "_panel")).dropna(subset="value")
    if both.empty:
        return Html("")
    columns = heads("Indicator", "Period:s", "Published:n", "Panel:n", "Panel less published:n")
    rows = [_both(row, evaluation.indicators[row["indicator"]]) for _, row in both.iterrows()]
    caption = say("Published figures beside those of the panel, for the same period")
    return Table.of("reconciliation-table", caption, columns, rows, "simulated" in set(both["status_panel"]))


def _both(row: "pd.Series[str]", indicator: Indicator) -> list[object]:
    published, other = float(row["value"]), float(row["value_panel"])
    return [
        _name(indicator),
        formats.period(row["period"]),
        formats.value(published, indicator),
        formats.value(other, indicator),
        formats.difference(other - published, indicator),
    ]


def _name(indicator: Indicator) -> Html:
    return Html('<span class="indicator">{}</span>').format(indicator.name[language()])


def sources(evaluation: Evaluation) -> Piece:
    """Every source of the report: who published it, when and where, and how far it can be relied on."""
    own = evaluation.published.loc[evaluation.published["unit"] == evaluation.region, "source"]
    codes = dict.fromkeys([*evaluation.details.texts_under("source"), *own])
    cited = [evaluation.sources.loc[code] for code in codes if code in evaluation.sources.index]
    if not cited:
        return Html("")
    columns = heads("Source", "Published by", "Date:s", "Place", "How far it was checked")
    rows = [[_title(row, evaluation), *_origin(row)] for row in cited]
    shown = shared_cells.without_empty(columns, rows)
    caption = say("Sources of this report")
    return Table.of("sources-table", caption, *shown, any(row["standing"] == "fictional" for row in cited))


def _title(row: "pd.Series[str]", evaluation: Evaluation) -> Html:
    return Html('<span id="source-{}">{}</span>').format(row["source"], wording.source_title(row["source"], evaluation))


def _origin(row: "pd.Series[str]") -> list[object]:
    """Publisher, date, place and standing; what the source does not say is called so, where another source says it."""
    date = row["date"]
    standing = vocabulary.STANDING.get(row["standing"])
    return [
        _either(row, "publisher") or translate("not stated"),
        (formats.period(date) if periods.valid(date) else date) or translate("not stated"),
        _either(row, "place") or formats.NOTHING,
        translate(standing) if standing else formats.NOTHING,
    ]


def _either(row: "pd.Series[str]", what: str) -> str:
    first, second = ("zh", "en") if language() == "zh" else ("en", "zh")
    return row[f"{what}_{first}"] or row[f"{what}_{second}"]
