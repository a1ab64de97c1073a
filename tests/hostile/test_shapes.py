import pytest

from tests.hostile import acts, values
from tests.hostile.shapes import MEMBERS, cases, full, paths
from tests.hostile.world import World, check

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_no_member_is_forgotten(world: World) -> None:
    """J09: the table of members has all those of an offer that says everything, and no others."""
    assert set(paths(full(world))) == set(MEMBERS)


@pytest.mark.parametrize("path", MEMBERS)
async def test_a_value_of_another_kind(world: World, path: str) -> None:
    """J09, J10: whatever stands in the place of a member, it is refused, or ignored where it decides nothing."""
    await check(world, *cases(path))


@pytest.mark.parametrize("act", acts.ACTS)
async def test_a_value_of_another_kind_in_another_act(world: World, act: str) -> None:
    """J09, J10: the same for activities that are about no offer."""
    await check(world, *acts.cases(act))


@pytest.mark.parametrize("place", values.PLACES)
async def test_an_address_in_another_spelling(world: World, place: str) -> None:
    """J18: an address that is not in normal form is refused wherever it stands, so that nothing has two names."""
    await check(world, *values.urls(place))


@pytest.mark.parametrize("path", values.MOMENTS)
async def test_a_date_that_is_none(world: World, path: str) -> None:
    """J19: a date that does not exist, has no zone or another form is refused in every member that holds one."""
    await check(world, *values.moments(path))


async def test_a_quantity_that_is_none(world: World) -> None:
    """J20: what is no plain number of a known unit breaks a rule of the domain."""
    await check(world, *values.amounts())


async def test_what_cannot_be_left(world: World) -> None:
    """J20: the same for what is left of it."""
    await check(world, *values.left())
