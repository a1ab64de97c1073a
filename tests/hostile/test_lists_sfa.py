"""Which lines of the lists S (signatures), F (fetching) and A (authority) have a bad input here.

The lists are those that the security rules of this project are measured by; a line is a letter and a number. A case
names its line at the beginning of its id, a test in its docstring. A line without either must be named below, with the
reason; so a case that is taken away, or a feature that comes without its cases, is seen.
"""

import ast
import re
from pathlib import Path
from typing import Final

from tests.hostile import peers, test_claims, test_refused

IDS: Final = [case.id for case in (*test_refused.CASES, *test_claims.CASES)] + [fetch.id for fetch in peers.FETCHES]
LINE: Final = re.compile(r"\b[SFA]\d\d\b")
LINES: Final = {
    "S01": "no Signature",
    "S02": "a signature over the date alone",
    "S04": "the right digest, one byte of the body changed",
    "S05": "a digest of the body, another one signed; digests that disagree",
    "S07": "signed for another path or query",
    "S08": "a GET replayed as POST",
    "S10": "a time in the future or the past",
    "S11": "expired",
    "S13": "two Signature headers, two Digest headers",
    "S14": "algorithms: none, HMAC with the public key, SHA-1, one key taken for another kind",
    "S15": "keys that are weak, of small order or of another kind",
    "S16": "the key of another actor of the same host",
    "S17": "an ally with another key than the one pinned",
    "S18": "key ids that lead elsewhere, or nowhere",
    "S19": "signatures in other spellings, or other numbers",
    "S20": "RFC 9421: malformed fields, wrong labels, too little covered, components of other forms",
    "S22": "object proofs: owner, purpose, suite, several, none of its context, copied, from the future",
    "A01": "the object lies elsewhere or belongs to another",
    "A02": "the activity lies elsewhere, and the genuine one still counts",
    "A03": "the actor is another than the signer",
    "A04": "an Update of another's",
    "A05": "an Update that changes owner, kind or unit; an actor that changes itself",
    "A07": "a Delete by another than the owner",
    "A08": "a Delete is exact",
    "A10": "a Create after the Delete",
    "A11": "an actor that deletes itself",
    "A13": "a suspended ally",
    "A14": "a suspended ally's, handed on by a good one",
    "A15": "strangers, and a Follow of somebody else",
    "A16": "answers to what was never asked, by others, or twice",
    "A17": "more reserved than there is",
    "A19": "receipts that are missing, revoked or contradict each other",
    "A20": "a cancel after the hand-over",
    "A22": "the other kinds of activity, and an Undo of another's",
    "A23": "hidden addressees",
    "A25": "a host in another spelling",
    "A26": "WebFinger that lies, and addresses of a length that nobody needs",
    "F01": "addresses in every special range",
    "F02": "other spellings, schemes, ports and users",
    "F04": "names that change between two looks",
    "F05": "redirects",
    "F07": "slow, endless, huge, compressed and broken answers",
    "F08": "other media types, other bodies",
    "F10": "an actor that cannot be had is remembered so",
    "F11": "actors that lead to more and more addresses",
    "F13": "ten thousand names of one domain",
    "F14": "a proxy in the environment",
}
NOT_YET: Final = {
    "A17": "nothing can be reserved over the net yet: an Offer is remembered and ignored (A22)",
    "A19": "there are no receipts yet",
    "A20": "there are no commitments yet that could be taken back",
}


def named() -> set[str]:
    """Every line that a case's id begins with, or that a test's docstring names."""
    found = {identifier[:3] for identifier in IDS}
    for file in Path(__file__).parent.glob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("test_"):
                found |= set(LINE.findall(ast.get_docstring(node) or ""))
    return found


def test_every_line_has_a_bad_input() -> None:
    """Each line has a case or a test, or a reason why there is none; and none has both."""
    have = named()
    assert LINES.keys() - have == NOT_YET.keys()
    assert NOT_YET.keys() <= LINES.keys()


def test_cases_are_told_apart() -> None:
    """No two cases have the same id."""
    assert len(IDS) == len(set(IDS))
