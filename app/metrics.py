"""GET /metrics: a collector that reads the warehouse at every scrape, so that one process can speak for all.

Labels are feeds, levels, rules, statuses and jobs, all present from the start with zero; never codes of units.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import version

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from budget.calendar import Quarter, RestDayRule, report_due_on
from budget.frames import FEEDS
from warehouse.gauges import Gauges
from warehouse.jobs import OUTCOMES

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def _none_overdue() -> Mapping[str, int]:
    return dict.fromkeys(FEEDS, 0)


class WarehouseCollector(Collector):
    """Turns the gauges of the warehouse into metric families."""

    def __init__(
        self,
        read: Callable[[], Gauges],
        clock: Callable[[], dt.datetime],
        due_at: Callable[[dt.datetime], dt.datetime],
        jobs: Iterable[str],
        *,
        rules: Iterable[str],
        overdue: Callable[[], Mapping[str, int]] = _none_overdue,
        sources: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self._overdue, self._sources = overdue, sources
        self._read, self._clock, self._due_at = read, clock, due_at
        self._jobs, self._rules = tuple(jobs), tuple(rules)

    def describe(self) -> Iterable[Metric]:
        """Describe nothing: registering must not open the warehouse."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Read the warehouse once and yield every family."""
        gauges, now = self._read(), self._clock()
        yield from _feeds(gauges, now)
        yield _labelled("feed_overdue", "Senders overdue with a feed, by the calendar.", "feed", self._overdue())
        failures = {name: gauges.source_failures.get(name, 0) for name in self._sources()}
        yield _labelled("source_failures", "Failed attempts since a source last answered.", "source", failures)
        yield from _judgement(gauges, now)
        yield _timing(gauges, self._rules)
        yield from _mail(gauges, now)
        yield _jobs(gauges, self._jobs)
        yield _single(
            "report_deadline_seconds",
            "Seconds until the next quarterly report is due; negative once it is overdue.",
            (self._due_at(now) - now).total_seconds(),
        )
        build = GaugeMetricFamily("mingzhang_build_info", "Version that is running; always 1.", labels=["version"])
        build.add_metric([version("mingzhang")], 1)
        yield build


def _feeds(gauges: Gauges, now: dt.datetime) -> Iterator[Metric]:
    ages = {feed: (now - known).total_seconds() for feed, known in gauges.feed_known_at.items()}
    yield _labelled("feed_age_seconds", "Seconds since the latest delivery of a feed became known.", "feed", ages)
    yield _counter("feed_rows_accepted", "Rows taken in from deliveries.", "feed", gauges.rows_accepted)
    yield _counter("feed_rows_rejected", "Rows of published deliveries held back.", "feed", gauges.rows_rejected)
    yield _single("held_deliveries", "Deliveries ever held for a person.", gauges.held_batches)


def _judgement(gauges: Gauges, now: dt.datetime) -> Iterator[Metric]:
    yield _labelled("open_alerts", "Open alerts by level.", "level", gauges.open_alerts)
    yield _single("stale_alerts", "Open alerts the latest run could not judge.", gauges.stale_alerts)
    yield _labelled("findings", "Findings of the latest live run by level.", "level", gauges.findings)
    yield _single("rule_errors", "Rules that failed in the latest live run.", gauges.rule_errors)
    if gauges.evaluated_at is not None:
        age = (now - gauges.evaluated_at).total_seconds()
        yield _single("evaluation_age_seconds", "Seconds since the latest live run started.", age)


def _timing(gauges: Gauges, rules: tuple[str, ...]) -> Metric:
    seconds = {code: gauges.durations_us.get(code, 0) / 1_000_000 for code in rules}
    return _labelled("rule_evaluation_seconds", "Time each rule took in the latest live run.", "rule", seconds)


def _mail(gauges: Gauges, now: dt.datetime) -> Iterator[Metric]:
    yield _labelled("outbox_messages", "Messages in the outbox by status.", "status", gauges.outbox)
    oldest = gauges.oldest_pending_at
    waiting = (now - oldest).total_seconds() if oldest else 0
    yield _single("outbox_oldest_pending_seconds", "Age of the oldest message not yet sent; 0 if none.", waiting)
    sends = {"sent": gauges.outbox["sent"], "deferred": gauges.failed_sends, "dead": gauges.outbox["dead"]}
    yield _counter("sends", "Attempts to send a message by outcome.", "outcome", sends)


def _jobs(gauges: Gauges, jobs: tuple[str, ...]) -> Metric:
    family = CounterMetricFamily("mingzhang_job_runs", "Finished runs of jobs.", labels=["job", "outcome"])
    counted = {(result.job, result.outcome): result.runs for result in gauges.jobs}
    for key in [(job, outcome) for job in jobs for outcome in OUTCOMES]:
        family.add_metric(list(key), counted.get(key, 0))
    return family


def _single(name: str, text: str, value: float) -> Metric:
    family = GaugeMetricFamily(f"mingzhang_{name}", text)
    family.add_metric([], value)
    return family


def _labelled(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"mingzhang_{name}", text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _counter(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = CounterMetricFamily(f"mingzhang_{name}", text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def next_report_due(today: dt.date, changed_days: Mapping[dt.date, bool], rest_day_rule: RestDayRule) -> dt.date:
    """Return the due day of the report to be handed in next: last quarter's up to its due day, then this one's."""
    current = Quarter.of(today)
    last = Quarter.of(current.first_day - dt.timedelta(days=1))
    due = report_due_on(last, changed_days, rest_day_rule)
    return due if today <= due else report_due_on(current, changed_days, rest_day_rule)


def exposition(collector: Collector) -> bytes:
    """Return the metrics text of a collector in a registry of its own."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    return generate_latest(registry)
