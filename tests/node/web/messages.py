"""Every text of the pages that a catalog has to translate, found where it is used."""

from collections.abc import Iterator
from importlib import resources

from babel.messages.extract import extract_python
from jinja2 import Environment
from jinja2.ext import extract_from_ast

from node.web.words import UNITS
from schema.category import Category
from schema.fact import Fact
from schema.profile import REACH

Message = str | tuple[str, str]


def in_templates() -> Iterator[Message]:
    for template in resources.files("node.web").joinpath("templates").iterdir():
        tree = Environment(autoescape=True).parse(template.read_text("utf-8"))
        for _, _, message in extract_from_ast(tree, ("t",)):
            texts = message if isinstance(message, tuple) else (message,)
            yield from (text for text in texts if text is not None)  # None: a variable, marked where it is made


def in_code() -> Iterator[Message]:
    for module in resources.files("node.web").iterdir():
        if module.name.endswith(".py"):
            with module.open("rb") as file:
                for _, _, message, _ in extract_python(file, {"mark": None}, (), {}):
                    assert isinstance(message, str), f"{module.name}: mark() takes one plain text"
                    yield message


def in_schema() -> Iterator[Message]:
    yield from (category.label for category in Category)
    yield from (fact.label for fact in Fact)
    yield from (part.label for part in REACH)
    yield from UNITS.items()


def messages() -> list[Message]:
    """Each once, in the order of the catalogs: a text, or the one and the many of a noun."""
    return list(dict.fromkeys([*in_templates(), *in_code(), *in_schema()]))
