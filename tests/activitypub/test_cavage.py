from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha512
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from hypothesis import given
from hypothesis import strategies as st

from activitypub.message import ACTIVITY_JSON, Request, write_http_date
from activitypub.signatures.cavage import check_coverage, read_signature, sign, signing_string, verify
from activitypub.signatures.digest import check_digest, write_digest
from activitypub.signatures.keys import PublicKey, read_pem
from schema.errors import Malformed, Unauthenticated
from tests.activitypub import vectors

NOW: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
KEY_ID: Final = "https://alder.example/actor#main-key"
BODY: Final = b'{"type":"Create"}'
POST: Final = Request("POST", "/inbox?shared=1", (("host", "birch.example"), ("content-type", ACTIVITY_JSON)), BODY)
GET: Final = Request("GET", "/actor?page=2", (("host", "birch.example"),))
POST_COVERED: Final = "(request-target) host date digest"


def signed(request: Request, now: datetime = NOW) -> Request:
    return request.with_headers(sign(request, key_id=KEY_ID, key=vectors.signing_keys().rsa, now=now))


def signed_by_hand(
    request: Request,
    covered: str,
    make: Callable[[bytes], bytes] | None = None,
    *,
    algorithm: str | None = "hs2019",
    created: int | None = None,
    expires: int | None = None,
) -> Request:
    """Sign any list of headers, under any name of an algorithm: what others might send."""
    rsa = vectors.signing_keys().rsa
    message = signing_string(request, covered.split(" "), created=created, expires=expires)
    value = make(message) if make else rsa.sign(message, PKCS1v15(), SHA256())
    parameters = [f'keyId="{KEY_ID}"', f'headers="{covered}"', f'signature="{b64encode(value).decode()}"']
    parameters += [f'algorithm="{algorithm}"'] if algorithm else []
    parameters += [f"{name}={number}" for name, number in (("created", created), ("expires", expires)) if number]
    return request.with_headers({"Signature": ",".join(parameters)})


def dated(request: Request, now: datetime = NOW) -> Request:
    return request.with_headers({"Date": write_http_date(now), "Digest": write_digest(request.body)})


def accept(
    request: Request,
    key: PublicKey | None = None,
    now: datetime = NOW,
    window: timedelta = timedelta(hours=1),
) -> None:
    """Do all that a receiver does. Raises Unauthenticated."""
    signature = read_signature(request)
    check_coverage(signature, request, now, window)
    verify(signature, request, key or vectors.signing_keys().rsa_public)


def refused(
    request: Request, why: str | None = None, now: datetime = NOW, window: timedelta = timedelta(hours=1)
) -> None:
    with pytest.raises(Unauthenticated, match=why):
        accept(request, now=now, window=window)


def with_parameters(request: Request, change: Callable[[str], str]) -> Request:
    return request.with_headers({"Signature": change(request.one("signature"))})


def test_an_unsigned_request_is_refused() -> None:
    """S01: without a Signature header nothing is known of the sender."""
    refused(dated(POST), "found 0")


def test_what_we_sign_holds() -> None:
    """A signed POST and a signed GET are accepted, and cover what the fediverse asks for."""
    for request, covered in (
        (POST, ("(request-target)", "host", "date", "digest", "content-type")),
        (GET, ("(request-target)", "host", "date")),
    ):
        sent = signed(request)
        accept(sent)
        assert read_signature(sent).covered == covered
        assert read_signature(sent).key_id == KEY_ID


def test_the_headers_of_a_signed_post_are_complete() -> None:
    """`sign` gives every header that the receiver needs, byte for byte as signed."""
    headers = sign(POST, key_id=KEY_ID, key=vectors.signing_keys().rsa, now=NOW)
    assert list(headers) == ["Host", "Date", "Digest", "Content-Type", "Signature"]
    assert headers["Date"] == "Mon, 23 Nov 2026 09:00:00 GMT"
    assert headers["Signature"].startswith(
        f'keyId="{KEY_ID}",algorithm="rsa-sha256",headers="(request-target) host date digest content-type",signature="'
    )
    assert signing_string(POST.with_headers(headers), read_signature(signed(POST)).covered).decode() == (
        "(request-target): post /inbox?shared=1\n"
        "host: birch.example\n"
        "date: Mon, 23 Nov 2026 09:00:00 GMT\n"
        f"digest: {headers['Digest']}\n"
        "content-type: application/activity+json"
    )


