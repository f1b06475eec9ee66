"""A design as an analyst looks at it: one line, a small table, and its values as a tidy DataFrame."""

from collections.abc import Callable, Mapping
from typing import Any, Self

import pandas as pd

from evalkit.analysis.results import Reason
from evalkit.errors import InputError, Mistake
from evalkit.project.params import Indicator


class DesignViews:
    """What `Design` shows of itself; the fields are those of `Design`."""

    __slots__ = ()

    region: str
    indicator: Indicator
    outcome: pd.DataFrame
    pre: tuple[str, ...]
    post: tuple[str, ...]
    left_out: Mapping[str, str] | None
    masked: Mapping[str, str] | None
    adoption: str
    refused: Reason | None
    what_if: str
    again: Callable[[Mapping[str, object]], Any] | None

    def __repr__(self) -> str:
        state = f"refused: {self.refused}" if self.refused else self._sizes_in_words()
        return f"Design({self.region}, {self.indicator.id}, {state}{self._mark()})"

    def _repr_html_(self) -> str:
        facts = {
            "region": self.region,
            "indicator": self.indicator.id,
            "start": self.adoption,
            "periods before": self._span(self.pre),
            "periods after": self._span(self.post),
            "left out": ", ".join(f"{period} ({why})" for period, why in self._not_used().items()),
            "comparison regions": max(len(self.outcome) - 1, 0),
            "refused": str(self.refused or ""),
            "what if": self._mark().removeprefix("; "),
        }
        shown = {name: fact for name, fact in facts.items() if fact != ""}
        return str(pd.Series(shown, dtype=object).to_frame().to_html(header=False))

    @property
    def uses(self) -> tuple[str, ...]:
        """What every period of the window enters as: `pre`, `post`, or why it enters neither.

        Examples:
            >>> design.uses[:2]
            ('pre', 'pre')
        """
        roles = {**dict.fromkeys(self.pre, "pre"), **dict.fromkeys(self.post, "post"), **self._not_used()}
        return tuple(roles.get(name, "missing") for name in self.outcome.columns.to_numpy().tolist())

    @property
    def pool(self) -> list[str]:
        """Codes of the comparison units.

        Examples:
            >>> design.pool[:3]
            ['demo-e31', 'demo-e32', 'demo-e33']
        """
        return [str(unit) for unit in self.outcome.index[1:]]

    def tidy(self) -> pd.DataFrame:
        """One row per unit and period, on the analysis scale, as seaborn and statsmodels take it.

        Columns: unit, group (`region`, `pool`), period, time (periods since the start), value, and use (`pre`, `post`,
        or why the period enters neither).

        Raises:
            InputError: where no estimate is possible, with the reason.

        Examples:
            >>> design.tidy().head(2)
                      unit   group  period  time  value  use
            0  demo-city-b  region  2016Q1   -12  85.47  pre
            1     demo-e31    pool  2016Q1   -12  84.47  pre
            >>> axes = sns.lineplot(design.tidy(), x="period", y="value", hue="group")
        """
        if self.refused:
            where, what = f"region {self.region}, indicator {self.indicator.id}", f"no estimate: {self.refused}"
            raise InputError([Mistake(where, what, "Choose another region or indicator.")])
        names = [str(name) for name in self.outcome.columns]
        first = names.index(self.adoption) if self.adoption in names else len(names)
        periods = pd.DataFrame({"period": names, "time": range(-first, len(names) - first), "use": self.uses})
        wide = self.outcome.rename_axis(index="unit").reset_index()
        long = wide.melt("unit", var_name="period").dropna(subset="value")
        long["group"] = long["unit"].eq(self.region).map({True: "region", False: "pool"})
        return long.merge(periods, on="period")[["unit", "group", "period", "time", "value", "use"]]

    def with_(self, **changes: object) -> Self:
        """The same region and indicator with other design parameters: a what-if, marked as not the registered design.

        Args:
            changes: keys of `design` in an assessment file.

        Raises:
            InputError: for an unknown key or a wrong value.

        Examples:
            >>> ek.did.att(design.with_(transition=2, mask={}))
            Effect(county_visit_rate, did_mean, att 1.384)
        """
        if self.again is None:
            raise InputError([Mistake("design", "was made by hand", "Use ek.design.assign(panel, evaluation, …).")])
        changed: Self = self.again(changes)
        return changed

    def _sizes_in_words(self) -> str:
        before, after, pool = len(self.pre), len(self.post), len(self.outcome) - 1
        return f"start {self.adoption}, {before} periods before, {after} after, {pool} comparison regions"

    def _mark(self) -> str:
        return f"; what if {self.what_if}: not the registered design" if self.what_if else ""

    def _span(self, used: tuple[str, ...]) -> str:
        return f"{len(used)} ({used[0]} to {used[-1]})" if used else "none"

    def _not_used(self) -> dict[str, str]:
        return {**(self.left_out or {}), **(self.masked or {})}
