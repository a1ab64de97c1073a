from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.breaker import PeerHealth
from federation.buckets import Buckets, Rate, per_minute
from tests.rig.clock import NOW, Clock

RATES = st.builds(Rate, st.integers(1, 1_000), st.integers(1, 500))
STEPS = st.lists(st.floats(0, 90), max_size=200)
MINUTE = timedelta(minutes=1)


def test_a_burst_and_then_so_many_a_minute() -> None:
    """Whoever was quiet may do a third of a minute's worth at once, and then one after each interval."""
    clock, buckets = Clock(), Buckets[str](per_minute(6))
    assert [buckets.take("a", clock()) for _ in range(3)] == [timedelta(), timedelta(), timedelta(seconds=10)]
    clock.move(seconds=9)
    assert buckets.take("a", clock()) == timedelta(seconds=1)
    clock.move(seconds=1)
    assert not buckets.take("a", clock())
    assert buckets.take("a", clock())


def test_each_has_its_own() -> None:
    """What one does takes nothing from another."""
    buckets = Buckets[str](per_minute(1))
    assert not buckets.take("a", NOW)
    assert buckets.take("a", NOW)
    assert not buckets.take("b", NOW)


def test_looking_takes_nothing() -> None:
    """To ask how long it takes is free, and remembers nobody."""
    buckets = Buckets[str](per_minute(1))
    assert [buckets.wait("a", NOW) for _ in range(9)] == [timedelta()] * 9
    assert len(buckets) == 0


def test_no_limit() -> None:
    """Nought a minute is no limit, and nobody is remembered for it."""
    buckets = Buckets[str](per_minute(0))
    assert not any(buckets.take("a", NOW) for _ in range(10_000))
    assert len(buckets) == 0


@given(RATES, STEPS)
def test_never_more_than_it_says(rate: Rate, steps: list[float]) -> None:
    """In any stretch of time no more is taken than the burst and what that time gives; the told wait is long enough."""
    clock, buckets, taken = Clock(), Buckets[str](rate), []
    for seconds in steps:
        clock.move(seconds=seconds)
        wait = buckets.take("a", clock())
        if not wait:
            taken.append(clock())
        else:
            assert buckets.wait("a", clock() + wait) == timedelta()
            assert buckets.wait("a", clock() + wait - timedelta(microseconds=1))
    for first, begin in enumerate(taken):
        for last in range(first, len(taken)):
            passed = taken[last] - begin
            assert last - first + 1 <= rate.burst + passed / rate.interval + 1e-6


@given(RATES, st.floats(-1e9, 1e9))
def test_a_clock_that_jumps_locks_nobody_out(rate: Rate, jump: float) -> None:
    """However far the clock is set, one more may come after an interval."""
    clock, buckets = Clock(), Buckets[str](rate)
    while not buckets.take("a", clock()):
        pass
    clock.move(seconds=jump)
    assert buckets.wait("a", clock()) <= rate.interval


def test_memory_has_a_limit() -> None:
    """Of more than there is room for, the least recently seen goes."""
    buckets = Buckets[int](Rate(per_minute=1, burst=1), most=3)
    for key in (1, 2, 3, 4):
        assert not buckets.take(key, NOW)
    assert len(buckets) == 3
    assert [bool(buckets.wait(key, NOW)) for key in (1, 2, 3, 4)] == [False, True, True, True]


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(0, 20)), max_size=50))
def test_whoever_is_quiet_is_forgotten(acts: list[tuple[int, float]]) -> None:
    """After the time in which a bucket fills nobody is remembered; and to be forgotten changes nothing."""
    clock, rate = Clock(), Rate(per_minute=10, burst=5)
    forgetting, remembering = Buckets[int](rate), Buckets[int](rate)
    for key, seconds in acts:
        clock.move(seconds=seconds)
        forgetting.forget(clock())
        assert forgetting.take(key, clock()) == remembering.take(key, clock())
    clock.move(seconds=30)
    forgetting.forget(clock())
    assert len(forgetting) == 0


@pytest.mark.parametrize(("items", "minutes"), [(100, 0), (1_000, 5), (10_000, 40)])
def test_a_backlog_flows(items: int, minutes: int) -> None:
    """N11: an ally that was away brings 10,000 messages within an hour: it waits when it is told to, and goes on."""
    clock, buckets, health = Clock(), Buckets[str](per_minute(300)), PeerHealth()
    for _ in range(items):
        while wait := buckets.take("ally", clock()):
            health = health.failed(clock(), 1.0, timedelta(seconds=-(-wait // timedelta(seconds=1))))
            assert health.next_try is not None
            clock.now = health.next_try
        health = health.succeeded()
    assert clock() - NOW <= minutes * MINUTE
