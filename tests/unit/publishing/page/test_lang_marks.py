"""Chinese words on an English page are marked as Chinese, once, and nowhere that a mark would break the page."""

import pytest

from evalkit.publishing.page import lang_marks


@pytest.mark.parametrize(
    ("page", "marked"),
    [
        ("<td>演示卫健局</td>", '<td><span lang="zh-CN">演示卫健局</span></td>'),
        ("<p>all of 东省, 西省</p>", '<p>all of <span lang="zh-CN">东省</span>, <span lang="zh-CN">西省</span></p>'),
        ("<p>《办法》〔2020〕12号</p>", '<p>《<span lang="zh-CN">办法》〔2020〕12号</span></p>'),
        ('<p title="甲">a</p>', '<p title="甲">a</p>'),
        ('<q lang="zh-CN">甲<b>乙</b></q> 丙', '<q lang="zh-CN">甲<b>乙</b></q> <span lang="zh-CN">丙</span>'),
        (
            '<div lang="zh-CN"><div>甲</div>乙</div>丙',
            '<div lang="zh-CN"><div>甲</div>乙</div><span lang="zh-CN">丙</span>',
        ),
        ("<title>甲</title><svg><text>乙</text></svg>", "<title>甲</title><svg><text>乙</text></svg>"),
        ("<option>甲</option><br>a &lt;乙", '<option>甲</option><br>a &lt;<span lang="zh-CN">乙</span>'),
        ('<html lang="en"><p>plain</p></html>', '<html lang="en"><p>plain</p></html>'),
    ],
)
def test_chinese_words_are_marked(page, marked):
    assert lang_marks.mark(page) == marked


def test_marking_twice_changes_nothing():
    once = lang_marks.mark("<p>of 东省<br/>and 西省</p><svg/><p>中</p>")
    assert lang_marks.mark(once) == once
    assert once.count("<span") == 3
