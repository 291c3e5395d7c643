"""Constraints that keep a column to a closed list, so that the database itself refuses an unknown state."""

from enum import StrEnum

from sqlalchemy import CheckConstraint


def one_of(column: str, codes: type[StrEnum]) -> CheckConstraint:
    """`column` holds one of the values of `codes`."""
    listed = ", ".join(f"'{code.value}'" for code in codes)  # values of our own enums, never input
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_listed")
