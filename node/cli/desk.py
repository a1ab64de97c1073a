"""What a command has to hand: the data folder, the settings, the clock, and the way to the node."""

import asyncio
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import update_wrapper
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol

import click

from node import clock
from node.aid.spreadsheet.dates import Calendar
from node.cli.command import AS_JSON, DATA
from node.cli.reach import perform
from node.cli.screen import say_json
from node.folder import DataFolder, default_folder
from node.settings import Settings, read_settings

P = ParamSpec("P")


class Reach(Protocol):
    """Brings a verb to the node and its result back."""

    async def __call__(
        self, folder: DataFolder, settings: Settings, verb: str, arguments: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The result, or an error of the common tree."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a command works. Tests pass their own `reach`, `environment` and `now`."""

    reach: Reach = perform
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    now: Callable[[], datetime] = clock.now
    data: Path | None = None
    as_json: bool = False

    @property
    def folder(self) -> DataFolder:
        """The data folder."""
        return DataFolder(self.data or default_folder(self.environment))

    def settings(self, flags: Mapping[str, str | int | None] | None = None) -> Settings:
        """The settings of the folder; `ConfigError` where they are wrong or nobody made the folder."""
        folder = self.folder
        return read_settings(folder.settings_file, self.environment, flags or {}, lab=folder.is_lab)

    def calendar(self) -> Calendar:
        """What typed dates are read against."""
        return Calendar(self.now(), self.settings().timezone)

    def ask(self, verb: str, **arguments: Any) -> dict[str, Any]:
        """Let the node do `verb`."""
        return asyncio.run(self.reach(self.folder, self.settings(), verb, arguments))

    def tell(self, result: Mapping[str, Any], in_words: Callable[[], None]) -> None:
        """Print a result, as JSON where that was asked for."""
        if self.as_json:
            say_json(result)
        else:
            in_words()


def pass_desk(function: Callable[Concatenate[Desk, P], None]) -> Callable[P, None]:
    """Give a command its desk."""

    def wrapper(*args: P.args, **kwargs: P.kwargs) -> None:
        context = click.get_current_context()
        desk = context.find_object(Desk) or Desk()
        desk = replace(desk, data=context.meta.get(DATA, desk.data), as_json=context.meta.get(AS_JSON, desk.as_json))
        function(desk, *args, **kwargs)

    return update_wrapper(wrapper, function)
