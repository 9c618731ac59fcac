"""The dry run of an uploaded file: what publishing it would do, everything it would hold back, then 发布 or 放弃."""

from collections.abc import Mapping
from typing import Any

from dash import dcc, html

from budget.holding import told_measure
from budget.refusals import refusals_told, told_refusal
from dashboard.access import UPLOAD
from dashboard.components.attributes import wild
from dashboard.components.causes import cause_list
from dashboard.components.filters import export_links
from dashboard.components.forms import post_button, post_form
from dashboard.components.marks import empty_state, figure_card, section
from dashboard.components.table_view import table_view
from dashboard.desk import Desk, NotShownError
from dashboard.formats import wan_text, yuan_text
from dashboard.handover import Tried, Waiting, may_touch
from dashboard.page import Page
from dashboard.pages.comparison import checks_table, compare_table, flagged_table, rejections_table
from dashboard.pages.facts_behind import feed_words
from dashboard.pages.first_rows import first_rows_table
from dashboard.pages.system import PATH
from dashboard.pages.upload import back_link, handover_of, size_words
from dashboard.tables import Table
from dashboard.view import link


def page(desk: Desk, token: str) -> Page:
    """Show the dry run of a file that waits."""
    t, view = desk.view.t, desk.view
    kept = handover_of(desk).find(desk.account.username, token)
    if kept is None or kept.batch is not None:
        shown = [empty_state(t("这份文件已不在等待区"), t("上传已过一小时、已放弃, 或者已经发布")), back_link(desk)]
        return Page(t("试读"), shown, has_filters=False, menu=PATH)
    tried = handover_of(desk).try_out(desk.account.username, token, view.asked.query.get("mapping"))
    body = [section(t("试读: {file}", file=kept.file_name), _about(desk, kept, tried), *_verdict(desk, kept, tried))]
    if tried.run is not None and may_touch(desk.account, tried.divisions):
        body += _findings(desk, kept, tried.run)
    crumbs = [(t("上传"), UPLOAD), (kept.file_name, None)]
    return Page(t("试读: {file}", file=kept.file_name), body, crumbs, menu=PATH, has_filters=False)


def _about(desk: Desk, kept: Waiting, tried: Tried) -> html.Div:
    t = desk.view.t
    told = t("{size}, {when} 上传", size=size_words(kept.byte_count), when=desk.local(kept.put_at))
    return html.Div([html.Span(told, className="quiet"), _mapping_choice(desk, tried)], className="about")


def _mapping_choice(desk: Desk, tried: Tried) -> html.Label:
    t = desk.view.t
    ordered = sorted(tried.mappings, key=lambda one: (not one.fits, one.title))
    options = [html.Option(t("请选择"), value="", selected=tried.mapping is None)] if tried.mapping is None else []
    for one in ordered:
        text = f"{one.title} ({one.name})"
        text = t("{mapping}, 文件名相符", mapping=text) if one.fits else text
        options.append(html.Option(text, value=one.name, selected=one.name == tried.mapping))
    box = html.Select(
        options, key=f"mapping-{tried.mapping}", className="filter", **wild(data_name="mapping", data_drops="page sort")
    )
    return html.Label([html.Span(t("按哪份映射读")), box])


def _verdict(desk: Desk, kept: Waiting, tried: Tried) -> list[Any]:
    """Say what would happen, and draw the ways on."""
    t, run = desk.view.t, tried.run
    drop = post_form(f"{UPLOAD}/{kept.token}/drop", [post_button(t("放弃"))])
    if run is None:
        told = tried.problem and t("这份文件不能收: {why}", why=told_refusal(tried.refusal, t, tried.problem))
        ask = t("没有或不止一份映射认得这个文件名, 请先选择按哪份映射读")
        return [html.P(told or ask, className="says"), html.Div([drop], className="steps")]
    if not may_touch(desk.account, tried.divisions):
        refused = t(
            "这份文件涉及其他区划的数据, 或看不出是哪个区划的; 镇街人大只能处理本区划的数据, 请与区财经工委联系"
        )
        return [html.P(refused, className="problem", role="alert"), html.Div([drop], className="steps")]
    fine, tones = t("✓ 可以发布"), {"publish": "fine", "hold": "orange", "unchanged": "blue"}
    if run["rejected_count"]:
        fine = t("● 可以发布, 但有 {count} 行会被退回, 不生效", count=f"{run['rejected_count']:,}")
        tones["publish"] = "yellow"
    said, label = {
        "publish": (fine, t("发布")),
        "hold": (t("▲ 发布后会被暂扣, 要等人核对放行; 上一次送来的数据照旧有效"), t("送交核对 (暂扣)")),
        "unchanged": (t("这份文件已经发布过, 再发布一次什么都不会改变"), t("发布")),
    }[run["would"]]
    action = link(f"{UPLOAD}/{kept.token}/publish", {"mapping": run["mapping"]})
    ways = [post_form(action, [post_button(label, is_primary=True)]), drop]
    return [
        html.P(said, className=f"says level-{tones[run['would']]}"),
        *_causes(desk, run),
        *_seen_before(desk, run),
        *kept_on_record(desk, run),
        html.Div(ways, className="steps"),
    ]


