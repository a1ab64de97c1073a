"""How a good document goes bad: a few steps, each told by three numbers, so that anything can steer them."""

import copy
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, TypeAlias

from hypothesis import strategies as st

_SIZE: Final = 4  # bytes of a step
MOST_STEPS: Final = 8
_ROOT: Final = "the whole"
Slot: TypeAlias = tuple[Any, Any]  # a container and the key or the index of one of its parts

_ODD: Final[tuple[Any, ...]] = (
    None,
    True,
    False,
    0,
    -1,
    2**53,
    1e308,
    0.1,
    "",
    " ",
    "\0",
    "\ud800",
    "\u202e",
    "a\nb",
    "<script>alert(1)</script>",
    "x" * 5_000,
    [],
    {},
    [[]],
    [None],
    {"type": "Link", "href": "https://elsewhere.example/"},
    {"@id": "https://elsewhere.example/"},
    {"@value": "x"},
    "_:b0",
    "as:Public",
    "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
    datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC).isoformat(),
    "9998-12-31T23:59:59+23:59",
    "0001-01-01T00:00:00Z",
    "1e3",
    "-0",
    "000020.000",
    "\u0662\u0660",
)
_IDENTITIES: Final = frozenset({"id", "actor", "object", "target", "attributedTo", "owner", "verificationMethod"})
_SWAPS: Final = 6  # how often an id or an owner is swapped, among so many other kinds of steps
_NAMES: Final = (
    "id", "type", "actor", "object", "target", "attributedTo", "to", "cc", "bto", "bcc", "@context", "@id", "@type",
    "@graph", "proof", "proofValue", "verificationMethod", "signature", "purpose", "publishes", "revision", "published",
    "updated", "endTime", "name", "content", "contentMap", "source", "tag", "attachment", "location", "hasUnit",
    "hasNumericalValue", "availableQuantity", "finished", "unitBased", "kind", "category", "facts", "href", "owner",
)  # fmt: skip


class Step(NamedTuple):
    """What is done, to which of all parts, and with what; each number is taken modulo what there is."""

    what: int
    part: int
    by: int


_step = st.builds(Step, st.integers(0, 255), st.integers(0, 400), st.integers(0, 255))
# Mostly few: of what is broken in many places nothing is read but the first.
steps: Final = st.lists(_step, max_size=1) | st.lists(_step, max_size=2) | st.lists(_step, max_size=MOST_STEPS)