@pytest.mark.parametrize(("covered", "value"), vectors.CAVAGE_SIGNED)
def test_the_signing_string_is_that_of_the_draft(covered: str, value: str) -> None:
    """The signatures of draft-cavage-12 appendix C hold over the signing strings that we make of its request."""
    header = f'keyId="Test",algorithm="rsa-sha256",headers="{covered}",signature="{value}"'
    request = Request(
        "POST", vectors.CAVAGE_TARGET, (*vectors.CAVAGE_HEADERS, ("signature", header)), vectors.CAVAGE_BODY
    )
    key = load_pem_public_key(vectors.CAVAGE_PUBLIC_PEM.encode())
    assert isinstance(key, RSAPublicKey)
    signature = read_signature(request)
    key.verify(signature.value, signing_string(request, signature.covered), PKCS1v15(), SHA256())
    check_digest(request)


def test_the_key_of_the_draft_is_too_small() -> None:
    """Appendix C's RSA key has 1024 bits and is refused as a key."""
    with pytest.raises(Malformed, match="1024"):
        read_pem(vectors.CAVAGE_PUBLIC_PEM)


@pytest.mark.parametrize(
    ("request_", "covered", "missing"),
    [
        (POST, "date", r"\(request-target\), digest, host"),
        (POST, "host date digest", r"\(request-target\)"),
        (POST, "(request-target) date digest", "host"),
        (POST, "(request-target) host date", "digest"),
        (POST, "(request-target) host date content-type", "digest"),
        (POST, "(request-target) host digest", "neither date nor"),
        (GET, "(request-target) date", "host"),
        (GET, "(request-target) host", "neither date nor"),
        (replace(GET, body=b"x"), "(request-target) host date", "digest"),
    ],
)
def test_a_signature_over_too_little_is_refused(request_: Request, covered: str, missing: str) -> None:
    """S02, S05: target, host, a time and the body's digest are all covered, or the signature counts for nothing."""
    refused(signed_by_hand(dated(request_), covered), missing)


def test_another_body_is_refused() -> None:
    """S04: the body changed by one byte no longer fits the signed digest."""
    refused(replace(signed(POST), body=BODY.replace(b"C", b"D")), "not of this body")


def test_a_signature_is_bound_to_path_method_and_host() -> None:
    """S07, S08: a signature for one request is none for another path, query, method or host."""
    sent = signed(POST)
    for other in (
        replace(sent, target="/outbox?shared=1"),
        replace(sent, target="/inbox?shared=2"),
        replace(sent, target="/inbox"),
        replace(sent, method="PUT"),
        sent.with_headers({"Host": "cedar.example"}),
        sent.with_headers({"Content-Type": "text/plain"}),
    ):
        refused(other, "not made by this key")
    refused(replace(signed(GET), method="POST"), "digest")


def test_a_signature_over_the_path_alone_is_taken() -> None:
    """Servers that leave the query out when they sign are understood, where they bring nothing."""
    bare = signed(replace(GET, target="/actor"))
    accept(replace(bare, target="/actor?page=2"))
    refused(replace(signed(replace(POST, target="/inbox")), target="/inbox?page=2"), "not made by this key")


@pytest.mark.parametrize("minutes", [-61, 61])
def test_a_time_outside_of_the_window_is_refused(minutes: int) -> None:
    """S10: what was signed too long ago, or in the future, is refused; the window is the caller's."""
    refused(signed(POST, NOW + timedelta(minutes=minutes)), "too far from now")
    accept(signed(POST, NOW + timedelta(minutes=minutes) * 59 / 61))
    refused(signed(POST, NOW + timedelta(minutes=10)), "too far from now", window=timedelta(minutes=5))


def test_created_stands_for_the_date_only_where_it_is_covered() -> None:
    """`(created)` is a time of signing like `date`; both are checked, and an uncovered one proves nothing."""
    seconds = int(NOW.timestamp())
    covered = "(request-target) (created) host digest"
    accept(signed_by_hand(dated(POST), covered, created=seconds))
    refused(signed_by_hand(dated(POST), covered, created=seconds - 3601), "too far")
    refused(signed_by_hand(dated(POST), "(request-target) host digest", created=seconds), "neither")
    refused(signed_by_hand(dated(POST), f"{POST_COVERED} (created)", created=seconds + 3601), "too far")
    refused(signed_by_hand(dated(POST), covered, created=seconds, algorithm="rsa-sha256"), "does not allow")
    without = with_parameters(
        signed_by_hand(dated(POST), covered, created=seconds), lambda text: text.replace("created=", "x=")
    )
    refused(without, "neither|does not have")


