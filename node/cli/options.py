"""Options of the command line made from the table of settings."""

from collections.abc import Callable, Iterable

import click

from node.setting import Setting
from node.settings import SETTINGS


def setting_options(settings: Iterable[Setting] = SETTINGS) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """An option for each setting; none has a default, so that environment and file come after it."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        for setting in reversed(list(settings)):
            text = f"{setting.help}{setting.warning} Allowed: {setting.rule.allowed}."
            option = click.option(setting.flag, setting.name, metavar=setting.name.upper(), help=text)
            function = option(function)
        return function

    return decorate
