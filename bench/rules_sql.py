"""The twelve rules as DuckDB statements, with the words that the rules' parameters hold."""

from bench import adjustment_sql, budget_sql, voucher_sql
from rules import e05_large_payment_to_person as e05
from rules import e07_split_payment as e07
from rules.persons import PERSON

_PERSONS = e05.Params()
# DuckDB's dialect has no groups without capture.
_PERSON = PERSON.replace("?:", "")
STATEMENTS = {
    "A03": budget_sql.A03,
    "A06": budget_sql.A06,
    "A07": budget_sql.A07,
    "A08": budget_sql.A08,
    "B02": budget_sql.B02,
    "B03": adjustment_sql.B03,
    "B04": adjustment_sql.B04,
    "B06": adjustment_sql.B06,
    "D01": budget_sql.D01,
    "E05": voucher_sql.e05(_PERSON, _PERSONS.organisation_words, _PERSONS.ordinary_purposes),
    "E07": voucher_sql.e07(e07.Params().instalment_pattern),
    "E08": voucher_sql.E08,
}
