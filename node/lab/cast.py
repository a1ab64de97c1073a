"""Who lives in the lab, and where their data lies."""

import importlib.resources
from dataclasses import dataclass
from pathlib import Path

from node.folder import DataFolder
from node.settings import Settings, read_settings

FIRST_PORT = 8401


@dataclass(frozen=True, slots=True)
class Member:
    """One collective of the lab. Its address is on `<name>.localhost`, so browsers keep the three apart."""

    name: str
    title: str
    summary: str
    language: str
    spreadsheet: str

    def url(self, port: int) -> str:
        """Its public address; on this machine every name under localhost leads to this machine."""
        return f"http://{self.name}.localhost:{port}"

    def rows(self) -> bytes:
        """Its own spreadsheet of offers, needs and surplus."""
        return (importlib.resources.files("node.lab") / "spreadsheets" / self.spreadsheet).read_bytes()


CAST = (
    Member(
        "alder",
        "Alder Street Kitchen",
        "A neighbourhood kitchen: warm meals four days a week, and food to take home.",
        "en",
        "alder.csv",
    ),
    Member(
        "birch",
        "مخزن البتولا للملابس والأثاث",
        "نجمع الملابس والأثاث ونعطيها لمن يحتاجها، بلا أسئلة.",
        "ar",
        "birch.csv",
    ),
    Member(
        "cedar",
        "Sedir Dayanışma Derneği",
        "Memleketle dayanışma: valizle ilaç, aile kolisi, okul malzemesi.",
        "tr",
        "cedar.csv",
    ),
)
NAMES = tuple(member.name for member in CAST)


@dataclass(frozen=True, slots=True)
class LabFolder:
    """The folder of the whole lab: its own lock and socket, and a data folder for each collective."""

    path: Path

    @property
    def own(self) -> DataFolder:
        """The lab's own folder, through which `qafila lab stop` reaches it."""
        return DataFolder(self.path)

    def of(self, name: str) -> DataFolder:
        """The data folder of one collective."""
        return DataFolder(self.path / name)

    def log_of(self, name: str) -> Path:
        """Where the node of one collective writes its log."""
        return self.path / name / "node.log"

    def settings_of(self, name: str) -> Settings:
        """The settings of one collective."""
        return read_settings(self.of(name).settings_file, {}, {}, lab=True)

    @property
    def port(self) -> int | None:
        """The first of the three ports, where the lab was made before."""
        if not self.of(NAMES[0]).settings_file.exists():
            return None
        return self.settings_of(NAMES[0]).listen_address[1]
