"""The search for the top of a likelihood: nothing that it could have found lies higher."""

import numpy as np
import pandas as pd
import pytest

from evalkit.analysis.effects import time_series

MODELS = {
    "ar1": (time_series.ar1, np.linspace(-0.99, 0.99, 67), lambda one: (one, 1.0)),
    "local_level": (time_series.local_level, np.linspace(0.0, 1.0, 67), lambda one: (1.0 - one, one)),
}


def short_series(seed, n=24):
    """A line with a wandering level, and holes in it."""
    rng = np.random.default_rng(seed)
    names = [str(name) for name in pd.period_range("2015Q1", periods=n, freq="Q")]
    values = 50 + 0.2 * np.arange(n) + rng.normal(0, 0.3, n) + np.cumsum(rng.normal(0, 0.15, n))
    used = [name for k, name in enumerate(names) if k not in rng.choice(np.arange(2, n - 2), 3, replace=False)]
    return time_series.prepare(pd.Series(values, index=names), used, names[14], n - 14, slope=True, extra=None)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("seed", range(6))
def test_no_top_is_higher_than_the_one_found(name, seed, monkeypatch):
    fit, shapes, parameters = MODELS[name]
    seen = []
    search = time_series._highest

    def spy(model, noise, *rest):
        seen.append((model, noise, search(model, noise, *rest)))
        return seen[-1][-1]

    monkeypatch.setattr(time_series, "_highest", spy)
    assert fit(short_series(seed)) is not None
    [(model, noise, found)] = seen
    sizes = noise * np.geomspace(0.02, 20, 60)
    at = [model.loglike(_sized(model, parameters(shape), size)) for shape in shapes for size in sizes]
    assert model.loglike(found) >= max(at)


def _sized(model, parameters, size):
    return [one if name == "ar.L1" else one * size for name, one in zip(model.param_names, parameters, strict=True)]
