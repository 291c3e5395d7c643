"""A mail's block of commands: understood whole, or nothing of it is done (MUST 31).

Each line is read by itself; then the lines are looked at together: one text for one command, nothing said twice, no
command hidden under the text that would be sent.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from triage.model.agents.authority import Risk
from triage.model.agents.commands import (
    Command,
    CommandBlock,
    CommandContext,
    Fault,
    FaultReason,
    HelpTopic,
    TypedLine,
    Verb,
)
from triage.rules.agents.commands.arguments import READERS, Read, Unread
from triage.rules.agents.commands.grammar import (
    MOST_LINES,
    LineParts,
    Split,
    bare_line,
    is_hashed,
    part_line,
    split_block,
    trim,
)
from triage.rules.agents.commands.resolving import Resolution, key_of, resolve
from triage.rules.agents.commands.table import RESERVED, TABLE, ArgumentKind, CommandSpec, spec_of
from triage.rules.agents.own_words import MOST_CHARACTERS, find_own_words

_NAMES: dict[str, Verb | str] = {
    **{key_of(name): spec.verb for spec in TABLE for name in (spec.name, *spec.synonyms)},
    **{key_of(name): name for name in RESERVED},
}
_MOST_ON_A_LINE = 5
_SENDING = frozenset({Verb.REPLY, Verb.CONCLUDE})
_REFERENCE = r"([0-9]{4})\s?[-\u2010-\u2014]\s?([0-9]{6})(?![0-9])"
_LEADING_REFERENCE = re.compile(_REFERENCE)
_TRAILING_REFERENCE = re.compile(rf"(?<![0-9]){_REFERENCE}[\s.]*$")


@dataclass(frozen=True, slots=True)
class _Piece:
    """One command of a line: its parts, and which verb is meant."""

    line: TypedLine
    parts: LineParts
    found: Resolution[Verb | str]

    def fault(self, reason: FaultReason, choices: tuple[str, ...] = ()) -> Fault:
        """What is wrong with it."""
        return Fault(self.line.number, self.line.typed, reason, choices)


def read_commands(typed: str, context: CommandContext) -> CommandBlock:
    """The block that a mail's whole readable text begins with, quotation and all.

    The commands are good only if `may_run` is true. Time is linear in the text.
    """
    split = split_block(typed)
    pieces = [piece for line in split.lines for piece in _pieces(line)]
    read = [_read_piece(piece, context) for piece in pieces if piece.found.entry is not Verb.SIMULATE]
    commands = _with_text([each for each in read if isinstance(each, Command)], split.text)
    block = CommandBlock(
        commands=commands,
        text=split.text,
        faults=tuple(each for each in read if isinstance(each, Fault)),
        lines=split.lines,
        is_dry_run=any(piece.found.entry is Verb.SIMULATE for piece in pieces),
    )
    faults = (*block.faults, *_faults_of_block(block, split, context))
    return replace(block, faults=tuple(sorted(faults, key=lambda fault: fault.line)))


def find_verb(name: str) -> Resolution[Verb | str]:
    """The verb that a typed name means; a text is the name of a command of a later release."""
    return resolve(key_of(name), _NAMES)


def show_name(entry: Verb | str) -> str:
    """A command's name as it is shown."""
    return f"#{spec_of(entry).name if isinstance(entry, Verb) else entry}"


def _pieces(line: TypedLine) -> Iterator[_Piece]:
    """The commands on one line: usually one; « #simuler prendre » and « #prendre #note » are two."""
    typed = line.typed
    for _ in range(_MOST_ON_A_LINE):
        parts = _split_at_hyphen(part_line(typed))
        found = find_verb(parts.name)
        argument = spec_of(found.entry).argument if isinstance(found.entry, Verb) else None
        goes_on = bool(parts.rest) and (
            argument is ArgumentKind.COMMAND
            or (argument in {ArgumentKind.NOTHING, ArgumentKind.REMARK} and is_hashed(parts.rest))
        )
        yield _Piece(line, replace(parts, rest="") if goes_on else parts, found)
        if not goes_on:
            break
        typed = parts.rest if is_hashed(parts.rest) else f"#{parts.rest}"


def _split_at_hyphen(parts: LineParts) -> LineParts:
    """« #attente-client » is the command and its argument, unless the whole is a name."""
    name, mark, behind = parts.name.partition("-")
    if not mark or find_verb(parts.name).entry is not None or find_verb(name).entry is None:
        return parts
    return replace(parts, name=name, rest=f"{behind} {parts.rest}".strip())


def _read_piece(piece: _Piece, context: CommandContext) -> Command | Fault:
    found = piece.found
    if not isinstance(found.entry, Verb):
        return _unknown(piece)
    spec = spec_of(found.entry)
    if not context.sender.roles & spec.roles:
        return piece.fault(FaultReason.ROLE)
    if piece.parts.item is not None and piece.parts.item not in context.items:
        return piece.fault(FaultReason.ITEM_UNKNOWN)
    reference, rest = _target(spec, piece.parts, context)
    if spec.needs_ticket and reference is None:
        return piece.fault(FaultReason.TICKET_MISSING)
    read = _read_topic(rest) if spec.argument is ArgumentKind.TOPIC else READERS[spec.argument](rest, context)
    if isinstance(read, Unread):
        return piece.fault(read.reason, read.choices)
    return Command(
        verb=spec.verb,
        line=piece.line.number,
        risk=spec.risk,
        reference=reference if spec.needs_ticket else None,
        argument=read.argument,
        text=read.rest,
        item=piece.parts.item,
    )


