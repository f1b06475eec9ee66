"""The page on reliability leads with what the stored table holds."""

import pytest

from evalkit.reporting.language.plain_text import text_of
from evalkit.reporting.overview import reliability
from evalkit.simulation import calibration
from evalkit.simulation.programmes import PROGRAMMES


@pytest.fixture(scope="module")
def share():
    return calibration.stored().set_index(["scenario", "quantity", "kind"])["share"]


def test_the_lead_names_the_worst_share_of_false_alarms_of_regions_and_programmes(share):
    said = text_of(reliability.lead())
    worst = max(share[one.name, "supported_or_opposite", "chip"] for one in reliability.NULL)
    pooled = max(share[one.name, "did_long_base", "rejects"] for one in PROGRAMMES)
    assert f"to {100 * worst:.1f}% of simulated panels" in said
    assert f"to {100 * pooled:.1f}%. An effect" in said


@pytest.mark.parametrize(("panels", "margin"), [(1000, 1.351), (400, 2.136)])
def test_margins_are_those_of_a_binomial_share(panels, margin):
    assert reliability._margin(panels) == pytest.approx(margin, abs=0.001)


def test_every_kind_of_programme_has_a_row_with_its_shares(share):
    table = reliability.programmes()
    assert len(table.rows) == len(PROGRAMMES)
    for design, row in zip(PROGRAMMES, table.rows, strict=True):
        assert row[2] == f"{100 * share[design.name, 'did_long_base', 'rejects']:.1f}"
