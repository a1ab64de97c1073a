from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from activitypub.actor import read_actor
from activitypub.capabilities import RFC_9421, RFC_9421_ED25519
from federation.roster import Roster
from federation.signing import MOST_REMEMBERED, REMEMBERED_FOR, Manner, Manners, SignedExchange
from federation.transport import Response
from tests.rig.sender import collective

US = collective("alder", 1)
BIRCH = "https://birch.example"
INBOX = f"{BIRCH}/inbox"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
BOTH = frozenset({RFC_9421, RFC_9421_ED25519})


class Peer:
    """A node that gives these answers, then 202, and remembers how each request was signed."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers)
        self.manners: list[Manner] = []
        self.bodies: list[bytes] = []

    async def get(self, url: str, headers: Mapping[str, str]) -> Response:
        """One answer."""
        return await self.post(url, b"", headers)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Response:
        """One answer."""
        assert url.startswith(BIRCH)
        self.bodies.append(body)
        said = headers.get("Signature-Input")
        if said is None:
            assert f'keyId="{US.ids.main_key}"' in headers["Signature"]
            self.manners.append(Manner.CAVAGE)
        else:
            keys = {US.ids.main_key: Manner.RFC_9421, US.ids.ed25519_key: Manner.RFC_9421_ED25519}
            self.manners += [manner for key, manner in keys.items() if f'keyid="{key}"' in said]
        return Response(self.answers.pop(0) if self.answers else 202, (), b"", None)


class Talk:
    """We and one peer, at a time that can be moved."""

    def __init__(self, *answers: int, announced: frozenset[str] = frozenset()) -> None:
        self.now = NOW
        self.peer = Peer(*answers)
        self.exchange = SignedExchange(self.peer, US.signer, lambda: self.now, Manners(lambda _: announced))

    async def post(self) -> int:
        """Deliver something; the answer's status."""
        return (await self.exchange.post(INBOX, b"{}")).status


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_strangers_get_the_old_scheme_first(status: int) -> None:
    """After an answer that may be about the signature, the same bytes go again by RFC 9421, with the RSA key."""
    talk = Talk(status)
    assert await talk.post() == 202
    assert talk.peer.manners == [Manner.CAVAGE, Manner.RFC_9421]
    assert talk.peer.bodies == [b"{}", b"{}"]


async def test_what_was_taken_comes_first_for_a_week() -> None:
    """The way that a peer took in the end is tried first, until that has become old; of reading as of delivering."""
    talk = Talk(401)
    await talk.post()
    await talk.exchange.get(f"{BIRCH}/actors/birch", {"Accept": "application/activity+json"})
    talk.now += REMEMBERED_FOR - timedelta(seconds=1)
    await talk.post()
    assert talk.peer.manners[2:] == [Manner.RFC_9421, Manner.RFC_9421]
    talk.now += timedelta(seconds=1)
    await talk.post()
    assert talk.peer.manners[4:] == [Manner.CAVAGE]


@pytest.mark.parametrize(
    ("announced", "first"),
    [
        (frozenset(), Manner.CAVAGE),
        (frozenset({"https://other.example/x"}), Manner.CAVAGE),
        (frozenset({RFC_9421}), Manner.RFC_9421),
        (BOTH, Manner.RFC_9421_ED25519),
    ],
)
async def test_who_says_what_it_takes_gets_that(announced: frozenset[str], first: Manner) -> None:
    """FEP-844e decides what is tried first; what does not know RFC 9421 at all then gets the old scheme."""
    talk = Talk(401, announced=announced)
    assert await talk.post() == 202
    assert talk.peer.manners == [first, first.other]


@pytest.mark.parametrize("announced", [frozenset(), frozenset({RFC_9421})])
@pytest.mark.parametrize("answers", [(), (400,), (401, 401), (403, 202, 401, 401)])
async def test_the_key_of_the_proofs_signs_only_for_who_asked(announced: frozenset[str], answers: tuple[int]) -> None:
    """Whatever a node answers: our Ed25519 key is the `keyid` only where the node said that it takes those."""
    talk = Talk(*answers, announced=announced)
    for _ in range(3):
        await talk.post()
    assert Manner.RFC_9421_ED25519 not in talk.peer.manners


async def test_two_refusals_are_one() -> None:
    """Where neither way is taken the first answer stands, and nothing is remembered."""
    talk = Talk(403, 401)
    assert await talk.post() == 403
    await talk.post()
    assert talk.peer.manners == [Manner.CAVAGE, Manner.RFC_9421, Manner.CAVAGE]


@pytest.mark.parametrize("status", [202, 301, 404, 409, 410, 422, 429, 500, 503])
async def test_other_answers_are_not_about_the_signature(status: int) -> None:
    """They are given back as they are, after one request."""
    talk = Talk(status)
    assert await talk.post() == status
    assert talk.peer.manners == [Manner.CAVAGE]


def test_little_is_remembered() -> None:
    """Names cost a stranger nothing: the oldest of too many is forgotten."""
    manners = Manners()
    for number in range(MOST_REMEMBERED + 1):
        manners.took(f"https://h{number}.example", Manner.RFC_9421, NOW)
    assert manners.first("https://h0.example", NOW) is Manner.CAVAGE
    assert manners.first("https://h1.example", NOW) is Manner.RFC_9421


def test_what_allies_and_followers_announce_is_known() -> None:
    """The roster knows of each origin what any actor there says its software takes."""
    birch = collective("birch", 8402)
    actor = read_actor(birch.actor(), birch.ids.actor, allow_http=True)
    assert Roster(allies={actor.id: actor}).announced == {birch.ids.base: BOTH}
    assert Roster(followers={actor.id: actor}).announced == {birch.ids.base: BOTH}
    assert Roster().announced == {}
