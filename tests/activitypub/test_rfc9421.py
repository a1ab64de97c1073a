import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final, get_args

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from hypothesis import assume, given
from hypothesis import strategies as st

from activitypub.message import ACTIVITY_JSON, Request
from activitypub.signatures.content_digest import write_content_digest
from activitypub.signatures.fields import BareItem, InnerList, Item, read_dictionary, write_dictionary, write_member
from activitypub.signatures.keys import PublicKey, read_pem
from activitypub.signatures.rfc9421 import (
    PrivateKey,
    Scheme,
    check_coverage,
    read_signature,
    sign,
    signature_base,
    verify,
)
from schema.errors import DomainError, Malformed, Unauthenticated
from tests.activitypub import vectors_rfc9421 as vectors
from tests.activitypub.vectors import signing_keys

NOW: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECONDS: Final = int(NOW.timestamp())
KEY_ID: Final = "https://alder.example/actor#ed25519-key"
BODY: Final = b'{"type":"Create"}'
POST: Final = Request("POST", "/inbox?shared=1", (("host", "birch.example"), ("content-type", ACTIVITY_JSON)), BODY)
GET: Final = Request("GET", "/actor?page=2", (("host", "birch.example"),))
COVERED: Final = ("@method", "@target-uri", "content-digest")

B2_REQUEST: Final = Request("POST", vectors.REQUEST_TARGET, vectors.REQUEST_HEADERS, vectors.REQUEST_BODY)
B4_HEADERS: Final = (("host", "example.org"), ("accept", "application/json"), ("accept", "*/*"))
B4_REQUEST: Final = Request("GET", "/demo?name1=Value1&Name2=value2", B4_HEADERS)


def signed(
    request: Request,
    key: PrivateKey | None = None,
    *,
    now: datetime = NOW,
    scheme: Scheme = "https",
) -> Request:
    return request.with_headers(sign(request, key_id=KEY_ID, key=key or signing_keys().ed25519, now=now, scheme=scheme))


def signed_by_hand(
    request: Request,
    covered: tuple[str, ...] = COVERED,
    make: Callable[[bytes], bytes] | None = None,
    **parameters: BareItem,
) -> Request:
    """Sign any list of components with any parameters, as others might send."""
    request = request.with_headers({"Content-Digest": write_content_digest(request.body)})
    chosen: dict[str, BareItem] = {"created": SECONDS, "keyid": KEY_ID, **parameters}
    value = (make or signing_keys().ed25519.sign)(signature_base(request, covered, chosen, "https"))
    components = InnerList(tuple(map(Item, covered)), chosen)
    return request.with_headers(
        {
            "Signature-Input": write_dictionary({"x": components}),
            "Signature": write_dictionary({"x": Item(value)}),
        }
    )


def accept(
    request: Request,
    key: PublicKey | None = None,
    *,
    now: datetime = NOW,
    window: timedelta = timedelta(hours=1),
    scheme: Scheme = "https",
) -> None:
    """Do all that a receiver does. Raises Unauthenticated."""
    signature = read_signature(request, scheme=scheme)
    check_coverage(signature, request, now, window)
    verify(signature, request, key or signing_keys().ed25519_public)


def refused(
    request: Request,
    why: str | None = None,
    key: PublicKey | None = None,
    *,
    window: timedelta = timedelta(hours=1),
    scheme: Scheme = "https",
) -> None:
    with pytest.raises(Unauthenticated, match=why):
        accept(request, key, window=window, scheme=scheme)


def changed(request: Request, name: str, change: Callable[[str], str]) -> Request:
    return request.with_headers({name: change(request.one(name))})


def ed25519_of_the_rfc() -> Ed25519PrivateKey:
    key = load_pem_private_key(vectors.ED25519_PRIVATE_PEM.encode(), None)
    assert isinstance(key, Ed25519PrivateKey)
    return key


