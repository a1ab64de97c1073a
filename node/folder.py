"""The data folder of one collective: its settings, keys, database, socket and lock.

Rule 1: the folder is its owner's alone (0700), and so is every file in it; a key file that others can read is refused.
Rule 2: whoever opens the database holds the lock, so there is one owner at a time. Several processes on PostgreSQL
        share it; whoever changes what they rest on needs it for itself.
Rule 3: who made the folder stands in it for ever: lab mode is never possible in one that `qafila init` made.
Rule 4: what a process leaves that was killed is known, and goes: a folder half made when the same is done again, and
        what lay there for a while when a node, a command or a backup begins.
"""

import json
import os
import socket
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import mkstemp
from typing import Literal, TypeAlias

from node.holding import hold, sweep
from node.newfile import sync
from schema.errors import ConfigError, StateError

Maker: TypeAlias = Literal["init", "lab"]
FORMAT = 1
SETTINGS, KEYS = "qafila.toml", "keys.json"
LONGEST_SOCKET_PATH = 107  # bytes; unix(7): sun_path has 108 with the final zero
LARGEST_KEYS = 1024 * 1024  # bytes
HARMLESS = frozenset({"lost+found"})  # what an empty volume may hold


def default_folder(environment: Mapping[str, str]) -> Path:
    """`$QAFILA_DATA`, else the place that the XDG Base Directory Specification gives."""
    if chosen := environment.get("QAFILA_DATA"):
        return Path(chosen)
    data = environment.get("XDG_DATA_HOME", "")
    base = Path(data) if data.startswith("/") else Path.home() / ".local" / "share"  # XDG: relative ones are ignored
    return base / "qafila"


class Busy(StateError):
    """Another process holds the folder."""


