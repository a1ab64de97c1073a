"""RFC 9421 against code that others wrote (http-message-signatures): what we sign holds there, and the other way round.

It looks at the machine's clock, so every signature here is made now.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

import pytest
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    InvalidSignature,
    MappingKeyResolver,
)
from http_message_signatures.algorithms import ED25519, RSA_V1_5_SHA256

from activitypub.message import ACTIVITY_JSON, Request
from activitypub.signatures.content_digest import write_content_digest
from activitypub.signatures.keys import read_pem
from activitypub.signatures.rfc9421 import Scheme, check_coverage, read_signature, sign, verify
from schema.errors import Unauthenticated
from tests.activitypub import vectors_rfc9421 as vectors
from tests.activitypub.vectors import signing_keys

KEY_ID: Final = "https://alder.example/actor#key"
OTHER_ID: Final = "https://alder.example/actor#other"
BODY: Final = '{"type":"Create","name":"خبز 🍞"}'.encode()
POST: Final = Request("POST", "/inbox", (("host", "birch.example"), ("content-type", ACTIVITY_JSON)), BODY)
GET: Final = Request("GET", "/actor", (("host", "birch.example"),))
REQUESTS: Final = (
    POST,
    replace(POST, target="/inbox?shared=1&to=a%20b%2Fc"),
    replace(POST, body=b""),
    GET,
    replace(GET, target="/actor?page=2"),
    replace(GET, target="/actor?"),
)
WHOLE_TARGET: Final = ("@method", "@target-uri")
IN_PARTS: Final = ("@method", "@authority", "@path", "@query")
COVERAGES: Final = (WHOLE_TARGET, ("@method", "@authority", "@request-target"), IN_PARTS)
KINDS: Final[dict[str, type[HTTPSignatureAlgorithm]]] = {"ed25519": ED25519, "rsa": RSA_V1_5_SHA256}

every_request = pytest.mark.parametrize(
    "request_", REQUESTS, ids=lambda one: f"{one.method} {one.target} {len(one.body)}"
)
every_kind = pytest.mark.parametrize("kind", KINDS)


def earlier(request: Request) -> Request:
    """Say that the signature was made a second before it was."""
    signature = read_signature(request, scheme="https")
    return rewritten(request, f"created={signature.created}", f"created={signature.created - 1}")


def rewritten(request: Request, old: str, new: str) -> Request:
    """Change the text of Signature-Input."""
    text = request.one("signature-input")
    assert old in text
    return request.with_headers({"Signature-Input": text.replace(old, new)})


CHANGES: Final[dict[str, Callable[[Request], Request]]] = {
    "method": lambda sent: replace(sent, method="PUT"),
    "path": lambda sent: replace(sent, target="/x" + sent.target),
    "query": lambda sent: replace(sent, target=sent.target + ("&x" if "?" in sent.target else "?x")),
    "host": lambda sent: sent.with_headers({"Host": "cedar.example"}),
    "body": lambda sent: replace(sent, body=sent.body + b" "),
    "digest": lambda sent: sent.with_headers({"Content-Digest": write_content_digest(sent.body + b" ")}),
    "body and digest": lambda sent: replace(
        sent.with_headers({"Content-Digest": write_content_digest(sent.body + b" ")}), body=sent.body + b" "
    ),
    "key": lambda sent: rewritten(sent, KEY_ID, OTHER_ID),
    "time": earlier,
    "coverage": lambda sent: rewritten(sent, '"@method" ', ""),
}
ONLY_WITH_DIGEST: Final = {"digest"}  # the header changes nothing where no body came


@dataclass
class Message:
    """A request in the shape that http-message-signatures asks for."""

    method: str
    url: str
    headers: dict[str, str]


def theirs(request: Request, scheme: Scheme = "https") -> Message:
    return Message(request.method, f"{scheme}://{request.one('host')}{request.target}", dict(request.headers))


def signed_by_us(request: Request, kind: str, scheme: Scheme = "https") -> Request:
    key = getattr(signing_keys(), kind)
    return request.with_headers(sign(request, key_id=KEY_ID, key=key, now=datetime.now(UTC), scheme=scheme))


def signed_by_them(
    request: Request, kind: str, covered: tuple[str, ...] = WHOLE_TARGET, *, include_alg: bool = True
) -> Request:
    """Let them sign, and write the Content-Digest where there may be a body."""
    resolver = MappingKeyResolver(public_keys={}, private_keys={KEY_ID: getattr(signing_keys(), kind)})
    signer = HTTPMessageSigner(signature_algorithm=KINDS[kind], key_resolver=resolver)
    message = theirs(request)
    body = None if request.method == "GET" else request.body
    signer.sign(message, key_id=KEY_ID, covered_component_ids=covered, include_alg=include_alg, body=body)
    return request.with_headers(message.headers)


def they_accept(request: Request, kind: str, scheme: Scheme = "https") -> None:
    """Check the signature and the body's digest as they do. Raises InvalidSignature."""
    key = getattr(signing_keys(), f"{kind}_public")
    resolver = MappingKeyResolver(public_keys={KEY_ID: key, OTHER_ID: key}, private_keys={})
    verifier = HTTPMessageVerifier(signature_algorithm=KINDS[kind], key_resolver=resolver)
    [result] = verifier.verify(theirs(request, scheme), require_components=WHOLE_TARGET, body=request.body)
    assert result.parameters["keyid"] == KEY_ID
    assert result.body == (None if request.method == "GET" else request.body)


