"""One evaluation with its panel and everything found in it, each part computed when it is first asked for."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from evalkit.analysis import results
from evalkit.analysis.data_checks import diagnostics
from evalkit.analysis.data_checks.flags import Flag
from evalkit.analysis.effects import findings, other_starts
from evalkit.analysis.effects.findings import Finding
from evalkit.analysis.effects.other_starts import EarlySignal, OtherStart
from evalkit.analysis.goals import attainment, published_rows
from evalkit.analysis.goals.attainment import Attainment, Referenced
from evalkit.analysis.programme import borrowed, pooled_effect
from evalkit.analysis.programme.headlines import Headline, headlines
from evalkit.analysis.programme.pooled_effect import Programme, Regions
from evalkit.analysis.results import Result
from evalkit.errors import InputError, Mistake, nearest
from evalkit.panel import consistency
from evalkit.panel.observations import Panel, read
from evalkit.project import published_answers
from evalkit.project.evaluation import Evaluation
from evalkit.project.published_answers import PublishedAnswer

SPOILING = ("anticipation", "merger", "trend")  # faults of the data that make an own estimate another one


@dataclass(frozen=True, eq=False)
class Bundle:
    """Data and results of one evaluation, of a region or of the assessment as a whole.

    Examples:
        >>> report.panel, report.goals, report.findings, report.results  # each computed when first asked for
        (Panel(...), ...)
    """

    evaluation: Evaluation

    @cached_property
    def panel(self) -> Panel:
        """The panel as of the cut-off date, with the assessment's indicators.

        Examples:
            >>> report.panel.rows.groupby("indicator")["value"].agg(["size", "mean"]).round(1)
                               size      mean
            indicator
            county_visit_rate  1251      88.5
            primary_visits     1266  301823.9
        """
        return read(self.evaluation)

    @cached_property
    def every(self) -> Panel:
        """The panel with every indicator that it holds: for checks of the data, and for what citizens ask.

        Examples:
            >>> report.every.rows["indicator"].nunique() > report.panel.rows["indicator"].nunique()
            True
        """
        return read(self.evaluation, every=True)

    @cached_property
    def answers(self) -> tuple[PublishedAnswer, ...]:
        """What others have published on the dataset, to be shown with the report's own estimates.

        Examples:
            >>> report.answers  # the demonstration data have no published_answers.csv
            ()
        """
        return published_answers.read(self.evaluation)

    @cached_property
    def goals(self) -> tuple[Attainment, ...]:
        """Every target of the region against its latest figure: were the goals met?

        Examples:
            >>> report.goals[0]  # the sources publish this figure
            Attainment(primary_visit_share, published, value 70.300)
        """
        return attainment.judge(self.panel, self._region)

    @cached_property
    def guards(self) -> tuple[Attainment, ...]:
        """The indicators that must not get worse.

        Examples:
            >>> [guard.indicator for guard in report.guards]
            ['op_cost_per_visit', 'actual_reimbursement_ratio']
        """
        return attainment.guards(self.panel, self._region)

    @cached_property
    def references(self) -> tuple[Referenced, ...]:
        """Reference values, which are not the region's own targets, with its latest figures.

        Examples:
            >>> report.references[0].reference.indicator
            'county_visit_rate'
        """
        return attainment.references(self.panel, self._region)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Design, estimates, checks and conclusion of every indicator: did the reform make a difference?

        Examples:
            >>> [(each.indicator.id, each.conclusion.verdict) for each in report.findings]
            [('county_visit_rate', 'uncertain'), ('primary_visits', 'uncertain')]
        """
        return findings.evaluate(self.panel, self._region)

    @property
    def primary(self) -> tuple[Finding, ...]:
        """The findings on which the conclusion rests.

        Examples:
            >>> [each.indicator.id for each in report.primary]
            ['county_visit_rate']
        """
        return tuple(finding for finding in self.findings if finding.primary)

    def finding(self, indicator: str) -> Finding:
        """The finding of one indicator of the assessment.

        Raises:
            InputError: where the assessment has no such indicator.

        Examples:
            >>> report.finding("county_visit_rate").effect
            Effect(county_visit_rate, did_mean, att 1.415)
            >>> report.finding("county_visits")
            Traceback (most recent call last):
            evalkit.errors.InputError: assessment demo-final-2022: has no indicator 'county_visits'
            ...
        """
        by_indicator = {finding.indicator.id: finding for finding in self.findings}
        if indicator not in by_indicator:
            where = f"assessment {self.evaluation.assessment.name}"
            raise InputError([Mistake(where, f"has no indicator {indicator!r}", nearest(indicator, by_indicator))])
        return by_indicator[indicator]

    @cached_property
    def second_reforms(self) -> tuple[OtherStart, ...]:
        """Reforms that started on a different date, estimated from that date.

        Examples:
            >>> report.second_reforms
            ()
        """
        return other_starts.reforms(self.panel, self._region, self.findings)

    @cached_property
    def early_signals(self) -> tuple[EarlySignal, ...]:
        """What can be described where too few periods have passed for an estimate.

        Examples:
            >>> report.early_signals  # enough periods have passed
            ()
        """
        return other_starts.early_signals(self.panel, self._region, self.findings)

    @cached_property
    def other_dates(self) -> tuple[OtherStart, ...]:
        """The findings with every other date on which the reform may have started.

        Examples:
            >>> report.other_dates  # the date is not in doubt
            ()
        """
        return other_starts.dates(self.panel, self._region, self.findings)

    @cached_property
    def flags(self) -> tuple[Flag, ...]:
        """Units whose data look unusual among all others; a flag changes no estimate.

        Examples:
            >>> report.flags[0].check, report.flags[0].unit
            ('anticipation', 'demo-e12')
        """
        return diagnostics.diagnose(self.every, self.evaluation)

    @cached_property
    def best(self) -> tuple[Result, ...]:
        """The best estimate of every primary indicator: the region's own and all regions' shrunk together.

        Examples:
            >>> report.best[0]
            Best(county_visit_rate, empirical_bayes, att 1.3...)
        """
        spoilt = [flag for flag in self.flags if flag.check in SPOILING and not flag.declared]
        flagged = frozenset(unit for flag in spoilt for unit in flag.units)
        return borrowed.estimates(self.panel, self._region, self.findings, flagged)

    @cached_property
    def headlines(self) -> tuple[Headline, ...]:
        """What all regions that started the reform show together, per primary indicator.

        Examples:
            >>> report.headlines[0].verdict, report.headlines[0].regions
            ('supported', 42)
        """
        return headlines(self.panel, self.evaluation)

    @cached_property
    def inconsistencies(self) -> tuple[consistency.Finding, ...]:
        """Figures that do not fit each other, by each unit's own rows.

        Examples:
            >>> report.inconsistencies[0].kind, report.inconsistencies[0].unit
            ('provisional', 'demo-e18')
        """
        return tuple(consistency.findings(self.every, self.evaluation))

    @cached_property
    def programme(self) -> tuple[Programme, ...]:
        """Effects pooled over all treated regions.

        Examples:
            >>> [pooled.region for pooled in report.programme][:3]
            ['_programme:city', '_programme:county', '_programme:zone']
        """
        return pooled_effect.evaluate(self.panel, self.evaluation)

    @cached_property
    def regional(self) -> Regions:
        """Every region's own effect, with what remains of it when many are tested at once.

        Examples:
            >>> report.regional.effects[0].region
            'demo-city-a'
        """
        return pooled_effect.regional(self.panel, self.evaluation)

    @cached_property
    def results(self) -> pd.DataFrame:
        """Every number of the evaluation, one row per term, in the columns of results.csv.

        Examples:
            >>> did = report.results.query("analysis == 'did'")
            >>> did[["indicator", "method", "estimate"]].head(3).round(2)
                        indicator             method  estimate
            59  county_visit_rate           did_mean      1.41
            60  county_visit_rate  synthetic_control      0.85
            61  county_visit_rate      synthetic_did      1.17
        """
        name, what_if = self.evaluation.assessment.name, self.evaluation.what_if
        name = f"{name} (what if {what_if})" if what_if else name
        if not self.evaluation.region:
            tables = [results.rows(name, pooled.region, pooled.results) for pooled in self.programme]
            table = pd.concat(tables, ignore_index=True)
        else:
            every = [*self.goals, *published_rows.rows(self.goals, self.panel, self.evaluation)]
            every += [result for finding in self.findings for result in finding.results]
            every += [*other_starts.rows(self.second_reforms), *self.best]
            table = results.rows(name, self.evaluation.region, every)
        return table.astype(dict.fromkeys(results.NUMERIC, float))

    @property
    def _region(self) -> Evaluation:
        """The evaluation, where it is that of a region.

        Raises:
            InputError: where it is that of the assessment as a whole.
        """
        if self.evaluation.region:
            return self.evaluation
        name, cure = self.evaluation.assessment.name, nearest("", self.evaluation.regions)
        raise InputError([Mistake(f"assessment {name}", "this needs a region", cure)])
