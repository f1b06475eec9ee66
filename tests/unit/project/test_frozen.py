"""Stamps: the same content has the same hash, what changed is named, and nothing is overwritten by accident."""

import datetime as dt
import sys

import pytest

from evalkit import cli
from evalkit.analysis.goals import stamps
from evalkit.errors import InputError
from evalkit.panel import observations as panels
from evalkit.project import frozen
from evalkit.publishing.run import freezing
from evalkit.publishing.run.run_keys import run_keys

DAY = dt.date(2020, 12, 1)
REGION = """region: a
targets:
  - {indicator: rate, operator: ">=", value: 65, source: plan, phrase: 达到65%}
plan:
  inputs:
    - {text: {zh: 补助, en: Subsidies}, source: plan, phrase: 补助}
"""
# The same, laid out otherwise: block style, other quotes, other order of keys, a comment, 65.0 for 65.
REGION_AGAIN = """# a comment
plan:
  inputs:
    - phrase: "补助"
      source: plan
      text:
        en: 'Subsidies'
        zh: 补助
region: a

targets:
  - phrase: 达到65%
    source: plan
    value: 65.0
    operator: '>='
    indicator: rate
"""
PUBLISHED = "unit | period | indicator | value | source | phrase\n"


@pytest.fixture
def planned(project):
    """A project with a plan, a target, a baseline of 52 and a latest figure of 60."""
    project.region("a", REGION)
    project.table("published", PUBLISHED + "a | 2018 | rate | 52 | plan | …\na | 2021 | rate | 60 | plan | …")
    return project


