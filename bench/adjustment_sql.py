"""The rules on adjustments and items as plain DuckDB SQL; see ``bench.budget_sql``."""

from bench.budget_sql import BUDGET, DAY, PROJECT, PROJECT_SUBJECT, YEAR, ladder, with_facts

_UPPER = (
    """coalesce(budget_source, '') = 'transfer' OR regexp_matches(coalesce(reason, ''), '上级|专项转移支付|直达')"""
)
B03 = f"""WITH {BUDGET},
changed AS (
    SELECT unit_code, slice_id, row_no, adjustment_kind AS kind, adjustment_fen AS fen FROM adjustments
    WHERE fiscal_year = {YEAR} AND adjusted_on <= {DAY} AND NOT ({_UPPER})
        AND NOT regexp_matches(coalesce(reason, ''), '工资|津贴补贴|养老保险|机构改革|职能划转|划转|撤并')
),
summed AS (
    SELECT unit_code, coalesce(sum(fen) FILTER (kind <> 'move' AND fen > 0), 0) AS added,
        coalesce(sum(fen) FILTER (kind <> 'move' AND fen < 0), 0) AS cut,
        coalesce(sum(fen) FILTER (kind = 'move' AND fen > 0), 0) AS came,
        coalesce(sum(fen) FILTER (kind = 'move' AND fen < 0), 0) AS went
    FROM changed GROUP BY ALL
),
first AS (
    SELECT unit_code, sum(appropriation_fen) AS b0 FROM allotments
    WHERE fiscal_year = {YEAR} AND released_on <= {DAY} GROUP BY ALL
),
judged AS (
    SELECT unit_code, b0, added + abs(cut) + greatest(came, abs(went)) AS changed_fen
    FROM first JOIN summed USING (unit_code) WHERE b0 > 0
),
flagged AS (
    SELECT 'unit:' || unit_code AS subject, '{YEAR}' AS period, unit_code, changed_fen AS amount_fen,
        {ladder("(changed_fen::HUGEINT * 10000 // b0)::BIGINT", 1000, 2000, 3000)}
    FROM judged WHERE changed_fen::HUGEINT * 10000 // b0 >= 1000 AND changed_fen >= 10000000
)""" + with_facts("flagged", "changed", ("unit_code",))

B04 = f"""WITH {BUDGET},
added AS (
    SELECT unit_code, project_code, adjustment_fen AS fen, slice_id, row_no FROM adjustments
    WHERE fiscal_year = {YEAR} AND adjusted_on BETWEEN DATE '{YEAR}-11-01' AND {DAY} AND adjustment_kind = 'add'
        AND adjustment_fen > 0 AND project_code IS NOT NULL AND NOT ({_UPPER})
),
late AS (SELECT unit_code, project_code, sum(fen) AS late_fen FROM added GROUP BY ALL),
project AS (
    SELECT unit_code, project_code, sum(fen) AS budget FROM moves
    WHERE spending_kind = 'project' AND project_code IS NOT NULL GROUP BY ALL
),
flagged AS (
    SELECT {PROJECT_SUBJECT} AS subject, '{YEAR}' AS period, unit_code, project_code, late_fen AS amount_fen,
        {ladder("(late_fen::HUGEINT * 10000 // budget)::BIGINT", 1000, 2000, 3000)}
    FROM project JOIN late USING (unit_code, project_code)
    WHERE budget > 0 AND late_fen >= 10000000 AND late_fen::HUGEINT * 10000 // budget >= 1000
)""" + with_facts("flagged", "added", PROJECT)

B06 = f"""WITH {BUDGET},
coded AS (
    SELECT *, substr(dept_economic_code, 1, 5) AS item, length(dept_economic_code) >= 5 AS is_coded FROM moves
    WHERE spending_kind = 'project' AND project_code IS NOT NULL
),
other AS (
    SELECT *, coalesce(is_coded AND item LIKE '%99' AND coalesce(function_code, '') NOT LIKE '229%', false) AS is_other
    FROM coded
),
judged AS (
    SELECT unit_code, project_code, min(project_category) AS category, sum(fen) AS budget,
        coalesce(sum(fen) FILTER (is_coded), 0) AS coded_fen, coalesce(sum(fen) FILTER (is_other), 0) AS other_fen
    FROM other GROUP BY ALL HAVING bool_or(is_coded) AND sum(fen) > 0
),
flagged AS (
    SELECT {PROJECT_SUBJECT} AS subject, '{YEAR}' AS period, unit_code, project_code, other_fen AS amount_fen,
        {ladder("(other_fen::HUGEINT * 10000 // coded_fen)::BIGINT", 1000, 1500, 2000)}
    FROM judged
    WHERE coded_fen > 0 AND other_fen::HUGEINT * 10000 // coded_fen >= 1000 AND other_fen >= 10000000
        AND NOT regexp_matches(coalesce(category, ''), '预留')
)""" + with_facts("flagged", "other", PROJECT, "is_other")
