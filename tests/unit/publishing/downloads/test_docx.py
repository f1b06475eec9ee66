"""A page as a Word document: numbered, nothing folded, in the style of Chinese official reports."""

import io
import re
from dataclasses import replace

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, RGBColor

from evalkit.publishing.downloads import docx as word
from evalkit.publishing.downloads import docx_style, page_tables
from evalkit.publishing.downloads.imprint import Imprint

IMPRINT = Imprint("zh", "某县", "总结评估", "总结评估报告 · 征求意见稿", "数据截止：2022年12月31日。")
HEAD = (
    '<header class="report"><p class="kicker">定稿</p><h1>某县</h1><p class="subtitle">总结评估</p>'
    '<p class="meta">数据截止</p></header><p class="downloads"><a href="../downloads/a.xlsx">下载</a></p>'
    '<nav class="contents"><ol><li><a href="#one">导航</a></li></ol></nav>'
)
SVG = '<svg viewBox="0 0 400 200" role="img" aria-label="上升了"><path d="M0 0L400 200" stroke="#000"/></svg>'
SPARK = '<svg class="spark" viewBox="0 0 132 30" role="img" aria-label="小图"><path d="M0 0L9 9"/></svg>'
FIGURE = (
    f'<figure id="f"><p class="figure-title">就诊率上升</p>{SVG}<figcaption>口径说明</figcaption>'
    "<details><summary>图中数据</summary>{table}</details></figure>"
)