@dataclass(frozen=True, slots=True)
class HeldFolder:
    """Proof that this process holds the lock of `folder`; only `DataFolder.lock` makes one."""

    folder: "DataFolder"


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The folder at an absolute `path`; nothing is touched until it is asked for."""

    path: Path

    def __post_init__(self) -> None:
        """Make the path absolute."""
        if "?" in str(self.path):
            raise ConfigError("The path of a data folder cannot hold a question mark.")
        object.__setattr__(self, "path", self.path.absolute())

    @property
    def settings_file(self) -> Path:
        """Settings (`node.settings`)."""
        return self.path / SETTINGS

    @property
    def keys_file(self) -> Path:
        """Private keys (`activitypub.signatures.keys`)."""
        return self.path / KEYS

    @property
    def database(self) -> Path:
        """The embedded database."""
        return self.path / "qafila.db"

    @property
    def socket(self) -> Path:
        """Where a running node takes verbs."""
        return self.path / "control.sock"

    @property
    def _marker(self) -> Path:
        """It is written last: a folder without it is none."""
        return self.path / "folder.json"

    @property
    def _unfinished(self) -> Path:
        return self.path / ".unfinished"

    @property
    def _lock(self) -> Path:
        return self.path / "lock"

    @property
    def is_made(self) -> bool:
        """Whether a command made this folder, and to the end."""
        return self._marker.exists()

    @property
    def made_by(self) -> Maker:
        """Which command made this folder; `ConfigError` with what to do where none did."""
        try:
            marker = json.loads(self._marker.read_bytes())
            maker, version = marker["made_by"], marker["format"]
        except (FileNotFoundError, NotADirectoryError):
            if self._unfinished.exists():
                raise ConfigError(
                    f"The collective in {self.path} was not made to the end. "
                    "Do the same again (qafila init, or qafila restore), or delete that folder."
                ) from None
            raise ConfigError(
                f"There is no collective in {self.path} yet. Make one with: qafila init. "
                "If it lies elsewhere, say where with --data FOLDER."
            ) from None
        except OSError as error:
            raise ConfigError(f"{self._marker} cannot be read: {error.strerror}.") from None
        except (ValueError, TypeError, KeyError):
            raise ConfigError(f"{self._marker} is damaged. Restore it from a backup.") from None
        if maker not in ("init", "lab") or version != FORMAT:
            raise ConfigError(f"{self._marker} was written by a newer Qafila. Install that version again.")
        return "lab" if maker == "lab" else "init"

    @property
    def is_lab(self) -> bool:
        """Whether the lab made it: plain http and ports are possible there, and nowhere else (Rule 3)."""
        return self.made_by == "lab"

    def check_free(self) -> None:
        """Refuse a folder that holds anything yet, with `StateError`, or one that we may not look into.

        What is there of one that was not made to the end counts for nothing.
        """
        try:
            found = set(self.path.iterdir()) if self.path.exists() else set()
        except OSError as error:
            raise ConfigError(f"{self.path} cannot be used: {error.strerror}.") from None
        if self._marker in found:
            raise StateError(
                f"There is a collective in {self.path} already, and nothing is written over. Its node starts with: "
                "qafila run. For another one choose another folder with --data FOLDER, or move this one away."
            )
        if self._unfinished in found:
            found -= set(self._made())
        if {entry.name for entry in found} - HARMLESS:
            raise StateError(
                f"{self.path} is not empty, and nothing is written over. "
                "Choose another folder with --data FOLDER, or move this one away."
            )

    @contextmanager
    def making(self, maker: Maker | None = None) -> Iterator[Callable[[Maker], None]]:
        """Make the folder and fill it in the block, holding it; if that fails, everything in it is removed again.

        Where the maker comes out in the block alone, the block says so at its end by what it is given.
        Raises `StateError` where the folder holds anything yet: nothing is ever written over. What a process left that
        was killed in the block is removed first.
        """
        missing = [path for path in (self.path, *self.path.parents) if not path.exists()]
        self.check_free()
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.chmod(0o700)
            self._unfinished.touch(0o600)
        except OSError as error:
            raise ConfigError(f"{self.path} cannot be made: {error.strerror}.") from None
        with self._held():
            self.check_free()  # somebody else may have been quicker
            self._unmake(self._lock)
            try:
                yield self._mark
                if maker is not None:
                    self._mark(maker)
            except BaseException:
                self._unmake()
                self._unfinished.unlink()  # the last: until then it can be done anew
                for path in missing:
                    path.rmdir()
                raise
            self._unfinished.unlink()

    def _made(self) -> Iterator[Path]:
        """What is in the folder of what Qafila makes there, whole or half."""
        ours = [self.settings_file, self.keys_file, self.database, self._marker, self._lock, self._unfinished]
        begin = tuple(start for one in ours for start in (one.name, f".{one.name}."))
        return (entry for entry in self.path.iterdir() if entry.name.startswith(begin))

    def _unmake(self, *but: Path) -> None:
        for entry in self._made():
            if entry not in (self._unfinished, *but):
                entry.unlink()

    def _mark(self, maker: Maker) -> None:
        self.write(self._marker, json.dumps({"format": FORMAT, "made_by": maker}).encode() + b"\n")

    def write(self, file: Path, data: bytes) -> None:
        """Write a file of this folder whole or not at all, for its owner alone; `ConfigError` where that fails."""
        try:
            descriptor, name = mkstemp(prefix=f".{file.name}.", dir=self.path)  # made with 0600
            try:
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(data)
                    stream.flush()
                    os.fsync(stream.fileno())
                Path(name).replace(file)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
            sync(self.path)
        except OSError as error:
            raise ConfigError(f"{file} cannot be written: {error.strerror}.") from None

    def write_keys(self, data: bytes) -> None:
        """Keep new private keys; `StateError` where there are some: a collective that loses its keys loses its name."""
        if self.keys_file.exists():
            raise StateError(f"{self.keys_file} is there already, and is never written over.")
        self.write(self.keys_file, data)

    def replace_keys(self, data: bytes) -> None:
        """Put private keys in the place of others, whole or not at all."""
        self.write(self.keys_file, data)

    def read_keys(self) -> bytes:
        """The private keys; `ConfigError` where they are missing, or where others could have read or changed them."""
        file = self.keys_file
        if file.is_symlink():
            raise ConfigError(f"The private keys {file} cannot be read: that is a link. Put the file itself there.")
        try:
            descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            raise ConfigError(f"The private keys {file} cannot be read: {error.strerror}.") from None
        try:
            self._check_keys(os.fstat(descriptor))
            with os.fdopen(descriptor, "rb", closefd=False) as stream:
                return stream.read()
        finally:
            os.close(descriptor)

    def _check_keys(self, found: os.stat_result) -> None:
        file = self.keys_file
        if not stat.S_ISREG(found.st_mode):
            raise ConfigError(f"The private keys {file} are no file. Restore them from a backup.")
        if found.st_uid != os.geteuid():
            raise ConfigError(
                f"The private keys {file} belong to another account. Give them to yours with: chown USER {file}"
            )
        if stat.S_IMODE(found.st_mode) & ~(stat.S_IRUSR | stat.S_IWUSR):
            raise ConfigError(f"Others on this machine can read the private keys. Close them with: chmod 600 {file}")
        if found.st_size > LARGEST_KEYS:
            raise ConfigError(f"The private keys {file} are larger than any are. Restore them from a backup.")

    def sweep(self, spare: timedelta = timedelta()) -> None:
        """Remove what was cut off: keys half written, copies of the database. The caller holds the folder.

        What is younger than `spare` stays: another process that shares the folder may be writing it.
        """
        for file in (self.keys_file, self.database):
            for left in self.path.glob(f".{file.name}.*"):
                with suppress(FileNotFoundError):
                    if time.time() - left.stat().st_mtime >= spare.total_seconds():
                        left.unlink()
        self._unfinished.unlink(missing_ok=True)
        sweep(self.path)

    @contextmanager
    def lock(self, *, shared: bool = False) -> Iterator[HeldFolder]:
        """Hold the folder, alone or with others that share it; `Busy` where another process does."""
        self.made_by  # noqa: B018 (refuses a folder that nobody made, before a lock file appears in it)
        with self._held(shared=shared):
            yield HeldFolder(self)

    @contextmanager
    def _held(self, *, shared: bool = False) -> Iterator[None]:
        with ExitStack() as stack:
            try:
                stack.enter_context(hold(self._lock, shared=shared))
            except BlockingIOError:
                raise Busy(f"A node is running on {self.path}. Stop it first.") from None
            except OSError as error:
                raise ConfigError(f"{self._lock} cannot be opened: {error.strerror}.") from None
            yield

    @contextmanager
    def socket_lock(self) -> Iterator[bool]:
        """Whether the socket is ours for the length of the block: of several processes, the first has it."""
        with ExitStack() as stack:
            try:
                stack.enter_context(hold(self.path / "control.lock"))
            except BlockingIOError:
                yield False
            else:
                yield True

    @contextmanager
    def socket_address(self) -> Iterator[str]:
        """What to bind or connect to, for the length of the block, however deep the folder lies.

        A path that is too long for a socket is reached through an open descriptor of the folder (proc(5)).
        """
        plain = str(self.socket)
        if len(os.fsencode(plain)) <= LONGEST_SOCKET_PATH:
            yield plain
            return
        directory = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{directory}/{self.socket.name}"
        finally:
            os.close(directory)


def bind_socket(held: HeldFolder) -> socket.socket:
    """A listening socket of the folder for its owner alone. What an earlier node left is removed: it is gone."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with held.folder.socket_address() as address:
            with suppress(FileNotFoundError):
                os.unlink(address)  # noqa: PTH108 (an address of a socket, not a path to work with)
            os.fchmod(listening.fileno(), 0o600)  # the file gets this mode at once, there is no moment between
            listening.bind(address)
        listening.listen()
    except OSError as error:
        listening.close()
        raise ConfigError(f"{held.folder.socket} cannot be opened: {error.strerror or error}.") from None
    return listening
