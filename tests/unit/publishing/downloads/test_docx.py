"""A page as a Word document: numbered, nothing folded, in the style of Chinese official reports."""

import io
import re
from dataclasses import replace

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, RGBColor

from evalkit.publishing.downloads import docx as word
from evalkit.publishing.downloads import docx_style
from evalkit.publishing.downloads.imprint import Imprint
from evalkit.publishing.downloads.numbering import numbered
from evalkit.reporting.answer.card import Answer, Card
from evalkit.reporting.elements.parts import Fold, Head, Heading, Section, Spark
from evalkit.reporting.elements.table import Below, Column, Group, Picture, Table
from evalkit.reporting.language import words
from evalkit.reporting.language.words import Html

IMPRINT = Imprint(
    "zh",
    "某县",
    "县域医共体总结评估（方法演示）",
    "总结评估报告 · 征求意见稿",
    "数据截止：2022年12月31日。",
    state="征求意见稿",
)
HEAD = Head("r", "a", "key", "定稿", "某县", "总结评估", Html("数据截止"))
SVG = Html('<svg viewBox="0 0 400 200" role="img" aria-label="上升了"><path d="M0 0L400 200" stroke="#000"/></svg>')
SPARK = Spark(
    Html('<svg class="spark" viewBox="0 0 132 30" role="img" aria-label="小图"><path d="M0 0L9 9"/></svg>'), "小图"
)


def table(*rows, caption="目标表", name="t"):
    """A table whose first row is its heading."""
    heading, *body = rows
    return Table.of(name, caption, [Column(text) for text in heading], body, simulated=False)


def figure(data=None, svg=SVG):
    return Picture("f", "就诊率上升", svg, Html("口径说明"), data or table(("时期",), ("2020",), caption="本图数值"))


def section(title, *parts, name="conclusions"):
    return Section(name, title, parts)


def text(shown):
    return Html("<p>{}</p>").format(shown)


def made(*body, imprint=IMPRINT):
    words.use(imprint.lang)
    return docx.Document(io.BytesIO(word.document(numbered([HEAD, *body], divided=True), imprint)))


def paragraphs(document, style=None):
    return [one.text for one in document.paragraphs if one.text and style in (None, one.style.name)]


def fonts(style):
    return {kind: style.element.rPr.find(qn("w:rFonts")).get(qn(f"w:{kind}")) for kind in ("ascii", "eastAsia")}


def test_the_cover_has_the_title_in_full_who_made_the_report_and_when():
    document = made(section("结论", text("正文")), imprint=replace(IMPRINT, evaluator="评估组", dated="2023年3月1日"))
    lines = ["某县县域医共体总结评估报告", "（方法演示）（征求意见稿）", "编制单位：评估组", "成文日期：2023年3月1日"]
    cover = ["Title", "Subtitle", "Cover Line", "Cover Line", "Meta", "Contents Title", "toc 1", "Heading 1"]
    assert paragraphs(document)[:4] == lines
    assert [one.style.name for one in document.paragraphs][:8] == cover
    assert paragraphs(document, "Signature") == ["评估组", "2023年3月1日"]


def test_a_draft_leaves_room_for_its_maker_and_its_date():
    assert paragraphs(made(text("正文")), "Cover Line") == ["编制单位：＿＿＿＿＿＿＿＿", "成文日期：＿＿＿＿＿＿＿＿"]
    assert paragraphs(made(text("正文"), imprint=replace(IMPRINT, state="")), "Cover Line") == []


def test_a_long_title_is_broken_behind_the_region():
    document = made(text("x"), imprint=replace(IMPRINT, title="县域医共体与城市医联体建设公开资料摸底"))
    assert paragraphs(document, "Title") == ["某县\n县域医共体与城市医联体建设公开资料摸底报告"]


