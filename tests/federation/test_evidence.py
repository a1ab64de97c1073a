"""What a signed document proves, from its signers' actors alone."""

from datetime import UTC, datetime

from activitypub.actor import read_actor
from federation.evidence import examine, signers
from tests.rig.sender import collective

BIRCH, MALLORY = collective("birch", 8402), collective("mallory", 8666)
ACTORS = {one.ids.actor: read_actor(one.actor(), one.ids.actor, allow_http=True) for one in (BIRCH, MALLORY)}
NOW = datetime.now(UTC)


def test_an_activity_and_its_object_are_two_findings() -> None:
    """Both proofs of a Create hold, each by the key of whoever must have signed it."""
    create = BIRCH.create()
    activity, note = examine(create, ACTORS, NOW)
    assert signers(create) == [BIRCH.ids.actor]
    assert (activity.what, note.what) == ("activity", "object")
    assert activity.holds
    assert note.holds
    assert activity.key == note.key == ACTORS[BIRCH.ids.actor].ed25519_keys[0][1]


def test_a_signature_for_what_lies_elsewhere_does_not_hold() -> None:
    """Whoever signs a document under an id of another origin proves nothing (FEP-fe34)."""
    theirs = BIRCH.note()
    forged = MALLORY.prove({**theirs, "attributedTo": MALLORY.ids.actor})
    [finding] = examine(forged, ACTORS, NOW)
    assert not finding.holds
    assert "origin" in finding.reason


def test_without_a_key_or_a_proof_nothing_holds() -> None:
    """A signer that nobody knows and a document without a proof each get their own reason."""
    note = BIRCH.note()
    [unknown] = examine(note, {}, NOW)
    [unsigned] = examine({name: note[name] for name in note if name != "proof"}, ACTORS, NOW)
    assert (unknown.holds, unsigned.holds) == (False, False)
    assert unknown.reason != unsigned.reason