def test_an_unsigned_request_is_refused() -> None:
    """S01: without both headers nothing is known of the sender."""
    refused(POST, "expected one signature-input header, found 0")
    sent = signed(POST)
    for name in ("signature-input", "signature"):
        refused(
            replace(sent, headers=tuple(pair for pair in sent.headers if pair[0] != name)),
            f"expected one {name} header, found 0",
        )


def test_what_we_sign_holds() -> None:
    """A signed POST and a signed GET are accepted with both kinds of key, and cover what the fediverse asks for."""
    keys = signing_keys()
    for key, public in ((keys.ed25519, keys.ed25519_public), (keys.rsa, keys.rsa_public)):
        for request, covered in ((POST, COVERED), (GET, COVERED[:2])):
            sent = signed(request, key)
            accept(sent, public)
            signature = read_signature(sent, scheme="https")
            assert (signature.key_id, signature.covered) == (KEY_ID, covered)


def test_the_headers_of_a_signed_post_are_complete() -> None:
    """`sign` gives every header that the receiver needs, byte for byte as signed."""
    keys = signing_keys()
    for key, algorithm in ((keys.ed25519, "ed25519"), (keys.rsa, "rsa-v1_5-sha256")):
        headers = sign(POST, key_id=KEY_ID, key=key, now=NOW, scheme="https")
        assert list(headers) == ["Host", "Content-Type", "Content-Digest", "Signature-Input", "Signature"]
        parameters = f'("@method" "@target-uri" "content-digest");created={SECONDS};keyid="{KEY_ID}";alg="{algorithm}"'
        assert headers["Signature-Input"] == f"sig1={parameters}"
        assert headers["Signature"].startswith("sig1=:")
        sent = POST.with_headers(headers)
        signature = read_signature(sent, scheme="https")
        assert signature_base(sent, signature.covered, signature.parameters, "https").decode() == (
            '"@method": POST\n'
            '"@target-uri": https://birch.example/inbox?shared=1\n'
            f'"content-digest": {headers["Content-Digest"]}\n'
            f'"@signature-params": {parameters}'
        )
    assert list(sign(GET, key_id=KEY_ID, key=keys.rsa, now=NOW, scheme="https")) == [
        "Host",
        "Signature-Input",
        "Signature",
    ]


def test_a_key_id_that_no_header_can_hold_is_our_own_mistake() -> None:
    """Signing with a key id of other characters than printable ASCII is a DomainError."""
    with pytest.raises(DomainError):
        sign(GET, key_id="https://bürch.example/", key=signing_keys().rsa, now=NOW, scheme="https")


@pytest.mark.parametrize("example", [vectors.B21, vectors.B23, vectors.B25, vectors.B26], ids=lambda case: case.label)
def test_the_signature_base_is_that_of_the_rfc(example: vectors.Example) -> None:
    """Appendix B.2's signature bases are reproduced byte for byte from its request and headers."""
    request = B2_REQUEST.with_headers(example.headers)
    signature = read_signature(request, scheme="https")
    assert signature_base(request, signature.covered, signature.parameters, "https").decode() == example.base
    assert signature.value == b64decode(example.value)
    assert signature.created == vectors.CREATED


def test_components_that_we_do_not_take_are_those_of_the_rfc_otherwise() -> None:
    """B.2.2's `@query-param` and B.2.4's `@status` are refused; all other lines of their bases are reproduced."""
    response = Request("GET", "/", vectors.RESPONSE_HEADERS)
    for example, message, line in ((vectors.B22, B2_REQUEST, 2), (vectors.B24, response, 0)):
        with pytest.raises(Unauthenticated, match=r"not taken|none are taken"):
            read_signature(message.with_headers(example.headers), scheme="https")
        member = read_dictionary(example.headers["Signature-Input"])[example.label]
        assert isinstance(member, InnerList)
        assert write_member(member) == example.parameters
        covered = [str(item.value) for item in member.items]
        covered.pop(line)
        lines = signature_base(message, covered, member.parameters, "https").decode().split("\n")[:-1]
        assert lines == [text for position, text in enumerate(example.lines) if position != line]


