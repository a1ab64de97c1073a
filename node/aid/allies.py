"""Allies: a person looks at another collective, compares eight words by phone, and trusts it from then on.

An alliance has two sides, and each is a decision of people there: adding an ally here says whose posts we take and to
whom ours for allies go. What the other side does is theirs.
"""

from contextlib import suppress
from typing import Any

from activitypub.actor import RemoteActor
from activitypub.origin import origin_of
from activitypub.signatures.fingerprint import same_words
from federation.fetch import Fetched
from federation.outbox import recipient
from federation.pins import Pin, first_pin, with_statements
from federation.policy import Standing, standing
from node.house import House, words_of
from node.store import outbox, pins, proposals, relations
from node.store.proposals import Wanted
from node.store.relations import AllyState
from schema.errors import InputError, NotFound, RemoteError, StateError

LONGEST_BY = 100


def handle_of(actor: RemoteActor) -> str:
    """The handle as people write it."""
    return f"@{actor.preferred_username or '?'}@{origin_of(actor.id).authority}"


async def ally_look(house: House, address: str) -> dict[str, Any]:
    """Fetch a collective and show who it is, before anything is decided.

    `handle_verified` is whether asking for its handle leads back to it; where it does not, the handle proves nothing.
    """
    fetched = await _find(house, address)
    return _face(house, fetched, await house.fetcher.handle(fetched.actor))


async def ally_add(house: House, address: str, words: str, by: str) -> dict[str, Any]:
    """Pin the keys of a collective whose eight words a person compared; `by` is who, to be remembered.

    It gets what is open here already: `posts` says how many.
    """
    check_by(by)
    pin = await _compared(house, await _find(house, address), words)
    actor = pin.actor
    async with house.relating() as connection:
        row = await relations.ally(connection, actor.id)
        await relations.pin(
            connection,
            actor=actor.id,
            document=pin.document,
            by=by.strip(),
            now=house.now(),
            statements=pin.statements,
        )
        if row is not None:
            await pins.remember(
                connection, relations.read_pin(row, house.read_actor), pin, by=by.strip(), now=house.now()
            )
        missed = await outbox.bring_up_to_date(connection, recipient(actor), house.now())
    house.wake_delivery()
    return {"actor": actor.id, "name": actor.name, "handle": handle_of(actor), "posts": missed}


async def ally_repin(house: House, address: str, words: str, by: str) -> dict[str, Any]:
    """Trust the keys that an ally shows now, whose eight words a person compared again; its alarms are over.

    An ally on hold stays on hold.
    """
    check_by(by)
    known = _known(house, address)
    pin = await _compared(house, await house.fetcher.actor(known.id), words)
    async with house.relating() as connection:
        row = await relations.ally(connection, known.id)
        old = None if row is None else relations.read_pin(row, house.read_actor)
        if old is None or not await pins.change(connection, old, pin, by=by.strip(), now=house.now()):
            raise StateError("Their keys changed at this very moment. Compare the words again.")
    return {"actor": pin.actor.id, "name": pin.actor.name, "words": list(words_of(pin.actor))}


async def ally_dismiss(house: House, address: str, by: str) -> dict[str, Any]:
    """A person has seen to the alarms about an ally's keys: those trusted stay, the others are refused as before."""
    check_by(by)
    actor = _known(house, address)
    async with house.store.transaction() as connection:
        dismissed = await pins.dismiss(connection, actor.id, by=by.strip(), now=house.now())
    if not dismissed:
        raise StateError("There is no alarm about the keys of this ally.")
    return {"actor": actor.id, "name": actor.name, "dismissed": dismissed}


def check_by(by: str) -> None:
    """Refuse an act for which nobody answers by name."""
    if not by.strip() or len(by) > LONGEST_BY or not by.isprintable():
        raise InputError("Say who decided this, with a name of up to 100 characters.")


async def _compared(house: House, fetched: Fetched, words: str) -> Pin:
    """What is pinned of a collective, where a person heard the words of its keys."""
    if not same_words(words, " ".join(words_of(fetched.actor))):
        raise StateError(
            "The eight words are not those of this collective's keys. Do not go on: call them and compare again."
        )
    return first_pin(await with_statements(house.fetcher, fetched))


