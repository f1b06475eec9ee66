"""The figures, targets, tasks and milestones transcribed from the source documents."""

import csv
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
PARAMS = ROOT / "params"
DATASET = ROOT / "data" / "medical-communities"


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_yaml(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


UNITS = {row["unit"] for row in read_csv(DATASET / "units.csv")}
SOURCES = {row["source"] for row in read_csv(DATASET / "sources.csv")}
PUBLISHED = read_csv(DATASET / "published.csv")
INDICATORS = read_yaml(PARAMS / "indicators.yml")
REGIONS = {unit: read_yaml(PARAMS / "regions" / f"{unit}.yml") for unit in sorted(UNITS)}


def entries(kind):
    return [entry for region in REGIONS.values() for entry in region[kind]]


def test_each_region_file_names_its_unit():
    assert {region["region"] for region in REGIONS.values()} == UNITS


def test_nothing_was_lost_in_transcription():
    assert len(entries("targets")) == 46
    assert len(entries("tasks")) == 57
    assert len(entries("milestones")) == 34
    statuses = [row["status"] for row in PUBLISHED]
    assert statuses.count("published") == 65
    assert set(statuses) == {"published", "derived"}


def test_every_entry_has_a_known_source_and_a_phrase():
    for entry in [*entries("targets"), *entries("tasks"), *entries("milestones"), *PUBLISHED]:
        assert entry["source"] in SOURCES
        assert entry["phrase"]


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
        keys = [(target["indicator"], target.get("deadline")) for target in region["targets"]]
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
