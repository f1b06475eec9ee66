"""The forest plot of all indicators of a region: effects in units of what comparison regions show by chance."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from evalkit.analysis.effects.did import Effect
from evalkit.analysis.effects.findings import Finding
from evalkit.analysis.results import Reason, Withheld, reason
from evalkit.reporting.elements import prose
from evalkit.reporting.elements.charts.drawing import Drawing, drawing
from evalkit.reporting.elements.charts.forest_plot import Forest, Row, better_right, forest
from evalkit.reporting.elements.charts.sheet import Sheet
from evalkit.reporting.elements.table import Table, heads
from evalkit.reporting.language import chips, formats, wording
from evalkit.reporting.language.words import Html, language, say, semicolons, translate

FEWEST = 2  # one estimate needs no comparison with others


def indicators(findings: Sequence[Finding]) -> Drawing | Html:
    """All indicators that have a useful estimate on one axis; empty where fewer than two have one."""
    shown = [finding for finding in findings if _spread(finding) > 0]
    if len(shown) < FEWEST:
        return Html("")
    rows = [_row(finding) for finding in shown]
    clear = sum(row.low is not None and row.high is not None and (row.low > 0 or row.high < 0) for row in rows)
    title = say("{clear} of {n} indicators changed by more than chance variation", clear=clear, n=len(rows))
    caption = say(
        "Effects against the comparison regions with 95% intervals. To share an axis, each is divided by the standard "
        "deviation of the same estimate among comparison regions (1 = the usual chance variation) and turned so that "
        "the better side is on the right."
    )
    primary = sum(finding.primary for finding in shown)
    ranks = say("Primary indicators, which alone are judged, come first: {n}; the others explore.", n=primary)
    left_out = _left_out([finding for finding in findings if finding not in shown])
    simulated = any(finding.effect.simulated for finding in shown)
    unit = translate("effect, in standard deviations of chance variation")
    given = Forest(rows, unit, better_right())

    def paint(sheet: Sheet) -> Figure:
        return forest(given, sheet)

    description = semicolons([f"{row.name}: {row.amount}, {row.verdict}" for row in rows])
    notes = prose.joined(caption, ranks, left_out)
    return drawing(paint, "fig-indicators", title, notes, _table(shown, rows, simulated), simulated, description)


def _spread(finding: Finding) -> float:
    """The standard deviation of the placebos; 0 where no estimate is shown."""
    effect = finding.useful
    if not isinstance(effect, Effect) or effect["att"].estimate is None:
        return 0.0
    return float(np.std(effect.placebos, ddof=1)) if len(effect.placebos) > 1 else 0.0


def _row(finding: Finding) -> Row:
    att = finding.effect["att"]
    scale = (-1 if finding.indicator.better == "lower" else 1) / _spread(finding)
    ends = sorted(end * scale for end in (att.conf_low, att.conf_high) if end is not None)
    low, high = ends if len(ends) == 2 else (None, None)
    verdict = translate(chips.EFFECTS[finding.conclusion.verdict][2])
    if not finding.primary:
        verdict = translate("beyond chance variation" if att.is_clear else "no clear difference")
    amount = formats.effect(att.estimate, finding.indicator)
    return Row(finding.indicator.name[language()], (att.estimate or 0.0) * scale, low, high, amount, verdict)


def _left_out(others: Sequence[Finding]) -> Html:
    """Which indicators are not drawn, and why."""
    gone = [(finding.indicator, _why(finding)) for finding in others]
    lines = [
        Html("{}{}{}").format(names, "：" if language() == "zh" else ": ", why) for names, why in wording.reasons(gone)
    ]
    return say("Not drawn: {list}", list=Html(" ").join(lines)) if lines else Html("")


def _why(finding: Finding) -> Reason:
    return finding.useful.reason if isinstance(finding.useful, Withheld) else reason("constant_outcome")


def _table(shown: Sequence[Finding], rows: Sequence[Row], simulated: bool) -> Table:
    columns = heads("Indicator", "Effect:n", "95% interval:n", "In standard deviations:n", "Judgement")
    cells = [
        (
            row.name,
            row.amount,
            formats.interval(finding.effect["att"].conf_low, finding.effect["att"].conf_high, finding.indicator),
            formats.fixed(row.estimate, 2, signed=True),
            row.verdict,
        )
        for finding, row in zip(shown, rows, strict=True)
    ]
    return Table.of("indicators-table", say("Values of this figure"), columns, cells, simulated)
