"""What a clue says masks people and accounts, and nothing that only looks like them."""

import json

from dashboard.clue_words import read_evidence

CODE = "990101000230008000211"


def test_the_code_of_a_project_is_no_account_number() -> None:
    text = json.dumps({"line_zh": f"“{CODE}”", "purpose": "汇入6222021234567890123"})
    told = read_evidence(text, {"project_code": CODE})
    assert told["line_zh"] == f"“{CODE}”"
    assert "6222021234567890123" not in told["purpose"]