def test_the_ed25519_signature_of_the_rfc_is_reproduced() -> None:
    """B.2.6 is verified, and made anew with its private key, to the last byte."""
    request = B2_REQUEST.with_headers(vectors.B26.headers)
    signature = read_signature(request, scheme="https")
    verify(signature, request, read_pem(vectors.ED25519_PUBLIC_PEM))
    assert b64encode(ed25519_of_the_rfc().sign(vectors.B26.base.encode())).decode() == vectors.B26.value
    with pytest.raises(Unauthenticated, match="does not cover @query, content-digest"):
        check_coverage(signature, request, datetime.fromtimestamp(vectors.CREATED, UTC))


def test_the_rsa_pss_signatures_of_the_rfc_are_over_these_bases() -> None:
    """B.2.1 to B.2.3 hold under rsa-pss-sha512, which is not taken: an RSA key stands for rsa-v1_5-sha256."""
    key = load_pem_public_key(vectors.RSA_PSS_PUBLIC_PEM.encode())
    assert isinstance(key, RSAPublicKey)
    for example in (vectors.B21, vectors.B22, vectors.B23):
        key.verify(b64decode(example.value), example.base.encode(), PSS(MGF1(SHA512()), 64), SHA512())
    for example in (vectors.B21, vectors.B23):
        request = B2_REQUEST.with_headers(example.headers)
        with pytest.raises(Unauthenticated, match="not made by this key"):
            verify(read_signature(request, scheme="https"), request, read_pem(vectors.RSA_PSS_PUBLIC_PEM))


def test_the_ecdsa_and_hmac_signatures_of_the_rfc_are_over_these_bases() -> None:
    """B.2.4 and B.2.5 hold under algorithms that are not taken; the elliptic key is refused as a key."""
    key = load_pem_public_key(vectors.ECC_PUBLIC_PEM.encode())
    assert isinstance(key, EllipticCurvePublicKey)
    value = b64decode(vectors.B24.value)
    halves = (int.from_bytes(half, "big") for half in (value[:32], value[32:]))
    key.verify(encode_dss_signature(*halves), vectors.B24.base.encode(), ECDSA(SHA256()))
    with pytest.raises(Malformed):
        read_pem(vectors.ECC_PUBLIC_PEM)
    secret = b64decode(vectors.SHARED_SECRET)
    assert hmac.digest(secret, vectors.B25.base.encode(), sha256) == b64decode(vectors.B25.value)


def test_a_signature_survives_what_intermediaries_may_do() -> None:
    """Appendix B.4: headers not covered may change, covered ones may be joined, but neither changed nor reordered."""
    date = ("date", "Fri, 15 Jul 2022 14:24:55 GMT")
    joined = (("host", "example.org"), ("accept", "application/json, */*"), ("referer", "https://x.example/"))
    key = read_pem(vectors.ED25519_PUBLIC_PEM)

    def check(request: Request) -> None:
        request = request.with_headers(vectors.TRANSFORM.headers)
        verify(read_signature(request, scheme="https"), request, key)

    for headers in (B4_HEADERS, (*B4_HEADERS, date), (date, *B4_HEADERS[1:], B4_HEADERS[0]), joined):
        check(replace(B4_REQUEST, headers=headers))
    check(replace(B4_REQUEST, target=B4_REQUEST.target + "&param=added"))
    for request in (
        replace(B4_REQUEST, method="POST"),
        B4_REQUEST.with_headers({"Host": "example.com"}),
        replace(B4_REQUEST, headers=(B4_HEADERS[0], B4_HEADERS[2], B4_HEADERS[1])),
    ):
        with pytest.raises(Unauthenticated, match="not made by this key"):
            check(request)