def table(*rows, caption="目标表", name="t"):
    """A table whose first row is its heading."""
    heading, *body = rows
    head = "".join(f'<th scope="col">{text}</th>' for text in heading)
    lines = "".join("<tr>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>" for row in body)
    return (
        f'<div class="scroll"><table id="{name}"><caption>{caption}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


def made(body, imprint=IMPRINT):
    page = page_tables.parsed(f"<body><nav>站点</nav><main>{HEAD}{body}</main></body>")
    return docx.Document(io.BytesIO(word.document(page, imprint)))


def paragraphs(document, style=None):
    return [one.text for one in document.paragraphs if one.text and style in (None, one.style.name)]


def fonts(style):
    return {kind: style.element.rPr.find(qn("w:rFonts")).get(qn(f"w:{kind}")) for kind in ("ascii", "eastAsia")}


def test_the_head_becomes_a_title_page_and_navigation_stays_behind():
    document = made("<p>正文</p>")
    assert paragraphs(document) == ["定稿", "某县", "总结评估", "数据截止", "正文"]
    assert [one.style.name for one in document.paragraphs][:4] == ["Kicker", "Title", "Subtitle", "Meta"]


def test_headings_are_numbered_and_one_level_up():
    document = made('<h2 id="one">结论</h2><h3>说明</h3><h2>目标</h2>')
    assert paragraphs(document, "Heading 1") == ["一、结论", "二、目标"]
    assert paragraphs(document, "Heading 2") == ["（一）说明"]


def test_what_is_folded_stands_open():
    document = made("<details><summary>判断规则</summary><p>第一条</p></details>")
    assert paragraphs(document, "Lead") == ["判断规则"]
    assert "第一条" in paragraphs(document)


def test_tables_are_numbered_above_with_their_caption():
    document = made(table(("指标",), ("就诊率",)) + table(("任务",), ("一项",), caption="任务表"))
    assert paragraphs(document, "Table Title") == ["表1\N{EM SPACE}目标表", "表2\N{EM SPACE}任务表"]
    body = [one.tag.rpartition("}")[2] for one in document.element.body if "bookmark" not in one.tag]
    assert body[-5:] == ["p", "tbl", "p", "tbl", "sectPr"]


def test_figures_are_pictures_with_number_title_and_alternative():
    document = made(FIGURE.format(table=table(("时期",), ("2020",), caption="本图数值")))
    (picture,) = document.inline_shapes
    assert picture._inline.docPr.get("descr") == "上升了"
    assert (picture.width.mm, picture.height.mm) == (pytest.approx(148, abs=0.1), pytest.approx(74, abs=0.5))
    assert paragraphs(document, "Figure Title") == ["图1\N{EM SPACE}就诊率上升"]
    assert paragraphs(document, "Figure Note") == ["口径说明"]


def test_a_tall_figure_fits_on_a_page():
    document = made(FIGURE.format(table="").replace("0 0 400 200", "0 0 100 400"))
    assert document.inline_shapes[0].height.mm == pytest.approx(205, abs=5)


def test_data_of_figures_stand_in_an_annex_at_the_end():
    data = FIGURE.format(table=table(("时期",), ("2020",), caption="本图数值"))
    document = made(f"<h2>走势</h2>{data}<h2>局限</h2>" + table(("指标",), ("就诊率",)))
    assert paragraphs(document, "Heading 1") == ["一、走势", "二、局限", "附：图中数据"]
    assert paragraphs(document, "Table Title") == ["表1\N{EM SPACE}目标表", "表2\N{EM SPACE}本图数值（图1）"]
    assert "图中数据" not in paragraphs(document)


def test_a_small_drawing_in_a_cell_is_a_small_picture():
    document = made(table(("走势",), (SPARK,)))
    (picture,) = document.inline_shapes
    assert (picture.width.mm, picture._inline.docPr.get("descr")) == (pytest.approx(24, abs=0.1), "小图")


def test_chips_keep_shape_and_word():
    chip = '<span class="chip goal met"><span aria-hidden="true">●</span> 达标</span>'
    assert made(table(("状态",), (chip,))).tables[0].cell(1, 0).text == "● 达标"


def test_links_to_other_pages_are_text_and_those_within_stay():
    body = '<h2 id="one">一</h2><p><a href="other.html">别处</a>，<a href="#one">此处</a></p>'
    document = made(body)
    assert "别处，此处" in paragraphs(document)
    assert [one.fragment for paragraph in document.paragraphs for one in paragraph.hyperlinks] == ["one"]
    assert not [one for one in document.part.rels.values() if one.is_external]


def test_headings_of_rows_span_the_table():
    grouped = table(("指标", "数值"), ("甲", "1")).replace(
        "<tbody>", '<tbody><tr class="group"><th scope="rowgroup" colspan="2">有序就医</th></tr>'
    )
    row = made(grouped).tables[0].rows[1]
    assert [cell.text for cell in row.cells] == ["有序就医", "有序就医"]
    assert all(run.bold for run in row.cells[0].paragraphs[0].runs)


def test_rows_are_never_cut_and_the_heading_is_repeated():
    rows = made(table(("指标",), ("甲",), ("乙",))).tables[0]._tbl.tr_lst
    assert [row.trPr.find(qn("w:cantSplit")) is not None for row in rows] == [True, True, True]
    assert [row.trPr.find(qn("w:tblHeader")) is not None for row in rows] == [True, False, False]


def test_the_columns_fill_the_page():
    grid = made(table(("甲", "乙"), ("长" * 90, "短"))).tables[0]._tbl.tblGrid
    widths = [int(column.get(qn("w:w"))) for column in grid]
    assert sum(widths) == pytest.approx(156 / 25.4 * 1440, abs=3)
    assert widths[0] > 2 * widths[1]


def orientations(document):
    return ["across" if one.page_width > one.page_height else "upright" for one in document.sections]


def wide(n=14):
    return table(["Indicators"] * n, ["1"] * n, caption="宽表")


def test_a_table_that_needs_it_has_a_page_across_with_its_heading():
    document = made(f"<p>前</p><h2>宽</h2>{wide()}<p>后</p>")
    assert orientations(document) == ["upright", "across", "upright"]
    assert paragraphs(document, "Table Title Across") == ["表1\N{EM SPACE}宽表"]
    assert [one.text for one in document.sections[1].iter_inner_content() if hasattr(one, "text")][:2] == [
        "一、宽",
        "表1\N{EM SPACE}宽表",
    ]


def test_wide_tables_one_after_the_other_share_their_pages():
    assert orientations(made(f"<p>前</p>{wide()}{wide()}<p>后</p>")) == ["upright", "across", "upright"]


def test_a_wide_table_at_the_end_leaves_no_empty_page():
    assert orientations(made(f"<p>前</p>{wide()}")) == ["upright", "across"]


def test_paper_and_margins_follow_the_standard():
    (section,) = made("<p>正文</p>").sections
    sides = section.top_margin, section.bottom_margin, section.left_margin, section.right_margin
    assert [round(side.mm) for side in (section.page_width, section.page_height, *sides)] == [210, 297, 37, 35, 28, 26]


def test_headings_are_black_letters_and_text_is_fangsong():
    styles = made("<h2>一</h2><p>正文</p>").styles
    assert fonts(styles["Heading 1"]) == {"ascii": "Arial", "eastAsia": "黑体"}
    assert fonts(styles["Title"])["eastAsia"] == "黑体"
    assert fonts(styles["Body Text"]) == {"ascii": "Times New Roman", "eastAsia": "仿宋"}
    assert fonts(styles["Table Title"])["eastAsia"] == "黑体"


def test_state_and_labels_stand_on_every_page_with_its_number():
    (section,) = made("<p>正文</p>", replace(IMPRINT, labels=("内部资料，不得公开",))).sections
    assert section.header.paragraphs[0].text == "内部资料，不得公开 · 某县 · 总结评估 · 总结评估报告 · 征求意见稿"
    assert section.footer.paragraphs[0].text == "—  —"
    assert re.findall("<w:instrText>(.*?)<", section.footer._element.xml) == ["PAGE"]


@pytest.mark.parametrize(("lang", "locale"), [("zh", "zh-CN"), ("en", "en-GB")])
def test_properties_say_what_it_is_and_in_which_language(lang, locale):
    about = made("<p>x</p>", replace(IMPRINT, lang=lang)).core_properties
    assert (about.title, about.language) == ("某县 · 总结评估", locale)
    assert about.subject == IMPRINT.line


def test_english_documents_number_in_english_and_do_not_indent():
    document = made(f"<h2>Goals</h2><p>Text</p>{table(('a',), ('b',))}", replace(IMPRINT, lang="en"))
    assert paragraphs(document, "Heading 1") == ["1\N{EM SPACE}Goals"]
    assert paragraphs(document, "Table Title") == ["Table 1\N{EM SPACE}目标表"]
    assert document.styles["Body Text"].element.pPr.ind is None


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "=cmd()", "]]>", "x\u202egnp.exe", "🏥 $x$ ![a](b)", "<img src=x onerror=y>"]
)
def test_a_hostile_text_stays_a_text(text):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    document = made(f"<p>{escaped}</p>" + table(("指标",), (escaped,), caption=escaped))
    assert text in paragraphs(document)
    assert document.tables[0].cell(1, 0).text == text
    assert paragraphs(document, "Table Title") == [f"表1\N{EM SPACE}{text}"]
    assert len(document.inline_shapes) == 0


