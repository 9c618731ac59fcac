"""Sentences of findings in the reader's language, with personal data masked."""

import json
from collections.abc import Mapping
from typing import Any

from budget.catalogue import Catalogue, RuleText
from budget.masking import mask_account, mask_evidence
from budget.wording import render
from dashboard.formats import in_language
from dashboard.view import View


def read_evidence(text: str | None, names: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a finding's evidence, masked; names of unit and project stand in where it does not carry them."""
    told = mask_evidence(json.loads(text) if text else {})
    if code := (names or {}).get("project_code"):
        # A project's code is as long as an account number, and nobody's secret.
        told = {
            key: one.replace(mask_account(code), code) if isinstance(one, str) else one for key, one in told.items()
        }
    return {**(names or {}), **told}


def rule_name(catalogue: Catalogue, code: str, view: View) -> str:
    """Return a rule's name; its code where the rule is no longer known."""
    rule = catalogue.get(code)
    if rule is None:
        return code
    return rule.name_en if view.language == "en" else rule.name_zh


def finding_sentence(rule: RuleText | None, evidence: Mapping[str, Any], view: View) -> str:
    """Return what a finding says, filled with its figures."""
    return _filled(rule, evidence, view, "finding")


def arithmetic(rule: RuleText | None, evidence: Mapping[str, Any], view: View) -> str:
    """Return the finding's arithmetic, filled with its figures."""
    return _filled(rule, evidence, view, "arithmetic")


def _filled(rule: RuleText | None, evidence: Mapping[str, Any], view: View, part: str) -> str:
    if rule is None:
        return view.t("这条规则已不在本版本中")
    template = getattr(rule, f"{part}_{'en' if view.language == 'en' else 'zh'}")
    return in_language(render(template, evidence, missing=view.t("无数据")), view.language)


def in_rule_language(rule: RuleText, part: str, view: View) -> Any:
    """Return one part of a rule's text (law, formula, innocent, next_step) in the reader's language."""
    return getattr(rule, f"{part}_{'en' if view.language == 'en' else 'zh'}")
