"""The congress offices of the made-up district and the people who try the service there."""

from typing import NamedTuple

DISTRICT_CODE = "990101000"
LATE_DIVISION = "990101011"


class Office(NamedTuple):
    """A congress office that watches one division; division_kind is district, street or town."""

    division_code: str
    division_name: str
    office_name: str
    division_kind: str
    mail_to: str


class Account(NamedTuple):
    """A sample user; division_code None means the whole district."""

    username: str
    display_name: str
    role: str
    division_code: str | None


OFFICES: tuple[Office, ...] = (
    Office(DISTRICT_CODE, "青禾区", "区人大财经工委", "district", "caijing@qinghe.example"),
    Office("990101010", "石桥街道", "石桥街道人大工委", "street", "shiqiao@qinghe.example"),
    Office(LATE_DIVISION, "南塘街道", "南塘街道人大工委", "street", "nantang@qinghe.example"),
    Office("990101012", "柳园街道", "柳园街道人大工委", "street", "liuyuan@qinghe.example"),
    Office("990101100", "白鹭镇", "白鹭镇人大主席团", "town", "bailu@qinghe.example"),
)
ACCOUNTS: tuple[Account, ...] = (
    Account("caijing", "周敏（区财经工委）", "committee", None),
    Account("shiqiao", "陈立新（石桥街道人大工委）", "office", "990101010"),
    Account("nantang", "何桂芳（南塘街道人大工委）", "office", LATE_DIVISION),
    Account("liuyuan", "郑国强（柳园街道人大工委）", "office", "990101012"),
    Account("bailu", "罗秀英（白鹭镇人大主席团）", "office", "990101100"),
    Account("xitong", "系统管理员", "system_admin", None),
)
DIVISION_NAMES: dict[str, str] = {office.division_code: office.division_name for office in OFFICES}