@pytest.mark.parametrize(
    "covered",
    [
        COVERED,
        ("content-digest", "@target-uri", "@method"),
        ("@method", "@authority", "@path", "@query", "content-digest"),
        ("@method", "@authority", "@request-target", "content-digest"),
        ("@method", "@target-uri", "@authority", "@scheme", "@request-target", "@path", "@query", "content-digest"),
        (*COVERED, "host", "content-type"),
    ],
)
def test_enough_is_enough_in_any_order(covered: tuple[str, ...]) -> None:
    """Every way to cover method, whole target and body is taken, and all seven derived components."""
    accept(signed_by_hand(POST, covered))


def test_a_target_without_a_query_needs_none_covered() -> None:
    """`@query` is required only where there is a query; one that is added later is noticed."""
    covered = ("@method", "@authority", "@path")
    plain = replace(GET, target="/actor")
    accept(signed_by_hand(plain, covered))
    accept(signed_by_hand(plain, (*covered, "@query")))
    refused(replace(signed_by_hand(plain, covered), target="/actor?"), "does not cover @query")
    refused(replace(signed_by_hand(plain, (*covered, "@query")), target="/actor?x"), "not made by this key")


@pytest.mark.parametrize(
    ("request_", "covered", "missing"),
    [
        (POST, (), "@authority, @method, @path, @query, content-digest"),
        (POST, ("@target-uri", "content-digest"), "@method"),
        (POST, ("@method", "content-digest"), "@authority, @path, @query"),
        (POST, ("@method", "@path", "@query", "content-digest"), "@authority"),
        (POST, ("@method", "@request-target", "content-digest"), "@authority"),
        (POST, ("@method", "@authority", "@query", "content-digest"), "@path"),
        (POST, ("@method", "@authority", "@path", "content-digest"), "@query"),
        (POST, ("@method", "host", "@request-target", "content-digest"), "@authority"),
        (POST, ("@method", "@target-uri", "content-type"), "content-digest"),
        (replace(POST, body=b""), ("@method", "@target-uri"), "content-digest"),
        (GET, ("@target-uri",), "@method"),
        (replace(GET, body=b"x"), ("@method", "@target-uri"), "content-digest"),
    ],
)
def test_a_signature_over_too_little_is_refused(request_: Request, covered: tuple[str, ...], missing: str) -> None:
    """S02, S05, S20: method, whole target and the body's digest are covered, or the signature counts for nothing."""
    refused(signed_by_hand(request_, covered), f"does not cover {missing}")


def test_another_body_is_refused() -> None:
    """S04: the body changed by one byte no longer fits the signed digest."""
    refused(replace(signed(POST), body=BODY.replace(b"C", b"D")), "not of this body")


def test_a_signature_is_bound_to_method_target_host_and_scheme() -> None:
    """S07, S08, S20: a signature for one request is none for another method, path, query, host or scheme."""
    sent = signed(POST)
    for other in (
        replace(sent, target="/outbox?shared=1"),
        replace(sent, target="/inbox?shared=2"),
        replace(sent, target="/inbox"),
        replace(sent, method="PUT"),
        sent.with_headers({"Host": "cedar.example"}),
        sent.with_headers({"Host": "birch.example:8443"}),
        changed(sent, "signature-input", lambda text: text.replace("alder", "cedar")),
    ):
        refused(other, "not made by this key")
    refused(sent, "not made by this key", scheme="http")
    accept(signed(POST, scheme="http"), scheme="http")


def test_a_host_has_one_form() -> None:
    """Section 2.2.3: case and the scheme's own port make no difference; another port does."""
    for scheme in get_args(Scheme):
        port = {"https": 443, "http": 80}[scheme]
        sent = signed(POST, scheme=scheme)
        for host in ("BIRCH.example", f"birch.example:{port}"):
            accept(sent.with_headers({"Host": host}), scheme=scheme)
        refused(sent.with_headers({"Host": f"birch.example:{523 - port}"}), scheme=scheme)
    for host in ("[2001:db8::1]:8401", "127.0.0.1"):
        accept(signed(GET.with_headers({"Host": host})))