async def ally_list(house: House) -> dict[str, Any]:
    """Every ally, suspended ones too.

    `alarms` are keys that its node shows and that nothing leads to; `why` says what is wrong with them. `key_changes`
    are those that were taken: by whose decision, or by the ally's own statements where that is null.
    """
    allies = []
    async with house.store.reading() as connection:
        alarms, changes = await pins.alarms(connection), await pins.changes(connection)
        for row in await relations.all_allies(connection):
            actor = house.read_actor(row.document, row.actor)
            posts = await proposals.count(connection, Wanted(owner=row.actor))
            allies.append(
                {
                    "actor": actor.id,
                    "name": actor.name,
                    "handle": handle_of(actor),
                    "words": list(words_of(actor)),
                    "state": row.state,
                    "added_at": row.added_at.isoformat(),
                    "added_by": row.added_by,
                    "posts": posts,
                    "alarms": [
                        {"words": alarm.words.split(), "why": alarm.why, "at": alarm.at.isoformat()}
                        for alarm in alarms
                        if alarm.actor == row.actor
                    ],
                    "key_changes": [
                        {
                            "at": one.at.isoformat(),
                            "by": one.by,
                            "before": one.before.split(),
                            "after": one.after.split(),
                        }
                        for one in changes
                        if one.actor == row.actor
                    ],
                }
            )
    return {"allies": allies}


async def ally_suspend(house: House, address: str) -> dict[str, Any]:
    """Put an ally on hold: nothing more is sent or taken, everything is kept; what waits for it goes on waiting.

    What it sends meanwhile is refused: it has to send that again itself.
    """
    return await _set_state(house, address, AllyState.SUSPENDED)


async def ally_resume(house: House, address: str) -> dict[str, Any]:
    """Go on with an ally that was on hold: it gets what was published meanwhile, `posts` says how many.

    What it said of its keys meanwhile was not heard, so its node is looked at where it can be reached.
    """
    with suppress(RemoteError):
        await house.renew(_known(house, address).id, None)
    return await _set_state(house, address, AllyState.ALLY)


async def ally_remove(house: House, address: str) -> dict[str, Any]:
    """Forget an ally and its keys. Its posts stay until they end; what is for allies and waits for it is dropped."""
    actor = _known(house, address)
    async with house.relating() as connection:
        await relations.unpin(connection, actor.id)
        await pins.forget(connection, actor.id)
        left = await house.read_roster(connection)
        still = {recipient(one).inbox for one in (*left.allies.values(), *left.suspended.values())}
        await outbox.drop_for_allies(connection, still)
    return {"actor": actor.id, "name": actor.name}


async def _find(house: House, address: str) -> Fetched:
    fetched = await house.fetcher.find(address)
    if fetched.actor.id == house.ids.actor:
        raise InputError("This is our own collective.")
    return fetched


def _face(house: House, fetched: Fetched, handle: str | None) -> dict[str, Any]:
    actor = fetched.actor
    known = {Standing.ALLY: "ally", Standing.SUSPENDED: "suspended"}.get(standing(house.roster, actor.id), "no")
    return {
        "actor": actor.id,
        "name": actor.name,
        "handle": handle_of(actor) if handle is None else f"@{handle}",
        "handle_verified": handle is not None,
        "words": list(words_of(actor)),
        "known": known,
        "has_ed25519": bool(actor.ed25519_keys),
    }


def _known(house: House, address: str) -> RemoteActor:
    """The ally that a person named by its address or its handle."""
    for actor in (*house.roster.allies.values(), *house.roster.suspended.values()):
        if address in {actor.id, handle_of(actor), handle_of(actor).removeprefix("@")}:
            return actor
    raise NotFound("There is no such ally. See who there is with: qafila ally list")


async def _set_state(house: House, address: str, state: AllyState) -> dict[str, Any]:
    actor = _known(house, address)
    missed = 0
    async with house.relating() as connection:
        await relations.set_ally_state(connection, actor.id, state)
        if state is AllyState.ALLY:
            missed = await outbox.bring_up_to_date(connection, recipient(actor), house.now())
    house.wake_delivery()
    return {"actor": actor.id, "name": actor.name, "posts": missed}
