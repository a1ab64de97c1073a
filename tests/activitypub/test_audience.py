"""Whom a post is for."""

import pytest

from activitypub.audience import PUBLIC, Addressees, addressees, is_public
from schema.errors import DomainError
from schema.visibility import Audience
from tests.activitypub.documents import ALDER


def test_each_audience_has_its_own_address() -> None:
    """Public goes to Public and followers; allies have one address, which names none of them."""
    assert addressees(ALDER, Audience.PUBLIC) == Addressees(
        to=("https://www.w3.org/ns/activitystreams#Public",), cc=("https://alder.example/actors/alder/followers",)
    )
    assert addressees(ALDER, Audience.ALLIES) == Addressees(to=("https://alder.example/actors/alder/allies",))


@pytest.mark.parametrize("audience", Audience)
def test_what_stays_in_the_circle_has_no_address(audience: Audience) -> None:
    """An audience has an address exactly when it leaves the node."""
    if audience.leaves_the_node:
        assert addressees(ALDER, audience).to
    else:
        with pytest.raises(DomainError):
            addressees(ALDER, audience)


def test_followers_are_addressed_beside_public_alone() -> None:
    """Nothing that is not public is ever addressed to followers."""
    private = addressees(ALDER, Audience.ALLIES)
    assert ALDER.followers not in private.to + private.cc
    assert not is_public(private.to, private.cc)


@pytest.mark.parametrize("spelling", [PUBLIC, "as:Public", "Public"])
def test_public_has_three_spellings(spelling: str) -> None:
    """ActivityPub 5.6: each spelling makes it public, in `to` and in `cc`, and nothing like them does."""
    assert is_public([ALDER.actor, spelling], [])
    assert is_public([], [spelling])
    assert not is_public([f"{spelling}x", spelling.lower()], [ALDER.followers])
