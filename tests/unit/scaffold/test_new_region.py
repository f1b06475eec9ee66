"""A new region needs a copied file and nothing else: ledger, scorecard, plan and checklists follow from the YAML."""

import re
from pathlib import Path

import pytest

from evalkit.project.evaluation import load
from evalkit.reporting.language import words
from evalkit.reporting.region import departments, ledgers, plan, reform_card, scorecard_figures, scorecards

ROOT = Path(__file__).parents[3]
COPIED = (ROOT / "params/regions/demo-city-d.yml").read_text(encoding="utf-8")


@pytest.fixture
def newcomer(project):
    """Unit `newtown` with the file of another region, its name changed and nothing else."""
    project.write("params/indicators.yml", (ROOT / "params/indicators.yml").read_text(encoding="utf-8"))
    project.table("units", "unit | name_zh | name_en | kind\nnewtown | 新城 | Newtown | city\n")
    text = (ROOT / "data/demonstration/sources.csv").read_text(encoding="utf-8")
    project.write("data/d/sources.csv", text)
    project.region("newtown", re.sub("^region: .*$", "region: newtown", COPIED, flags=re.MULTILINE))
    others = re.findall(r"relative_to: (\S+)", COPIED)
    assert others == []  # a target measured against another unit would need that unit
    project.assessment(base="dataset: d\nregions: [newtown]\nindicators: {primary: [primary_visit_share]}\n")
    return project.load("newtown")


def ids(*parts):
    return set(re.findall(r'id="([\w-]+)"', "".join(str(part) for part in parts)))


def test_the_copied_file_gives_every_part_of_the_report(newcomer):
    words.use("en")
    found = ids(
        str(ledgers.tasks(newcomer)),
        str(departments.table(newcomer)),
        str(ledgers.milestones(newcomer)),
        str(ledgers.checklists(newcomer)),
        str(ledgers.duties(newcomer)),
        str(scorecards.cards(newcomer)),
        *scorecard_figures.ranks(newcomer),
        str(plan.table(newcomer)),
        str(plan.logic_model(newcomer)),
        str(reform_card.policies(newcomer)),
        str(reform_card.incentives(newcomer)),
    )
    own = newcomer.details
    wanted = {"tasks-table", "departments-table", "milestones-table", "plan-table", "fig-logic-model", "policies-table"}
    wanted |= {"incentives-table", *(f"checklist-{one.id}" for one in own.checklists)}
    wanted |= {f"duties-{one.id}" for one in own.duties}
    wanted |= {name for one in own.scorecards for name in (f"scorecard-{one.id}", f"fig-ranks-{one.id}")}
    assert wanted <= found
    assert own.checklists
    assert own.scorecards


def test_a_task_reported_for_the_new_region_alone_changes_its_ledger(newcomer):
    words.use("en")
    before = str(ledgers.tasks(newcomer))
    file = newcomer.root / "params/regions/newtown.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("（虚构）", "（新城）"), encoding="utf-8")
    assert "新城" not in before
    assert "新城" in str(ledgers.tasks(load("a", "newtown", newcomer.root)))
