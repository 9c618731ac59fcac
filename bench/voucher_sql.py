"""The rules on vouchers as plain DuckDB SQL; see ``bench.budget_sql``."""

from bench.budget_sql import DAY, YEAR, ladder, with_facts

_VOUCHERS = f"""
line AS (
    SELECT *, coalesce(voucher_no, application_no) AS voucher FROM payments
    WHERE fiscal_year = {YEAR} AND paid_on <= {DAY} AND NOT is_voided
),
back AS (
    SELECT division_code, original_voucher_no AS voucher, sum(payment_fen) AS back_fen
    FROM line WHERE payment_fen < 0 AND original_voucher_no IS NOT NULL GROUP BY ALL
),
gross AS (
    SELECT division_code, unit_code, voucher, min(paid_on) AS paid_on, sum(payment_fen) AS payment_fen,
        min(regexp_replace(payee_name, '\\s', '', 'g')) AS payee_name, min(payee_account) AS payee_account,
        min(purpose) AS purpose, min(project_code) AS project_code,
        min(substr(dept_economic_code, 1, 3)) AS economic_class
    FROM line WHERE payment_fen > 0 AND coalesce(payment_kind, '') <> 'refund'
    GROUP BY division_code, unit_code, voucher
),
voucher AS (
    SELECT gross.*, payment_fen + coalesce(back_fen, 0) AS net_fen, back_fen IS NOT NULL AS is_reversed
    FROM gross LEFT JOIN back USING (division_code, voucher)
)"""
_VOUCHER_KEYS = ("division_code", "unit_code", "voucher")


def e05(person: str, organisations: tuple[str, ...], purposes: tuple[str, ...]) -> str:
    """Return E05 with the words that its parameters name."""
    return f"""WITH {_VOUCHERS},
flagged AS (
    SELECT 'payment:' || voucher AS subject, strftime(paid_on, '%Y-%m') AS period, division_code, unit_code, voucher,
        net_fen AS amount_fen, {ladder("net_fen", 1_000_000, 5_000_000, 20_000_000)}
    FROM voucher
    WHERE net_fen >= 1000000 AND regexp_matches(payee_name, '{person}')
        AND NOT regexp_matches(payee_name, '{"|".join(organisations)}')
        AND NOT regexp_matches(coalesce(purpose, ''), '{"|".join(purposes)}')
        AND coalesce(economic_class, '') NOT IN ('301', '303')
)""" + with_facts("flagged", "line", _VOUCHER_KEYS)


def _runs(candidates: str, together: tuple[str, ...], days: int) -> str:
    """Number runs: same ``together`` columns, within days of the run's first day, greedily from the earliest."""
    names = ", ".join(together)
    same = " AND ".join(f"o.{name} IS NOT DISTINCT FROM r.{name}" for name in together)
    carried = ", ".join(f"o.{name}" for name in together)
    return f"""
ordered AS (
    SELECT *, row_number() OVER (PARTITION BY {names} ORDER BY paid_on, voucher) AS n FROM {candidates}
),
run AS (
    SELECT {names}, n, voucher, paid_on AS start FROM ordered WHERE n = 1
    UNION ALL
    SELECT {carried}, o.n, o.voucher,
        CASE WHEN date_diff('day', r.start, o.paid_on) <= {days} THEN r.start ELSE o.paid_on END
    FROM run r JOIN ordered o ON {same} AND o.n = r.n + 1
),
marked AS (SELECT o.*, run.start FROM ordered o JOIN run USING ({names}, n))"""


_HALF_WIDTH = "translate(purpose, '０１２３４５６７８９（）　', '0123456789() ')"


def e07(instalments: str) -> str:
    """Return E07 with the pattern that shows instalments."""
    together = ("unit_code", "payee", "economic_class")
    return f"""WITH RECURSIVE {_VOUCHERS},
piece AS (
    SELECT *, coalesce(payee_account, payee_name) AS payee FROM voucher
    WHERE net_fen >= 40000000 AND net_fen < 50000000 AND coalesce(payee_account, payee_name) IS NOT NULL
        AND NOT regexp_matches(coalesce({_HALF_WIDTH}, ''), '{instalments}')
),{_runs("piece", together, 10)},
flagged AS (
    SELECT 'payee:' || unit_code || '/' || min(payee_name) || '/' || coalesce(economic_class, '-') AS subject,
        strftime(start, '%Y-%m-%d') AS period, unit_code, payee, economic_class, start, sum(net_fen) AS amount_fen,
        {ladder("count(*)", 2, 3, 4)}
    FROM marked GROUP BY unit_code, payee, economic_class, start HAVING count(*) >= 2 AND sum(net_fen) >= 50000000
),
lined AS (
    SELECT m.unit_code, m.payee, m.economic_class, m.start, line.slice_id, line.row_no
    FROM line JOIN marked m USING (division_code, unit_code, voucher)
)""" + with_facts("flagged", "lined", (*together, "start"))


_PLAIN = f"lower({_HALF_WIDTH})"
_PERIODS = r"(?:\d+|[一二三四五六七八九十]+)(?:年|月|期|季度|批|次|周|旬)"
_SAME = ("unit_code", "payee_account", "payment_fen", "purpose_text", "purpose_periods")
E08 = f"""WITH RECURSIVE {_VOUCHERS},
told AS (
    SELECT *, regexp_replace({_PLAIN}, '[\\d\\s\\p{{P}}\\p{{S}}]', '', 'g') AS purpose_text,
        array_to_string(
            regexp_extract_all(regexp_replace({_PLAIN}, '(^|\\D)0+(\\d)', '\\1\\2', 'g'), '{_PERIODS}'), '/'
        ) AS purpose_periods
    FROM voucher
    WHERE payment_fen > 1000000 AND NOT is_reversed AND payee_account IS NOT NULL AND purpose IS NOT NULL
),
twice AS (
    SELECT * FROM told QUALIFY count(*) OVER (PARTITION BY {", ".join(_SAME)}) > 1
),{_runs("twice", _SAME, 7)},
cancel AS (
    SELECT unit_code, payee_account, -payment_fen AS payment_fen, count(*) AS cancelled FROM line
    WHERE payment_fen < 0 AND original_voucher_no IS NULL AND payee_account IS NOT NULL GROUP BY ALL
),
kept AS (
    SELECT m.*, row_number() OVER (
        PARTITION BY unit_code, payee_account, payment_fen ORDER BY paid_on DESC, voucher DESC) - 1 AS from_last,
        coalesce(cancelled, 0) AS taken_back
    FROM marked m LEFT JOIN cancel USING (unit_code, payee_account, payment_fen)
    QUALIFY from_last >= taken_back
),
flagged AS (
    SELECT 'payment:' || min_by(voucher, (paid_on, voucher)) AS subject,
        strftime(min(paid_on), '%Y-%m') AS period, {", ".join(_SAME)}, start,
        payment_fen * (count(*) - 1) AS amount_fen, {ladder("count(*)", 2, 3, 4)}
    FROM kept GROUP BY {", ".join(_SAME)}, start HAVING count(*) >= 2
),
lined AS (
    SELECT {", ".join("k." + name for name in _SAME)}, k.start, line.slice_id, line.row_no
    FROM line JOIN kept k USING (division_code, unit_code, voucher)
)""" + with_facts("flagged", "lined", (*_SAME, "start"))
