"""Twelve rules as plain DuckDB SQL over the same Parquet files: what a finding says, and the facts behind it.

Each statement returns subject, period, level, measured, limit, amount_fen, facts (at most 200 pairs of slice and row,
in order) and facts_total, like ``rules.evaluate``. Thresholds are the defaults of the rules.
"""

from bench.budgets import AS_OF

DAY = f"DATE '{AS_OF.isoformat()}'"
YEAR = AS_OF.year

BUDGET = f"""
moves AS (
    SELECT unit_code, project_code, function_code, dept_economic_code, division_code, project_name, project_category,
        spending_kind, allotment_code, appropriation_fen AS fen, released_on AS on_day, slice_id, row_no
    FROM allotments WHERE fiscal_year = {YEAR} AND released_on <= {DAY}
    UNION ALL
    SELECT unit_code, project_code, function_code, dept_economic_code, division_code, project_name, project_category,
        spending_kind, allotment_code, adjustment_fen, adjusted_on, slice_id, row_no
    FROM adjustments WHERE fiscal_year = {YEAR} AND adjusted_on <= {DAY}
),
paid AS (
    SELECT unit_code, project_code, function_code, dept_economic_code, division_code, allotment_code,
        payment_fen AS fen, paid_on AS on_day, slice_id, row_no
    FROM payments WHERE fiscal_year = {YEAR} AND paid_on <= {DAY} AND NOT is_voided
)"""
_BOTH = """
behind AS (
    SELECT unit_code, project_code, function_code, dept_economic_code, spending_kind, slice_id, row_no FROM moves
    UNION ALL
    SELECT unit_code, project_code, function_code, dept_economic_code,
        CASE WHEN project_code IS NULL THEN 'public' ELSE 'project' END, slice_id, row_no FROM paid
)"""


def with_facts(flagged: str, rows: str, keys: tuple[str, ...], where: str = "true") -> str:
    """Add the facts behind the rows of ``flagged``, found in ``rows`` by keys that may be null."""
    same = " AND ".join(f"f.{key} IS NOT DISTINCT FROM r.{key}" for key in keys)
    return f"""
SELECT f.subject, f.period, f.level, f.measured, f.fence, f.amount_fen,
    list([r.slice_id, r.row_no] ORDER BY r.slice_id, r.row_no)[1:200] AS facts, count(r.row_no) AS facts_total
FROM {flagged} f LEFT JOIN (SELECT * FROM {rows} WHERE {where}) r ON {same}
GROUP BY ALL"""


def ladder(measured: str, yellow: int, orange: int, red: int) -> str:
    level = f"CASE WHEN {measured} >= {red} THEN 'red' WHEN {measured} >= {orange} THEN 'orange' ELSE 'yellow' END"
    limit = f"CASE WHEN {measured} >= {red} THEN {red} WHEN {measured} >= {orange} THEN {orange} ELSE {yellow} END"
    return f"{level} AS level, {measured} AS measured, {limit} AS fence"


PROJECT = ("unit_code", "project_code")
_LINE = ("unit_code", "project_code", "function_code")
PROJECT_SUBJECT = "'project:' || unit_code || '/' || project_code"
_LINE_SUBJECT = "'line:' || unit_code || '/' || coalesce(project_code, '-') || '/' || coalesce(function_code, '-')"

A03 = f"""WITH {BUDGET}, {_BOTH},
project AS (
    SELECT unit_code, project_code, sum(fen) AS budget, min(on_day) FILTER (fen > 0) AS released_on,
        min(project_category) AS category
    FROM moves WHERE spending_kind = 'project' AND project_code IS NOT NULL GROUP BY ALL
),
unit AS (SELECT unit_code, sum(fen) AS unit_budget FROM moves GROUP BY ALL),
spent AS (SELECT unit_code, project_code, sum(fen) AS fen, max(fen) AS most FROM paid GROUP BY ALL),
flagged AS (
    SELECT {PROJECT_SUBJECT} AS subject, '{YEAR}' AS period, unit_code, project_code, budget AS amount_fen,
        {ladder(f"date_diff('day', released_on, {DAY})", 90, 150, 210)}
    FROM project JOIN unit USING (unit_code) LEFT JOIN spent USING (unit_code, project_code)
    WHERE budget >= 5000000 AND budget::HUGEINT * 10000 // unit_budget >= 100
        AND coalesce(spent.fen, 0) = 0 AND coalesce(most, 0) <= 0
        AND date_diff('day', released_on, {DAY}) >= 90 AND NOT regexp_matches(coalesce(category, ''), '预留|质保金')
)""" + with_facts("flagged", "behind", PROJECT, "spending_kind = 'project'")

