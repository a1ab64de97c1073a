"""Several processes of one node: `qafila run` and `qafila work`, on one machine or many, over one PostgreSQL.

What is so stands in the database. What a process keeps in memory beside it, and how it follows what others change:

| kept in memory                         | followed how                                                              |
| -------------------------------------- | ------------------------------------------------------------------------- |
| relations (`House.roster`)             | a stamp, compared in each transaction that rests on them (`House.acting`), |
|                                        | before each turn of sending, and for each signed request to read          |
| our profile (`House.profile`)          | a stamp too, compared likewise; settings are each process's own, and what |
|                                        | they say anew is told to others once, at its start                        |
| our own keys (`House.keyring`)         | a stamp too; the file is read again, and where this machine's is older,   |
|                                        | the process gives up                                                      |
| which peers did not answer             | called out (`Word.HELD_BACK`), so that one that speaks here is tried      |
| whose turn it is to send to a peer     | a lease in the database (`node.store.leases`)                             |
| what came in before (replays)          | only in the database (`node.store.inbox`)                                 |
| links, sessions of browsers            | only in the database (`node.store.doors`)                                 |
| actors of strangers                    | in the database; failures and budgets are each process's own: hints       |
| limits (`node.limits`)                 | each its own: so many processes, so much more is taken                    |
| how each peer wants requests signed    | each its own: a hint, learnt again (`federation.signing.Manners`)         |
| looks at the keys of allies            | pins and alarms are in the database; when one looked last is each its own |
| looks at lists of followers            | each its own; what is set right is asked of the database again            |
| peers that were forgiven a refusal     | each its own: so many processes, so many tries an hour                    |
| connections, meters, events, child of  | each its own, and nobody else's matter                                    |
| the respeller                          |                                                                           |

What is done once a minute is done by each process, and twice is once. Two that act at the same moment wait for each
other at the beginning of their transactions (`node.store.engine`, rule 4).

Words that are called out make all of this happen at once; where one was missed, the stamps tell, and the worker looks
by itself after a while (`federation.delivery.LONGEST_SLEEP`).
"""

from functools import partial

from federation.delivery import DeliveryWorker
from node.house import House
from node.store import calls
from node.store.calls import Kind, Word


async def hear(house: House, worker: DeliveryWorker, kind: Kind) -> None:
    """Follow what other processes do, until cancelled. With SQLite there are none."""
    await calls.listen(house.store, kind, partial(_heard, house, worker), partial(_look, house, worker))


async def _heard(house: House, worker: DeliveryWorker, word: Word, about: str) -> None:
    match word:
        case Word.DELIVER:
            worker.wake()
        case Word.HELD_BACK:
            worker.held_back(about)
        case Word.RELATIONS | Word.PROFILE | Word.KEYS:
            await _look(house, worker)


async def _look(house: House, worker: DeliveryWorker) -> None:
    await house.look()
    worker.wake()
