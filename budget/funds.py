"""The four budgets, and the functional items (功能分类) that only one of them spends on."""

from typing import Final

import polars as pl

GENERAL, GOVERNMENT_FUND, STATE_CAPITAL, SOCIAL_INSURANCE = "11", "12", "13", "14"
# 类 or 款 -> the budget; 政府收支分类科目 lists them in that budget's part alone. Anything else says nothing.
FUNCTIONS_OF_ONE_BUDGET: Final[dict[str, str]] = {
    "209": SOCIAL_INSURANCE,  # 社会保险基金支出
    "223": STATE_CAPITAL,  # 国有资本经营预算支出
    **dict.fromkeys(
        (
            "20610",  # 核电站乏燃料处理处置基金支出
            "20707",  # 国家电影事业发展专项资金安排的支出
            "20709",  # 旅游发展基金支出
            "20822",  # 大中型水库移民后期扶持基金支出
            "20823",  # 小型水库移民扶助基金安排的支出
            "21160",  # 可再生能源电价附加收入安排的支出
            "21161",  # 废弃电器电子产品处理基金支出
            "21208",  # 国有土地使用权出让收入安排的支出
            "21210",  # 国有土地收益基金安排的支出
            "21211",  # 农业土地开发资金安排的支出
            "21213",  # 城市基础设施配套费安排的支出
            "21214",  # 污水处理费安排的支出
            "21366",  # 大中型水库库区基金安排的支出
            "21367",  # 三峡水库库区基金支出
            "21369",  # 国家重大水利工程建设基金安排的支出
            "22904",  # 其他政府性基金及对应专项债务收入安排的支出
            "22908",  # 彩票发行销售机构业务费安排的支出
            "22960",  # 彩票公益金安排的支出
            "23104",  # 地方政府专项债务还本支出
            "23204",  # 地方政府专项债务付息支出
            "23304",  # 地方政府专项债务发行费用支出
        ),
        GOVERNMENT_FUND,
    ),
}


def budget_of_function(code: pl.Expr) -> pl.Expr:
    """Return the only budget that spends on a functional item; null where several do, or the code says too little."""
    by_item = code.str.slice(0, 5).replace_strict(FUNCTIONS_OF_ONE_BUDGET, default=None, return_dtype=pl.String)
    by_class = code.str.slice(0, 3).replace_strict(FUNCTIONS_OF_ONE_BUDGET, default=None, return_dtype=pl.String)
    return pl.coalesce(by_item, by_class)