def _unknown(piece: _Piece) -> Fault:
    if piece.found.entry is not None:
        return piece.fault(FaultReason.NOT_YET, (show_name(piece.found.entry),))
    offered = tuple(each for each in piece.found.choices if isinstance(each, Verb))
    choices = tuple(map(show_name, offered or piece.found.choices))
    return piece.fault(FaultReason.AMBIGUOUS_COMMAND if choices else FaultReason.UNKNOWN_COMMAND, choices)


def _target(spec: CommandSpec, parts: LineParts, context: CommandContext) -> tuple[str | None, str]:
    """The ticket that a line is about, and the rest of the line without its number."""
    if parts.item is not None:
        return context.items[parts.item], parts.rest
    if parts.reference is not None:
        return parts.reference, parts.rest
    # A text may begin with another ticket's number; it is the target only where nothing else names one.
    if spec.needs_ticket and (not spec.needs_text or context.reference is None):
        if leading := _LEADING_REFERENCE.match(parts.rest):
            return f"{leading[1]}-{leading[2]}", trim(parts.rest[leading.end() :])
        trailing = None if spec.needs_text else _TRAILING_REFERENCE.search(parts.rest[-40:])
        if trailing:
            return f"{trailing[1]}-{trailing[2]}", parts.rest[: len(parts.rest[:-40]) + trailing.start()].rstrip(" ,;:")
    return context.reference, parts.rest


def _read_topic(rest: str) -> Read | Unread:
    if not rest:
        return Read(HelpTopic(None))
    found = find_verb(rest)
    if isinstance(found.entry, Verb):
        return Read(HelpTopic(found.entry))
    return Unread(FaultReason.TOPIC, tuple(map(show_name, found.choices)))


def _with_text(commands: list[Command], text: str) -> tuple[Command, ...]:
    """The one command that takes a text gets what stands below the block, behind the rest of its line."""
    takers = [each for each in commands if spec_of(each.verb).needs_text]
    return tuple(replace(each, text=f"{each.text}\n{text}".strip()) if takers == [each] else each for each in commands)


def _faults_of_block(block: CommandBlock, split: Split, context: CommandContext) -> Iterator[Fault]:
    typed = {line.number: line.typed for line in block.lines}

    def fault(line: int, reason: FaultReason) -> Fault:
        return Fault(line, typed[line], reason)

    takers = [each for each in block.commands if spec_of(each.verb).needs_text]
    if len(takers) > 1 and any(each.item is None for each in takers):
        yield from (fault(each.line, FaultReason.TWO_TEXTS) for each in takers[1:])
    else:
        empty = (each for each in takers if not _own_words(each.text, context))
        yield from (fault(each.line, FaultReason.TEXT_MISSING) for each in empty)
    yield from (fault(each.line, FaultReason.TWICE) for each in _repeated(block.commands))
    if block.is_dry_run and not (block.commands or block.faults):
        yield fault(block.lines[0].number, FaultReason.NOTHING_TO_TRY)
    if split.is_cut:
        yield fault(block.lines[-1].number, FaultReason.TOO_MANY)
    yield from _hidden(split, context, sends=any(each.verb in _SENDING for each in takers))


def _repeated(commands: tuple[Command, ...]) -> Iterator[Command]:
    """Commands that were asked for already, about the same ticket; to read or to note twice does no harm."""
    seen: Counter[tuple[Verb, str | None]] = Counter()
    for each in commands:
        seen[each.verb, each.reference] += 1
        has_own_text = each.verb is Verb.NOTE or (spec_of(each.verb).needs_text and each.item is None)
        if each.risk is not Risk.READING and not has_own_text and seen[each.verb, each.reference] > 1:
            yield each


def _hidden(split: Split, context: CommandContext, *, sends: bool) -> Iterator[Fault]:
    """Commands that stand under a line of text: they would not be done, and might be sent as part of it.

    What only looks like a command counts too: « #nte interne » must not reach a requester, and of a text that `sends`
    no line may begin as commands do with a word, known or not.
    """
    own = _own_words(split.text, context)
    hashed = ((number, bare_line(line)) for number, line in enumerate(own.splitlines(), start=split.text_line))
    found = [(number, line) for number, line in hashed if is_hashed(line)]
    for number, line in found[:MOST_LINES]:
        name = part_line(line).name
        meant = find_verb(name)
        if meant.entry is not None or meant.choices or (sends and any(map(str.isalpha, name))):
            yield Fault(number, line, FaultReason.BELOW_TEXT)
    if len(found) > MOST_LINES:
        yield Fault(*found[MOST_LINES], FaultReason.TOO_MANY)


def _own_words(text: str, context: CommandContext) -> str:
    # What is longer is no letter and is never sent.
    return find_own_words(text[:MOST_CHARACTERS], signer=context.sender.name).text
