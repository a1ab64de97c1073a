"""Whatever bytes come, a parser gives a value or one of our own errors: a bounded number, the same ones at each run."""

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.fuzz.running import fuzz_targets
from tests.fuzz.targets import TARGETS

RUNS = 1_200


@pytest.mark.parametrize("name", TARGETS)
def test_good_bytes(name: str) -> None:
    """What the fuzzer begins with keeps every promise."""
    corpus = TARGETS[name].corpus
    assert corpus
    for good in corpus:
        TARGETS[name](good)


@pytest.mark.skipif(find_spec("atheris") is None, reason=f"there is no fuzzer for {sys.platform}")
def test_fuzzed(tmp_path: Path) -> None:
    """Thousands of bad inputs that the fuzzer makes from the good ones keep it too."""
    assert not fuzz_targets(TARGETS, tmp_path, runs=RUNS)