def _seen_before(desk: Desk, run: Mapping[str, Any]) -> list[html.P]:
    """Lead to the batch that stands for these very bytes already."""
    t, number = desk.view.t, run["before"]
    if number is None:
        return []
    told = t("同一份文件已暂扣为批次 #{number}", number=number)
    if run["would"] == "unchanged":
        told = t("同一份文件已发布为批次 #{number}", number=number)
    return [html.P(dcc.Link(told, href=desk.view.href(f"{PATH}/batches/{number}")))]


def kept_on_record(desk: Desk, run: Mapping[str, Any]) -> list[html.P]:
    """Say which slices would not take force, as something newer stands."""
    asides = [piece["slice_key"] for piece in run["slices"] if not piece["takes_force"]]
    told = desk.view.t("已有更新的数据, 这些发布后只留作记录: {names}", names=", ".join(asides))
    return [html.P(told, className="strong")] if asides else []


def _causes(desk: Desk, run: Mapping[str, Any]) -> list[Any]:
    t = desk.view.t
    if not run["hold_reasons"]:
        return []
    return cause_list("; ".join(run["hold_reasons"]), run["checks"], run["mapping"], t, refusals_told(run["refusals"]))


def _findings(desk: Desk, kept: Waiting, run: Mapping[str, Any]) -> list[Any]:
    tables = [(name, _table(desk, run, name)) for name in ("compared", "checks", "flagged", "rejected", "first")]
    shown = [(name, made) for name, made in tables if made.rows or name in {"compared", "rejected"}]
    return [_cards(desk, run), *(_own_section(desk, kept, name, made) for name, made in shown)]


def _own_section(desk: Desk, kept: Waiting, name: str, made: Table) -> html.Section:
    if not made.rows:
        return section(made.title, html.P(made.empty, className="quiet"))
    links = export_links(desk.view, f"upload-{name}-{kept.token}")
    return section(made.title, table_view(made, desk.view), aside=links)


def _cards(desk: Desk, run: Mapping[str, Any]) -> html.Div:
    t, language = desk.view.t, desk.view.language
    cards = [
        figure_card(t("行数"), f"{run['rows']:,}", t("行"), feed_words(run["feed"], desk)),
        figure_card(t("接收"), f"{run['accepted']:,}", t("行"), _beside(desk, run)),
        figure_card(
            t("退回"),
            f"{run['rejected_count']:,}",
            t("行"),
            t("退回的行不生效"),
            tone="tone-below" if run["rejected_count"] else "",
        ),
    ]
    cards += [
        figure_card(
            told_measure(name, t),
            wan_text(fen, language),
            t("万元"),
            t("接收各行合计"),
            tooltip=yuan_text(fen, language),
        )
        for name, fen in run["totals"].items()
    ]
    return html.Div(cards, className="cards")


def _beside(desk: Desk, run: Mapping[str, Any]) -> str:
    """Say how many columns are filled, and what became of the rows that are neither accepted nor rejected."""
    t, other = desk.view.t, run["rows"] - run["accepted"] - run["rejected_count"]
    filled = t("填 {count} 列", count=len(run["columns"]))
    return f"{filled}; {t('另有 {count} 行合计等, 只用来核对', count=f'{other:,}')}" if other > 0 else filled


def table(desk: Desk, name: str, token: str) -> Table:
    """Return one table of a dry run for its export."""
    owner = desk.account.username
    if handover_of(desk).find(owner, token) is None:
        raise NotShownError(token)
    tried = handover_of(desk).try_out(owner, token, desk.view.asked.query.get("mapping"))
    if tried.run is None or not may_touch(desk.account, tried.divisions):
        raise NotShownError(token)
    return _table(desk, tried.run, name)


def _table(desk: Desk, run: Mapping[str, Any], name: str) -> Table:
    if name == "rejected":
        return rejections_table(desk, run["rejected"], run["rejected_count"])
    if name == "checks":
        return checks_table(desk, run["checks"])
    if name == "flagged":
        return flagged_table(desk, run["checks"])
    if name == "compared":
        return compare_table(desk, run["slices"], {piece["slice_key"]: piece for piece in run["standing"]})
    return first_rows_table(desk, run["columns"], run["first_rows"])
