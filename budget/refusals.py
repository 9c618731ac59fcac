"""Why a file could not be read or taken in, in words for page and mail: a code and its parts, as ingest raised them.

Pure. ``REFUSALS`` holds a Chinese template a code; ``t(template, **parts)`` of the caller fills it and, on a page,
translates it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

LONGEST_PART: Final = 600

REFUSALS: Final[dict[str, str]] = {
    # the file as a whole
    "empty": "“{file}”是空文件 (0 字节), 请送数据的单位重新送来",
    "too_large": "“{file}”有 {size:,} 字节, 最多收 {most:,} 字节, 请分成几份送来",
    "cannot_open": "“{file}”打不开: 文件不在了, 没有权限, 或者磁盘出错",
    "changed_meanwhile": "“{file}”在读的时候又被改动, 请等它写完再送来",
    "kept_bytes_gone": "送来时保存的原件不在了, 请系统管理员从备份恢复",
    "kept_bytes_changed": "保存的原件与送来时不一致, 请系统管理员从备份恢复",
    "no_longer_waits": "“{file}”已不在等待区, 请重新上传",
    "name_unprintable": "文件名里有看不见的字符, 请改名后重新送来",
    "name_length": "文件名应有 1 到 {most} 个字, 请改名后重新送来",
    "name_tells_not": "文件名“{file}”里看不出 {missing}; 映射“{mapping}”认的文件名是 {pattern}",
    "name_day": "文件名“{file}”里的 {group} 是 {found}, 应当是 20260331 这样的日期",
    # archives
    "other_packer": "“{file}”是 {kind} 压缩包, 这里解不开, 请直接送文件本身, 或改用 zip 压缩",
    "many_members": "压缩包“{file}”里有 {count:,} 个文件, 最多读 {most:,} 个",
    "damaged": "“{file}”已损坏, 打不开, 请送数据的单位重新送来",
    "unpacks_large": "“{file}”解开后超过 {most:,} 字节, 请分成几份送来",
    "no_member": "压缩包“{file}”里没有要读的文件 ({wanted}), 里面是: {held}",
    "several_members": "压缩包“{file}”里有几个文件, 不知道该读哪一个: {held}",
    "twin_members": "压缩包“{file}”里有同名的文件, 请改成不同的名字: {held}",
    "locked": "“{file}”加了密码, 打不开, 请去掉密码后重新送来",
    "packing": "“{file}”的压缩方式这里解不开, 请改用普通的 zip 压缩",
    "bomb": "“{file}”压缩后 {packed:,} 字节, 却声称解开有 {size:,} 字节, 不像是一张表, 没有解开",
    "nested": "“{file}”是压缩包里的压缩包, 请直接送表格文件",
    # text
    "encoding": "“{file}”的文字编码不是 {tried} 中的任何一种, 请另存为 UTF-8 或 GBK 后重新送来",
    "no_such_encoding": "映射里写的文字编码 {encoding} 不存在, 请改成 gb18030 这样的名字",
    "damaged_text": "“{file}”第 {line:,} 行起有损坏的文字, 文件可能没有传完, 或由两个文件混成, 请重新送来",
    "ragged": "“{file}”第 {row:,} 行有 {widest:,} 格, 其他行平均只有 {usual:,} 格, 请改正这一行",
    "unclosed_quote": "“{file}”从第 {row:,} 行起分不成格, 多半是有一格以双引号开头而没有结尾, 请改正文件",
    "workbook_not_text": "“{file}”是 Excel 工作簿, 而映射读的是文本, 请另存为 CSV, 或改用读 Excel 的映射",
    "json_large": "“{file}”里的记录太多 (最多 {objects:,} 个对象, {values:,} 个值), 请改成每行一条记录, 或改用 CSV",
    "json_no_list": "“{file}”里找不到要读的记录列表 ({place})",
    "json_line": "“{file}”第 {line:,} 行不是一条记录, 应当每行一条",
    "json_line_twin_key": "“{file}”第 {line:,} 行里“{key}”写了两次, 不知道该读哪一个, 请改正后重新送来",
    "json_twin_key": "“{file}”里有一条记录把“{key}”写了两次, 不知道该读哪一个, 请改正后重新送来",
    "not_json": "“{file}”不是完整的 JSON, 读不出来, 请重新导出",
    "json_deep": "“{file}”里的记录一层套一层太深, 不是一张表",
    "many_lines": "“{file}”超过 {most:,} 行, 请分成几份送来",
    # workbooks and pages
    "damaged_workbook": "工作簿“{file}”已损坏, 打不开, 请用 Excel 或 WPS 打开后另存为 .xlsx, 再送来",
    "no_workbook": "“{file}”的内容不是 Excel 工作簿, 请用 Excel 或 WPS 打开后另存为 .xlsx, 再送来",
    "strict_workbook": "“{file}”是“Strict Open XML”格式, 请用 Excel 或 WPS 打开后另存为普通的 .xlsx, 再送来",
    "xls_large": "“{file}”是 {size:,} 字节的 .xls, 最多读 {most:,} 字节, 请另存为 .xlsx 再送来",
    "old_workbook": "“{file}”是 1995 年以前的 .xls, 请用 Excel 打开后另存为 .xlsx, 再送来",
    "no_sheet": "“{file}”里没有要读的工作表 ({wanted}), 有的是: {held}",
    "sheet_name": "“{file}”有一个工作表的名字超过 {most} 个字, 请改短",
    "blank_sheet": "“{file}”是空白的",
    "cell_beyond": "“{file}”里有一格落在工作表的范围之外, 请用 Excel 或 WPS 打开后另存, 再送来",
    "many_cells": "“{file}”超过 {most:,} 格, 请分成几份送来",
    "large_area": "“{file}”占 {rows:,} 行 {columns:,} 列, 最多读 {most:,} 格, 请清除表外的内容, 或分成几份送来",
    "wide_row": "“{file}”有一行超过 {most:,} 格",
    "damaged_page": "“{file}”是网页, 读不出来, 请用 Excel 或 WPS 打开后另存为 .xlsx, 再送来",
    "page_without_table": "“{file}”是网页, 里面没有表格, 写的是“{said}”, 请重新导出",
    # header and columns
    "no_header": "“{file}”的前 {rows:,} 行里没有找到含有 {missing} 的表头; 最接近的是第 {row:,} 行: {said}",
    "no_header_near": "“{file}”的前 {rows:,} 行里没有找到含有 {missing} 的表头; 最接近的是第 {row:,} 行: {said}; "
    "可能改了名的列: {near}",
    "no_header_at_all": "“{file}”里没有找到表头, 前 60 行里应有一行列名, 下面是数据",
    "no_column": "表里没有“{column}”这一列; 表头是: {labels}",
    "unclear_label": "列名“{label}”可能指 {choices}, 请在映射里写全",
    "twin_columns": "“{file}”的表头里“{label}”出现两次 ({first} 列和 {second} 列), 内容又不同, 请在映射里写明要哪一列",
    "turned_column_taken": "表里已有“{columns}”列, 映射里展开得到的列要另取名字",
    "no_such_row": "“{file}”的表头下面没有第 {row:,} 行",
    "no_draft": "“{file}”拟不出映射",
    # amounts
    "unit_untold": "表头上方没有写明金额的单位 (元、万元等), 那里写的是: {above}",
    "unit_column": "“{column}”列里写的单位是: {said}; 应当只有一种单位",
    "unit_contradicted": "文件里写着“{said}”, 而映射按{unit}读金额, 请核对单位",
    "unit_of_label": "列名“{label}”没有写明单位, 应当像“金额（万元）”这样写",
    "unit_of_label_contradicted": "列名“{label}”写的单位是{said}, 而映射按{unit}读, 请核对单位",
    "absurd_sum": "{measure}合计约 {yuan} 元, 不可能是预算数, 请核对单位",
    # what was read, as a whole
    "rejected_share": "{rows} 行中有 {bad} 行读不通, 超过允许的 {most}%",
    "no_rows": "表里一行数据也没有",
    "ahead": "文件名说它在 {day} 送来, 而那一天还没有到",
    # what is asked of a batch
    "no_batch": "没有批次 #{batch}",
    "not_held": "批次 #{batch} 没有暂扣, 只有暂扣的批次才能放行",
    "released_before": "批次 #{batch} 已放行为批次 #{since}, 这一次什么都没有改变",
    "no_reason": "请写明为什么放行批次 #{batch}",
    "nothing_read": "批次 #{batch} 里什么都没有读出来, 不能放行, 请更正后重新送来",
    "control_disagrees": "“{file}”已发布为批次 #{batch}, 后来送到的控制文件与它不符, 请送数据的单位核对",
    "no_mapping_fits": "没有一份映射认得“{file}”这个文件名",
    "several_mappings_fit": "不止一份映射认得“{file}”这个文件名: {names}",
    "no_such_mapping": "没有名为“{name}”的映射",
}
MESSAGES: Final = tuple(REFUSALS.values())


class Refusal(NamedTuple):
    """A code of REFUSALS and what its sentence names."""

    code: str
    parts: Mapping[str, str | int]


def refusal_of(code: str, parts: Mapping[str, str | int]) -> Refusal:
    """Return a refusal whose parts are short enough to be kept and shown."""
    cut = {
        name: f"{part[:LONGEST_PART]}…" if isinstance(part, str) and len(part) > LONGEST_PART else part
        for name, part in parts.items()
    }
    return Refusal(code, cut)


def refusals_told(told: Iterable[Mapping[str, Any]]) -> tuple[Refusal, ...]:
    """Return refusals from the documents they were kept as."""
    return tuple(Refusal(one["code"], one["parts"]) for one in told)


def told_refusal(refusal: Refusal | None, t: Callable[..., str], otherwise: str = "") -> str:
    """Return the sentence of a refusal; where it has none, what ingest said itself."""
    template = None if refusal is None else REFUSALS.get(refusal.code)
    if refusal is None or template is None:
        return otherwise
    return t(template, **refusal.parts)
