"""Masking of persons and accounts: hidden when in doubt, organisations left readable."""

import pytest

from budget.masking import is_person, mask_account, mask_evidence, mask_found, mask_person


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        # two to four characters are a person
        ("张三", "张*"),
        ("欧阳修文", "欧*"),
        (" 李四 ", "李*"),
        # a name with the separator dot
        ("阿卜杜拉·买买提", "阿*"),
        # characters that occur in given names do not make an organisation
        ("王会芳", "王*"),
        ("李学明", "李*"),
        ("赵建社", "赵*"),
        # offices and firms stay readable
        ("市政所", "市政所"),
        ("水务局", "水务局"),
        ("青禾建筑有限公司", "青禾建筑有限公司"),
        ("第一中学", "第一中学"),
        ("村委会", "村委会"),
        # what is no Chinese name is left alone
        ("张三丰王五六", "张三丰王五六"),
        ("ACME", "ACME"),
        ("张", "张"),
        ("", ""),
    ],
)
def test_names(name, masked):
    assert mask_person(name) == masked
    assert is_person(name) == (name != masked)


@pytest.mark.parametrize(
    ("account", "masked"), [("6222021234567890123", "****0123"), ("12", "****12"), ("", ""), ("  ", "  ")]
)
def test_accounts_keep_four_digits(account, masked):
    assert mask_account(account) == masked


def test_evidence_is_masked_at_every_depth_and_figures_are_not_touched():
    evidence = {
        "payee_name": "张三",
        "payment_fen": 123_456_789_012_345,
        "voucher_no": "202603310000012345",
        "purpose": "张三 劳务 6222021234567890123",
        "pieces": [{"payee_account": "6222021234567890123", "payee_name": "李四"}, {"note": "李四"}],
        "unit_name": "市政所",
        "rate": None,
    }
    assert mask_evidence(evidence) == {
        "payee_name": "张*",
        "payment_fen": 123_456_789_012_345,
        "voucher_no": "202603310000012345",
        "purpose": "张* 劳务 ****0123",
        "pieces": [{"payee_account": "****0123", "payee_name": "李*"}, {"note": "李*"}],
        "unit_name": "市政所",
        "rate": None,
    }
    assert evidence["payee_name"] == "张三"


@pytest.mark.parametrize(
    ("column", "found", "cells", "told"),
    [
        ("收款人名称", "王建国", (), "王*"),
        ("收款人名称", "区环卫有限公司", (), "区环卫有限公司"),
        ("用途", "付王建国劳务费", ("王建国", "付王建国劳务费"), "付王*劳务费"),
        ("日期", "没有日期", ("没有日期",), "没有日期"),
        ("用途", "转入 6222021234567890123", (), "转入 ****0123"),
        ("支付凭证号", "202603310000012345", (), "202603310000012345"),
        ("金额", None, (), None),
        (None, "1,2O0.00", (), "1,2O0.00"),
    ],
)
def test_an_unreadable_cell_is_told_without_persons_and_accounts(column, found, cells, told):
    assert mask_found(column, found, cells) == told
