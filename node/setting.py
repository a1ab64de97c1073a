"""One setting: what it is called in each place where it can stand, and what it may be."""

from dataclasses import dataclass
from typing import Any

from node.allowed import Rule
from schema.errors import ConfigError

PREFIX = "QAFILA_"


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table. `default` is None where a collective has to say it itself."""

    name: str
    rule: Rule[Any]
    default: str | int | None
    help: str
    secret: bool

    @property
    def warning(self) -> str:
        """What to heed beside the help, empty where there is nothing."""
        if not self.secret:
            return ""
        return " It may hold a password, and others on the machine can see flags: write it into qafila.toml."

    @property
    def flag(self) -> str:
        """Its option on the command line."""
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """Its variable in the environment."""
        return PREFIX + self.name.upper()

    def read(self, value: Any, source: str) -> Any:
        """What `value` from `source` means; `ConfigError` names both and what is allowed."""
        meant = self.rule.read(value)
        if meant is None:
            shown = "this value" if self.secret else f"{value!r:.80}"
            raise ConfigError(f"{source}: {shown} is not allowed for {self.name}. Allowed: {self.rule.allowed}.")
        return meant
