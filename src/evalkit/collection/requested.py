"""What a collection workbook requests: indicators, periods and member institutions of a region."""

import datetime as dt
from collections.abc import Iterable, Iterator

import pandas as pd

from evalkit import periods
from evalkit.collection import form as forms
from evalkit.collection.form import Form, Layout, Line, Rule
from evalkit.errors import InputError, Mistake, nearest
from evalkit.files import yaml_file
from evalkit.panel import membership, observations, roll_up
from evalkit.periods import CODES, Frequency
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator, is_file_name

YEARS_BEFORE = 3  # years requested before the first adoption, if there is no panel to take the first period from
DEFAULT: Frequency = "quarter"


def layouts(evaluation: Evaluation, units: Iterable[str] = ()) -> dict[str, Layout]:
    """Layouts by unit: of all units to be asked (`asked`), or of the named units.

    Raises:
        InputError: if a unit is unknown, or if neither the panel nor `as_of` limits the periods to collect.
    """
    wanted = list(units) or asked(evaluation)
    where, ids = f"data/{evaluation.assessment.dataset}/units.csv", evaluation.units.index
    mistakes = [Mistake(where, f"has no unit {name!r}", nearest(name, ids)) for name in wanted if name not in ids]
    mistakes += [
        Mistake(where, f"the unit {name!r} is not a valid file name", "Use letters, digits and hyphens.")
        for name in wanted
        if not is_file_name(name)
    ]
    if mistakes:
        raise InputError(mistakes)
    plan = _Plan(evaluation)
    return {name: plan.layout(name) for name in wanted}


def asked(evaluation: Evaluation) -> list[str]:
    """The assessment's regions, then the units of the same kinds that may be compared with them."""
    rules, units, own = evaluation.assessment.design.comparison, evaluation.units, list(evaluation.regions)
    columns = [column for column in ("kind", *rules.same) if column in units.columns]
    alike = set(units.loc[own, columns].itertuples(index=False, name=None))
    others = ~units.index.isin([*own, *rules.exclude, *membership.known(evaluation)["unit"]])
    others &= [row in alike for row in units[columns].itertuples(index=False, name=None)]
    if rules.eligible == "never_treated":
        others &= (units["adoption"] == "").to_numpy()
    return [*own, *units.index[others]]


def _mapped_frequencies(evaluation: Evaluation) -> dict[str, Frequency]:
    """The frequencies of indicators declared in the dataset's mapping."""
    path = evaluation.root / "params/mappings" / f"{evaluation.assessment.dataset}.yml"
    content = yaml_file.parse(yaml_file.text_of(path, path.name), path.name)[0] if path.is_file() else None
    mapped = content.get("indicators") if isinstance(content, dict) else None
    entries = mapped.items() if isinstance(mapped, dict) else ()
    given = {name: entry.get("frequency") for name, entry in entries if isinstance(entry, dict)}
    return {name: frequency for name, frequency in given.items() if frequency in CODES}


def institutions(evaluation: Evaluation, region: str) -> dict[str, str]:
    """Institutions that belong directly to a region by the as-of date (members.csv), with the period they joined."""
    table = membership.known(evaluation)
    own = table[(table["of"] == region) & ~table["unit"].isin(table["of"])]
    return dict(zip(own["unit"], own["from"], strict=True))


