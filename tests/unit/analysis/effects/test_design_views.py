"""A design in one line, as a tidy DataFrame, and with other parameters: a what-if that says so."""

import pytest

import evalkit as ek
from evalkit.errors import InputError


@pytest.fixture
def design(project, make_values):
    """Region `a` from 2019Q1 on against the others, one post-period masked."""
    project.indicators("rate: {name: {en: Rate}, unit: percent, better: higher}")
    values = make_values(effect=8)
    units = "".join(
        f"{unit} | {'' if number else '2019Q1'} | P{number % 2}\n" for number, unit in enumerate(values.index)
    )
    project.table("units", "unit | adoption | province\n" + units)
    project.values(values)
    project.assessment("design: {mask: {flood: [2019Q2]}}\n")
    return project.design()


def test_it_is_one_line_and_a_small_table(design):
    sizes = f"start 2019Q1, {len(design.pre)} periods before, {len(design.post)} after, {len(design.pool)} comparison"
    assert repr(design) == f"Design(a, rate, {sizes} regions)"
    assert "2019Q2 (flood)" in design._repr_html_()


def test_tidy_has_a_row_per_unit_and_period_with_its_use(design):
    tidy = design.tidy()
    assert len(tidy) == design.outcome.size
    assert tidy.groupby("group")["unit"].nunique().to_dict() == {"pool": len(design.pool), "region": 1}
    uses = tidy.drop_duplicates("period").set_index("period")
    assert uses.at["2019Q2", "use"] == "flood"
    assert uses.loc[list(design.pre), "use"].eq("pre").all()
    assert uses.at["2019Q1", "time"] == 0
    used = tidy[tidy["use"].isin(["pre", "post"])]
    means = used.groupby(["group", "use"])["value"].mean().unstack()
    change = means["post"] - means["pre"]
    assert change["region"] - change["pool"] == pytest.approx(ek.did.att(design)["att"].estimate)


def test_with_other_parameters_it_says_that_it_is_not_the_registered_design(design):
    other = design.with_(transition=1, mask={})
    assert other.post == tuple(sorted({*design.post, "2019Q2"} - {"2019Q1"}))
    assert repr(other).endswith("; what if transition=1, mask={}: not the registered design)")
    assert "not the registered design" in other._repr_html_()
    assert "not the registered" not in repr(design)
    assert other.with_(anticipation=1).what_if == "transition=1, mask={}, anticipation=1"
    assert design.with_(transition=0).what_if == ""


def test_another_comparison_keeps_the_rest_of_the_rule(design):
    assert 0 < len(design.with_(comparison={"same": ["province"]}).pool) < len(design.pool)


def test_a_wrong_key_or_column_names_the_nearest(design):
    for changes, message in (
        ({"transitoin": 1}, 'unknown key `transitoin`\n    Did you mean "transition"?'),
        ({"comparison": {"same": ["provinc"]}}, 'no column `provinc`\n    Did you mean "province"?'),
        ({"transition": "two"}, "`transition`"),
    ):
        with pytest.raises(InputError) as error:
            design.with_(**changes)
        assert message in str(error.value)


def test_loaded_with_another_design_everything_of_it_says_so(project, design):
    report = ek.report("a", "a", "en", project=project.root, design={"transition": 1})
    mark = "What if transition=1: this is not the registered design."
    assert mark in str(report.title())
    assert mark in str(report.section("effects"))
    assert report.results["assessment"].unique().tolist() == ["a (what if transition=1)"]
    assert "what if transition=1" in repr(report.evaluation)
    assert report.evaluation.key != project.load("a").key  # so the runner would refuse its page
    assert report.findings[0].design.what_if == "transition=1"


def test_a_refused_design_says_why(project, make_values):
    project.indicators("rate: {name: {en: Rate}, unit: percent, better: higher}")
    values = make_values(post=1)
    project.table(
        "units", "unit | adoption\n" + "".join(f"{u} | {'2019Q1' if u == 'a' else ''}\n" for u in values.index)
    )
    project.values(values)
    project.assessment()
    refused = project.design()
    assert "refused: too_few_post_periods" in repr(refused)
    with pytest.raises(InputError, match="no estimate: too_few_post_periods"):
        refused.tidy()


def test_results_print_in_one_line_and_as_small_tables(project, design):
    finding = ek.findings.find(project.read("a"), project.load("a"), "rate")
    assert repr(finding).startswith(f"Finding(rate, primary, {finding.conclusion.verdict}, Effect(rate, did_mean, att ")
    assert "leave_one_out" in finding._repr_html_()
    assert repr(finding.conclusion).startswith(f"Conclusion(rate, {finding.conclusion.verdict}")
    assert "pre_gap" in finding.conclusion._repr_html_()
    shown = project.read("a")._repr_html_()
    assert "<th>rate</th>" in shown


def test_the_fitted_model_comes_with_a_change(design):
    change = ek.before_after.segmented(design)
    level = change.model.params[list(change.model.model.exog_names).index("level")]
    assert change["level_change"].estimate == pytest.approx(level)
    assert len(change.model.resid) == len(design.pre) + len(design.post)
