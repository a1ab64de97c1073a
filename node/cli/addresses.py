"""The address of a database that is given to a command.

There may be a password in it, and others on the machine can see what is typed there. With - in its place it is asked
for without being shown, or read from standard input.
"""

import sys

import click

from node.settings import SETTINGS
from schema.errors import ConfigError, InputError

DATABASE = next(setting for setting in SETTINGS if setting.name == "database")
ELSEWHERE = "-"


def read_address(given: str) -> str:
    """A value of the setting `database`; `InputError` where it is none."""
    if given == ELSEWHERE and sys.stdin.isatty():
        given = click.prompt("Address of the database, postgresql://user:password@host/name", hide_input=True, err=True)
    elif given == ELSEWHERE:
        given = sys.stdin.readline()
    try:
        read: str = DATABASE.read(given.strip(), "The address")
    except ConfigError as error:
        raise InputError(str(error)) from None
    return read
