"""The digest: what it says, in what order, in both parts alike, and what it never lets out."""

import datetime as dt
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from alert_ground import CATALOGUE

from alerts.digest import BRIEF_LINES, FULL_CARDS, build_digest, one_line
from alerts.news import KINDS, Bulletin, ClueNews, OfficeCount, Point, count_kinds, read_evidence_text

LAG = {"project_name": "道路养护", "execution_rate_bp": 1044, "expected_progress_bp": 5820, "gap_bp": 4776}


def point(rule="A02", notice="opened", why="首次发现", level="red", evidence=LAG):
    return Point(rule_code=rule, notice=notice, why=why, level=level, evidence=evidence)


def clue(number=1, kind="opened", **more):
    given = {
        "clue_id": f"2026-XS-{number:04d}",
        "kind": kind,
        "is_reopened": False,
        "level": "red",
        "title": "市政所 · 道路养护",
        "period": "2026",
        "amount_fen": 98_000_000_0,
        "points": (point(),),
    }
    return ClueNews(**(given | more))


def digest(*news, catalogue=CATALOGUE, **more):
    given = {
        "division_name": "石桥街道",
        "office_name": "石桥街道人大工委",
        "as_of": dt.date(2026, 9, 30),
        "news": news,
        "unchanged_count": 7,
        "eased_count": 0,
    }
    return build_digest(Bulletin(**(given | more)), catalogue=catalogue, base_url="https://mz.example.test/")


class Reader(HTMLParser):
    """Collects the words people see, the links, and everything a mail program would fetch."""

    def __init__(self, html):
        super().__init__()
        self.words, self.links, self.fetched, self.tags = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        given = dict(attrs)
        self.links += [given["href"]] if tag == "a" else []
        self.fetched += [given[name] for name in ("src", "background", "data") if name in given]
        self.fetched += re.findall(r"url\(|@import", given.get("style") or "")

    def handle_data(self, data):
        if data.strip():
            self.words.append(data.strip())

    @property
    def said(self):
        return " ".join(self.words)


def test_the_text_says_what_why_how_much_which_law_what_next_and_where():
    assert digest(clue()).text == (
        "石桥街道人大工委：\n"
        "截至 2026-09-30，新增 1 条线索。\n"
        "\n"
        "今天要看的\n"
        "1. ◆ 红·约谈  新增  市政所 · 道路养护\n"
        "   项目支出进度滞后，涉及 980.00 万元\n"
        "   道路养护疑似支出进度滞后：执行率10.44%，同类项目历史同期58.20%，低+47.76 个百分点。\n"
        "   依据: 《中华人民共和国预算法实施条例》第六十条\n"
        "   建议: 向单位发问询单，请其说明原因。\n"
        "   2026-XS-0001: https://mz.example.test/clues/2026-XS-0001\n"
        "\n"
        "其余: 未变 7 条\n"
        "全部线索: https://mz.example.test/clues\n"
        "\n"
        "以上为数据比对发现的疑点，是否属实请核实。链接登录后可看；打开链接不会改变任何状态。\n"
        "明账 预算联网监督\n"
    )


@pytest.mark.parametrize(
    ("news", "subject"),
    [
        # one thing of each kind, in the order of weight
        (
            [clue(n, kind) for n, kind in enumerate(KINDS, start=1)],
            "【明账】石桥街道: 新增 1 条线索, 加重 1 条, 办结 1 条, 部分恢复 1 条, 暂停判断 1 条 (截至 2026-09-30)",
        ),
        ([clue(1), clue(2)], "【明账】石桥街道: 新增 2 条线索 (截至 2026-09-30)"),
        ([clue(1, "resolved")], "【明账】石桥街道: 办结 1 条线索 (截至 2026-09-30)"),
    ],
)
def test_the_subject_counts_what_happened(news, subject):
    assert digest(*news).subject == subject


def test_the_district_is_told_of_the_others_in_numbers():
    offices = (
        OfficeCount(division_name="石桥街道", counts=count_kinds([clue(), clue(2, "resolved")]), open_count=12),
        OfficeCount(division_name="白鹭镇", counts=count_kinds([]), open_count=3),
    )
    mail = digest(division_name="青禾区", office_name="区人大财经工委", offices=offices)
    assert mail.subject == "【明账】青禾区: 各镇街新增 1 条线索, 办结 1 条 (截至 2026-09-30)"
    assert "  石桥街道：新增 1 条，办结 1 条（在办 12 条）\n  白鹭镇：无变化（在办 3 条）\n" in mail.text


def test_a_pause_is_told_once():
    stale = clue(30, "stale", points=(point(notice="stale", why="暂停判断：支付数据迟到，暂不判断", evidence={}),))
    assert "暂停判断: 1 条线索，支付数据迟到\n" in digest(stale).text


