"""Purposes (用途) of payments, worded as units word them."""

import datetime as dt

from sample.model import Line

_BASIC: dict[str, str] = {
    "30101": "{m}月份基本工资",
    "30102": "{m}月份津贴补贴",
    "30103": "{m}月份奖金",
    "30107": "{m}月份绩效工资",
    "30108": "{m}月份机关事业单位基本养老保险缴费",
    "30110": "{m}月份职工基本医疗保险缴费",
    "30113": "{m}月份住房公积金",
    "30201": "{m}月份办公用品",
    "30202": "印制文件资料（{m}月）",
    "30205": "{m}月份水费",
    "30206": "{m}月份电费",
    "30207": "{m}月份邮电通信费",
    "30209": "{m}月份物业管理费",
    "30211": "{m}月份差旅费公务卡还款",
    "30212": "因公出国（境）费用",
    "30213": "日常维修维护费（{m}月）",
    "30216": "{m}月份业务培训费",
    "30217": "{m}月份公务接待费",
    "30228": "{m}月份工会经费",
    "30231": "{m}月份公务用车运行维护费",
    "31002": "购置办公设备（{m}月）",
}
_PROJECT: dict[str, tuple[str, ...]] = {
    "工程": ("{p}进度款第{k}期", "{p}监理服务费（{m}月）", "{p}进度款第{k}期", "{p}检测费（{m}月）"),
    "采购": ("{p}货款第{k}批", "{p}设备款（{m}月）", "{p}安装调试费第{k}次"),
    "补助": ("{p}第{k}批", "发放{p}（{m}月）"),
    "运维": ("{p}{m}月服务费", "{p}{m}月维护费"),
    "信息化": ("{p}开发费第{k}期", "{p}软硬件费用（{m}月）", "{p}实施服务费第{k}次"),
    "民生": ("{p}{m}月经费", "{p}服务费第{k}次"),
    "业务": ("{p}（{m}月）", "{p}委托业务费第{k}次"),
    "专项转移": ("{p}资金第{k}批", "{p}（{m}月）"),
    "季节性": ("{p}费用（{m}月）", "{p}物资款第{k}批"),
}


def purposes_of(line: Line, days: list[dt.date]) -> list[str]:
    """Return one purpose a payment."""
    if line.project is None:
        template = _BASIC[line.economic]
        return [template.format(m=day.month) for day in days]
    wordings, name = _PROJECT[line.project.category], line.project.name
    start = line.unit.number
    return [
        wordings[(start + place) % len(wordings)].format(p=name, m=day.month, k=place + 1)
        for place, day in enumerate(days)
    ]
