"""The manual's tables and the text that `#aide` answers with, made from the command table (`docs/commands.md`)."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import TypeVar

from triage.model.agents.authority import Risk
from triage.model.agents.commands import Verb
from triage.model.agents.staff import Role
from triage.rules.agents.commands.phrases import (
    CLIENTS,
    CONCLUSIONS,
    CRITERIA,
    KINDS,
    LISTS,
    PARTIES,
    PRIORITIES,
    SERVICES,
)
from triage.rules.agents.commands.table import RESERVED, TABLE, CommandSpec, spec_of
from triage.wording.spacing import NO_BREAK

_Code = TypeVar("_Code", bound=StrEnum)

ROLES: dict[Role, str] = {
    Role.AGENT: "agente ou agent",
    Role.SUPERVISOR: "gestionnaire",
    Role.DIRECTOR: "direction",
    Role.PRIVACY: "accès et vie privée",
    Role.RECORDS: "archives",
    Role.ETHICS: "éthique",
    Role.ADVISER: "personne consultée",
}
RISKS: dict[Risk, str] = {Risk.READING: "lecture", Risk.LOW: "faible", Risk.HIGH: "élevé"}
_FIRST_LINES = (
    "Écrivez vos commandes en tête de votre réponse, une par ligne, puis votre texte.",
    "Si une seule ligne n’est pas comprise, rien n’est fait et votre texte est conservé.",
)


def command_rows() -> tuple[str, ...]:
    """The table of commands: what to write, what it does, other words for it, its risk."""
    head = ("| Commande | Cette commande… | On peut aussi écrire | Risque |", "|---|---|---|---|")
    return head + tuple(
        f"| `{spec.usage}` | {spec.effect} | {', '.join(f'`#{each}`' for each in spec.synonyms)} | {RISKS[spec.risk]} |"
        for spec in TABLE
    )


def role_rows() -> tuple[str, ...]:
    """The table of roles and commands."""
    head = (f"| Commande | {' | '.join(ROLES.values())} |", f"|---|{'---|' * len(ROLES)}")
    return head + tuple(
        f"| `#{spec.name}` | {' | '.join('oui' if role in spec.roles else '–' for role in ROLES)} |" for spec in TABLE
    )


def word_rows() -> tuple[str, ...]:
    """The tables of words that arguments choose from, one row a code."""
    lists = (
        *_rows("`#conclure`, conclusion", CONCLUSIONS),
        *_rows("`#conclure`, critère", CRITERIA),
        *_rows("`#type`", KINDS),
        *_rows("`#client`", CLIENTS),
        *_rows("`#service`", SERVICES),
        *_rows("`#priorité`", PRIORITIES),
        *_rows("`#attente`", PARTIES),
        *_rows("`#liste`", LISTS),
    )
    return ("| Où | Mot | On peut aussi écrire |", "|---|---|---|", *lists)


def reserved_row() -> str:
    """The names of commands that are to come."""
    return ", ".join(f"`#{name}`" for name in RESERVED)


def write_help(roles: Collection[Role], topic: Verb | None = None) -> str:
    """What `#aide` answers to somebody with these roles: all that they may use, or one command."""
    specs = [spec_of(topic)] if topic is not None else [spec for spec in TABLE if spec.roles & set(roles)]
    return "\n".join((*_FIRST_LINES, "", *(_help_line(spec) for spec in specs)))


def _help_line(spec: CommandSpec) -> str:
    return f"{spec.usage}{NO_BREAK}: {spec.effect}."


def _rows(where: str, words: Mapping[_Code, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(f"| {where} | {first} | {', '.join(others)} |" for first, *others in words.values())