@pytest.fixture
def evalkit(planned, monkeypatch, capsys):
    """Runs the command in the project; its exit status and what it said."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["evalkit", *arguments, "--project", str(planned.root)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return run


def now(project):
    evaluation = project.load("a")
    return stamps.of(evaluation, panels.read(evaluation))


def changed(project):
    evaluation = project.load("a")
    return stamps.changed(evaluation, panels.read(evaluation))


def test_baseline_and_latest_figure_are_stamped_as_the_assessment_sees_them(planned):
    found = now(planned)
    assert found.values == {"rate": 52.0}
    assert (found.figures["rate"].period, found.figures["rate"].value) == ("2021", 60.0)


def test_indicators_that_must_not_get_worse_are_stamped_as_well(planned):
    planned.indicators("rate: {name: {en: Rate}, unit: percent}\ncost: {name: {en: Cost}, unit: yuan}")
    planned.table("published", PUBLISHED + "a | 2018 | cost | 90 | plan | …")
    guard = "  guards:\n    - {indicator: cost, operator: no_increase, source: plan, phrase: 负担不增加}\n"
    planned.region("a", REGION + guard)
    assert now(planned).values == {"cost": 90.0}


def test_nothing_after_the_cut_off_is_stamped(planned):
    planned.assessment("as_of: 2020-12-31\n")
    assert now(planned).figures["rate"].period == "2018"


def test_hashes_do_not_hang_on_the_layout_of_the_yaml(planned):
    before = now(planned)
    planned.region("a", REGION_AGAIN)
    assert now(planned) == before


def test_hashes_do_not_hang_on_the_order_of_keys_in_the_design(planned):
    planned.assessment("design: {mask: {covid: [2020Q1], flood: [2021Q1]}}\n")
    freezing.freeze(planned.load(), DAY)
    planned.assessment("design:\n  mask:\n    flood: ['2021Q1']\n    covid: ['2020Q1']\n")
    assert changed(planned) == ()


def test_writing_a_default_out_changes_no_hash(planned):
    freezing.freeze(planned.load(), DAY)
    planned.assessment("design: {anticipation: 0, comparison: {eligible: not_yet_treated}}\n")
    assert changed(planned) == ()


def test_what_is_read_back_is_what_was_written(planned):
    written = freezing.freeze(planned.load(), DAY)
    assert planned.load().frozen == written
    assert written.date == DAY
    assert frozen.of(planned.root, "b") is None


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("value: 65", "value: 66", "targets"),
        ("en: Subsidies", "en: Staff", "plan"),
        ("达到65%", "达到六成五", "targets"),
    ],
)
def test_a_change_of_the_region_s_file_is_named(planned, old, new, part):
    freezing.freeze(planned.load(), DAY)
    planned.region("a", REGION.replace(old, new))
    assert changed(planned) == (part,)


def test_a_baseline_that_is_gone_is_a_change(planned):
    freezing.freeze(planned.load(), DAY)
    planned.table("published", PUBLISHED + "a | 2021 | rate | 60 | plan | …")
    assert changed(planned) == ("baseline",)


def test_a_baseline_edited_in_the_file_is_refused(planned):
    freezing.freeze(planned.load(), DAY)
    path = planned.root / frozen.file_of("a")
    path.write_text(path.read_text(encoding="utf-8").replace("rate: 52.0", "rate: 50.0"), encoding="utf-8")
    with pytest.raises(InputError, match=r"params/frozen/a.yml, line \d+: .*differ from those stamped"):
        planned.load()


def test_an_assessment_that_was_never_frozen_has_no_change(planned):
    assert planned.load("a").frozen is None
    assert changed(planned) == ()


def test_a_report_made_before_the_freeze_is_not_up_to_date(planned):
    before = planned.load("a").key
    freezing.freeze(planned.load(), DAY)
    first = planned.load("a").key
    freezing.freeze(planned.load(), dt.date(2020, 12, 2), again=True)
    assert len({before, first, planned.load("a").key}) == 3


def test_another_region_s_stamps_do_not_make_a_report_stale(planned):
    planned.write("params/assessments/a.yml", "dataset: d\nregions: [a, b]\nindicators: {primary: [rate]}\n")
    planned.region("b", "region: b\nplan: {inputs: [{text: {en: Money}}]}\n")
    freezing.freeze(planned.load(), DAY)
    before = planned.load("a").key
    planned.region("b", "region: b\nplan: {inputs: [{text: {en: Staff}}]}\n")
    freezing.freeze(planned.load(), DAY, again=True)
    assert planned.load("a").key == before


def test_the_file_says_which_key_is_wrong(planned):
    freezing.freeze(planned.load(), DAY)
    path = planned.root / frozen.file_of("a")
    path.write_text(path.read_text(encoding="utf-8").replace("primary:", "pirmary:"), encoding="utf-8")
    with pytest.raises(InputError, match="unknown key `pirmary`"):
        planned.load()


def test_the_command_writes_the_stamps_and_prints_them(planned, evalkit):
    status, out, err = evalkit("freeze", "a", "--date", "2020-12-01")
    assert (status, err) == (0, "")
    digest = planned.load().frozen.fingerprint("a")
    assert out.splitlines() == [
        "a: frozen as of 2020-12-01; primary: rate",
        f"a: SHA-256 {digest[:12]}, 1 baselines, 1 latest figures",
    ]


def test_the_command_refuses_to_overwrite_and_says_what_would_change(planned, evalkit):
    evalkit("freeze", "a", "--date", "2020-12-01")
    file = planned.root / frozen.file_of("a")
    before = file.read_bytes()
    planned.region("a", REGION.replace("en: Subsidies", "en: Staff"))
    status, out, err = evalkit("freeze", "a", "--date", "2021-01-01")
    assert (status, out) == (2, "")
    assert "was frozen on 2020-12-01; a new freeze would change a: plan" in err
    assert "--again" in err
    assert file.read_bytes() == before


def test_an_unchanged_plan_would_change_nothing_but_the_date(planned, evalkit):
    evalkit("freeze", "a", "--date", "2020-12-01")
    assert "would change nothing but the date" in evalkit("freeze", "a")[2]


def test_again_replaces_the_stamps(planned, evalkit):
    evalkit("freeze", "a", "--date", "2020-12-01")
    planned.region("a", REGION.replace("en: Subsidies", "en: Staff"))
    assert evalkit("freeze", "a", "--date", "2021-01-01", "--again")[0] == 0
    assert planned.load().frozen.date == dt.date(2021, 1, 1)
    assert changed(planned) == ()


def test_without_a_date_it_is_today(planned, evalkit):
    evalkit("freeze", "a")
    assert abs((dt.date.today() - planned.load().frozen.date).days) <= 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["freeze", "b"], "there is no assessment 'b'"), (["freeze", "a", "--date", "2020-13-01"], "does not match")],
)
def test_a_mistyped_freeze_is_a_message(planned, evalkit, arguments, message):
    status, _, err = evalkit(*arguments)
    assert (status, message in err) == (2, True)
    assert not (planned.root / "params/frozen").exists()


def test_a_freeze_makes_published_pages_stale(planned):
    first = run_keys(planned.load(), ["a"])
    freezing.freeze(planned.load(), DAY)
    assert run_keys(planned.load(), ["a"]) != first
