"""The pages around the reports: what is published, what failed and why, what was not made yet."""

import re

import pytest
from bs4 import BeautifulSoup

from evalkit.project import evaluation as projects
from evalkit.publishing.run import manifests, shared_parameters
from evalkit.publishing.site import index_page, related
from evalkit.reporting.language import words

LANGUAGES = ("zh", "en")


@pytest.fixture
def left(project):
    """What a run leaves of region `a`, without the run."""

    def leave(failed="", **summary):
        about = {"goals": [["rate", "met"], ["rate", "not_met"], ["rate", "met"]], "effects": [["rate", "uncertain"]]}
        evaluation = project.load()
        names = [f"{page}.{lang}.html" for page in ("report", "before_after") for lang in LANGUAGES]
        names += ["a.xlsx", "a.en.docx", "a.zh.docx"]
        manifest = dict.fromkeys(manifests.NEEDED) | {
            "failed": failed,
            "frames": dict.fromkeys(names, shared_parameters.digest(evaluation, "a")),
            "shared": dict(shared_parameters.of(evaluation, "a")),
            "summary": about | {"simulated": False} | summary,
        }
        manifests.write(evaluation, "a", manifest)
        project.write("reports/a/site/a/report.en.html", "the page")
        index_page.write(project.load())
        return (project.root / "reports/a/site/index.en.html").read_text(encoding="utf-8")

    return leave


def test_there_is_an_index_in_each_language_and_one_in_the_first(project, left):
    left()
    folder = project.root / "reports/a/site"
    assert sorted(path.name for path in folder.glob("*.html")) == ["index.en.html", "index.html", "index.zh.html"]
    assert (folder / "index.html").read_bytes() == (folder / "index.zh.html").read_bytes()


def test_goals_are_counted_and_effects_judged_in_one_row(left):
    row = re.search('<tr><th scope="row">.*?</tr>', left()).group()
    assert re.sub("(<[^>]*>)+", "|", row) == "|a|not met 1| |met 2|uncertain|—|"
    assert '<a href="a/report.en.html">a</a>' in row


def test_the_figures_that_a_run_left_are_drawn_without_reading_the_panel(project, left):
    project.assessment("requested: true\n")
    values = [[f"20{i}", 50.0 + i] for i in range(10, 22)]
    index = left(series={"rate": values}, latest={"rate": values[-1]}, coverage=[1, 1], adoption="2015")
    project.write("data/d/panel.csv", "not,a,panel\n")
    assert left(series={"rate": values}, latest={"rate": values[-1]}, coverage=[1, 1], adoption="2015") == index
    row = re.search('<tr><th scope="row">.*?</tr>', index).group()
    assert re.search(r'71%<svg role="img" aria-label="60 → 71%"><path d="M[^"]+"/><path class="a"', row)


def test_a_row_links_to_the_report_alone_which_leads_to_the_rest(project, left):
    project.assessment("notebooks: [region_report, before_after]\n")
    for file in ("a/before_after.en.html", "downloads/a.xlsx", "downloads/a.en.docx"):
        project.write(f"reports/a/site/{file}", "")
    row = re.search('<tr><th scope="row">.*?</tr>', left()).group()
    assert re.findall('<a href="(.*?)">(.*?)</a>', row) == [("a/report.en.html", "a")]


def test_only_pages_that_stand_are_linked(project, left):
    left()
    chinese = (project.root / "reports/a/site/index.zh.html").read_text(encoding="utf-8")
    assert "report.zh.html" not in chinese


def test_a_region_without_a_report_is_named_without_a_link(project):
    index_page.write(project.load())
    index = (project.root / "reports/a/site/index.en.html").read_text(encoding="utf-8")
    assert "1 regions: 1 not made yet." in index
    assert "a/report.en.html" not in index


def test_a_failed_region_stands_with_its_reason_as_text(left):
    index = left(failed="small (en): <b>broken</b> onerror=alert(1)")
    assert "<b>" not in index
    assert index.index('id="failed"') < index.index('id="regions"')
    assert "<li><strong>a</strong>: small (en): &lt;b&gt;broken&lt;/b&gt; onerror=alert(1)</li>" in index


def test_a_failed_region_keeps_the_link_to_its_earlier_report_and_shows_nothing_of_the_run_that_failed(left):
    row = re.search('<tr><th scope="row">.*?</tr>', left(failed="small (en): broken")).group()
    told = "report failed; the link leads to an earlier one"
    assert re.sub("(<[^>]*>)+", "|", row) == f"|a|{told}|"
    assert '<a href="a/report.en.html">a</a>' in row


