"""Counting for Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/).

It is loaded only where `metrics_listen` names such an address: it costs memory.
"""

from collections.abc import Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Prometheus:
    """A `Meter` that can be read."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._answers = Counter(
            "qafila_answers", "Requests that were answered.", ["kind", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "qafila_answer_seconds", "How long an answer took.", ["kind"], buckets=SECONDS, registry=self._registry
        )
        self._settled = Counter(
            "qafila_deliveries", "What became of attempts to deliver.", ["state"], registry=self._registry
        )
        self._limited = Counter("qafila_limited", "Requests over a limit.", ["limit"], registry=self._registry)
        self._gauges = {
            name: Gauge(f"qafila_{name}", text, registry=self._registry)
            for name, text in (
                ("waiting", "Deliveries that are still on their way."),
                ("refused", "Deliveries that other nodes refused."),
                ("own_posts", "Our own open posts."),
                ("other_posts", "Open posts of others."),
            )
        }

    def answered(self, kind: str, status: int, seconds: float) -> None:
        """Count an answer."""
        self._answers.labels(kind, str(status)).inc()
        self._seconds.labels(kind).observe(seconds)

    def settled(self, state: str) -> None:
        """Count an attempt."""
        self._settled.labels(state).inc()

    def limited(self, limit: str) -> None:
        """Count somebody who was turned away."""
        self._limited.labels(limit).inc()

    def text(self, now: Mapping[str, int]) -> bytes:
        """Everything counted so far, and how much there is `now`."""
        for name, gauge in self._gauges.items():
            gauge.set(now[name])
        return generate_latest(self._registry)