A06 = f"""WITH {BUDGET}, {_BOTH},
line AS (
    SELECT unit_code, project_code, function_code, sum(fen) AS budget FROM moves GROUP BY ALL
),
spent AS (SELECT unit_code, project_code, function_code, sum(fen) AS fen FROM paid GROUP BY ALL),
over AS (
    SELECT line.*, spent.fen - budget AS excess,
        greatest(greatest(budget, 0)::HUGEINT * 200 // 10000 + 1, 1000001)::BIGINT AS red_from
    FROM line JOIN spent ON line.unit_code = spent.unit_code
        AND line.project_code IS NOT DISTINCT FROM spent.project_code
        AND line.function_code IS NOT DISTINCT FROM spent.function_code
    WHERE spent.fen > 0 AND spent.fen - budget >= 1
),
flagged AS (
    SELECT {_LINE_SUBJECT} AS subject, '{YEAR}' AS period, unit_code, project_code, function_code,
        CASE WHEN excess >= red_from THEN 'red' ELSE 'yellow' END AS level, excess AS measured,
        CASE WHEN excess >= red_from THEN red_from ELSE 1 END AS fence, excess AS amount_fen
    FROM over
)""" + with_facts("flagged", "behind", _LINE)

A07 = f"""WITH {BUDGET},
line AS (SELECT DISTINCT unit_code, project_code, function_code FROM moves),
last_line AS (
    SELECT DISTINCT unit_code, project_code, function_code FROM allotments WHERE fiscal_year = {YEAR - 1}
    UNION
    SELECT DISTINCT unit_code, project_code, function_code FROM adjustments WHERE fiscal_year = {YEAR - 1}
),
unit AS (SELECT unit_code, min(on_day) AS released_on FROM moves WHERE fen > 0 GROUP BY ALL),
counted AS (
    SELECT p.* FROM paid p ANTI JOIN line ON line.unit_code = p.unit_code
        AND line.project_code IS NOT DISTINCT FROM p.project_code
        AND line.function_code IS NOT DISTINCT FROM p.function_code
    LEFT JOIN unit ON unit.unit_code = p.unit_code
    LEFT JOIN (SELECT *, true AS was FROM last_line) l ON l.unit_code = p.unit_code
        AND l.project_code IS NOT DISTINCT FROM p.project_code
        AND l.function_code IS NOT DISTINCT FROM p.function_code
    WHERE NOT (coalesce(l.was, false) AND p.on_day < coalesce(unit.released_on, DATE '{YEAR}-12-31'))
        AND p.division_code IN (SELECT division_code FROM moves)
),
flagged AS (
    SELECT {_LINE_SUBJECT} AS subject, '{YEAR}' AS period, unit_code, project_code, function_code, 'red' AS level,
        sum(fen) AS measured, 1 AS fence, sum(fen) AS amount_fen
    FROM counted GROUP BY unit_code, project_code, function_code HAVING sum(fen) >= 1
)""" + with_facts("flagged", "counted", _LINE)

