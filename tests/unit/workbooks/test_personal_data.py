"""Personal data in whatever form people write them, and amounts of money that only look like them."""

import time

import pytest

from evalkit.errors import InputError
from evalkit.workbooks import personal_data
from evalkit.workbooks.cells import Cell, Sheet, Workbook


def sheet(*rows, name="表", comments=None):
    cells = {
        (r, c): Cell(r, c, value)
        for r, row in enumerate(rows, start=1)
        for c, value in enumerate(row, start=1)
        if value is not None
    }
    return Sheet(name, cells, comments=comments or {})


def kind_of(text):
    found = personal_data.found(sheet(["指标", "2019"], [text, 64.0]))
    return found and found[1]


@pytest.mark.parametrize(
    "text",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+86 138 1234 5678",
        "138.1234.5678",
        "(86)13812345678",
        "电话 138　1234　5678",
        "１３８-１２３４-５６７８",
    ],
)
def test_telephone_numbers_however_they_are_set_apart(text):
    assert kind_of(text) == "telephone numbers"


@pytest.mark.parametrize(
    "text",
    [
        "330721197803154416",
        "330721-19780315-4416",
        "330721 19780315 441X",
        "身份 33072119780315441x",
        "330721780315441",
    ],
)
def test_identity_numbers_old_and_new(text):
    assert kind_of(text) == "identity numbers"


@pytest.mark.parametrize("text", ["2016-2017 2018-2019 2020-2021", "990721197803154416", "330721197813154416", "2019"])
def test_other_long_numbers_are_no_identity_numbers(text):
    assert kind_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *(
            "姓名",
            "患者姓名",
            "病历号",
            "门诊号",
            "住院号",
            "姓名/性别",
            "签约居民姓名及身份证号",
            "姓名（必填）",
            "出生日期",
        ),
        *(
            *("患者ID", "病人编号", "家属电话", "住址", "银行卡号", "patient_id", "first_name", "D.O.B.", "Tel."),
            "Patient name",
            "Name of patient",
            "E-mail",
            "Phone number",
            "National ID",
            "SSN",
            "Date of birth",
            "联系电话",
        ),
        *("填报人：张三", "填报人：张三  审核人：李四", "审核: 王五", "联系电话：0579-88888888"),
    ],
)
def test_headings_and_signatures(text):
    assert kind_of(text) == "a heading of personal data"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "单位名称",
            "地区",
            "电话随访人次",
            "Country name",
            "Region name",
            "填报人：",
            "填报人：______",
            "填报单位：演示局",
        ),
        *("审核：演示卫生健康局", "填报人：  填报日期：2020-01-15", "住院人次", "居民：门诊人次", "patients", "Name"),
    ],
)
def test_other_headings_pass(text):
    assert kind_of(text) is None


def test_an_e_mail_address():
    assert kind_of("寄 zhang.san@example.org 收") == "e-mail addresses"


def test_comments_names_of_sheets_and_of_files(tmp_path):
    fine = sheet(["指标", "2019"], ["就诊率", 64.0])
    assert personal_data.found(sheet(["指标"], comments={(1, 1): "问 138 1234 5678"})) == (
        "A1", "telephone numbers in a comment",
    )  # fmt: skip
    book = Workbook("data/raw/d/a.xlsx", "", "xlsx", "", (sheet(["指标"], name="张三13812345678"),))
    with pytest.raises(InputError) as told:
        personal_data.refuse(book)
    assert "138" not in str(told.value)
    with pytest.raises(InputError) as told:
        personal_data.refuse(Workbook("data/raw/d/张三_138-1234-5678.xlsx", "", "xlsx", "", (fine,)))
    assert str(told.value).startswith("a file in data/raw/d/: looks like personal data (telephone numbers in its name)")
    personal_data.refuse(Workbook("data/raw/d/甲县_20200115.xlsx", "", "xlsx", "", (fine,)))


def test_a_column_of_numbers_is_of_telephones_unless_it_is_of_money():
    column = [13_812_345_678.0, 13_912_345_678.0, 15_012_345_678.0, 17_712_345_678.0]
    assert personal_data.found(sheet(["联系"], *([value] for value in column))) == ("A2", "telephone numbers")
    for title in ("地区生产总值（元）", "GDP, yuan", "一般公共预算支出", "Revenue"):
        assert personal_data.found(sheet(["县", title], *(["甲县", value] for value in column))) is None
        assert personal_data.found(sheet(["指标", *"2345"], [title, *column])) is None
        assert personal_data.found(sheet(["县", title], *(["甲县", f"{value:.0f}"] for value in column))) is None
    assert personal_data.found(sheet(["单位：元"], ["县", "2019"], *(["甲县", value] for value in column))) is None


def test_a_column_of_old_identity_numbers():
    column = [330_721_780_315_441.0, 330_721_800_101_002.0, 330_721_651_231_113.0]
    assert personal_data.found(sheet(["编号"], *([value] for value in column))) == ("A2", "identity numbers")
    assert personal_data.found(sheet(["总产值"], *([value] for value in column))) is None


@pytest.mark.parametrize("sign", ["(", "[", "a", "1 ", "@", "a@", "1-", ":", "填报人：", "电话", "（）"])
def test_time_does_not_grow_faster_than_the_text(sign):
    text = (sign * 32_767)[:32_767]
    start = time.process_time()
    personal_data.found(sheet(["指标", "2019"], *([text, 64.0] for _ in range(3))))
    assert time.process_time() - start < 2