@pytest.mark.parametrize(
    ("host", "target"),
    [
        ("birch.example/a", "/inbox"),
        ("birch.example?a=", "/inbox"),
        ("alder.example@birch.example", "/inbox"),
        ("birch.example:", "/inbox"),
        ("birch.example:0443", "/inbox"),
        ("", "/inbox"),
        ("birch.e\u212aample", "/inbox"),
        ("birch.example", "inbox"),
        ("birch.example", "https://birch.example/inbox"),
        ("birch.example", "*"),
        ("birch.example", ""),
        ("birch.example", "/in\nbox"),
        ("birch.example", "/\u00fc"),
    ],
)
def test_a_target_cannot_pose_as_another(host: str, target: str) -> None:
    """No part of a URI may slip into its neighbour, and nothing but printable ASCII stands in it."""
    with pytest.raises(Unauthenticated):
        signed(replace(GET, target=target).with_headers({"Host": host}))
    refused(replace(signed(GET), target=target).with_headers({"Host": host}))


@pytest.mark.parametrize("minutes", [-61, 61])
def test_a_time_outside_of_the_window_is_refused(minutes: int) -> None:
    """S10: what was signed too long ago, or in the future, is refused; the window is the caller's."""
    refused(signed(POST, now=NOW + timedelta(minutes=minutes)), "too far from now")
    accept(signed(POST, now=NOW + timedelta(minutes=minutes) * 59 / 61))
    refused(signed(POST, now=NOW + timedelta(minutes=10)), "too far from now", window=timedelta(minutes=5))
    for far in (-(10**15) + 1, 0, 10**15 - 1):
        refused(signed_by_hand(POST, created=far), "too far from now")


def test_an_expired_signature_is_refused() -> None:
    """S11: `expires` at or before now ends a signature."""
    accept(signed_by_hand(POST, expires=SECONDS + 1))
    accept(signed_by_hand(POST, expires=10**15 - 1))
    for seconds in (SECONDS, SECONDS - 1, 0, -1):
        refused(signed_by_hand(POST, expires=seconds), "expired")


@pytest.mark.parametrize("name", ["signature-input", "signature", "content-digest", "host"])
def test_a_repeated_header_is_refused(name: str) -> None:
    """S13: two of any header that decides about trust prove nothing, even when they are the same."""
    sent = signed(POST)
    refused(replace(sent, headers=(*sent.headers, (name, sent.one(name)))), f"one {name} header, found 2")


