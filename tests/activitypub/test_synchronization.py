"""The header of FEP-8fcf: written, and read from whoever may say it."""

from dataclasses import replace

import orjson
import pytest

from activitypub.actor import read_actor
from activitypub.message import Request
from activitypub.synchronization import (
    HEADER,
    Synchronization,
    digest_of,
    read_synchronization,
    write_synchronization,
)
from tests.rig.paper import actor_bytes, address_of

BIRCH = read_actor(orjson.loads(actor_bytes("birch")), address_of("birch"), allow_http=True)
ACTOR = BIRCH.id
FOLLOWERS = BIRCH.followers or ""
DIGEST = "c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f"
SAID = Synchronization(FOLLOWERS, f"{ACTOR}/followers_synchronization", DIGEST)


def read(*values: str, covered: tuple[str, ...] = (HEADER,)) -> Synchronization | None:
    """What these headers of a request of birch's say."""
    headers = tuple((HEADER, value) for value in values)
    return read_synchronization(Request("POST", "/inbox", headers), covered, BIRCH, allow_http=True)


def test_the_digest_is_that_of_the_fep() -> None:
    """The example of FEP-8fcf comes out, in any order; of nobody it is zeros, and each follower cancels itself."""
    one, two = (f"https://testing.example.org/users/{number}" for number in (1, 2))
    assert digest_of([one, two]) == digest_of([two, one]) == DIGEST
    assert digest_of([one]) == "3a06e99569547f444c352ab7f52e4bab207abec5ca6f07b0045cfdc9723f8fa9"
    assert digest_of([]) == digest_of([one, one]) == "0" * 64


def test_what_is_written_is_read() -> None:
    """The header comes back as it was said, in the order of the FEP and in that of Mastodon, with members to spare."""
    assert write_synchronization(SAID) == (
        f'collectionId="{FOLLOWERS}", url="{ACTOR}/followers_synchronization", digest="{DIGEST}"'
    )
    assert read(write_synchronization(SAID)) == SAID
    assert read(f'collectionId="{FOLLOWERS}",digest="{DIGEST.upper()}",url="{SAID.url}",more="1"') == SAID


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("collection", address_of("cedar") + "/followers"),
        ("collection", f"{ACTOR}/following"),
        ("collection", ACTOR.replace("birch", "bramble") + "/followers"),
        ("collection", ""),
        ("url", address_of("cedar") + "/followers_synchronization"),
        ("url", SAID.url.replace(":9/", ":10/")),
        ("url", SAID.url.replace("http:", "https:")),
        ("url", "/actors/birch/followers_synchronization"),
        ("url", "file:///etc/passwd"),
        ("url", SAID.url.replace("birch.localhost", "birch.localhost@cedar.localhost")),
        ("url", f"{SAID.url}#part"),
        ("url", f"{ACTOR}/{'x' * 2_048}"),
        ("url", ""),
        ("digest", DIGEST[:-1]),
        ("digest", DIGEST + "0"),
        ("digest", "g" + DIGEST[1:]),
        ("digest", "\u0660" + DIGEST[1:]),
        ("digest", ""),
    ],
)
def test_what_is_said_about_others_is_not_heard(name: str, value: str) -> None:
    """A collection that is not the sender's followers, an address elsewhere and what is no digest count as nothing."""
    assert read(write_synchronization(replace(SAID, **{name: value}))) is None


WHOLE = write_synchronization(SAID)


@pytest.mark.parametrize(
    "values",
    [
        (),
        ("",),
        (WHOLE, WHOLE),
        (f"{WHOLE}, {WHOLE}",),
        (f'{WHOLE}, digest="{DIGEST}"',),
        (WHOLE.replace('"', ""),),
        (WHOLE.replace('"', "'"),),
        (WHOLE.partition(", digest")[0],),
        (WHOLE.partition("url")[2],),
        (WHOLE + ', x="' + "y" * 8_192 + '"',),
        ('="' * 4_000,),
        ('collectionId="\x00"',),
        (orjson.dumps({"collectionId": FOLLOWERS}).decode(),),
    ],
)
def test_what_cannot_be_read_is_not_there(values: tuple[str, ...]) -> None:
    """A header that is missing, doubled, incomplete, huge or of another make counts as nothing, and raises nothing."""
    assert read(*values) is None


def test_only_what_was_signed_counts() -> None:
    """A header that the signature does not cover may come from anyone on the way."""
    assert read(WHOLE, covered=("(request-target)", "host", "date", "digest")) is None


def test_an_actor_without_followers_says_nothing() -> None:
    """Where the actor names no followers of its own, no collection is its followers."""
    request = Request("POST", "/inbox", ((HEADER, WHOLE),))
    assert read_synchronization(request, (HEADER,), replace(BIRCH, followers=None), allow_http=True) is None
    assert read_synchronization(request, (HEADER,), BIRCH) is None  # http belongs to the lab alone