A08 = f"""WITH {BUDGET}, {_BOTH},
given AS (SELECT * FROM moves WHERE spending_kind = 'project' AND project_code IS NOT NULL),
project AS (
    SELECT unit_code, project_code, sum(fen) AS budget, min(on_day) FILTER (fen > 0) AS released_on,
        coalesce(sum(fen) FILTER (fen > 0 AND on_day >= DATE '{YEAR}-09-01'), 0) AS late_fen
    FROM given GROUP BY ALL
),
code AS (
    SELECT unit_code, project_code, allotment_code, min(on_day) >= DATE '{YEAR}-09-01' AS is_late
    FROM given WHERE fen > 0 AND allotment_code IS NOT NULL GROUP BY ALL
),
topped AS (
    SELECT g.unit_code, g.project_code, sum(g.fen) AS topped_fen
    FROM given g LEFT JOIN code USING (unit_code, project_code, allotment_code)
    WHERE g.fen > 0 AND g.on_day >= DATE '{YEAR}-09-01' AND NOT coalesce(is_late, false)
        AND EXISTS (SELECT 1 FROM adjustments a WHERE a.slice_id = g.slice_id AND a.row_no = g.row_no) GROUP BY ALL
),
rush AS (
    SELECT p.unit_code, p.project_code, sum(fen) AS total_fen,
        coalesce(sum(fen) FILTER (coalesce(is_late, false)), 0) AS by_code
    FROM paid p LEFT JOIN code USING (unit_code, project_code, allotment_code)
    WHERE on_day >= DATE '{YEAR}-11-01' GROUP BY ALL
),
judged AS (
    SELECT unit_code, project_code, released_on, budget - late_fen AS judged_fen,
        greatest(total_fen - by_code - coalesce(topped_fen, 0), least(total_fen - by_code, 0)) AS rush_fen
    FROM project JOIN rush USING (unit_code, project_code) LEFT JOIN topped USING (unit_code, project_code)
),
flagged AS (
    SELECT {PROJECT_SUBJECT} AS subject, '{YEAR}' AS period, unit_code, project_code, rush_fen AS amount_fen,
        {ladder("(rush_fen::HUGEINT * 10000 // judged_fen)::BIGINT", 3000, 4000, 5000)}
    FROM judged
    WHERE released_on < DATE '{YEAR}-09-01' AND judged_fen >= 50000000
        AND rush_fen::HUGEINT * 10000 // judged_fen >= 3000
)""" + with_facts("flagged", "behind", PROJECT, "spending_kind = 'project'")

B02 = f"""WITH added AS (
    SELECT unit_code, project_code, adjustment_fen, slice_id, row_no,
        coalesce(document_no, strftime(adjusted_on, '%Y-%m-%d')) AS approval
    FROM adjustments WHERE fiscal_year = {YEAR} AND adjusted_on <= {DAY} AND adjustment_kind = 'add'
        AND adjustment_fen > 0 AND project_code IS NOT NULL
),
flagged AS (
    SELECT {PROJECT_SUBJECT} AS subject, '{YEAR}' AS period, unit_code, project_code, sum(adjustment_fen) AS amount_fen,
        {ladder("count(DISTINCT approval)", 2, 3, 5)}
    FROM added GROUP BY unit_code, project_code HAVING count(DISTINCT approval) >= 2
)""" + with_facts("flagged", "added", PROJECT)

_ITEMS = "substr(dept_economic_code, 1, 5) IN ('30212', '30217', '30231', '31013')"
D01 = f"""WITH {BUDGET}, {_BOTH},
budget AS (SELECT unit_code, sum(fen) AS budget FROM moves WHERE {_ITEMS} GROUP BY ALL),
spent AS (SELECT unit_code, sum(fen) AS fen FROM paid WHERE {_ITEMS} GROUP BY ALL),
coded AS (SELECT unit_code, bool_or(dept_economic_code IS NOT NULL) AS is_coded FROM moves GROUP BY ALL),
judged AS (
    SELECT unit_code, coalesce(spent.fen, 0) AS paid, budget, coalesce(spent.fen, 0) - coalesce(budget, 0) AS excess,
        coalesce((coalesce(spent.fen, 0)::HUGEINT * 10000 // CASE WHEN budget > 0 THEN budget END)::BIGINT, -1) AS rate
    FROM budget FULL JOIN spent USING (unit_code) LEFT JOIN coded USING (unit_code) WHERE coalesce(is_coded, true)
),
flagged AS (
    SELECT 'unit:' || unit_code AS subject, '{YEAR}' AS period, unit_code,
        CASE WHEN excess >= 1 THEN 'red' ELSE 'orange' END AS level,
        CASE WHEN excess >= 1 THEN excess ELSE rate END AS measured,
        CASE WHEN excess >= 1 THEN 1 ELSE 10000 END AS fence,
        CASE WHEN excess >= 1 THEN excess ELSE paid END AS amount_fen
    FROM judged WHERE paid > 0 AND (excess >= 1 OR rate >= 10000)
)""" + with_facts("flagged", "behind", ("unit_code",), _ITEMS)
