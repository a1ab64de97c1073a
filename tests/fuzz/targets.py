"""Everything that is fuzzed: any bytes give a value that keeps what is promised of it, or one of our own errors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from schema.errors import DomainError, InputError, RemoteError
from tests.fuzz import dialects, documents, headers, names, pictures, statements

ALLOWED: Final = (RemoteError, InputError, DomainError)


@dataclass(frozen=True, slots=True)
class Target:
    """What is called with any bytes, and good bytes to begin with."""

    hold: Callable[[bytes], None]
    seeds: Callable[[], Sequence[str] | Sequence[bytes]]

    def __call__(self, data: bytes) -> None:
        """Nothing, whatever the bytes; anything raised here is a fault of ours."""
        try:
            self.hold(data)
        except ALLOWED:
            return

    @property
    def corpus(self) -> list[bytes]:
        """The good bytes."""
        return [seed if isinstance(seed, bytes) else seed.encode() for seed in self.seeds()]


TARGETS: Final = {
    "cavage": Target(headers.cavage_signature, headers.cavage_seeds),
    "rfc9421": Target(headers.standard_signature, headers.standard_seeds),
    "fields": Target(headers.structured_field, headers.field_seeds),
    "digests": Target(headers.digests, headers.digest_seeds),
    "words": Target(headers.words, headers.word_seeds),
    "forwarded": Target(headers.forwarded, headers.forwarded_seeds),
    "url": Target(names.url, names.url_seeds),
    "target": Target(names.target, names.target_seeds),
    "handle": Target(names.handle, names.handle_seeds),
    "resource": Target(names.resource, names.resource_seeds),
    "webfinger": Target(names.webfinger, names.webfinger_seeds),
    "subject": Target(names.subject, names.webfinger_seeds),
    "own": Target(names.own_address, names.own_seeds),
    "keys": Target(documents.keys, documents.key_seeds),
    "document": Target(documents.document, documents.document_seeds),
    "activity": Target(documents.activity, documents.step_seeds),
    "proposal": Target(documents.proposal, documents.step_seeds),
    "dialect": Target(dialects.dialect, dialects.dialect_seeds),
    "proof": Target(documents.proof, documents.step_seeds),
    "statement": Target(statements.statement, statements.statement_seeds),
    "followers": Target(statements.followers, statements.followers_seeds),
    "picture": Target(pictures.picture, pictures.picture_seeds),
    "actor": Target(documents.actor, documents.step_seeds),
}