def test_the_same_page_gives_the_same_document():
    body = f"<h2>一</h2>{table(('甲',), ('乙',))}{FIGURE.format(table=table(('时期',), ('2020',)))}"
    first, second = made(body), made(body)
    assert first.element.body.xml == second.element.body.xml


@pytest.mark.parametrize("title", ["评" * 246, "x" * 255, "县 " * 400])
def test_a_long_title_is_cut_where_the_format_takes_no_more_and_whole_in_the_document(title):
    document = made("<section><h2>一</h2><p>x</p></section>", replace(IMPRINT, title=title))
    about = document.core_properties
    assert max(len(about.title), len(about.subject)) <= 255
    assert about.subject.endswith("…")


@pytest.fixture
def template(tmp_path):
    """A bureau's own template: A5, its name in the header, the report's line in the footer, red headings."""
    made = docx.Document(str(docx_style.OWN["zh"]))
    section = made.sections[0]
    section.page_width, section.page_height = Mm(148), Mm(210)
    section.header.paragraphs[0].runs[0].text = "某市卫生健康委员会"
    section.footer.paragraphs[0].runs[0].text = docx_style.TITLE
    made.styles["Heading 1"].font.color.rgb = RGBColor(200, 0, 0)
    path = tmp_path / "reference.docx"
    made.save(str(path))
    return path


def test_a_bureau_may_bring_its_own_template(template):
    body = "<h2>结论</h2>" + table(("指标", "数值"), ("就诊率", "65"))
    document = made(body, replace(IMPRINT, template=str(template)))
    section = document.sections[0]
    assert (section.page_width.mm, section.page_height.mm) == (pytest.approx(148, abs=0.1), pytest.approx(210, abs=0.1))
    assert section.header.paragraphs[0].text == "某市卫生健康委员会"
    assert section.footer.paragraphs[0].text.startswith(IMPRINT.line)
    assert document.styles["Heading 1"].font.color.rgb == RGBColor(200, 0, 0)
    room = section.page_width - section.left_margin - section.right_margin
    assert sum(column.width for column in document.tables[0].columns) == pytest.approx(room, abs=Mm(0.1))