def test_an_expired_signature_is_refused() -> None:
    """S11: `expires` before now ends a signature, covered or not."""
    seconds = int(NOW.timestamp())
    covered = f"{POST_COVERED} (expires)"
    accept(signed_by_hand(dated(POST), covered, expires=seconds + 1))
    refused(signed_by_hand(dated(POST), covered, expires=seconds - 1), "expired")
    refused(signed_by_hand(dated(POST), POST_COVERED, expires=seconds - 1), "expired")


@pytest.mark.parametrize("name", ["signature", "digest", "date", "host"])
def test_a_repeated_header_is_refused(name: str) -> None:
    """S13: two Signature, Digest, Date or Host headers prove nothing, even when they are the same."""
    sent = signed(POST)
    refused(replace(sent, headers=(*sent.headers, (name, sent.one(name)))), f"one {name} header, found 2")


@pytest.mark.parametrize(
    "algorithm", ["none", "", "hmac-sha256", "rsa-sha1", "rsa-sha512", "ecdsa-sha256", "ed25519", "RSA-SHA-256"]
)
def test_other_algorithms_are_refused(algorithm: str) -> None:
    """S14: an algorithm that is not in the table is refused before any key is looked for."""
    sent = with_parameters(signed(POST), lambda text: text.replace('"rsa-sha256"', f'"{algorithm}"'))
    with pytest.raises(Unauthenticated, match="algorithm is not taken"):
        read_signature(sent)


def test_hs2019_and_no_algorithm_leave_it_to_the_key() -> None:
    """RSA with SHA-256 or SHA-512, and Ed25519, hold under `hs2019` or no name; not under another's name."""
    rsa = vectors.signing_keys().rsa
    ed25519 = Ed25519PrivateKey.generate()

    def rsa_sha512(message: bytes) -> bytes:
        return rsa.sign(message, PKCS1v15(), SHA512())

    for algorithm in ("hs2019", None):
        accept(signed_by_hand(dated(POST), POST_COVERED, algorithm=algorithm))
        accept(signed_by_hand(dated(POST), POST_COVERED, rsa_sha512, algorithm=algorithm))
        accept(signed_by_hand(dated(POST), POST_COVERED, ed25519.sign, algorithm=algorithm), key=ed25519.public_key())
    refused(signed_by_hand(dated(POST), POST_COVERED, rsa_sha512, algorithm="rsa-sha256"), "not made by this key")
    with pytest.raises(Unauthenticated):
        accept(
            signed_by_hand(dated(POST), POST_COVERED, ed25519.sign, algorithm="rsa-sha256"), key=ed25519.public_key()
        )
    with pytest.raises(Unauthenticated):
        accept(signed(POST), key=ed25519.public_key())


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value[:-4],
        lambda value: value + "AAAA",
        lambda value: value.rstrip("="),
        lambda value: value + "=",
        lambda value: value[:40] + " " + value[40:],
        lambda value: value[:40] + "\t" + value[40:],
        lambda value: value.replace("+", "-").replace("/", "_") + "-_",
        lambda value: value[:-3] + chr(ord(value[-3]) + 1) + "==",
        lambda _: "",
        lambda _: "ü",
    ],
)
def test_a_signature_in_another_spelling_is_refused(change: Callable[[str], str]) -> None:
    """S19: truncated, over-long, unpadded, url-safe or spaced base64, and spare bits, are refused."""
    head, value = signed(POST).one("signature").rsplit('signature="', 1)
    refused(signed(POST).with_headers({"Signature": f'{head}signature="{change(value[:-1])}"'}))


