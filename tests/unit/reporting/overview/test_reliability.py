"""The page on reliability leads with what the stored table holds."""

import pandas as pd
import pytest

from evalkit.reporting.language.plain_text import text_of
from evalkit.reporting.overview import reliability
from evalkit.simulation import calibration, untouched
from evalkit.simulation.programmes import METHOD, PROGRAMMES


@pytest.fixture(scope="module")
def share():
    return calibration.stored().set_index(["scenario", "quantity", "kind"])["share"]


def test_the_lead_names_the_worst_share_of_false_alarms(share):
    worst = max(share[one.name, "supported_or_opposite", "chip"] for one in reliability.NULL)
    assert f"to {100 * worst:.1f}% of simulated panels" in text_of(reliability.lead())


def test_of_programmes_it_says_only_what_was_measured(monkeypatch):
    regions = calibration.stored()
    regions = regions[regions["quantity"] != METHOD]
    monkeypatch.setattr(reliability, "stored", lambda: regions)
    assert "is not in this table yet" in text_of(reliability.lead())
    assert str(reliability.programmes()) == ""
    pooled = [(one.name, METHOD, kind, 0.04, 400, 0.05) for one in PROGRAMMES for kind in ("rejects", "covers")]
    measured = pd.concat([regions, pd.DataFrame(pooled, columns=regions.columns)])
    monkeypatch.setattr(reliability, "stored", lambda: measured)
    assert "in 4.0 to 4.0% (at least 400 of each kind; chance moves a share of 5% by up to 2.1 points)" in text_of(
        reliability.lead()
    )
    table = reliability.programmes()
    assert [row[2].number for row in table.rows] == [4.0] * len(PROGRAMMES)


@pytest.mark.parametrize(("panels", "margin"), [(1000, 1.351), (400, 2.136)])
def test_margins_are_those_of_a_binomial_share(panels, margin):
    assert 100 * reliability._margin(0.05, panels) == pytest.approx(margin, abs=0.001)


def stored_with(monkeypatch, **shares):
    """The stored table with other shares of one quantity and kind, by scenario."""
    quantity, kind = shares.pop("quantity"), shares.pop("kind")
    table = calibration.stored()
    for scenario, share in shares.items():
        row = (table["quantity"] == quantity) & (table["kind"] == kind) & (table["scenario"] == scenario)
        assert row.sum() == 1
        table.loc[row, "share"] = share
    monkeypatch.setattr(reliability, "stored", lambda: table)


def test_it_begins_with_its_conclusion_in_words():
    assert text_of(reliability.lead()).startswith("The judgement can be relied on: where nothing happened, it claimed")


@pytest.mark.parametrize(("share", "word"), [(0.0635, "can be relied on"), (0.0636, "claims too much")])
def test_the_conclusion_follows_from_the_table_and_the_margin(monkeypatch, share, word):
    stored_with(monkeypatch, quantity="supported_or_opposite", kind="chip", n20=share)
    assert word in text_of(reliability.lead()).partition(":")[0]


def test_shares_beyond_the_margin_are_marked_and_say_on_how_many_panels_they_rest(monkeypatch):
    stored_with(monkeypatch, quantity="did_mean", kind="rejects", n20=0.09, n40=0.05, n100=0.01)
    table = next(one for one in reliability.alarms().parts if getattr(one, "name", "") == "alarms-table")
    by_name = {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}
    first = next(iter(by_name.values()))
    assert first[:4] == ["1,000\n±1.4", "9.0 ↑", "5.0", "1.0 ↓"]
    few = [text for cells in by_name.values() for text in cells if text.endswith("of 3")]
    assert few
    assert not any("↑" in text or "↓" in text for text in few)


def test_it_says_how_often_models_without_comparison_are_wrong():
    table = calibration.stored()
    null = [one.name for one in reliability.NULL]
    own = table[(table["kind"] == "rejects") & table["quantity"].isin(reliability.ALONE) & table["scenario"].isin(null)]
    own = own[own["panels"] >= reliability.ENOUGH]
    limit = own["nominal"] + 1.96 * (own["nominal"] * (1 - own["nominal"]) / own["panels"]) ** 0.5
    told = f"in {(own['share'] > limit).sum()} of {len(own)} combinations of model and panel"
    assert told in text_of(reliability.lead())


def test_further_panels_and_series_are_shown_where_they_were_measured(monkeypatch):
    columns = calibration.stored().columns
    monkeypatch.setattr(reliability, "stored", lambda: pd.DataFrame(columns=columns))
    assert str(reliability.judged()) == str(reliability.series()) == ""
    kind = untouched.Untouched("year", 8, 6, 0.6)
    measured = [
        ("n40-lognormal", "did_mean", "rejects", 0.042, 1000, 0.05),
        ("n40-lognormal", "did_mean", "covers", 0.958, 1000, 0.95),
        (kind.name, untouched.READING, "rejects", 0.031, 1000, 0.05),
    ]
    monkeypatch.setattr(reliability, "stored", lambda: pd.DataFrame(measured, columns=columns))
    ((about, rejects, covers),) = reliability.judged().rows
    assert "skewed noise" in text_of(about.html if hasattr(about, "html") else about)
    assert (rejects.number, covers.number) == (4.2, 95.8)
    ((_, *shares),) = reliability.series().rows
    assert [share.number for share in shares if share.number is not None] == [3.1]


def test_the_page_says_from_which_persistence_on_readings_claim_too_much():
    within, beyond = untouched.worst(calibration.stored())
    assert within < beyond
    told = text_of(str(reliability.series()))
    assert (
        f"in at most {100 * within:.1f}% of these series; in more persistent ones in up to {100 * beyond:.1f}%" in told
    )