def test_the_contents_are_a_field_whose_entries_are_there():
    document = made(section("结论", text("x")), section("走势", text("y"), name="implementation"))
    assert paragraphs(document, "toc 1") == ["一、结论", "改革概况与实施情况"]
    entries = [one for one in document.paragraphs if one.style.name == "toc 1"]
    xml = "".join(one._p.xml for one in entries)
    assert re.findall(r'fldCharType="(\w+)"', xml) == ["begin", "separate", "end"]
    assert "TOC" in xml
    marks = [one.get(qn("w:name")) for one in document.element.body.iter(qn("w:bookmarkStart"))]
    assert {link.fragment for one in entries for link in one.hyperlinks} <= set(marks)


def test_pages_are_counted_from_the_first_page_of_text():
    document = made(section("结论", text("x")))
    front, body = (one._sectPr for one in document.sections)
    assert front.find(qn("w:footerReference")) is None
    assert body.find(qn("w:pgNumType")).get(qn("w:start")) == "1"


def test_lists_are_numbered_as_official_reports_number_them():
    listed = Html("<ul><li>甲<ul><li>子</li><li>丑</li></ul></li><li>乙</li></ul>")
    document = made(section("结论", listed, text("又"), Html("<ul><li>独</li></ul>")))
    assert paragraphs(document)[-6:] == ["1. 甲", "（1）子", "（2）丑", "2. 乙", "又", "独"]
    assert document.element.body.xml.count("<w:numPr>") == 0


def test_a_number_is_not_torn_from_its_unit_nor_a_p_from_its_value():
    words.use("zh")
    document = made(text("高 0.9 个百分点（p < 0.001）"), table(("p",), ("< 0.001",)))
    gap = "\N{NO-BREAK SPACE}"
    assert f"高 0.9{gap}个百分点（p{gap}<{gap}0.001）" in paragraphs(document)
    assert document.tables[0].cell(1, 0).text == f"<{gap}0.001"


def test_the_answer_comes_first_question_by_question():
    cards = (
        Card("goals", "目标", Html("2 项中 1 项达标"), (Html("就诊率不足"),)),
        Card("effect", "起作用了吗", Html("不能判定")),
    )
    sentences = (Html('见<button type="button">p 值</button>'), Html("下一步"))
    document = made(
        section("主要结论", Answer(Html("2 项目标 1 项达标。"), Html("最新数据：2022年。"), cards, sentences))
    )
    assert paragraphs(document)[7:] == [
        "一、主要结论",
        "2 项目标 1 项达标。".replace(" 项", "\N{NO-BREAK SPACE}项"),
        "最新数据：2022年。",
        "（一）目标：2 项中 1 项达标".replace(" 项", "\N{NO-BREAK SPACE}项"),
        "就诊率不足",
        "（二）起作用了吗：不能判定",
        "（三）具体情况",
        "1. 见p 值",
        "2. 下一步",
    ]
    assert paragraphs(document, "Answer") == ["2\N{NO-BREAK SPACE}项目标 1\N{NO-BREAK SPACE}项达标。"]


def test_what_the_main_text_does_not_need_is_annexed_and_listed():
    rows = [["就诊率"], Below("原文"), ["费用"]]
    goals = Table.of("goals-table", "目标", [Column("指标")], rows, simulated=False)
    document = made(section("目标", goals, Fold(Html("规则"), (text("第一条"),)), name="goals"))
    assert paragraphs(document, "Table Title") == ["表1\N{EM SPACE}目标", "表1各项的来源"]
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows] == [["指标"], ["就诊率"], ["费用"]]
    assert [[cell.text for cell in row.cells] for row in document.tables[1].rows][1:] == [["就诊率", "原文"]]
    assert paragraphs(document, "Attachments") == ["附件：1. 目标、成效与检验明细"]
    assert paragraphs(document, "Annex Mark") == ["附件1"]
    assert paragraphs(document, "Annex Heading") == ["一、目标"]
    assert paragraphs(document, "Annex Text") == ["第一条"]


def test_headings_are_numbered_and_one_level_up():
    document = made(section("结论", Heading(Html("说明"))), section("目标", text("x"), name="goals"))
    assert paragraphs(document, "Heading 1") == ["一、结论", "二、目标"]
    assert paragraphs(document, "Heading 2") == ["（一）说明"]


def test_what_is_folded_stands_open():
    document = made(Fold(Html("判断规则"), (text("第一条"),)))
    assert paragraphs(document, "Lead") == ["判断规则"]
    assert "第一条" in paragraphs(document)


