"""Which lines of the security rules have a case or a test, so that a missing one is seen."""

import ast
import re
from collections import Counter
from pathlib import Path
from typing import Final

from tests.hostile.test_refused import CASES

LINES: Final = {
    "H01": "two hosts, and a host that is a trick",
    "H02": "lengths that disagree or are none",
    "H03": "headers that two parsers would read in two ways",
    "H04": "transfer codings and pieces that are none",
    "H05": "no host, and a host that is not ours",
    "H06": "headers that are too long or too many",
    "H07": "a body that says it is too large",
    "H08": "a body that never ends",
    "H09": "a body in crumbs",
    "H10": "compressed bodies",
    "H11": "slow senders of headers",
    "H12": "slow senders of bodies",
    "H13": "many requests in a row",
    "H14": "a body that breaks off",
    "H15": "media types",
    "H16": "methods",
    "H17": "targets",
    "H18": "other protocols",
    "J01": "bytes that are no JSON",
    "J02": "members that stand twice",
    "J03": "names that mean something to a programming language",
    "J04": "numbers that are none, or too large",
    "J05": "text that cannot be shown or kept",
    "J06": "depth",
    "J07": "width and length",
    "J08": "types",
    "J09": "objects, and values of another kind",
    "J10": "actors",
    "J11": "contexts",
    "J12": "linked-data signatures",
    "J13": "keywords of JSON-LD",
    "J14": "blank nodes",
    "J16": "one member more under a proof",
    "J17": "another order or another kind under a proof",
    "J18": "addresses with two spellings",
    "J19": "dates",
    "J20": "quantities",
    "T01": "the same at once, many times",
    "T02": "the same id with other content",
    "T03": "replays inside and outside of the window",
    "T04": "every order",
    "T05": "orders with losses and repetitions",
    "T06": "clocks that jump",
    "T07": "dates of another age",
    "T08": "a change when it has ended",
    "T09": "what is older than what is here",
    "T10": "who lost what it had",
}
NUMBER: Final = re.compile(r"[HJT]\d\d")


def tried() -> Counter[str]:
    """How many cases and tests each line has: the number begins a case's name, and a test's sentence."""
    found = Counter(case.id.partition("-")[0] for case in CASES)
    for module in Path(__file__).parent.glob("test_*.py"):
        for part in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) and part.name.startswith("test_"):
                found.update(NUMBER.findall((ast.get_docstring(part) or "").partition(": ")[0]))
    return found


def test_every_line_is_tried() -> None:
    """Each line of the lists H, J and T has a case that begins with its number, or a test whose sentence does."""
    found = tried()
    assert {line for line in LINES if not found[line]} == set()


def test_no_case_stands_alone() -> None:
    """Each number that a case of these lists has is explained above, and no two cases are called the same."""
    extra = {"J21", "J22", "J23", "J24"}  # revisions and flags, which are our own, and dialects
    assert {line for line in tried() if NUMBER.fullmatch(line)} <= {*LINES, *extra}
    assert {name for name, number in Counter(case.id for case in CASES).items() if number > 1} == set()
