"""A peer that fails is held back, and only as long as it needs."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from federation.breaker import PeerHealth

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_a_new_peer_is_due() -> None:
    """Nothing holds back a peer of which nothing is known."""
    assert PeerHealth().is_due(NOW)


@given(failures=st.integers(1, 50), random=st.floats(0, 1, exclude_max=True))
def test_each_failure_holds_it_back_at_most_an_hour_and_a_fifth(failures: int, random: float) -> None:
    """However often it fails, a peer is tried again within 72 minutes, and never at once."""
    health = PeerHealth()
    for _ in range(failures):
        health = health.failed(NOW, random)
    assert not health.is_due(NOW + timedelta(seconds=7))
    assert health.is_due(NOW + timedelta(minutes=72))


def test_the_waits_grow() -> None:
    """The second failure in a row waits longer than the first."""
    first = PeerHealth().failed(NOW, 0.5)
    second = first.failed(NOW, 0.5)
    assert first.is_due(NOW + timedelta(seconds=10))
    assert not second.is_due(NOW + timedelta(seconds=10))


def test_an_answer_forgives_everything() -> None:
    """A peer that took or refused an item is as good as new."""
    assert PeerHealth().failed(NOW, 0.5).failed(NOW, 0.5).succeeded() == PeerHealth()


def test_a_peer_gets_the_time_it_asks_for() -> None:
    """Retry-After lengthens the wait."""
    health = PeerHealth().failed(NOW, 0.5, timedelta(hours=2))
    assert not health.is_due(NOW + timedelta(minutes=119))
    assert health.is_due(NOW + timedelta(hours=2))