@pytest.mark.parametrize("simulated", [True, False])
def test_a_table_of_simulated_regions_says_so(left, simulated):
    caption = re.search("<caption>(.*?)</caption>", left(simulated=simulated)).group(1)
    assert ("Demonstration data" in caption) is simulated


def test_names_and_titles_are_text(project, left):
    project.write("data/d/units.csv", "unit,name_en\na,<script>alert(1)</script>\n")
    project.indicators('rate: {name: {en: "x\\" onerror=\\"alert(1)"}, unit: percent}')
    project.assessment('title: {en: "<img src=x onerror=alert(1)>"}\nquestion: {en: "<b>why</b>"}\n')
    index = left()
    assert not re.search("<(script|img|b)[ >]", index)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in index
    assert 'onerror="' not in index


OTHER = "dataset: {data}\nregions: [b]\nindicators: {{primary: [rate]}}\n{more}"


@pytest.fixture
def others(project):
    """More assessments, each with an index of its own."""

    def add(**files):
        for name, text in files.items():
            project.write(f"params/assessments/{name}.yml", text)
            index_page.write(projects.load(name, project=project.root))

    return add


def test_only_published_assessments_of_the_dataset_are_read(project, others, monkeypatch):
    for path in (project.root / "data/d").iterdir():
        project.write(f"data/e/{path.name}", path.read_text(encoding="utf-8"))
    others(other=OTHER.format(data="d", more=""), foreign=OTHER.format(data="e", more=""))
    project.write("params/assessments/unpublished.yml", OTHER.format(data="d", more=""))
    loaded, load = [], related.load
    monkeypatch.setattr(related, "load", lambda name, **given: loaded.append(name) or load(name, **given))
    assert [one.assessment.name for one in related.published(project.root, "d")] == ["other"]
    assert loaded == ["other"]
    assert [one.assessment.name for one in related.published(project.root)] == ["foreign", "other"]


def over_all(project, page="index.html"):
    return BeautifulSoup((project.root / "reports" / page).read_text(encoding="utf-8"), "html.parser")


def test_the_page_over_all_assessments_lists_those_with_a_site(project, left):
    project.write("params/assessments/other.yml", OTHER.format(data="d", more=""))
    left()
    for lang, file, twin in (("zh-CN", "index.html", "index.en.html"), ("en", "index.en.html", "index.html")):
        page = over_all(project, file)
        (row,) = page.tbody.find_all("tr", class_=False)
        assert [link["href"] for link in row.th.find_all("a")] == [f"a/site/index.{lang[:2]}.html"]
        assert page.html["lang"] == lang
        assert page.nav.a["href"] == twin


VERDICTS = [{"indicator": "rate", "kind": "", "verdict": "supported", "several": False, "n_treated": 43}]


def test_it_says_when_at_which_stage_how_many_and_with_what_result_in_the_reader_s_language(project, left):
    project.assessment("as_of: 2022-12-31\nstage: midterm\nstate: review\nrequested: true\n")
    manifest = dict.fromkeys(manifests.NEEDED) | {"failed": "", "summary": {"programme": VERDICTS}}
    manifest |= {"frames": {}, "shared": dict(shared_parameters.of(project.load(), "_programme"))}
    manifests.write(project.load(), "_programme", manifest)
    left()
    told = {
        file: [" ".join(one.get_text(" ").split()) for one in over_all(project, file).tbody.find_all("td")]
        for file in ("index.html", "index.en.html")
    }
    assert told == {
        "index.html": [
            "2022年12月31日",
            "中期评估报告 · 送审稿",
            "已发布 1 个，共 1 个",
            "未达标 1 项，达标 2 项",
            "证据不足、尚不能判定 1 项",
            "证据支持有效 1 项",
        ],
        "index.en.html": [
            "31 Dec 2022",
            "Mid-term assessment report · Draft for approval",
            "1 of 1 published",
            "1 not met, 2 met",
            "1 uncertain (evidence not sufficient to tell)",
            "1 supported by the evidence",
        ],
    }


