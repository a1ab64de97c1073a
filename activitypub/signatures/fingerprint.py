"""A collective's keys as eight words, for two people to compare by phone before they trust each other's nodes."""

import re
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from typing import Final

from mnemonic import Mnemonic

from activitypub.signatures.proof import canonical

WORDS: Final = 8
_WORD_BITS: Final = 11  # the BIP 39 list has 2048 words


@cache
def _word_list() -> tuple[str, ...]:
    """Return the English word list of BIP 39; the first four letters of a word tell it from all others."""
    return tuple(Mnemonic("english").wordlist)


def fingerprint(actor_id: str, keys: Iterable[str]) -> tuple[str, ...]:
    """Return eight words: the first 88 bits of SHA-256 over the JCS of the actor's id and its sorted Multikeys.

    The order of the keys does not matter; the actor's id is in it, so that keys copied to another actor read
    differently. Raises Malformed for text that is not Unicode.
    """
    digest = sha256(canonical({"actor": actor_id, "keys": sorted(keys)})).digest()
    bits = int.from_bytes(digest, "big") >> (8 * len(digest) - WORDS * _WORD_BITS)
    words = _word_list()
    return tuple(words[bits >> shift & 0x7FF] for shift in range((WORDS - 1) * _WORD_BITS, -1, -_WORD_BITS))


def same_words(a: str, b: str) -> bool:
    """Whether two people hold the same eight words, however they wrote case, spaces and hyphens."""
    first, second = ([word for word in re.split(r"[\W_]+", text.casefold()) if word] for text in (a, b))
    return len(first) == WORDS and first == second