def test_both_parts_say_the_same():
    late = ("南塘街道支付数据疑似迟到：数据截至2026年8月8日，已迟53天，4 条线索暂停判断。",)
    offices = (OfficeCount(division_name="白鹭镇", counts=count_kinds([clue()]), open_count=3),)
    stale = clue(30, "stale", points=(point(notice="stale", why="暂停判断：支付数据迟到，暂不判断", evidence={}),))
    over = clue(31, "partly", points=(point(notice="resolved", why="恢复", evidence={}),))
    mail = digest(*[clue(n) for n in range(1, 14)], over, stale, late=late, offices=offices, eased_count=2)
    said = Reader(mail.html).said
    for words in (
        "截至 2026-09-30，新增 13 条线索，部分恢复 1 条，暂停判断 1 条。",
        "项目支出进度滞后（恢复），其余疑点仍在",
        "1 条线索，支付数据迟到",
        "未变 7 条，减轻 2 条",
        f"另有 {13 - FULL_CARDS - BRIEF_LINES} 条，见系统",
        late[0],
        "白鹭镇",
        "在办 3 条",
        "980.00 万元",
        "向单位发问询单，请其说明原因。",
        "《中华人民共和国预算法实施条例》第六十条",
        "◆ 红·约谈 新增",
    ):
        assert words in said
        assert words.replace("◆ 红·约谈 新增", "◆ 红·约谈  新增") in mail.text
    assert set(re.findall(r"https://\S+", mail.text)) == set(Reader(mail.html).links)


def test_at_most_one_screen_is_told_and_the_rest_is_counted():
    mail = digest(*[clue(n) for n in range(1, 201)])
    assert mail.text.count("建议:") == FULL_CARDS
    assert len(set(re.findall(r"2026-XS-\d+", mail.text))) == FULL_CARDS + BRIEF_LINES
    assert f"另有 {200 - FULL_CARDS - BRIEF_LINES} 条，见系统" in mail.text
    assert mail.text.count("\n") < 60


def test_a_clue_with_many_reasons_tells_two_and_counts_the_rest():
    points = tuple(point(rule) for rule in ("A02", "A01", "A03", "A06"))
    assert "   另有 2 项疑点，见线索页。\n" in digest(clue(points=points)).text


def test_missing_money_and_missing_figures_are_not_zero():
    text = digest(clue(amount_fen=None, points=(point(evidence={"project_name": "道路养护"}),))).text
    assert "执行率无数据" in text
    assert "涉及" not in text
    assert "0.00" not in text


@pytest.mark.parametrize(
    ("fen", "words"),
    [(0, "0.00 万元"), (1, "0.01 元"), (9_999, "99.99 元"), (10_000, "0.01 万元"), (-5_000, "−50.00 元")],
)
def test_little_money_does_not_read_as_nothing(fen, words):
    assert f"，涉及 {words}\n" in digest(clue(amount_fen=fen)).text


def test_what_came_back_says_so():
    assert "◆ 红·约谈  再次出现  市政所" in digest(clue(is_reopened=True)).text


NASTY = '<script>alert(1)</script><img src="http://evil.example/x.png">"\'&'


def test_words_of_a_feed_are_escaped_and_nothing_is_fetched():
    evidence = LAG | {"project_name": NASTY}
    mail = digest(clue(title=NASTY, points=(point(evidence=evidence),)), late=(NASTY,), office_name=NASTY)
    page = Reader(mail.html)
    assert not {"script", "img", "link", "iframe", "style"} & set(page.tags)
    assert page.fetched == []
    assert NASTY in page.said
    assert all(link.startswith("https://mz.example.test/clues") for link in page.links)


@pytest.mark.parametrize("name", ["石桥\r\nBcc: x@example.test", "石桥\n街道", "石桥\u2028街道\x00", "石桥\u202e街道"])
def test_no_name_breaks_the_subject_or_a_line(name):
    mail = digest(clue(title=name), division_name=name, office_name=name)
    assert not re.search(r"[\x00-\x1f\u2028\u2029\u202e]", mail.subject)
    assert mail.text.count("\n") == digest(clue()).text.count("\n")


def test_a_long_name_leaves_the_date_in_the_subject():
    assert digest(clue(), division_name="石" * 500).subject.endswith("(截至 2026-09-30)")


def test_one_line_keeps_ordinary_text():
    assert one_line("  道路养护 (二期)  ") == "道路养护 (二期)"


def test_persons_and_accounts_are_masked_in_both_parts():
    evidence = read_evidence_text(
        '{"payee_name": "张三丰", "payee_account": "6222021234567890123", "payment_fen": 8600000,'
        ' "purpose": "付张三丰场地费 6222021234567890123", "facts": [[1, 2]]}'
    )
    mail = digest(clue(points=(point("E05", evidence=evidence),)))
    for part in (mail.text, Reader(mail.html).said):
        assert "向个人张*（账号****0123）支付86,000.00元，用途“付张*场地费 ****0123”。" in part
        assert "三丰" not in part
        assert "6222" not in part


def test_trouble_with_data_comes_after_trouble_with_money_of_the_same_level():
    catalogue = CATALOGUE | {"H01": replace(CATALOGUE["H01"], family="data_quality")}
    late = clue(1, points=(point("H01"),), amount_fen=None, title="迟到")
    small, big = clue(2, amount_fen=1, title="小额"), clue(3, amount_fen=2, title="大额")
    orange = clue(4, level="orange", title="橙色")
    text = digest(late, orange, small, big, catalogue=catalogue).text
    assert [text.index(title) for title in ("大额", "小额", "迟到", "橙色")] == sorted(
        text.index(title) for title in ("大额", "小额", "迟到", "橙色")
    )


def test_nothing_else_open_is_said_in_words():
    assert "其余: 没有其他在办线索\n" in digest(clue(), unchanged_count=0).text
