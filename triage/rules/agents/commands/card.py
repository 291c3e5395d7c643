"""The card under each working mail: the commands of the table that the person may use, in a few words."""

from collections.abc import Collection

from triage.model.agents.commands import Verb
from triage.model.agents.staff import Role
from triage.model.letters.working import CardLine
from triage.rules.agents.acting import OFFERED
from triage.rules.agents.commands.table import CARD, ArgumentKind, CommandSpec, spec_of

_LABELS = {Verb.REPLY: "Répondre", Verb.ASSIGN: "Attribuer", Verb.NOTE: "Noter"}


def card_for(roles: Collection[Role]) -> tuple[CardLine, ...]:
    """The lines of the card for somebody with these roles, in the order of `CARD`; only what is carried out today."""
    return tuple(_line(spec) for spec in map(spec_of, CARD) if spec.verb in OFFERED and spec.roles & set(roles))


def _line(spec: CommandSpec) -> CardLine:
    # A blank behind a command that goes on, so that one may type at once.
    goes_on = spec.argument not in {ArgumentKind.NOTHING, ArgumentKind.REMARK, ArgumentKind.TOPIC}
    return CardLine(
        label=_LABELS.get(spec.verb, spec.name.capitalize()),
        typed=f"#{spec.name}{' ' if goes_on else ''}",
        # Small letters: capitals would be read as an order.
        usage=spec.usage.lower(),
        effect=f"{spec.effect[0].upper()}{spec.effect[1:]}.",
    )