def test_tables_are_numbered_above_with_their_caption():
    document = made(table(("指标",), ("就诊率",)), table(("任务",), ("一项",), caption="任务表", name="u"))
    assert paragraphs(document, "Table Title") == ["表1\N{EM SPACE}目标表", "表2\N{EM SPACE}任务表"]
    body = [one.tag.rpartition("}")[2] for one in document.element.body if "bookmark" not in one.tag]
    assert body[-5:] == ["p", "tbl", "p", "tbl", "sectPr"]


def test_figures_are_pictures_with_number_title_and_alternative():
    document = made(figure())
    (picture,) = document.inline_shapes
    assert picture._inline.docPr.get("descr") == "就诊率上升"
    assert (picture.width.mm, picture.height.mm) == (pytest.approx(148, abs=0.1), pytest.approx(74, abs=0.5))
    assert paragraphs(document, "Figure Title") == ["图1\N{EM SPACE}就诊率上升"]
    assert paragraphs(document, "Figure Note") == ["口径说明"]


def test_a_tall_figure_fits_on_a_page():
    document = made(figure(svg=Html(SVG.replace("0 0 400 200", "0 0 100 400"))))
    assert document.inline_shapes[0].height.mm == pytest.approx(190, abs=5)


def test_data_of_figures_are_not_printed():
    document = made(section("走势", figure(), name="indicators"))
    assert paragraphs(document, "Figure Title") == ["附图1\N{EM SPACE}就诊率上升"]
    assert document.tables == []


def test_a_small_drawing_in_a_cell_is_a_small_picture():
    document = made(table(("走势",), (SPARK,)))
    (picture,) = document.inline_shapes
    assert (picture.width.mm, picture._inline.docPr.get("descr")) == (pytest.approx(24, abs=0.1), "小图")


def test_chips_keep_shape_and_word():
    chip = Html('<span class="chip goal met"><span aria-hidden="true">●</span> 达标</span>')
    assert made(table(("状态",), (chip,))).tables[0].cell(1, 0).text == "● 达标"


def test_links_within_the_document_stay():
    document = made(section("一", Html('<p>见<a href="#conclusions">此处</a></p>')))
    (shown,) = [one for one in document.paragraphs if one.text == "见此处"]
    assert [one.fragment for one in shown.hyperlinks] == ["conclusions"]
    assert not [one for one in document.part.rels.values() if one.is_external]


def test_headings_of_rows_span_the_table():
    row = made(table(("指标", "数值"), Group("有序就医"), ("甲", "1"))).tables[0].rows[1]
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
    return ["across" if one.page_width > one.page_height else "upright" for one in document.sections][1:]  # the cover


def wide(n=14):
    return table(["Indicators"] * n, ["1"] * n, caption="宽表", name="glance-table")


def test_a_table_that_needs_it_has_a_page_across_with_its_heading():
    document = made(text("前"), section("宽", wide(), text("后")))
    assert orientations(document) == ["upright", "across", "upright"]
    assert paragraphs(document, "Table Title Across") == ["表1\N{EM SPACE}宽表"]
    assert [one.text for one in document.sections[2].iter_inner_content() if hasattr(one, "text")][:2] == [
        "一、宽",
        "表1\N{EM SPACE}宽表",
    ]


def test_wide_tables_one_after_the_other_share_their_pages():
    assert orientations(made(text("前"), wide(), wide(), text("后"))) == ["upright", "across", "upright"]


def test_a_wide_table_at_the_end_leaves_no_empty_page():
    assert orientations(made(text("前"), wide())) == ["upright", "across"]


def test_paper_and_margins_follow_the_standard():
    _, section = made(text("正文")).sections
    sides = section.top_margin, section.bottom_margin, section.left_margin, section.right_margin
    assert [round(side.mm) for side in (section.page_width, section.page_height, *sides)] == [210, 297, 37, 35, 28, 26]


