"""What a rule says of itself, as plain data: shown by mail, report and screen, which never import the rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Family = Literal[
    "execution", "adjustment", "time_limit", "three_public", "payment", "project", "district", "data_quality"
]


# What a finding proves by itself: certain compares amounts or dates that stand in the data, likely compares with what
# is usual, hint reads words or names.
Confidence = Literal["certain", "likely", "hint"]


@dataclass(frozen=True, kw_only=True)
class RuleText:
    """The words of one rule.

    ``finding_zh``/``finding_en`` and ``arithmetic_zh``/``arithmetic_en`` are templates over the finding's evidence,
    filled by ``budget.wording.render``. They say no more than the data proves (疑似).
    """

    code: str
    family: Family
    name_zh: str
    name_en: str
    formula_zh: str  # the formula in words
    formula_en: str
    law_zh: str  # 《预算法》第五十三条 …; only articles checked in the text are cited as law
    law_en: str
    finding_zh: str
    finding_en: str
    arithmetic_zh: str
    arithmetic_en: str
    innocent_zh: tuple[str, ...]  # 可能的正常情形
    innocent_en: tuple[str, ...]
    next_step_zh: str  # 建议: 向单位发问询单 …
    next_step_en: str
    confidence: Confidence = "likely"


Catalogue = Mapping[str, RuleText]
