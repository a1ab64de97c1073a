"""One row of the table, and the table."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement.

    `cpu_ms` is processor time for each item, of the process that is measured. `ratio` says how many times the ceiling
    of this run it takes: in processor time where there is such, for other work on the machine disturbs that least.
    """

    what: str
    value: float
    unit: str
    cpu_ms: float | None = None
    ratio: float | None = None
    note: str = ""


def table(figures: Sequence[Figure]) -> str:
    """The figures as aligned columns."""
    rows = [("", "figure", "CPU each", "x ceiling", ""), *map(_row, figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        f"{what:<{widths[0]}}  {figure:>{widths[1]}}  {cpu:>{widths[2]}}  {ratio:>{widths[3]}}  {note}".rstrip()
        for what, figure, cpu, ratio, note in rows
    )


def _row(one: Figure) -> tuple[str, str, str, str, str]:
    return (
        one.what,
        f"{one.value:,.0f} {one.unit}",
        "" if one.cpu_ms is None else f"{one.cpu_ms:.3f} ms",
        "" if one.ratio is None else f"{one.ratio:.1f}",
        one.note,
    )