class _Plan:
    """Builds layouts from the panel, if there is one: frequencies, first periods, and which shares have counts."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        stored = observations.stored(evaluation)
        self.rows = pd.DataFrame(columns=["period", "indicator", "status"]) if stored is None else stored
        self.rows = self.rows[self.rows["period"].map(periods.valid).astype(bool)]
        texts = self.rows.drop_duplicates("indicator")
        self.frequencies: dict[str, Frequency] = {
            name: periods.frequency(text) for name, text in zip(texts["indicator"], texts["period"], strict=True)
        }
        self.frequencies = _mapped_frequencies(evaluation) | self.frequencies
        collection = evaluation.assessment.collection
        declared: list[Frequency] = [collection.frequency] if collection and collection.frequency else []
        self.default = next(iter([*declared, *self.frequencies.values()]), DEFAULT)
        self.since = periods.first_day(collection.since) if collection and collection.since else None
        self.counted = set(_counted(self.rows)["indicator"])
        self.first, self.last = self._span()

    def layout(self, region: str) -> Layout:
        assessment = self.evaluation.assessment
        members = institutions(self.evaluation, region)
        by_members = [name for name in assessment.needed if members and roll_up.parts(self._about(name))]
        own = [name for name in assessment.needed if name not in by_members]
        parts = dict.fromkeys(part for name in by_members for part in roll_up.parts(self._about(name)))
        made = (*self._forms([""], own), *self._forms(list(members), list(parts), forms.MEMBERS))
        return Layout(region, assessment.name, assessment.dataset, made)

    def _about(self, name: str) -> Indicator:
        return self.evaluation.indicators[name]

    def _forms(self, units: list[str], names: list[str], sheet: str = "") -> Iterator[Form]:
        """One sheet per frequency; further sheets of members have their frequency in the name."""
        grouped: dict[Frequency, list[str]] = {}
        for name in names:
            grouped.setdefault(self.frequencies.get(name, self.default), []).append(name)
        for i, (frequency, of_frequency) in enumerate(grouped.items()):
            words = forms.SHEETS[frequency]
            title = (f"{sheet} {words[:2]}" if i else sheet) if sheet else words
            lines = [line for unit in units for name in of_frequency for line in self._lines(unit, name)]
            yield Form(title, self._periods(frequency), tuple(lines))

    def _lines(self, unit: str, name: str) -> Iterator[Line]:
        code, indicator = f"{unit}:{name}" if unit else name, self._about(name)
        counts = indicator.unit in ("percent", "share") and (name in self.counted or self.rows.empty)
        yield Line(code, "value", _rule(indicator, counts).text)
        if counts:
            yield Line(code, "numerator", forms.POSITIVE.text)
            yield Line(code, "denominator", forms.POSITIVE.text)
        yield Line(code, "status", forms.CHOOSE)
        yield Line(code, "note", forms.WRITE)

    def _periods(self, frequency: Frequency) -> tuple[str, ...]:
        asked = pd.period_range(periods.of_day(self.first, frequency), periods.of_day(self.last, frequency))
        return tuple(periods.write(period) for period in asked if period.end_time.date() <= self.last)

    def _span(self) -> tuple[dt.date, dt.date]:
        """First day of the first requested period, last day of the last one."""
        texts, date = self.rows["period"].unique(), self.evaluation.assessment.as_of
        if len(texts):
            return self.since or min(map(periods.first_day, texts)), date or max(map(periods.last_day, texts))
        if date is None:
            where = f"params/assessments/{self.evaluation.assessment.name}.yml"
            what = "has no `as_of` to limit the periods to collect, and the dataset has no panel"
            raise InputError([Mistake(where, what, "Add `as_of: 2022-12-31`.")])
        adopted = self.evaluation.units.loc[list(self.evaluation.regions), "adoption"]
        years = [periods.first_day(text).year for text in adopted if text and periods.first_day(text) <= date]
        return self.since or dt.date(min(years, default=date.year) - YEARS_BEFORE, 1, 1), date


def statuses(evaluation: Evaluation) -> tuple[str, ...]:
    """The words for a figure's status that a form offers; `simulated` only if the dataset is simulated."""
    stored = observations.stored(evaluation)
    simulated = stored is not None and "status" in stored and (stored["status"] == "simulated").all()
    return (*list(forms.STATUSES)[:2], *(["模拟数"] if simulated else []), *forms.REASONS)


def _counted(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of shares with their counts."""
    return rows[rows["numerator"].notna() & (rows["numerator"] != "")] if "numerator" in rows else rows.head(0)


def _rule(indicator: Indicator, counts: bool) -> Rule:
    """The rule for values. Shares of a whole have strict bounds; other percentages, such as growth rates, soft ones."""
    if indicator.unit == "percent":
        return forms.PERCENT if counts else forms.PERCENT_OR_MORE
    if indicator.unit == "share":
        return forms.SHARE if counts else forms.SHARE_OR_MORE
    if indicator.unit == "count":
        return forms.WHOLE
    if indicator.unit == "yuan":
        return forms.MONEY
    return forms.ANY if indicator.unit in ("log", "other", "index") else forms.POSITIVE
