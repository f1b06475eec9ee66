"""A sample of the programme analysis: one indicator of all units of one kind and their comparison, as arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.analysis.results import Estimate, Reason, Result, Withheld
from evalkit.project.params import Design as Parameters
from evalkit.project.params import Indicator

LEAST_TREATED = 2  # with one treated unit there is no sampling variance: did.att is the method then
NEVER = 0  # diff-diff's own code for a unit that is never treated
Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sample:
    """One indicator of all units of one kind and their comparison, ready to be pooled.

    Attributes:
        outcome: analysis-scale values, units x the periods that enter (masked ones do not).
        times: the periods as integers, 1 for the first of the panel; masked ones leave a gap.
        cohort: first treated period of each unit as such an integer, 0 for never.
        stratum: the stratum of each unit; effects compare within strata only.
        starts: the text of each cohort's first treated period.
        cluster: the cluster of each unit at which the reform was assigned; None: unit by unit.
        whole: `outcome` before cells are left out that the design lets no treated unit enter with.
        subgroups: columns of units.csv (rows: units) whose values get an effect each.
        population: residents of each unit, where effects are also to be weighted by them.
        comparison: whether comparison units are of the same kind, or all untreated ones.
        left_out: units that do not enter, by name, with the reason.
        holes: cells without a value among the units that enter.
        until: strata in which everybody is treated in the end: the last period with a comparison.
        refused: why nothing may be estimated; estimators return it as `Withheld`.

    Examples:
        >>> sample = ek.staggered.sample(panel, report.evaluation, "county_visit_rate", "county")
        >>> sample
        Sample(county_visit_rate, county, 46 units, 22 treated, 25 periods)
    """

    indicator: Indicator
    kind: str
    unit: str
    data_status: str
    parameters: Parameters
    outcome: pd.DataFrame
    times: Integers
    cohort: Integers
    stratum: npt.NDArray[np.str_]
    starts: Mapping[int, str]
    cluster: npt.NDArray[np.str_] | None = None
    whole: pd.DataFrame | None = None
    subgroups: pd.DataFrame | None = None
    population: Array | None = None
    comparison: Literal["same_kind", "all_untreated"] = "same_kind"
    left_out: Mapping[str, Reason] | None = None
    holes: int = 0
    until: Mapping[str, str] | None = None
    refused: Reason | None = None

    def __repr__(self) -> str:
        sizes = f"{len(self.cohort)} units, {self.n_treated} treated, {len(self.times)} periods"
        return f"Sample({self.indicator.id}, {self.kind}, {f'refused: {self.refused}' if self.refused else sizes})"

    @property
    def treated(self) -> Flags:
        """Units that are treated in some period.

        Examples:
            >>> ek.staggered.sample(panel, report.evaluation, "county_visit_rate", "county").treated.sum()
            np.int64(22)
        """
        return np.not_equal(self.cohort, NEVER)

    @property
    def compared(self) -> Flags:
        """Treated units that start while their stratum still has a unit to compare them with (`until`).

        Examples:
            >>> ek.staggered.sample(panel, report.evaluation, "county_visit_rate", "county").compared.sum()
            np.int64(22)
        """
        number = dict(zip(map(str, self.outcome.columns), self.times, strict=True))
        last = {stratum: number[period] for stratum, period in (self.until or {}).items()}
        ends = np.array([last.get(stratum, np.inf) for stratum in self.stratum])
        mask: Flags = self.treated & (self.cohort + self.parameters.transition <= ends)
        return mask

    @property
    def clusters(self) -> npt.NDArray[np.str_]:
        """The cluster of each unit: the unit itself if the reform was assigned unit by unit.

        Examples:
            >>> ek.staggered.sample(panel, report.evaluation, "county_visit_rate", "county").clusters[:2].tolist()
            ['0', '1']
        """
        return np.arange(len(self.cohort)).astype(str) if self.cluster is None else self.cluster

    def n_clusters(self, chosen: Flags) -> int:
        """How many clusters the chosen units belong to.

        Examples:
            >>> sample = ek.staggered.sample(panel, report.evaluation, "county_visit_rate", "county")
            >>> sample.n_clusters(sample.treated)
            22
        """
        return len(set(self.clusters[chosen]))

    @property
    def n_treated(self) -> int:
        """How many have an effect that is estimated; all others that enter are comparison only.

        Examples:
            >>> ek.staggered.sample(panel, report.evaluation, "county_visit_rate", "county").n_treated
            22
        """
        return int(self.compared.sum())

    @property
    def long(self) -> pd.DataFrame:
        """What diff-diff reads: integers for periods, 0 for never, plain floats, no empty outcome.

        Examples:
            >>> ek.staggered.sample(panel, report.evaluation, "county_visit_rate", "county").long.head(2)
               unit  cluster  period  value  first_treated
            0     0        0       1  91.00             13
            1     0        0       2  92.07             13
        """
        rows, columns = np.nonzero(np.isfinite(self.outcome.to_numpy()))
        return pd.DataFrame(
            {
                "unit": rows,
                "cluster": np.unique(self.clusters, return_inverse=True)[1][rows],
                "period": self.times[columns],
                "value": self.outcome.to_numpy()[rows, columns],
                "first_treated": self.cohort[rows],
            }
        )

    def sizes(self) -> dict[str, int]:
        """The counts that every result carries.

        Examples:
            >>> ek.staggered.sample(panel, report.evaluation, "county_visit_rate", "county").sizes()
            {'n_obs': 1112, 'n_treated': 22, 'n_comparison': 24, 'n_pre': 20, 'n_post': 13}
        """
        before = self.times[None, :] < self.cohort[:, None]
        return {
            "n_obs": int(np.isfinite(self.outcome.to_numpy()).sum()),
            "n_treated": self.n_treated,
            "n_comparison": len(self.cohort) - self.n_treated,
            "n_pre": int(before.any(axis=0).sum()),
            "n_post": int((~before & self.compared[:, None]).any(axis=0).sum()),
        }

    def result(self, method: str, inference: str, estimates: Sequence[Estimate]) -> Result:
        """What one method found in this sample.

        Examples:
            >>> from evalkit.analysis.results import Estimate
            >>> sample = ek.staggered.sample(panel, report.evaluation, "county_visit_rate", "county")
            >>> sample.result("my_method", "", [Estimate("att", 1.3)])
            Result(county_visit_rate, my_method, att 1.300)
        """
        return Result(
            indicator=self.indicator.id,
            analysis="programme",
            method=method,
            unit=self.unit,
            inference=inference,
            data_status=self.data_status,
            estimates=tuple(estimates),
            **self.sizes(),
        )

    def withheld(self, method: str, why: Reason, *terms: str, inference: str = "") -> Withheld:
        """This sample's refusal of one method.

        Examples:
            >>> sample = ek.staggered.sample(panel, report.evaluation, "county_visit_rate", "county")
            >>> sample.withheld("my_method", "too few", "att")
            Withheld(county_visit_rate, my_method, too few)
        """
        return Withheld(
            indicator=self.indicator.id,
            analysis="programme",
            method=method,
            unit=self.unit,
            reason=why,
            data_status=self.data_status,
            inference=inference,
            terms=terms,
            n_treated=self.n_treated,
            n_comparison=len(self.cohort) - self.n_treated,
        )
