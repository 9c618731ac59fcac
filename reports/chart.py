"""The chart of a report, drawn without a browser in the screens' colours; the same frame gives the same bytes."""

import contextlib
import io

from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.blocks import Bar, ProgressChart
from reports.comparison import FAR_BEHIND_BP

INK, QUIET, HAIRLINE, ACCENT, BEHIND, NO_DATA = "#1F2937", "#5B6472", "#E3E7ED", "#1F5FA8", "#C2570C", "#8A93A0"
FACES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Noto Serif CJK SC",
    "AR PL UMing CN",
)
MM_PER_INCH = 25.4
WIDTH_MM, HEAD_MM, BAR_MM, FOOT_MM = 156, 20, 6.2, 13


def chinese_face() -> str | None:
    """Return the first installed face that draws Chinese; None where there is none (Debian: fonts-noto-cjk).

    Matplotlib keeps a list of fonts from its first run; where that has no such face, what was installed since is added.
    """
    face = _known_face()
    return _known_face() if face is None and _add_new_fonts() else face


def _known_face() -> str | None:
    installed = {entry.name for entry in font_manager.fontManager.ttflist}
    return next((face for face in FACES if face in installed), None)


def _add_new_fonts() -> bool:
    """Add the fonts that the list does not hold; tell whether there were any."""
    listed = {entry.fname for entry in font_manager.fontManager.ttflist}
    new = [path for path in font_manager.findSystemFonts() if path not in listed]
    for path in new:
        with contextlib.suppress(OSError, RuntimeError):  # a damaged file is no font
            font_manager.fontManager.addfont(path)
    return bool(new)


def draw_progress(chart: ProgressChart, face: str) -> bytes:
    """Return the chart as PNG bytes at 200 dots an inch, zero-based, one bar a row in the given order."""
    height = HEAD_MM + FOOT_MM + BAR_MM * len(chart.bars)
    figure = Figure(figsize=(WIDTH_MM / MM_PER_INCH, height / MM_PER_INCH), dpi=200, facecolor="white")
    axes = figure.add_axes((0.27, FOOT_MM / height, 0.65, BAR_MM * len(chart.bars) / height))
    for place, bar in enumerate(chart.bars):
        _bar(axes, place, bar, face)
    _ruler(axes, chart, face)
    _frame(axes, chart, face)
    _heads(figure, chart, face, height)
    page = io.BytesIO()
    figure.savefig(page, format="png", metadata={"Software": None})
    return page.getvalue()


def _bar(axes: Axes, place: int, bar: Bar, face: str) -> None:
    if bar.rate_bp is None:
        axes.text(0.5, place, "无数据", va="center", color=NO_DATA, family=face, size=7.5)
        return
    rate = bar.rate_bp / 100
    expected = None if bar.expected_bp is None else bar.expected_bp / 100
    behind = bar.expected_bp is not None and bar.rate_bp - bar.expected_bp <= -FAR_BEHIND_BP
    axes.barh(place, rate, height=0.56, color=BEHIND if behind else ACCENT, zorder=2)
    if expected is not None:
        axes.plot([expected, expected], [place - 0.42, place + 0.42], color=INK, linewidth=2, zorder=4)
    axes.text(
        max(rate, expected or 0, 0) + 1.2,
        place,
        f"{rate:.2f}%",
        va="center",
        color=INK,
        family=face,
        size=7.5,
        zorder=5,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
    )


def _ruler(axes: Axes, chart: ProgressChart, face: str) -> None:
    ruler = chart.time_progress_bp / 100
    axes.axvline(ruler, color=QUIET, linewidth=1, linestyle=(0, (2, 2)), zorder=3)
    axes.text(ruler, -0.75, f"序时进度 {ruler:.2f}%", ha="center", va="bottom", color=QUIET, family=face, size=7)


def _frame(axes: Axes, chart: ProgressChart, face: str) -> None:
    widest = max([chart.time_progress_bp, 10_000, *(bar.rate_bp or 0 for bar in chart.bars)]) / 100
    axes.set_xlim(0, widest * 1.12)
    axes.set_ylim(len(chart.bars) - 0.4, -0.6)
    axes.set_yticks(range(len(chart.bars)), [_short(bar.name) for bar in chart.bars], family=face, size=8, color=INK)
    ticks = range(0, 101, 20)
    axes.set_xticks(list(ticks), [f"{tick}%" for tick in ticks], family=face, size=7, color=QUIET)
    axes.tick_params(length=0)
    axes.grid(axis="x", color=HAIRLINE, linewidth=0.6, zorder=0)
    axes.set_axisbelow(True)
    for side in axes.spines.values():
        side.set_visible(False)


def _heads(figure: Figure, chart: ProgressChart, face: str, height: float) -> None:
    figure.text(0.01, 1 - 3 / height, chart.title, va="top", color=INK, family=face, size=9.5, weight="bold")
    figure.text(0.01, 1 - 8.5 / height, chart.subtitle, va="top", color=QUIET, family=face, size=7.5)
    note = "竖线：本单位历史同期进度    虚线：序时进度    橙色：低于历史同期10个百分点以上"
    figure.text(0.01, 2.5 / height, note, va="bottom", color=QUIET, family=face, size=7)


def _short(name: str) -> str:
    """Cut a name to what fits beside its bar."""
    return name if len(name) <= 14 else f"{name[:13]}…"
