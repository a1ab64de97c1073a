import errno
import io
import json
import logging
from collections.abc import Iterator

import pytest

from node.log import get_log, start_logging

log = get_log("node.somewhere")


@pytest.fixture(autouse=True)
def quiet_afterwards() -> Iterator[None]:
    """Leave the logging of this process as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    access = logging.getLogger("aiohttp.access")
    disabled = access.disabled
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    access.disabled = disabled


@pytest.fixture
def written() -> io.StringIO:
    """Where JSON lines go."""
    stream = io.StringIO()
    start_logging("info", "json", stream)
    return stream


def test_a_field_that_is_not_on_the_list_is_left_out_with_a_warning(written: io.StringIO) -> None:
    """Nothing that could name a person reaches a log by a slip."""
    with pytest.warns(RuntimeWarning, match="no field 'address'"):
        log.info("delivered", address="203.0.113.7", count=2)  # type: ignore[call-arg]  # what a slip looks like
    assert "203.0.113.7" not in written.getvalue()
    assert json.loads(written.getvalue())["count"] == 2


def test_a_line_is_one_json_object(written: io.StringIO) -> None:
    """Moment, level, module, event and fields, each under its name."""
    log.info("delivered", peer_count=3, seconds=0.5)
    line = json.loads(written.getvalue())
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "info",
        "from": "node.somewhere",
        "event": "delivered",
        "peer_count": 3,
        "seconds": 0.5,
    }


def test_text_can_neither_forge_a_line_nor_steer_a_terminal() -> None:
    """Line ends, escape sequences and direction marks are escaped, and long text is cut."""
    stream = io.StringIO()
    start_logging("info", "text", stream)
    log.warning("refused", reason="a\nb\x1b[2J\u202e" + "x" * 500)
    [line] = stream.getvalue().splitlines()
    assert "\x1b" not in line
    assert "\u202e" not in line
    assert "reason=a\\nb\\x1b[2J\\u202e" in line
    assert len(line) < 300


def test_of_other_libraries_only_the_constant_part_and_the_class_of_an_error_are_kept(written: io.StringIO) -> None:
    """Values filled into their lines, and texts of errors, could quote a message or name a client."""
    try:
        raise KeyError("a private word")  # noqa: TRY301 (an error with a traceback is what is logged)
    except KeyError:
        logging.getLogger("aiohttp.server").exception("Error handling request from %s", "203.0.113.7")
    line = json.loads(written.getvalue())
    assert line["event"] == "Error handling request from %s"
    assert line["error"] == "KeyError"
    assert "test_log:" in line["where"]
    assert "203.0.113.7" not in written.getvalue()
    assert "private" not in written.getvalue()


def test_a_crash_is_told_by_class_and_place_without_its_text(written: io.StringIO) -> None:
    """Enough to find the fault, nothing of what was in hand."""
    try:
        int("a private word")
    except ValueError as error:
        log.crash("a worker failed", error)
    line = json.loads(written.getvalue())
    assert (line["level"], line["error"]) == ("error", "ValueError")
    assert "test_log:" in line["where"]
    assert "private" not in written.getvalue()


class FullDisk(io.StringIO):
    """Takes nothing."""

    def write(self, _text: str) -> int:
        """Never."""
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_line_that_cannot_be_written_is_printed_nowhere(
    written: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    """A full disk loses the line; what it was about does not go elsewhere in its place."""
    start_logging("info", "json", FullDisk())
    logging.getLogger("aiohttp.server").error("Error handling request from %s", "203.0.113.7")
    assert capfd.readouterr() == ("", "")
    assert written.getvalue() == ""


def test_the_access_log_is_off(written: io.StringIO) -> None:
    """Who asks for what is nobody's business."""
    logging.getLogger("aiohttp.access").error("203.0.113.7 GET /")
    assert written.getvalue() == ""


def test_the_level_holds_for_our_own_lines(written: io.StringIO) -> None:
    """Debug lines stay silent at info."""
    log.debug("thinking")
    assert written.getvalue() == ""
