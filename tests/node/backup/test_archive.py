"""What a backup is packed in: whoever has the public key can make one, so none is trusted to be small."""

import gzip
import tracemalloc
from io import BytesIO

import pytest

from node.backup.archive import LONGEST, MIB, open_archive
from schema.errors import InputError

HEAD = (
    b'{"qafila_backup":1,"name":"birch","url":"https://birch.example","made_at":"2026-11-25T09:00:00Z",'
    b'"made_by":"init","version":"0.1.0","revision":"0001"}\n{"files":{}}\n'
)
ROW = b"[1]\n" * (MIB // 4)


def packed(*pieces: bytes) -> BytesIO:
    file = BytesIO()
    with gzip.GzipFile(fileobj=file, mode="wb") as target:
        for piece in pieces:
            target.write(piece)
    file.seek(0)
    return file


def test_what_there_is_room_for_is_read() -> None:
    """To its last line."""
    with open_archive(packed(HEAD, ROW), MIB + len(HEAD)) as archive:
        assert (archive.header.name, len(list(archive.lines))) == ("birch", MIB // 4)


def test_what_unpacks_to_more_than_there_is_room_for_is_refused() -> None:
    """However small it came."""
    file = packed(HEAD, *[ROW] * 30)
    assert file.getbuffer().nbytes < MIB
    with open_archive(file, 20 * MIB) as archive, pytest.raises(InputError, match="more than the 20 MiB"):
        list(archive.lines)


@pytest.mark.parametrize("before", [b"", HEAD[: HEAD.index(b"\n") + 1], HEAD])
def test_a_line_without_an_end_does_not_fill_the_memory(before: bytes) -> None:
    """The first, that of the files or a row: it is read to the longest that any has."""
    file = packed(before, *[bytes(MIB)] * 200)
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="damaged"), open_archive(file, 10**12) as archive:
            list(archive.lines)
        assert tracemalloc.get_traced_memory()[1] < 4 * LONGEST
    finally:
        tracemalloc.stop()
