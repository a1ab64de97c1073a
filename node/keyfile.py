"""The keys in the data folder come into force although the database knows newer ones: those are lost.

Rule 1  No process of the node runs meanwhile, on whatever machine: it would sign with the others.
Rule 2  The file is taken as it is. Who knows the collective is told at the next start (`node.aid.keys.announce`).
Rule 3  Where the lost ones turn up after all, they are the newer ones, and in force as soon as a node has them.
Rule 4  With SQLite the file is always in force, and there is nothing to be done.
"""

from activitypub.signatures.keyring import Keyring
from node.folder import HeldFolder
from node.settings import Settings
from node.store import identity, stamps
from node.store.calls import check_stopped
from node.store.engine import Store, create_engine
from node.store.stamps import KeyStamp
from node.store.versions import check_version


async def use_file(held: HeldFolder, settings: Settings) -> bool:
    """Put the keys of this folder in force; False where they are already.

    `ConfigError` where they or the database cannot be used, or while processes of the node run.
    """
    folder = held.folder
    ours = KeyStamp.of(Keyring.load(folder.read_keys()))
    store = Store(create_engine(settings.database_url(folder.database)))
    try:
        async with store.transaction() as connection:
            await check_version(connection)
            await identity.settle(connection, identity.Identity(settings.url, settings.name))
            if (await stamps.read(connection)).keys in {None, ours}:
                return False
            await check_stopped(connection)
            await stamps.keys_changed(connection, ours)
            await identity.say(connection, identity.KEYS, identity.ANYTHING_ELSE)
    finally:
        await store.close()
    return True