def we_accept(request: Request, kind: str) -> None:
    """Do all that a receiver does. Raises Unauthenticated."""
    signature = read_signature(request, scheme="https")
    check_coverage(signature, request, datetime.now(UTC))
    verify(signature, request, getattr(signing_keys(), f"{kind}_public"))


@every_kind
@every_request
def test_what_we_sign_holds_there(request_: Request, kind: str) -> None:
    """Every request that we sign is accepted by them with its body, and refused after any change."""
    sent = signed_by_us(request_, kind)
    they_accept(sent, kind)
    for name, change in CHANGES.items():
        if name not in ONLY_WITH_DIGEST or request_.method == "POST":
            with pytest.raises(InvalidSignature):
                they_accept(change(sent), kind)


@every_kind
@every_request
def test_what_they_sign_holds_here(request_: Request, kind: str) -> None:
    """Every way to cover what we ask for, with `alg` and without, is accepted, and refused after any change."""
    for covered in COVERAGES:
        for include_alg in (True, False):
            sent = signed_by_them(request_, kind, covered, include_alg=include_alg)
            we_accept(sent, kind)
            for name, change in CHANGES.items():
                if name not in ONLY_WITH_DIGEST or request_.method == "POST":
                    with pytest.raises(Unauthenticated):
                        we_accept(change(sent), kind)


@every_kind
def test_what_they_sign_by_default_is_too_little_here_without_a_digest(kind: str) -> None:
    """A body that their signature does not cover is refused by both."""
    resolver = MappingKeyResolver(public_keys={}, private_keys={KEY_ID: getattr(signing_keys(), kind)})
    message = theirs(POST)
    HTTPMessageSigner(signature_algorithm=KINDS[kind], key_resolver=resolver).sign(message, key_id=KEY_ID)
    sent = POST.with_headers(message.headers)
    with pytest.raises(Unauthenticated, match="does not cover content-digest"):
        we_accept(sent, kind)
    with pytest.raises(InvalidSignature, match="requires a signed Content-Digest"):
        they_accept(sent, kind)


@pytest.mark.parametrize(
    ("host", "normal", "scheme"),
    [
        ("birch.example:443", "birch.example", "https"),
        ("Birch.EXAMPLE", "birch.example", "https"),
        ("birch.example:80", "birch.example", "http"),
        ("birch.example:8443", "birch.example:8443", "https"),
        ("127.0.0.1:8080", "127.0.0.1:8080", "http"),
        ("[::1]:8080", "[::1]:8080", "http"),
    ],
)
def test_our_target_is_in_normal_form(host: str, normal: str, scheme: Scheme) -> None:
    """However our Host is spelt, what we sign is the target with its host in normal form."""
    sent = signed_by_us(POST.with_headers({"Host": host}), "ed25519", scheme)
    they_accept(sent.with_headers({"Host": normal}), "ed25519", scheme)


def test_their_target_is_as_it_is_spelt() -> None:
    """A needless port holds here where they put it right, in `@authority`, and not in `@target-uri`, left as it is."""
    request = POST.with_headers({"Host": "birch.example:443"})
    we_accept(signed_by_them(request, "ed25519", IN_PARTS), "ed25519")
    with pytest.raises(Unauthenticated, match="not made by this key"):
        we_accept(signed_by_them(request, "ed25519"), "ed25519")


def test_they_reproduce_the_rfc() -> None:
    """They accept the Ed25519 signature of appendix B.2.6 and make it anew: those who check are right."""
    request = Request("POST", vectors.REQUEST_TARGET, vectors.REQUEST_HEADERS, vectors.REQUEST_BODY)
    name = "test-key-ed25519"
    resolver = MappingKeyResolver(
        public_keys={name: read_pem(vectors.ED25519_PUBLIC_PEM)},
        private_keys={name: vectors.ED25519_PRIVATE_PEM.encode()},
    )
    published = theirs(request.with_headers(vectors.B26.headers))
    [result] = HTTPMessageVerifier(signature_algorithm=ED25519, key_resolver=resolver).verify(published, max_age=None)
    assert result.label == vectors.B26.label
    message = theirs(request)
    HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=resolver).sign(
        message,
        key_id=name,
        created=datetime.fromtimestamp(vectors.CREATED, UTC),
        label=vectors.B26.label,
        include_alg=False,
        covered_component_ids=("date", "@method", "@path", "@authority", "content-type", "content-length"),
        use_existing_digest=True,
    )
    assert message.headers == dict(request.headers) | vectors.B26.headers