def test_an_ed25519_signature_has_one_form() -> None:
    """S19: S raised by the group's order, which adds up to the same point, is refused."""
    key = Ed25519PrivateKey.generate()
    order = 2**252 + 27742317777372353535851937790883648493

    def malleable(message: bytes) -> bytes:
        value = key.sign(message)
        return value[:32] + (int.from_bytes(value[32:], "little") + order).to_bytes(32, "little")

    accept(signed_by_hand(dated(POST), POST_COVERED, key.sign), key=key.public_key())
    with pytest.raises(Unauthenticated, match="not made by this key"):
        accept(signed_by_hand(dated(POST), POST_COVERED, malleable), key=key.public_key())


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + ',keyId="x"',
        lambda text: text + ',KEYID="x"',
        lambda text: text.replace("keyId", "key"),
        lambda text: text.replace(KEY_ID, ""),
        lambda text: text.replace(KEY_ID, "x" * 3000),
        lambda text: text.replace(KEY_ID, 'a\\"b'),
        lambda text: text.replace("(request-target) ", "(request-target)  "),
        lambda text: text.replace("digest", "digest digest"),
        lambda text: text.replace("digest", "digest " + " ".join(f"x{number}" for number in range(40))),
        lambda text: text.replace('headers="(request-target) host date digest content-type"', 'headers=""'),
        lambda text: text.replace(",", ";"),
        lambda text: text[:-1],
        lambda text: "Signature " + text,
        lambda text: text + ",created=1.5",
        lambda text: text + ",expires=-1",
        lambda text: text + ",expires=99999999999999",
        lambda text: text + ",x=" + '"' + "a" * 9000 + '"',
        lambda _: "",
        lambda _: ",",
    ],
)
def test_a_malformed_signature_header_is_refused(change: Callable[[str], str]) -> None:
    """Repeated, missing or over-long parameters, and what is no list of them, are refused."""
    refused(with_parameters(signed(POST), change))


def test_unknown_parameters_and_spaces_do_not_matter() -> None:
    """Parameters that the draft does not know are ignored, and so is white space around them."""
    accept(with_parameters(signed(POST), lambda text: text.replace(",", " , ") + ', opaque="a, b=c"'))


def test_a_covered_header_cannot_pose_as_two_lines() -> None:
    """A header value with a line break, or with other characters than ASCII, is refused when it is covered."""
    for value in ("birch.example\ndate: x", "birch.example\r", "bürch.example", "\ud800"):
        refused(signed(POST).with_headers({"Host": value}), "printable ASCII")


def test_a_digest_may_stand_among_others() -> None:
    """Exactly one SHA-256 is needed; it and SHA-512 are compared, other algorithms beside them are left alone."""
    digest = write_digest(BODY)
    longer = f"sha-512={b64encode(sha512(BODY).digest()).decode()}"
    for text in (digest, f"MD5=abc=, {digest}", f"{digest},{longer}", digest.replace("SHA", "sha")):
        check_digest(POST.with_headers({"Digest": text}))
    for text in (
        "",
        longer,
        f"SHA-512=abc=, {digest}",
        digest.rstrip("="),
        f"{digest},{digest}",
        "SHA-256=ü",
        "SHA-256=\ud800",
    ):
        with pytest.raises(Unauthenticated):
            check_digest(POST.with_headers({"Digest": text}))


@given(
    st.text()
    | st.text(alphabet='keyIdsgnaturhc="\\(), \t-:0123.=+/')
    | st.binary().map(lambda raw: raw.decode("latin-1"))
)
def test_any_header_text_is_at_worst_unauthenticated(text: str) -> None:
    """Whatever stands in a Signature, Digest, Date or Host header, the answer is Unauthenticated."""
    sent = signed(POST)
    for name in ("signature", "digest", "date", "host"):
        if sent.one(name) != text.strip(" \t"):
            with pytest.raises(Unauthenticated):
                accept(sent.with_headers({name: text}))


@given(st.sampled_from(["target", "host", "date", "digest", "content-type", "value", "body"]), st.data())
def test_any_flipped_bit_breaks_the_signature(part: str, data: st.DataObject) -> None:
    """One bit changed anywhere in what is signed, or in the signature itself, and the request is refused."""
    sent = signed(POST)
    head, value = sent.one("signature").rsplit('signature="', 1)
    original = {"target": sent.target.encode(), "value": value[:-1].encode(), "body": sent.body}.get(part)
    raw = bytearray(original if original is not None else sent.one(part).encode())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    text = raw.decode("latin-1")
    match part:
        case "target":
            forged = replace(sent, target=text)
        case "body":
            forged = replace(sent, body=bytes(raw))
        case "value":
            forged = sent.with_headers({"Signature": f'{head}signature="{text}"'})
        case _:
            forged = sent.with_headers({part: text})
    refused(forged)
