"""Published test vectors, each with its source, and the keys that the tests sign with."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from activitypub.signatures.keys import SigningKeys

# W3C Data Integrity EdDSA Cryptosuites, repository w3c/vc-di-eddsa, TestVectors/keyPair.json
PUBLIC_MULTIKEY: Final = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
SECRET_MULTIKEY: Final = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
PUBLIC_RAW: Final = "b00d8d938e7f773d51565aad36a623f5344f7f5d1960f9cf3e8e12620ea2810f"

# The same, TestVectors/unsigned.json and TestVectors/eddsa-jcs-2022/*
W3C_CREATED: Final = "2023-02-24T23:36:38Z"
W3C_METHOD: Final = f"did:key:{PUBLIC_MULTIKEY}#{PUBLIC_MULTIKEY}"
W3C_CONTEXT: Final = ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"]
W3C_DOCUMENT: Final[dict[str, Any]] = {
    "@context": W3C_CONTEXT,
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
W3C_CANONICAL_DOCUMENT: Final = (
    '{"@context":["https://www.w3.org/ns/credentials/v2","https://www.w3.org/ns/credentials/examples/v2"],'
    '"credentialSubject":{"alumniOf":"The School of Examples","id":"did:example:abcdefgh"},'
    '"description":"A minimum viable example of an Alumni Credential.",'
    '"id":"urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33","issuer":"https://vc.example/issuers/5678",'
    '"name":"Alumni Credential","type":["VerifiableCredential","AlumniCredential"],"validFrom":"2023-01-01T00:00:00Z"}'
)
W3C_CANONICAL_CONFIG: Final = (
    '{"@context":["https://www.w3.org/ns/credentials/v2","https://www.w3.org/ns/credentials/examples/v2"],'
    '"created":"2023-02-24T23:36:38Z","cryptosuite":"eddsa-jcs-2022","proofPurpose":"assertionMethod",'
    f'"type":"DataIntegrityProof","verificationMethod":"{W3C_METHOD}"}}'
)
W3C_CONFIG_HASH: Final = "66ab154f5c2890a140cb8388a22a160454f80575f6eae09e5a097cabe539a1db"
W3C_DOCUMENT_HASH: Final = "59b7cb6251b8991add1ce0bc83107e3db9dbbab5bd2c28f687db1a03abc92f19"
W3C_SIGNATURE: Final = (
    "407cd12654b33d718ecbb99179a1506daaa849450bf3fc523cce3e1c96f8b803"
    "51da3f253d725c6f00b07c9e5448d50b3ef78012b9ab54255116d069c6dd2808"
)
W3C_PROOF_VALUE: Final = "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX"

# FEP-8b32, fep/8b32/fep-8b32.feature; the two hashes are not in it but follow from it
FEP_8B32_METHOD: Final = "https://server.example/users/alice#ed25519-key"
FEP_8B32_DOCUMENT: Final[dict[str, Any]] = {
    "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/data-integrity/v2"],
    "id": "https://server.example/activities/1",
    "type": "Create",
    "actor": "https://server.example/users/alice",
    "object": {
        "id": "https://server.example/objects/1",
        "type": "Note",
        "attributedTo": "https://server.example/users/alice",
        "content": "Hello world",
        "location": {"type": "Place", "longitude": -71.184902, "latitude": 25.273962},
    },
}
FEP_8B32_CONFIG_HASH: Final = "cf63e2308ce7d1137667192c5c5e751ba7b1c6e3d5e746a7b717d309654ad198"
FEP_8B32_DOCUMENT_HASH: Final = "0793e8d97e2de4b989b2b2d7a5fae8cf941f102a03c0ecab00f03eaa2330c650"
FEP_8B32_PROOF_VALUE: Final = (
    "z42ffGu6AUKPCFcFPiabmUvnGLPJzC7e4DGWC52NUasSSH37UMa9c58tdgVszUcZfytxa4fQ5TYHaJENCxUDe9SdL"
)

# FEP-c390, fep/c390/fep-c390.feature
FEP_C390_METHOD: Final = f"did:key:{PUBLIC_MULTIKEY}"
FEP_C390_DOCUMENT: Final[dict[str, Any]] = {
    "type": "VerifiableIdentityStatement",
    "subject": FEP_C390_METHOD,
    "alsoKnownAs": "https://server.example/users/alice",
}
FEP_C390_PROOF_VALUE: Final = (
    "z26W7TfJYD9DrGqnem245zNbeCbTwjb8avpduzi1JPhFrwML99CpP6gGXSKSXAcQdpGFBXF4kx7VwtXKhu7VDZJ54"
)

# FEP-521a, fep/521a/fep-521a.feature
FEP_521A_ED25519_RAW: Final = "2e6fcce36701dc791488e0d0b1745cc1e33a4c1c9fcc41c63bd343dbbe0970e6"
FEP_521A_ED25519: Final = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
FEP_521A_RSA_PKCS1: Final = (
    "3082010a0282010100b1b5fcd8d4d5e88ca5c4287b31f578865caf6a78826a3b8ff7b1b23aa4af4e6a0474139f945bd9d3a911ffd0fa"
    "72db78e4593a86c91f9da836186ebd3402d51f6a3844247ab5088b46929c311b43604fed84499f06f0f39bf55590e2187f1bbe229ba8"
    "f49fd2e570cd0e3733c76bfede80e1e7e0881e4538ea1bc5782be9512f8bf132526e05f4923564fe6e1e21bf7087adebb660fa533fca"
    "06d0a8e66991e1312d70b64a61da8ca77c028cdf939601e2cffe2855759b1d479f0847bcac59d7d62427a431d4e3dfd2697428b9dd63"
    "09a7b1167db99fe01af1ff1b739566fb949e47089d1dae84aef1214ef7f5773e86a0d3e9da246f9bec09d60c705891183d0203010001"
)
FEP_521A_RSA: Final = (
    "z4MXj1wBzi9jUstyPMS4jQqB6KdJaiatPkAtVtGc6bQEQEEsKTic4G7Rou3iBf9vPmT5dbkm9qsZsuVNjq8HCuW1w24nhBFGkRE4cd2Uf2tf"
    "rB3N7h4mnyPp1BF3ZttHTYv3DLUPi1zMdkULiow3M1GfXkoC6DoxDUm1jmN6GBj22SjVsr6dxezRVQc7aj9TxE7JLbMH1wh5X3kA58H3DFW8"
    "rnYMakFGbca5CB2Jf6CnGQZmL7o5uJAdTwXfy2iiiyPxXEGerMhHwhjTA1mKYobyk2CpeEcmvynADfNZ5MBvcCS7m3XkFCMNUYBS9NQ3fze6"
    "vMSUPsNa6GVYmKx2x6JrdEjCk3qRMMmyjnjCMfR4pXbRMZa3i"
)

# RFC 8785 section 3.2.2 (input), 3.2.4 (its bytes) and 3.2.3 (sorting)
# Made for the examples of these tests, and used nowhere else.
EXAMPLE_RSA_PEM: Final = """-----BEGIN PRIVATE KEY-----
MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQDG20ijJaIMcn1R
Iv04qG+nMKOEotuYiNhSoswakrys7LGXDZ601DOILmHUy+xG7iP7Bf9oIPfytaSj
o1XZUOhUn9m7it3uybFPWROR1utRPjoTGSLwk7VHuLF7JfCt6fpsx4seLjoCpsfz
FLGI84IFXkexrY3JsGIiStt01siX7tKJbzC8cwhFY+2HUElNsCfQzu9MahU0T8Jx
XTxnYerdMelFIyIrGa8kG/uelBtFeEzFr7iz9dSYIybH2tWj3NIN+d7c0BxUQc+R
8hehZ1gmzTDGB3D0hYJRiBMmcBQU3fnobfQl9QiJMByTs8oDjhNj5R+1vUHjGIAh
+lZXEgSRAgMBAAECggEAFz1LSN2+CWxb3t6S70sn+UcC5R5PQY1Ekqu55KUfbaof
uwJ5eLKP7ytUfZTzYPq1s8Fortejgnbd7c3J26LL9A/WV0eMVjq2AQrs8Y9HYvA9
wzudzLXGasJX44d0kC6W+J19UaKfXu300iCp+tJScKQrBsW8m0SEw3MyIH51ZOPs
aw8pctDjfygiOrsvAsnCOJVhszRy4KaSoql1Sp/mMQqWY32KJ1+VAVWKWz8DBzaI
CWN1lSfhnfzriyfA8yZJMjXxQwWEb6uWXhTN+Cqqj7QBS5fmbNgdgy1H5C5BLHqy
p6ZTZutMspf40a1jqzHs860AfgkjydJ0Rze2pehEUQKBgQDqJnyCcVKIikMY78jk
HNb2jzHdAUaZjLUxiEXvfe6eui2ujQ0xhk7BGNi25YLBVp/EptbMLIRkjgcxOJ70
e2Xmmwuuz9Y9Y+44YQCiXMEh845GeN8Sh/alvuZuJ7YzrbZoo4NGtn7NLCvp8rW8
ynmBJ12Gi5Y2/Ob2gfEt3B5R1QKBgQDZaa4tNTj0lRHgbcSBGfXNvUxf62e7yx6E
b2wAENF+k6G+6UoPoaBM+RhLaj1t6djKcBYXl85EBgNw7XtQ7v/h+SBGi/bHzXa3
/e5qLA+TV7F2OxGBdjMh2jvuR6/4k/KvX46OpJ38mGPHWONmjDihsSZtT2ZjaL4N
Qz++xUIJzQKBgDVvSwLJsbgPNXi/X+0O18+0pgB1hhMMlV0UaEFbT9VRT5OCBPzE
VbyjWvGCNvDAP/20xVga4KvB7cpBzaSldH/H6kaej5m68GZVXLuwxzJkTpeuhdnI
xXTVt+hzj5UDk5kVl6PPiehwqCTfirHm0wuyXBmUSVeLJ3oh9VQt441xAoGACzTJ
R4dAwkqUu06tHEJsSwiA0Uje9e0IS6c6l95GDhIp+h8oNBoOmykTuX9mXy34gKa6
XMj0VslAkCeNfaR0B//BTCGWvMG4Zs9t5IcU3nFcsk1lH5kqFYqcIDINvfBSR/vS
60NM6WIpcnMAdZ6wpJTu+B9plaImeaSHupuMRdkCgYBEIqv1VQPcucs+3pmgwUXV
Zj5CrVq3GYX/RLnXyCIINslCjgUT6O5aQ314N5PXov3tP20aA48+47R+fmKbTVNq
XxWnXvVbGdHNjGHX09JeVFtIyGMs9qjlnSZuxiw0oFMPIP/x6NeCA9O0tC2O78vM
MaicFXvkbMUhPaZQ8c8E9w==
-----END PRIVATE KEY-----
"""

JCS_INPUT: Final = r"""{
  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
  "literals": [null, true, false]
}"""
JCS_OUTPUT: Final = bytes.fromhex(
    "7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a5b3333333333333333332e33333333"
    "3333332c31652b33302c342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac245c75303030665c6e4127425c225c"
    "5c5c5c5c222f227d"
)
JCS_SORTING: Final = r"""{
  "\u20ac": "Euro Sign",
  "\r": "Carriage Return",
  "\ufb33": "Hebrew Letter Dalet With Dagesh",
  "1": "One",
  "\ud83d\ude00": "Emoji: Grinning Face",
  "\u0080": "Control",
  "\u00f6": "Latin Small Letter O With Diaeresis"
}"""
JCS_SORTED: Final = [
    "Carriage Return",
    "One",
    "Control",
    "Latin Small Letter O With Diaeresis",
    "Euro Sign",
    "Emoji: Grinning Face",
    "Hebrew Letter Dalet With Dagesh",
]

# RFC 8785 appendix B: IEEE 754 bits and JSON text; None where it has to be an error
JCS_NUMBERS: Final[list[tuple[str, str | None]]] = [
    ("0000000000000000", "0"),
    ("8000000000000000", "0"),
    ("0000000000000001", "5e-324"),
    ("8000000000000001", "-5e-324"),
    ("7fefffffffffffff", "1.7976931348623157e+308"),
    ("ffefffffffffffff", "-1.7976931348623157e+308"),
    ("4340000000000000", "9007199254740992"),
    ("c340000000000000", "-9007199254740992"),
    ("4430000000000000", "295147905179352830000"),
    ("7fffffffffffffff", None),
    ("7ff0000000000000", None),
    ("44b52d02c7e14af5", "9.999999999999997e+22"),
    ("44b52d02c7e14af6", "1e+23"),
    ("44b52d02c7e14af7", "1.0000000000000001e+23"),
    ("444b1ae4d6e2ef4e", "999999999999999700000"),
    ("444b1ae4d6e2ef4f", "999999999999999900000"),
    ("444b1ae4d6e2ef50", "1e+21"),
    ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
    ("3eb0c6f7a0b5ed8d", "0.000001"),
    ("41b3de4355555553", "333333333.3333332"),
    ("41b3de4355555554", "333333333.33333325"),
    ("41b3de4355555555", "333333333.3333333"),
    ("41b3de4355555556", "333333333.3333334"),
    ("41b3de4355555557", "333333333.33333343"),
    ("becbf647612f3696", "-0.0000033333333333333333"),
    ("43143ff3c1cb0959", "1424953923781206.2"),
]

# draft-cavage-http-signatures-12 appendix C: a request, an RSA key of 1024 bits, and signatures over parts of it.
# C.3 prints (created) and (expires) among the covered headers, but its signature was made without them.
CAVAGE_TARGET: Final = "/foo?param=value&pet=dog"
CAVAGE_HEADERS: Final = (
    ("host", "example.com"),
    ("date", "Sun, 05 Jan 2014 21:31:40 GMT"),
    ("content-type", "application/json"),
    ("digest", "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="),
    ("content-length", "18"),
)
CAVAGE_BODY: Final = b'{"hello": "world"}'
CAVAGE_PUBLIC_PEM: Final = """-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCFENGw33yGihy92pDjZQhl0C3
6rPJj+CvfSC8+q28hxA161QFNUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6
Z4UMR7EOcpfdUE9Hf3m/hs+FUR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJw
oYi+1hqp1fIekaxsyQIDAQAB
-----END PUBLIC KEY-----
"""
CAVAGE_SIGNED: Final = [
    (
        "date",
        (
            "SjWJWbWN7i0wzBvtPl8rbASWz5xQW6mcJmn+ibttBqtifLN7Sazz6m79cNfwwb8DMJ5cou1s7uEGKKCs+FLEEaDV5lp7q25WqS+lavg7T8hc"
            "0GppauB6hbgEKTwblDHYGEtbGmtdHgVCk9SuS13F0hZ8FD0k/5OxEPXe5WozsbM="
        ),
    ),
    (
        "(request-target) host date",
        (
            "qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iicw3HMbe8VfEdKFYRqzic+ef"
            "kb3nndiv/x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0="
        ),
    ),
    (
        "(request-target) host date content-type digest content-length",
        (
            "vSdrb+dS3EceC9bcwHSo4MlyKS59iFIrhgYkz8+oVLEEzmYZZvRs8rgOp+63LEM3v+MFHB32NfpB2bEKBIvB1q52LaEUHFv120V01IL+TAD4"
            "8XaERZFukWgHoBTLMhYS2Gb51gWxpeIq8knRmPnYePbF5MOkR0Zkly4zKH7s1dE="
        ),
    ),
]

# Our own golden document: a proposal inside its Create, both signed with the W3C key at the same second
GOLDEN: Final = Path(__file__).parent / "data" / "golden-proposal.json"
GOLDEN_METHOD: Final = FEP_8B32_METHOD
GOLDEN_CONFIG_HASH: Final = "09a2bfc673a2b5062561ade01dc46b71714a742a26a1b96e0028f03236130215"
GOLDEN_INNER_HASH: Final = "a30147fd89fb0b59e353aaff955ac964efa4e3f3f4163ee27783cc099b0cb9c3"
GOLDEN_OUTER_HASH: Final = "43a26ccd3fa9d60cdb9cc6cc99b32edec3b781a3c30a9ce2c0b53e640946f675"


def golden() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(GOLDEN.read_bytes())
    return document


@cache
def signing_keys() -> SigningKeys:
    return SigningKeys.generate()
