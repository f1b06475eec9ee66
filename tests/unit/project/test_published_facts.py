"""The figures, targets, tasks and milestones transcribed from the source documents."""

import csv
from pathlib import Path

import yaml

from evalkit.panel import membership
from evalkit.project import evaluation as projects

ROOT = Path(__file__).parents[3]
PARAMS = ROOT / "params"
DATASET = ROOT / "data" / "medical-communities"


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_yaml(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


UNITS = {row["unit"]: row for row in read_csv(DATASET / "units.csv")}
MEMBERS = read_csv(DATASET / "members.csv")
SOURCES = {row["source"] for row in read_csv(DATASET / "sources.csv")}
PUBLISHED = read_csv(DATASET / "published.csv")
INDICATORS = read_yaml(PARAMS / "indicators.yml")
FILES = {unit: PARAMS / "regions" / f"{unit}.yml" for unit in sorted(UNITS)}
REGIONS = {unit: read_yaml(path) for unit, path in FILES.items() if path.is_file()}
FIVE = ("yongkang", "lanxi", "qionglai", "jinhua", "jinhua-development-zone")
CONSORTIA = {"jinhua-central": 21, "jinhua-tcm": 9, "jinhua-peoples": 14}


def entries(kind, units=tuple(REGIONS)):
    return [entry for unit in units for entry in REGIONS[unit].get(kind, [])]


def members_of(unit, role="member"):
    return [row["unit"] for row in MEMBERS if row["of"] == unit and row["role"] == role]


def citations(part, source=None):
    """Every source with its phrase, at any depth; what has no source of its own cites that of its list."""
    if isinstance(part, list):
        for one in part:
            yield from citations(one, source)
    elif isinstance(part, dict):
        source = part.get("source", source)
        if "source" in part or "phrase" in part:
            yield source, part.get("phrase")
        for one in part.values():
            yield from citations(one, source)


def test_each_region_file_names_its_unit():
    assert all(region["region"] == unit for unit, region in REGIONS.items())
    assert set(REGIONS) == {*FIVE, *CONSORTIA}


def test_nothing_was_lost_in_transcription():
    assert len(entries("targets", FIVE)) == 46
    assert len(entries("tasks", FIVE)) >= 57
    assert len(entries("milestones", FIVE)) >= 33  # the day on which a source was printed is none
    statuses = [row["status"] for row in PUBLISHED]
    assert statuses.count("published") == 64  # and one that the source lists without counting
    assert set(statuses) == {"published", "derived"}


def test_every_entry_has_a_known_source_and_a_phrase():
    for entry in [*entries("targets"), *entries("tasks"), *entries("milestones"), *PUBLISHED]:
        assert entry["source"] in SOURCES
        assert entry["phrase"]


def test_whatever_a_region_file_cites_is_quoted_from_a_known_source():
    for source, phrase in citations(list(REGIONS.values())):
        assert source in SOURCES
        assert phrase


def test_what_is_quoted_at_second_hand_is_a_reference_and_never_a_target():
    rows = read_csv(DATASET / "sources.csv")
    secondary = {row["source"] for row in rows if row["standing"] == "secondary"}
    assert secondary
    assert secondary == {entry["source"] for entry in entries("references", ["qionglai"])}
    for region in REGIONS.values():
        others = {name: part for name, part in region.items() if name != "references"}
        assert secondary.isdisjoint(source for source, _ in citations(others))


def names(region, kind, id):
    (found,) = [entry for entry in REGIONS[region][kind] if entry["id"] == id]
    return [item["name"]["zh"] for item in found["items"]]


def test_the_unifications_are_listed_one_by_one():
    assert len(names("yongkang", "checklists", "seven-unifications")) == 7
    assert len(names("yongkang", "checklists", "coordinated-functions")) == 3
    assert len(names("qionglai", "checklists", "eight-unifications")) == 8


def test_nothing_is_done_without_a_report_that_says_so():
    items = [item for entry in entries("checklists") for item in entry["items"]]
    assert all(item["evidence"] for item in items if "done" in item)
    assert not [item for item in items if item.get("basis", "self_reported") != "self_reported"]


def test_lanxis_55_tasks_are_one_entry_as_their_names_are_not_published():
    (task,) = REGIONS["lanxi"]["tasks"]
    assert "55/55" in task["amount"]["zh"]
    assert task["basis"] == "self_reported"


def test_figures_of_different_definition_may_not_be_ranked_together():
    rates = ("fd_contract_rate", "fd_priority_contract_rate", "fd_paid_contract_rate")
    assert {INDICATORS[name]["comparable"]["family"] for name in rates} == {"contract_rate"}
    assert INDICATORS["birth_joint_certificates"]["comparable"]["never"]
    assert INDICATORS["county_visit_rate"]["comparable"]["same"] == ["kind"]
    ranks = [name for name, one in INDICATORS.items() if one.get("unit_name", {}).get("en") == "rank"]
    assert ranks
    assert all(INDICATORS[name]["comparable"]["never"] for name in ranks)


def test_every_indicator_is_defined():
    used = {entry["indicator"] for entry in [*entries("targets"), *PUBLISHED]}
    for dataset in ("prop99", "min-wage"):
        used |= {row["indicator"] for row in read_csv(ROOT / "data" / dataset / "panel.csv")}
    assert used <= set(INDICATORS)


def test_each_figure_stands_once():
    keys = [(row["unit"], row["period"], row["indicator"]) for row in PUBLISHED]
    assert len(set(keys)) == len(keys)


def test_targets_of_a_region_differ_in_indicator_or_deadline():
    for region in REGIONS.values():
        keys = [(target["indicator"], target.get("deadline")) for target in region.get("targets", [])]
        assert len(set(keys)) == len(keys)


def test_ids_are_unique():
    ids = [entry["id"] for entry in [*entries("targets"), *entries("tasks")]]
    assert len(set(ids)) == len(ids)


def test_every_figure_has_a_number_or_words():
    for row in PUBLISHED:
        assert row["value"] or row["text"]
        float(row["value"] or 0)


def test_qionglai_referrals_add_up():
    rows = [row for row in PUBLISHED if row["unit"] == "qionglai"]
    value = {row["indicator"]: float(row["value"]) for row in rows}
    assert value["referrals_total"] == 2557 == value["referrals_up"] + value["referrals_down"]


def test_the_three_consortia_have_44_members_and_3_leads():
    assert {unit: len(members_of(unit)) for unit in CONSORTIA} == CONSORTIA
    leads = [members_of(unit, "lead") for unit in CONSORTIA]
    assert leads == [["jh-lead-1"], ["jh-lead-2"], ["jh-lead-3"]]
    institutions = {unit for unit, row in UNITS.items() if row["parent"] in CONSORTIA}
    assert institutions == {row["unit"] for row in MEMBERS}
    assert len({UNITS[unit]["name_zh"] for unit in institutions}) == 47


def test_three_members_are_hospitals_and_the_others_primary_care():
    kinds = [UNITS[unit]["kind"] for consortium in CONSORTIA for unit in members_of(consortium)]
    counts = {kind: kinds.count(kind) for kind in set(kinds)}
    assert counts == {"hospital": 3, "community_health_centre": 12, "township_hospital": 29}


def test_a_members_row_agrees_with_units_and_gives_no_date_that_the_plan_does_not():
    for row in MEMBERS:
        assert row["of"] in (UNITS[row["unit"]]["parent"], "jinhua-development-zone")
        assert row["source"] in SOURCES
        assert row["from"] == row["to"] == ""
        if row["source"] == "jinhua-draft-2020":
            assert row["phrase"] == UNITS[row["unit"]]["name_zh"]


def test_the_district_is_a_prefix_of_the_name():
    districts = {unit: row["district_zh"] for unit, row in UNITS.items() if row["district_zh"]}
    assert len(districts) == 44
    assert all(UNITS[unit]["name_zh"].startswith(district) for unit, district in districts.items())


def test_yangbu_is_in_a_consortium_and_in_the_development_zone():
    (yangbu,) = members_of("jinhua-development-zone")
    assert UNITS[yangbu]["name_zh"] == "婺城区洋埠镇中心卫生院"
    found = membership.overlaps(projects.load("final-2022", project=ROOT))
    assert [(one.unit, {one.tie.of, one.other.of}) for one in found] == [
        (yangbu, {"jinhua-central", "jinhua-development-zone"})
    ]


def test_the_consortia_have_no_targets_of_their_own():
    assert entries("targets", CONSORTIA) == []
    references = entries("references", CONSORTIA)
    assert {entry["name"]["zh"] for entry in references} == {"金华市区目标（非医联体自身目标）"}


def test_the_7_key_tasks_and_24_main_tasks_are_listed():
    ids = {task["id"] for task in entries("tasks", ["jinhua"])}
    assert ids >= {f"jh-k{i:02}" for i in range(1, 8)} | {f"jh-m{i:02}" for i in range(1, 25)}


def test_appraisals_carry_no_weight_and_no_score():
    cards = entries("scorecards", ["jinhua", *CONSORTIA])
    sizes = {card["id"]: len(card["dimensions"]) for card in cards}
    assert sizes == {"consortium-appraisal": 7, "internal-appraisal": 4}
    for card in cards:
        assert all("weight" not in one for one in card["dimensions"])
        assert "rated" not in card


def test_every_consequence_states_its_risk():
    assert all(entry["risk"]["zh"] and entry["tied_to"]["zh"] for entry in entries("incentives"))


def test_the_management_committee_names_9_departments_and_annex_2_the_duties_of_8():
    lists = {entry["id"]: entry for entry in entries("duties", ["jinhua"])}
    assert (len(lists["committee"]["owners"]), len(lists["departments"]["owners"])) == (9, 8)
    assert all(owner["phrase"] and owner["items"] for owner in lists["departments"]["owners"])
