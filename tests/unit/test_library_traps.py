"""What the libraries do without a word (METHODS 5, T1-T12), and what stands against it here."""

import importlib.metadata
import inspect
import re
import warnings

import diff_diff
import numpy as np
import pandas as pd
import pytest
from diff_diff import CallawaySantAnna, SyntheticDiD

from evalkit.analysis.effects import synthetic
from evalkit.analysis.programme import staggered
from evalkit.analysis.programme.samples import Sample
from evalkit.project.params import Design, Indicator

NAMES = {"outcome": "value", "unit": "unit", "time": "period", "first_treat": "first_treated"}
DISTRIBUTION = importlib.metadata.requires("evalkit") or []


def long(n=30, periods=8, treated=1, start=5, seed=1) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    unit, period = np.repeat(np.arange(n), periods), np.tile(np.arange(1, periods + 1), n)
    first = np.where(unit < treated, start, 0)
    frame = pd.DataFrame({"unit": unit, "period": period, "first_treated": first})
    frame["value"] = random.normal(size=n)[unit] + random.normal(size=len(frame))
    return frame.assign(ever=(first > 0).astype(int), now=((first > 0) & (period >= first)).astype(int))


def sample_of(values: np.ndarray, cohort: list[int]) -> Sample:
    names = [str(2010 + i) for i in range(values.shape[1])]
    about = Indicator.model_validate({"id": "rate", "name": {"en": "Rate"}, "unit": "percent"})
    starts = {number: names[number - 1] for number in set(cohort) - {0}}
    return Sample(about, "", "percent", "reported", Design(), pd.DataFrame(values, columns=names),
                  np.arange(1, values.shape[1] + 1), np.array(cohort), np.full(len(cohort), ""), starts)  # fmt: skip


def fitted(frame: pd.DataFrame, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return CallawaySantAnna(**options).fit(frame, **NAMES)


def test_t1_the_library_gives_one_treated_unit_a_clustered_p_and_we_refuse():
    assert np.isfinite(fitted(long()).overall_p_value)
    with pytest.raises(staggered.OneTreatedUnitError, match=r"did\.att"):
        staggered.clustered("simple", 0.5, 0.1, n_treated=1)
    one = sample_of(np.random.default_rng(1).normal(size=(30, 8)), [5] + [0] * 29)
    estimates = [*staggered.callaway_santanna(one)[0].estimates, *staggered.twfe(one)[0].estimates]
    assert {(e.std_error, e.p_value, e.conf_low) for e in estimates} == {(None, None, None)}
    assert {e.reason.code for e in estimates} == {"one_treated_cluster"}


def test_t2_resampling_errors_of_synthetic_did_fail_with_one_treated_unit_and_ours_are_placebo():
    def error(method):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = SyntheticDiD(variance_method=method, n_bootstrap=50, seed=1)
            fit = model.fit(long(), "value", "ever", "unit", "period", post_periods=[5, 6, 7, 8])
        return fit.se

    assert np.isnan(error("jackknife"))
    assert error("bootstrap") < error("placebo")
    assert 'inference="placebo_space"' in inspect.getsource(synthetic)


@pytest.mark.parametrize("name", ["HonestDiD", "load_mpdta"])
def test_t3_t4_honest_did_and_loaders_exist_and_are_never_called(name):
    import evalkit

    assert hasattr(diff_diff, name) or hasattr(diff_diff.datasets, name)
    sources = "".join(path.read_text(encoding="utf-8") for path in _sources(evalkit))
    assert not re.search(rf"\b{name}\b", sources)


def test_t5_the_library_accepts_holes_and_we_count_them():
    frame = long(treated=6)
    frame.loc[::17, "value"] = np.nan
    assert np.isfinite(fitted(frame).overall_att)
    values = np.random.default_rng(2).normal(size=(30, 8))
    values[3, 2] = np.nan
    sample = sample_of(values, [5] * 6 + [0] * 24)
    assert len(sample.long) == 30 * 8 - 1
    assert staggered.callaway_santanna(sample)[0].n_obs == 30 * 8 - 1


def test_t5_what_the_library_reads_is_plain_integers_and_floats():
    given = sample_of(np.random.default_rng(2).normal(size=(30, 8)), [5] * 6 + [0] * 24).long
    assert all(given[name].dtype.kind == "i" for name in ("unit", "period", "first_treated"))
    assert given["value"].dtype == np.float64
    assert set(given["first_treated"]) == {0, 5}
    assert given.notna().all(axis=None)


def test_t5_nullable_floats_and_period_times_fail_in_the_library():
    with pytest.raises((TypeError, ValueError)):
        fitted(long(treated=6).astype({"value": "Float64"}).assign(value=lambda d: d["value"].mask(d.index == 3)))
    months = pd.PeriodIndex(pd.Series(2010 + long()["period"]).astype(str), freq="Y")
    with pytest.raises((TypeError, ValueError, AttributeError)):
        fitted(long(treated=6).assign(period=months))


def test_t6_treatment_means_ever_treated_in_synthetic_did():
    with pytest.raises(ValueError, match=r"(?i)treat"):
        SyntheticDiD().fit(long(), "value", "now", "unit", "period", post_periods=[5, 6, 7, 8])


def test_t7_aggregating_while_fitting_is_deprecated_and_not_used():
    with pytest.warns(FutureWarning, match="aggregate"):
        CallawaySantAnna().fit(long(treated=6), **NAMES, aggregate="simple")
    assert "aggregate=" not in inspect.getsource(staggered)


@pytest.mark.parametrize("name", ["pyfixest", "honestdid", "pysyncon", "torch"])
def test_t8_t10_slow_and_heavy_libraries_are_no_dependency(name):
    assert not [line for line in DISTRIBUTION if line.lower().startswith(name)]


def test_t9_the_library_has_no_calendar_aggregate_and_no_error_for_the_group_overall():
    fit = fitted(long(treated=6))
    with pytest.raises(ValueError, match="calendar"):
        fit.aggregate("calendar")
    assert "overall" not in set(fit.aggregate("group").to_dataframe()["label"].astype(str))
    cohort = [3] * 5 + [5] * 5 + [0] * 20
    pooled = staggered.callaway_santanna(sample_of(np.random.default_rng(2).normal(size=(30, 8)), cohort))[0]
    assert pooled["calendar"].std_error > 0
    assert pooled["group"].std_error > 0


def test_t11_the_small_sample_rule_is_stated_and_followed():
    values = np.random.default_rng(4).normal(size=(60, 6))
    sample = sample_of(values, [4] * 20 + [0] * 40)
    found = staggered.twfe(sample)[0]["att"]
    change = values[:, 3:].mean(axis=1) - values[:, :3].mean(axis=1)
    own, other = change[:20], change[20:]
    plain = np.sqrt(((own - own.mean()) ** 2).sum() / 20**2 + ((other - other.mean()) ** 2).sum() / 40**2)
    assert found.std_error == pytest.approx(plain * np.sqrt(60 / 59 * (360 - 1) / (360 - 6)), rel=1e-9)
    assert "G/(G-1) x (N-1)/(N-K)" in inspect.getsource(staggered.twfe)


def test_t12_a_warning_at_our_own_line_is_never_hidden():
    import evalkit

    everything = re.compile(r'(simplefilter|filterwarnings)\("ignore"\)')
    assert [path.name for path in _sources(evalkit) if everything.search(path.read_text(encoding="utf-8"))] == []
    assert issubclass(pd.errors.Pandas4Warning, Warning)


def _sources(package):
    from pathlib import Path

    return sorted(Path(package.__file__).parent.rglob("*.py"))
