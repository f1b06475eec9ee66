"""The fictional regions: everything about them says that it is invented, and together they show every system."""

import datetime as dt
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from evalkit.project import evaluation as projects
from evalkit.project.evaluation import Evaluation
from evalkit.project.narrative_file import Narrative
from evalkit.project.region_file import Plan, Region

ROOT = Path(__file__).parents[3]
ASSESSMENTS = sorted(path.stem for path in (ROOT / "params/assessments").glob("demo-*.yml"))
PATTERNS = [
    "params/*/demo-*.yml",
    "params/narrative/demo-*/*",
    "data/demonstration*/*.csv",
    "data/demonstration*/*.yml",
]
FILES = sorted({path for pattern in PATTERNS for path in ROOT.glob(pattern)})
REAL = ["永康", "兰溪", "邛崃", "金华", "Yongkang", "Lanxi", "Qionglai", "Jinhua"]
WRITTEN_BY = {"midterm": dt.date(2021, 6, 30), "final": dt.date(2023, 3, 31)}
OPERATORS = [">=", "<=", ">", "<", "=", "~", "<~", ">~", "range", "rank", "increase", "decrease", "no_increase"]
OPERATORS += ["no_decrease", "status", "benchmark", "growth"]


@cache
def loaded(assessment: str) -> Evaluation:
    return projects.load(assessment, project=ROOT)


def regions() -> dict[str, Region]:
    """Every fictional region's file, whichever assessment reads it."""
    return {name: one for assessment in ASSESSMENTS for name, one in loaded(assessment).region_files.items()}


def narratives(stage: str) -> list[Narrative]:
    found = [loaded(name) for name in ASSESSMENTS]
    return [told for one in found if one.assessment.stage == stage for told in one.narratives.values()]


def under(content: object, keys: set[str]) -> Iterator[object]:
    """Whatever stands under one of these keys, at any depth."""
    if isinstance(content, dict):
        for key, value in content.items():
            if key in keys and value is not None:
                yield value
            yield from under(value, keys)
    elif isinstance(content, list | tuple):
        for one in content:
            yield from under(one, keys)


def test_the_demonstration_is_there():
    assert len(regions()) == len(list(ROOT.glob("params/regions/demo-*.yml"))) == 10


def test_every_phrase_of_a_fictional_region_says_that_it_is_invented():
    phrases = {phrase for one in regions().values() for phrase in under(one.model_dump(), {"phrase"})}
    assert len(phrases) > 100
    assert [phrase for phrase in phrases if "虚构" not in str(phrase)] == []


def test_every_source_of_a_fictional_region_is_fictional():
    assert {source for one in regions().values() for source in under(one.model_dump(), {"source"})} == {
        "demonstration-plan"
    }


@pytest.mark.parametrize("key", ["evidence", "text"])
def test_what_was_reported_of_a_fictional_region_says_that_it_is_invented(key):
    parts = [(one.tasks, one.checklists, one.duties, one.scorecards) for one in regions().values()]
    told = [text for part in parts for one in sum(part, ()) for text in under(one.model_dump(), {key})]
    assert told
    assert [text for text in told if "虚构" not in text["zh"] or "fictional" not in text["en"]] == []


def test_every_published_figure_of_a_fictional_unit_is_simulated_and_says_so():
    rows = loaded("demo-final-2022").published
    assert set(rows["status"]) == {"simulated"}
    assert set(rows["source"]) == {"demonstration-plan"}
    assert rows["phrase"].str.contains("虚构").all()


@pytest.mark.parametrize("stage", ["midterm", "final"])
def test_whatever_the_evaluator_writes_of_a_fictional_region_says_that_it_is_invented(stage):
    keys = {"name", "text", "reply", "proposal", "conclusion"}
    told = [one for each in narratives(stage) for one in under(each.model_dump(exclude={"signatures"}), keys)]
    told += [one for each in narratives(stage) for one in under(each.model_dump(), {"conclusion"})]
    assert len(told) > 20
    assert [one for one in told if "虚构" not in one["zh"] or "fictional" not in one["en"]] == []


@pytest.mark.parametrize(("lang", "word"), [("zh", "虚构材料"), ("en", "invented material")])
def test_free_text_about_a_fictional_region_says_that_it_is_invented(lang, word):
    texts = [path.read_text(encoding="utf-8") for path in ROOT.glob(f"params/narrative/demo-*/*.{lang}.md")]
    assert len(texts) == 6
    assert [text for text in texts if word not in text] == []


@pytest.mark.parametrize("name", REAL)
def test_no_real_unit_is_named_in_a_fictional_file(name):
    assert len(FILES) > 30
    assert [path.name for path in FILES if name in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_kind_of_target_is_demonstrated(operator):
    assert operator in {target.operator for one in regions().values() for target in one.targets}


def test_ambiguous_targets_are_demonstrated_with_their_other_reading():
    readings = [reading for one in regions().values() for target in one.targets for reading in target.alternatives]
    shown = {name for reading in readings for name in reading.model_fields_set - {"note"}}
    assert {"growth", "deadline", "operator"} <= shown


@pytest.mark.parametrize("part", sorted(set(Region.model_fields) - {"region"}))
def test_every_part_of_a_region_file_is_demonstrated(part):
    empty = Region.model_validate({"region": "nowhere"})
    assert any(getattr(one, part) != getattr(empty, part) for one in regions().values())


@pytest.mark.parametrize("region", ["demo-city-b", "demo-city-d", "demo-consortium-1"])
def test_three_fictional_regions_have_a_full_theory_of_change(region):
    plan = regions()[region].plan
    assert [part for part in Plan.model_fields if part != "guards" and not getattr(plan, part)] == []
    assert {question.kind for question in plan.questions} == {"process", "impact", "value"}


def test_all_roles_of_policies_and_all_bases_of_evidence_are_demonstrated():
    files = [one.model_dump() for one in regions().values()]
    assert set(under([one["policies"] for one in files], {"role"})) == {"reform", "basis", "concurrent", "payment"}
    bases = {"self_reported", "documented", "checked"}
    assert set(under([one["checklists"] for one in files], {"basis"})) == bases
    for stage in WRITTEN_BY:
        assert {one.basis for told in narratives(stage) for one in told.evidence} == bases


@pytest.mark.parametrize(
    ("stage", "part"),
    [
        *(("midterm", name) for name in Narrative.model_fields if name not in ("lessons", "revised")),
        *(("final", name) for name in Narrative.model_fields if name != "target_changes"),
    ],
)
def test_every_part_of_a_narrative_is_demonstrated_at_its_stage(stage, part):
    assert any(getattr(told, part) for told in narratives(stage))


@pytest.mark.parametrize("stage", WRITTEN_BY)
def test_the_evaluator_writes_nothing_that_lies_ahead(stage):
    days = [day for told in narratives(stage) for day in under(told.model_dump(), {"date", "closed"})]
    assert days
    assert max(days) <= WRITTEN_BY[stage]


def test_the_ledger_of_problems_is_carried_on_with_one_problem_that_nobody_mentions_again():
    then, now = (
        {one.id: one for one in loaded(name).narratives["demo-city-b"].problems}
        for name in ("demo-midterm-2021", "demo-final-2022")
    )
    assert set(then) - set(now) == {"b-p3"}
    assert {name for name, one in now.items() if one.closed} == {"b-p1", "b-p4"}
    assert set(now) - set(then) == {"b-p5"}
