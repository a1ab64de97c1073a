"""Prove a signed document with nothing of Qafila: `python prove_alone.py OFFER.json ACTOR.json`.

Written from the specifications alone: FEP-8b32, W3C Data Integrity EdDSA Cryptosuites 3.3 (eddsa-jcs-2022), FEP-521a.
Prints whether the document was signed by this actor, and ends with 0 where it was and with 1 where it was not.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import base58
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def holds(document: dict[str, Any], actor: dict[str, Any]) -> bool:
    """Tell whether `actor` made the proof of `document`, and owns both."""
    config = dict(document.pop("proof"))
    signature = base58.b58decode(config.pop("proofValue").removeprefix("z"))
    methods = {method["id"]: method for method in actor["assertionMethod"]}
    method = methods.get(config["verificationMethod"], {"controller": None})
    owner = document.get("actor", document.get("attributedTo"))
    suite = (config["type"], config["cryptosuite"], config["proofPurpose"])
    if owner != actor["id"] or method["controller"] != owner or config.get("@context") != document.get("@context"):
        return False
    key = base58.b58decode(method["publicKeyMultibase"].removeprefix("z")).removeprefix(b"\xed\x01")
    hashes = b"".join(hashlib.sha256(rfc8785.dumps(part)).digest() for part in (config, document))
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, hashes)
    except InvalidSignature:
        return False
    return suite == ("DataIntegrityProof", "eddsa-jcs-2022", "assertionMethod")


it_holds = holds(*(json.loads(Path(name).read_bytes()) for name in sys.argv[1:3]))
sys.stdout.write("holds\n" if it_holds else "does not hold\n")
sys.exit(0 if it_holds else 1)