@pytest.mark.parametrize(
    ("name", "change", "why"),
    [
        ("signature-input", lambda text: f"{text}, {text.replace('sig1', 'sig2')}", "one signature .* found 2"),
        ("signature", lambda text: f"{text}, {text.replace('sig1', 'sig2')}", "one signature .* found 2"),
        ("signature-input", lambda text: f"{text}, {text}", "repeats a key"),
        ("signature", lambda text: text.replace("sig1", "sig2"), "different labels"),
        ("signature-input", lambda text: ", ".join(f"s{n}={text[5:]}" for n in range(1000)), "too long"),
        ("signature-input", lambda _: ", ".join(f"s{n}=()" for n in range(70)), "too many"),
        ("signature-input", lambda _: "sig1=1", "does not list"),
        ("signature", lambda _: "sig1=1", "not a byte sequence"),
        ("signature", lambda _: "sig1=()", "not a byte sequence"),
        ("signature", lambda _: "sig1", "not a byte sequence"),
        ("signature", lambda _: "sig1=::", "not made by this key"),
        ("signature", lambda text: text[:-1], "not a structured field"),
        ("signature", lambda text: text[:-3] + ":", "not base64|not canonical"),
        ("signature-input", lambda text: text.replace(";keyid", ";key"), "names no key"),
        ("signature-input", lambda text: text.replace(KEY_ID, ""), "names no key"),
        ("signature-input", lambda text: text.replace(KEY_ID, "x" * 3000), "at too great length"),
        ("signature-input", lambda text: text.replace(f'"{KEY_ID}"', "token"), "keyid is not a string"),
        ("signature-input", lambda text: text.replace(";created", ";x"), "no time of creation"),
        ("signature-input", lambda text: text.replace(f"={SECONDS}", ""), "created is not an integer"),
        ("signature-input", lambda text: text.replace(f"={SECONDS}", f"={SECONDS}.5"), "not a structured field"),
        ("signature-input", lambda text: text + ';expires="1"', "expires is not an integer"),
        ("signature-input", lambda text: text + ";created=1", "repeats a key"),
        ("signature-input", lambda text: text.replace('"ed25519"', "ed25519"), "alg is not a string"),
        ("signature-input", lambda text: text.replace('"@method"', '"@method" "@method"'), "repeats itself"),
        ("signature-input", lambda text: text.replace('"@method"', "method"), "not named by a string"),
        ("signature-input", lambda text: text.replace('"@method"', '"@Method"'), "derived component"),
        ("signature-input", lambda text: text.replace('"@method"', '"@method" "@status"'), "derived component"),
        ("signature-input", lambda text: text.replace('"@method"', '"@method" "@signature-params"'), "derived"),
        ("signature-input", lambda text: text.replace('"@method"', '"@method" "date"'), "does not have"),
        ("signature-input", lambda text: text.replace('"@method"', '"@method" "Host"'), "does not have"),
        ("signature-input", lambda text: text.replace('"@method"', '"@method" ""'), "does not have"),
        ("signature-input", lambda text: text.replace("(", "(" + '"a" ' * 33), "too long or repeats|too many"),
        ("signature-input", lambda text: text.replace("(", "(" + " ".join(f'"{n}"' for n in range(33)) + " "), "long"),
    ],
)
def test_a_malformed_signature_is_refused(name: str, change: Callable[[str], str], why: str) -> None:
    """S19, S20: wrong labels, types, repetitions, sizes and components are refused, each with its reason."""
    refused(changed(signed(POST), name, change), why)


@pytest.mark.parametrize("component", ['"content-digest"', '"@method"'])
@pytest.mark.parametrize("parameter", ["sf", 'key="sha-256"', "bs", "req", "tr", 'name="Pet"', "x"])
def test_a_component_with_parameters_is_refused(component: str, parameter: str) -> None:
    """Components with parameters are refused before anything is made of them."""
    sent = changed(signed(POST), "signature-input", lambda text: text.replace(component, f"{component};{parameter}"))
    refused(sent, "component with parameters")


@pytest.mark.parametrize(
    "algorithm",
    ["", "none", "hmac-sha256", "rsa-pss-sha512", "ecdsa-p256-sha256", "ecdsa-p384-sha384", "rsa-sha256", "ED25519"],
)
def test_other_algorithms_are_refused(algorithm: str) -> None:
    """S14: an algorithm that is not in the table is refused before any key is looked for."""
    with pytest.raises(Unauthenticated, match="algorithm is not taken"):
        read_signature(signed_by_hand(POST, alg=algorithm), scheme="https")


def test_the_algorithm_agrees_with_the_key() -> None:
    """Section 3.2, step 6.5: a named algorithm must be the key's; without a name the key decides."""
    keys = signing_keys()
    accept(signed_by_hand(POST), keys.ed25519_public)
    accept(signed_by_hand(POST, alg="ed25519"), keys.ed25519_public)
    refused(signed_by_hand(POST, alg="rsa-v1_5-sha256"), "not that of its key", keys.ed25519_public)
    refused(signed(POST, keys.rsa), "not that of its key", keys.ed25519_public)
    refused(signed(POST, keys.ed25519), "not that of its key", keys.rsa_public)
    refused(signed_by_hand(POST), "not made by this key", keys.rsa_public)


