"""How a `qafila.toml` is written: a value, and one setting in a file that is there already."""

import json
import re
import tomllib

from schema.errors import ConfigError


def toml_value(value: str | int) -> str:
    """A value as TOML writes it. Escapes of JSON are escapes of TOML; DEL, which JSON lets through, is added."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def with_setting(text: str, name: str, value: str | int) -> str:
    """A `qafila.toml` as it was, with one setting where it stands, else in place of its comment, or at the end.

    Raises `ConfigError` where the file is written such that anything else would change.
    """
    line = f"{name} = {toml_value(value)}"
    for place in (rf"^[ \t]*{name}[ \t]*=.*$", rf"^# {name} = .*$"):
        changed, found = re.subn(place, lambda _: line, text, count=1, flags=re.MULTILINE)
        if found:
            break
    else:
        changed = f"{text.rstrip()}\n\n{line}\n"
    try:
        if tomllib.loads(changed) == tomllib.loads(text) | {name: value}:
            return changed
    except tomllib.TOMLDecodeError:
        pass
    raise ConfigError(f"qafila.toml is written in a way that this command cannot change. Write into it by hand: {line}")