def test_headings_are_black_letters_and_text_is_fangsong():
    styles = made(section("一", text("正文"))).styles
    assert fonts(styles["Heading 1"]) == {"ascii": "Arial", "eastAsia": "黑体"}
    assert fonts(styles["Title"])["eastAsia"] == "方正小标宋简体"
    assert [styles[name].font.size.pt for name in ("Title", "Heading 1", "Heading 2", "Body Text")] == [22, 16, 16, 16]
    pitch = styles["Body Text"].paragraph_format.line_spacing.pt
    assert (int((297 - 37 - 35) / 25.4 * 72 / pitch), pitch) == (22, pytest.approx(28.95, abs=0.05))
    assert fonts(styles["Body Text"]) == {"ascii": "Times New Roman", "eastAsia": "仿宋"}
    assert fonts(styles["Table Title"])["eastAsia"] == "黑体"


@pytest.mark.parametrize(
    ("labels", "state", "mark"),
    [(("内部资料，不得公开",), "征求意见稿", "内部资料，不得公开 · 征求意见稿"), ((), "草稿", "草稿"), ((), "", "")],
)
def test_only_labels_and_drafts_are_marked_on_every_page(labels, state, mark):
    _, section = made(text("正文"), imprint=replace(IMPRINT, labels=labels, state=state)).sections
    assert section.header.paragraphs[0].text == mark
    assert section.footer.paragraphs[0].text == "—  —"
    assert re.findall("<w:instrText>(.*?)<", section.footer._element.xml) == ["PAGE"]


@pytest.mark.parametrize(("lang", "locale"), [("zh", "zh-CN"), ("en", "en-GB")])
def test_properties_say_what_it_is_and_in_which_language(lang, locale):
    about = made(text("x"), imprint=replace(IMPRINT, lang=lang)).core_properties
    subject = {"zh": "某县县域医共体总结评估报告", "en": "某县: 县域医共体总结评估"}
    assert (about.title, about.language) == (subject[lang], locale)
    assert about.subject == IMPRINT.line


def test_english_documents_number_in_english_and_do_not_indent():
    document = made(section("Goals", text("Text"), table(("a",), ("b",))), imprint=replace(IMPRINT, lang="en"))
    assert paragraphs(document, "Heading 1") == ["1\N{EM SPACE}Goals"]
    assert paragraphs(document, "Table Title") == ["Table 1\N{EM SPACE}目标表"]
    assert document.styles["Body Text"].paragraph_format.first_line_indent in (None, 0)


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "=cmd()", "]]>", "x\u202egnp.exe", "🏥 $x$ ![a](b)", "<img src=x onerror=y>"]
)
def test_a_hostile_text_stays_a_text(text):
    document = made(Html("<p>{}</p>").format(text), table(("指标",), (text,), caption=text))
    assert text in paragraphs(document)
    assert document.tables[0].cell(1, 0).text == text
    assert paragraphs(document, "Table Title") == [f"表1\N{EM SPACE}{text}"]
    assert len(document.inline_shapes) == 0


def test_the_same_page_gives_the_same_document():
    body = section("一", table(("甲",), ("乙",)), figure())
    first, second = made(body), made(body)
    assert first.element.body.xml == second.element.body.xml


@pytest.mark.parametrize("title", ["评" * 246, "x" * 255, "县 " * 400])
def test_a_long_title_is_cut_where_the_format_takes_no_more_and_whole_in_the_document(title):
    document = made(section("一", text("x")), imprint=replace(IMPRINT, title=title))
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
    body = section("结论", table(("指标", "数值"), ("就诊率", "65")))
    document = made(body, imprint=replace(IMPRINT, template=str(template)))
    paper = document.sections[1]
    assert (paper.page_width.mm, paper.page_height.mm) == (pytest.approx(148, abs=0.1), pytest.approx(210, abs=0.1))
    assert paper.header.paragraphs[0].text == "某市卫生健康委员会"
    assert paper.footer.paragraphs[0].text.startswith(IMPRINT.line)
    assert document.styles["Heading 1"].font.color.rgb == RGBColor(200, 0, 0)
    room = paper.page_width - paper.left_margin - paper.right_margin
    assert sum(column.width for column in document.tables[0].columns) == pytest.approx(room, abs=Mm(0.1))
