"""draft-cavage-12 against code that others wrote (apsig): what we sign holds there, and the other way round.

It looks at the machine's clock, so every signature here is made now. It knows `rsa-sha256` alone and leaves the query
out of the request target, as some servers do.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from apsig.draft import Signer, Verifier
from apsig.exceptions import VerificationFailedError

from activitypub.message import ACTIVITY_JSON, Request, write_http_date
from activitypub.signatures.cavage import check_coverage, read_signature, sign, verify
from activitypub.signatures.digest import write_digest
from activitypub.signatures.keys import write_pem
from schema.errors import Unauthenticated
from tests.activitypub import vectors

KEY_ID: Final = "https://alder.example/actor#main-key"
BODY: Final = '{"type":"Create","name":"خبز 🍞"}'.encode()
POST: Final = Request("POST", "/inbox", (("host", "birch.example"), ("content-type", ACTIVITY_JSON)), BODY)
GET: Final = Request("GET", "/actor", (("host", "birch.example"),))

CHANGES: Final[dict[str, Callable[[Request], Request]]] = {
    "method": lambda sent: replace(sent, method="PUT"),
    "path": lambda sent: replace(sent, target="/x" + sent.target),
    "host": lambda sent: sent.with_headers({"Host": "cedar.example"}),
    "date": lambda sent: sent.with_headers({"Date": write_http_date(datetime.now(UTC) - timedelta(minutes=1))}),
    "body": lambda sent: replace(sent, body=sent.body + b" "),
    "body and digest": lambda sent: replace(
        sent.with_headers({"Digest": write_digest(sent.body + b" ")}), body=sent.body + b" "
    ),
}
ONLY_WITH_BODY: Final = {"body and digest"}  # they do not ask that the digest of an unforeseen body be signed

both_requests = pytest.mark.parametrize("request_", [POST, GET], ids=lambda one: one.method)


def url(request: Request) -> str:
    return f"https://{request.one('host')}{request.target}"


def signed_by_us(request: Request) -> Request:
    return request.with_headers(sign(request, key_id=KEY_ID, key=vectors.signing_keys().rsa, now=datetime.now(UTC)))


def signed_by_them(request: Request) -> Request:
    rsa = vectors.signing_keys().rsa
    headers = Signer(dict(request.headers), rsa, request.method, url(request), KEY_ID, request.body).sign()
    return request.with_headers(headers)


def they_accept(request: Request) -> None:
    """Check the signature, the body's digest and the time as they do. Raises VerificationFailedError."""
    pem = write_pem(vectors.signing_keys().rsa_public)
    verifier = Verifier(pem, request.method, url(request), dict(request.headers), request.body)
    assert verifier.verify(raise_on_fail=True) == KEY_ID


def we_accept(request: Request) -> None:
    """Do all that a receiver does. Raises Unauthenticated."""
    signature = read_signature(request)
    check_coverage(signature, request, datetime.now(UTC))
    verify(signature, request, vectors.signing_keys().rsa_public)


@both_requests
def test_what_we_sign_holds_there(request_: Request) -> None:
    """A signed POST and a signed GET are accepted by them, and refused after any change."""
    sent = signed_by_us(request_)
    they_accept(sent)
    for name, change in CHANGES.items():
        if name not in ONLY_WITH_BODY or request_.body:
            with pytest.raises(VerificationFailedError):
                they_accept(change(sent))


@both_requests
def test_what_they_sign_holds_here(request_: Request) -> None:
    """A POST and a GET that they signed cover enough and are accepted, and refused after any change."""
    sent = signed_by_them(request_)
    we_accept(sent)
    for change in CHANGES.values():
        with pytest.raises(Unauthenticated):
            we_accept(change(sent))


def test_a_query_is_signed_by_us_and_left_out_by_them() -> None:
    """Their signature over the path holds here; ours over path and query does not there, but one without it does."""
    asked = replace(GET, target="/actor?page=2")
    we_accept(signed_by_them(asked))
    with pytest.raises(VerificationFailedError):
        they_accept(signed_by_us(asked))
    they_accept(replace(signed_by_us(GET), target=asked.target))