def steps_from(data: bytes) -> list[Step]:
    """Steps as a fuzzer that knows nothing but bytes tells them."""
    whole = data[: len(data) // _SIZE * _SIZE][: _SIZE * MOST_STEPS]
    return [Step(*numbers) for numbers in struct.iter_unpack("<BHB", whole)]


def mutated(
    document: Mapping[str, Any],
    said: Sequence[Step],
    *,
    words: Sequence[Any] = (),
    others: Sequence[Mapping[str, Any]] = (),
) -> Any:
    """The document after these steps; `words` are ids and owners to swap in, `others` documents to take parts from."""
    root = {_ROOT: copy.deepcopy(dict(document))}
    donors = [copy.deepcopy(dict(other)) for other in others] or [{}]
    for step in said:
        parts = list(_slots(root))
        donor = list(_slots({_ROOT: donors[step.by % len(donors)]}))
        names = [(container, key) for container, key in parts if key in _IDENTITIES]
        number = step.what % (len(_STEPS) + _SWAPS)
        if number < len(_STEPS):
            container, key = parts[step.part % len(parts)]
            _STEPS[number](container, key, step, (*words, *_ODD), donor)
        elif names and words:
            container, key = names[step.part % len(names)]
            container[key] = words[step.by % len(words)]
    return root[_ROOT]


def _slots(container: Any) -> Iterator[Slot]:
    """Every part of everything, outermost first; of contexts, which all say the same, only the first from within."""
    contexts = 0
    waiting = [container]
    for one in waiting:  # which grows on the way
        for key, value in list(one.items() if isinstance(one, dict) else enumerate(one)):
            yield one, key
            contexts += key == "@context"
            if isinstance(value, dict | list) and (key != "@context" or contexts == 1):
                waiting.append(value)


def _drop(container: Any, key: Any, step: Step, given: Sequence[Any], donor: Sequence[Slot]) -> None:
    del step, given, donor
    if key != _ROOT:
        del container[key]


def _replace(container: Any, key: Any, step: Step, given: Sequence[Any], donor: Sequence[Slot]) -> None:
    del donor
    container[key] = copy.deepcopy(given[step.by % len(given)])


def _retype(container: Any, key: Any, step: Step, given: Sequence[Any], donor: Sequence[Slot]) -> None:
    del given, donor
    value = container[key]
    shapes: tuple[Callable[[], Any], ...] = (
        lambda: [value],
        lambda: {"id": value},
        lambda: {"type": "Object", "name": value},
        lambda: {"@value": value},
        lambda: str(value)[:100],
        lambda: len(str(value)),
        lambda: value[0] if isinstance(value, list) and value else [value, None],
        lambda: list(value.values()) if isinstance(value, dict) else value,
        lambda: value.get("id") if isinstance(value, dict) else value,
    )
    container[key] = shapes[step.by % len(shapes)]()


def _duplicate(container: Any, key: Any, step: Step, given: Sequence[Any], donor: Sequence[Slot]) -> None:
    del given, donor
    value = copy.deepcopy(container[key])
    if isinstance(container, list):
        container.extend([value] * (1 + step.by % 3))
    else:
        container[_NAMES[step.by % len(_NAMES)]] = value


def _nest(container: Any, key: Any, step: Step, given: Sequence[Any], donor: Sequence[Slot]) -> None:
    del given, donor
    for _ in range(1 + step.by % 40):
        container[key] = {_NAMES[step.by % len(_NAMES)]: container[key]} if step.by % 2 else [container[key]]


def _splice(container: Any, key: Any, step: Step, given: Sequence[Any], donor: Sequence[Slot]) -> None:
    del given
    if donor:
        other, name = donor[(step.by * 7 + step.part) % len(donor)]
        container[name if isinstance(container, dict) and isinstance(name, str) else key] = copy.deepcopy(other[name])


def _rename(container: Any, key: Any, step: Step, given: Sequence[Any], donor: Sequence[Slot]) -> None:
    del given, donor
    if isinstance(container, dict) and key != _ROOT:
        container[_NAMES[step.by % len(_NAMES)]] = container.pop(key)


def _add(container: Any, key: Any, step: Step, given: Sequence[Any], donor: Sequence[Slot]) -> None:
    del donor
    value = container[key]
    if isinstance(value, dict):
        value[_NAMES[step.part % len(_NAMES)]] = copy.deepcopy(given[step.by % len(given)])
    elif isinstance(value, list):
        value.append(copy.deepcopy(given[step.by % len(given)]))


def _bend(container: Any, key: Any, step: Step, given: Sequence[Any], donor: Sequence[Slot]) -> None:
    """A string that is nearly what it was."""
    del given, donor
    value = container[key]
    if isinstance(value, str):
        signs = ("#x", "/", "%2F", "?", ".", "@", " ", "\u0131", "Z", "0", "-", ":")
        sign, place = signs[step.by % len(signs)], step.by % (len(value) + 1)
        container[key] = (value + sign, value[:place], value[:place] + sign + value[place:], value.upper())[step.by % 4]
    elif isinstance(value, int | float):
        container[key] = (value + 1, -value, value * 10**9, bool(value))[step.by % 4]


_STEPS: Final = (_drop, _replace, _replace, _retype, _duplicate, _nest, _splice, _splice, _rename, _add, _bend, _bend)
