from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.message import Request
from activitypub.signatures.content_digest import check_content_digest, write_content_digest
from schema.errors import Unauthenticated
from tests.activitypub import vectors_rfc9421 as vectors

BODY, DIGEST = vectors.CONTENT_DIGESTS[0]


def with_digest(text: str, body: bytes = BODY) -> Request:
    return Request("POST", "/items/123", (("content-digest", text),), body)


@pytest.mark.parametrize(("body", "text"), vectors.CONTENT_DIGESTS)
def test_the_digests_of_the_rfc_are_reproduced(body: bytes, text: str) -> None:
    """The examples of RFC 9530 are written and accepted as printed."""
    assert write_content_digest(body) == text
    check_content_digest(with_digest(text, body))


@pytest.mark.parametrize(
    "text",
    [
        f"{DIGEST}, {vectors.SHA_512}",
        f"{vectors.SHA_512},{DIGEST}",
        f"md5=:AAAA:, {DIGEST}",
        f"unixsum=12, {DIGEST}, crc32c",
    ],
)
def test_a_digest_may_stand_among_others(text: str) -> None:
    """SHA-256 is needed, SHA-512 may stand beside it, and what proves nothing is left alone."""
    check_content_digest(with_digest(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        vectors.SHA_512,
        vectors.MISPRINTED,
        DIGEST.replace("=:", "=").rstrip(":"),
        DIGEST.replace("sha-256", "SHA-256"),
        DIGEST.replace("sha-256", "sha-512"),
        DIGEST[:-3] + ":",
        f"{DIGEST}, {DIGEST}",
        f"{DIGEST}, sha-512=:AAAA:",
        f'{DIGEST}, sha-512="x"',
        "sha-256=(:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:)",
        "sha-256",
        "sha-256=::",
    ],
)
def test_a_digest_that_does_not_prove_the_body_is_refused(text: str) -> None:
    """A missing, misspelt, repeated or wrong digest is refused; a wrong one of two is enough."""
    with pytest.raises(Unauthenticated):
        check_content_digest(with_digest(text))


def test_a_repeated_header_is_refused() -> None:
    """Two Content-Digest headers prove nothing, even when they are the same."""
    request = with_digest(DIGEST)
    for headers in ((), request.headers * 2):
        with pytest.raises(Unauthenticated, match="expected one content-digest header"):
            check_content_digest(replace(request, headers=headers))


@given(st.text() | st.binary().map(lambda raw: "sha-256=:" + raw.decode("latin-1")))
def test_any_text_is_at_worst_unauthenticated(text: str) -> None:
    """Whatever stands in the header, the answer is Unauthenticated."""
    with pytest.raises(Unauthenticated):
        check_content_digest(with_digest(text))


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_a_digest_is_of_one_body(body: bytes, other: bytes) -> None:
    """What is written for one body is refused for every other."""
    check_content_digest(with_digest(write_content_digest(body), body))
    if body != other:
        with pytest.raises(Unauthenticated, match="not of this body"):
            check_content_digest(with_digest(write_content_digest(body), other))