def test_an_ed25519_signature_has_one_form() -> None:
    """S19: S raised by the group's order, which adds up to the same point, is refused."""
    order = 2**252 + 27742317777372353535851937790883648493

    def malleable(message: bytes) -> bytes:
        value = signing_keys().ed25519.sign(message)
        return value[:32] + (int.from_bytes(value[32:], "little") + order).to_bytes(32, "little")

    refused(signed_by_hand(POST, make=malleable), "not made by this key")


def test_other_parameters_are_signed_and_otherwise_ignored() -> None:
    """`tag`, `nonce` and parameters not known do not matter, but cannot be changed."""
    sent = signed_by_hand(POST, tag="app", nonce='n"1', other=True)
    accept(sent)
    refused(changed(sent, "signature-input", lambda text: text.replace("app", "apq")), "not made by this key")
    refused(changed(sent, "signature-input", lambda text: text.replace(";other", "")), "not made by this key")


def test_spaces_in_a_field_do_not_matter() -> None:
    """Section 3.2, step 7: the parameters are signed as serialized anew, whatever stood between them."""
    sent = changed(signed(POST), "signature-input", lambda text: text.replace(" ", "   ").replace(";", ";  "))
    accept(changed(sent, "signature-input", lambda text: text.replace("(", "( ").replace(")", " )")))


def test_a_covered_header_cannot_pose_as_two_lines() -> None:
    """A covered header value with a line break, or with other characters than printable ASCII, is refused."""
    sent = signed_by_hand(POST, (*COVERED, "content-type"))
    accept(sent)
    for value in ('a\n"@method": GET', "a\r", "ü", "\ud800"):
        refused(sent.with_headers({"Content-Type": value}), "printable ASCII")


@given(
    st.text()
    | st.text(alphabet='sig1=("@method" target-uri);,:?0\\\t')
    | st.binary().map(lambda raw: raw.decode("latin-1"))
)
def test_any_header_text_is_at_worst_unauthenticated(text: str) -> None:
    """Whatever stands in a header that is signed or says what is, the answer is Unauthenticated."""
    sent = signed(POST)
    for name in ("signature-input", "signature", "content-digest", "host"):
        refused(sent.with_headers({name: text}))


@given(
    st.sampled_from(["method", "target", "host", "signature-input", "signature", "content-digest", "body"]), st.data()
)
def test_any_flipped_bit_breaks_the_signature(part: str, data: st.DataObject) -> None:
    """One bit changed anywhere in what is signed, or in the signature itself, and the request is refused."""
    sent = signed(POST)
    original = {"method": sent.method.encode(), "target": sent.target.encode(), "body": sent.body}.get(part)
    raw = bytearray(original if original is not None else sent.one(part).encode())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    text = raw.decode("latin-1")
    assume(part != "host" or text.lower() != sent.one("host"))
    match part:
        case "method":
            forged = replace(sent, method=text)
        case "target":
            forged = replace(sent, target=text)
        case "body":
            forged = replace(sent, body=bytes(raw))
        case _:
            forged = sent.with_headers({part: text})
    refused(forged)


@given(
    st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "QUERY"]),
    st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=40),
    st.binary(max_size=60),
    st.sampled_from(get_args(Scheme)),
    st.sampled_from(["ed25519", "rsa"]),
)
def test_whatever_is_signed_is_accepted(method: str, path: str, body: bytes, scheme: Scheme, kind: str) -> None:
    """Any method, target, body and scheme, signed with either key, is read, covered and verified."""
    keys = signing_keys()
    key, public = (keys.rsa, keys.rsa_public) if kind == "rsa" else (keys.ed25519, keys.ed25519_public)
    request = Request(method, f"/{path}", (("host", "birch.example:8401"),), body)
    accept(signed(request, key, scheme=scheme), public, scheme=scheme)