def test_the_index_of_an_assessment_begins_with_the_judgement_on_all_regions_together(project, left):
    numbers = {"estimate": 1.73, "conf_low": 1.2, "conf_high": 2.25, "p_value": 0.0001}
    manifest = dict.fromkeys(manifests.NEEDED) | {"failed": "", "summary": {"programme": [VERDICTS[0] | numbers]}}
    manifest |= {"frames": {}, "shared": dict(shared_parameters.of(project.load(), "_programme"))}
    manifests.write(project.load(), "_programme", manifest)
    first, second = BeautifulSoup(left(), "html.parser").find_all("ul", class_="conclusions")
    assert " ".join(first.get_text().split()) == (
        "▲ Evidence supports an effect Rate: across the 43 regions that reformed, the change was 1.7 percentage points "
        "higher than in those compared. 95% interval: +1.2 to +2.2 percentage points."
    )
    assert second.li.get_text() == "1 regions: 1 published."


def test_real_regions_demonstrations_and_examples_stand_apart(project, left, others):
    project.write("data/made-up/units.csv", "unit\nb\n")
    project.write("data/made-up/sources.csv", "source,standing\nplan,fictional\n")
    others(show=OTHER.format(data="made-up", more=""), case=OTHER.format(data="d", more="example: true\n"))
    left()
    page = over_all(project)
    found = [
        (body.find("th", scope="rowgroup").get_text(), [link["href"] for link in body.find_all("a")])
        for body in page.find("table").find_all("tbody")
    ]
    assert found == [
        ("真实地区评估", ["a/site/index.zh.html"]),
        ("演示数据（虚构地区）。 方法演示（虚构地区、模拟数据）", ["show/site/index.zh.html"]),
        ("有已发表答案的示例", ["case/site/index.zh.html"]),
    ]


def test_assessments_of_the_same_data_are_listed_by_date_with_links_that_stay(project, left, others):
    project.assessment("as_of: 2021-12-31\ntitle: {en: Second}\n")
    others(
        third=OTHER.format(data="d", more="as_of: 2022-12-31\ntitle: {en: Third}\n"),
        first=OTHER.format(data="d", more="as_of: 2020-12-31\ntitle: {en: First}\nlanguages: [zh]\n"),
    )
    listed = BeautifulSoup(left(), "html.parser").find(id="archive").find_next("ul").find_all("li")
    assert [one.get_text().split(" Review")[0] for one in listed] == [
        "31 Dec 2022: Third",
        "31 Dec 2021: Second",
        "31 Dec 2020: First",
    ]
    assert [one.a and one.a["href"] for one in listed] == [
        "../../third/site/index.en.html",
        None,
        "../../first/site/index.zh.html",
    ]
    rows = over_all(project).tbody.find_all("tr", class_=False)
    assert [row.th.a["href"].split("/")[0] for row in rows] == ["third", "a", "first"]


def test_an_assessment_alone_with_its_data_has_no_archive(left):
    assert 'id="archive"' not in left()


def test_what_is_not_for_the_public_says_so_on_its_index_and_over_all(project, left):
    project.assessment("audience: internal\n")
    assert "Internal: not for publication" in left()
    assert "Internal: not for publication" in over_all(project, "index.internal.en.html").find("table").get_text()
    assert over_all(project).tbody is None


def test_a_public_page_never_leads_to_an_internal_one(project, left):
    project.write("params/assessments/other.yml", OTHER.format(data="d", more=""))
    project.write("reports/other/site/index.html", "")
    assert "../../other/site/" in left()
    project.write("params/assessments/other.yml", OTHER.format(data="d", more="audience: internal\n"))
    index_page.write(projects.load("other", project=project.root))
    index = project.root / "reports/a/site/index.en.html"
    assert "../../other/site/" not in index.read_text(encoding="utf-8")
    assert "other/site/" not in (project.root / "reports/index.html").read_text(encoding="utf-8")
    assert 'href="../../index.internal.en.html"' in (project.root / "reports/other/site/index.en.html").read_text(
        "utf-8"
    )
    project.write("params/assessments/other.yml", OTHER.format(data="d", more=""))
    index_page.write(projects.load("other", project=project.root))
    assert not (project.root / "reports/index.internal.html").exists()


def test_an_assessment_that_is_being_edited_does_not_break_the_others(project, left):
    left()
    project.write("reports/broken/site/index.html", "")
    project.write("params/assessments/broken.yml", "dataset: d\nregoins: [b]\n")
    left()
    assert "broken" not in (project.root / "reports/index.html").read_text(encoding="utf-8")


def test_every_index_speaks_its_language(project, left):
    left()
    for lang in LANGUAGES:
        words.use(lang)
        page = (project.root / f"reports/a/site/index.{lang}.html").read_text(encoding="utf-8")
        assert words.translate("Figures, targets and estimates (CSV)") in page
