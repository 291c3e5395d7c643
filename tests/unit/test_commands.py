"""A block of commands is understood however it is typed, or nothing of it is done (MUST 31)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.command_worlds import ADA, DIGEST, LUC, MARIE, MINE, OTHER, PAULE, answering
from triage.model.agents.authority import Ask, Risk
from triage.model.agents.commands import (
    CommandContext,
    FaultReason,
    Verb,
)
from triage.rules.agents.commands.grammar import MOST_LINES
from triage.rules.agents.commands.reading import read_commands
from triage.rules.agents.commands.table import TABLE


def verbs(typed: str, context: CommandContext | None = None) -> list[Verb]:
    """The commands of a block, which must have no fault."""
    block = read_commands(typed, context or answering())
    assert () == block.faults
    return [each.verb for each in block.commands]


def reasons(typed: str, context: CommandContext | None = None) -> list[tuple[int, FaultReason]]:
    """The faults of a block, which must not run."""
    block = read_commands(typed, context or answering())
    assert not block.may_run
    return [(fault.line, fault.reason) for fault in block.faults]


@pytest.mark.parametrize(
    "typed",
    [
        "#prendre",
        "#Prendre",
        "# PRENDRE",
        "\uff03prendre",
        "\ufe5f prendre",
        "##prendre",
        "\u00a0\u200b#prendre\u00a0",
        "#pren\u00addre",
        "#prend",
        "#pre",
        "#prndre",
        "#prenrde",
        "#take",
        "#Mine",
        "#prendre.",
        "#prendre :",
        "#prendere-moi",
        "#Prendre…",
        "• #prendre",
        "*#prendre*",
        "- **#prendre**",
        "je prends",
        "Je prends.",
        "JE PRENDS LE DOSSIER",
        "Je m’en occupe !",
        "I’ll take it",
        "\n\n   je prends\n\n-- \nMarie",
    ],
)
def test_taking_is_understood_however_it_is_typed(typed: str) -> None:
    """Case, blanks, marks, telephones and slips of the finger make no difference."""
    assert [Verb.TAKE] == verbs(typed)


@pytest.mark.parametrize("spec", TABLE, ids=lambda spec: spec.verb.value)
def test_every_name_and_synonym_means_its_command(spec: object) -> None:
    """With and without accents, in capitals, and behind an autocorrected capital."""
    rest = {
        "assigner": " Luc",
        "conclure": " fondée",
        "type": " plainte",
        "client": " ministère",
        "service": " publicité",
        "priorité": " 2",
        "attente": " client",
        "prolonger": " 18 déc. x",
    }
    row = next(each for each in TABLE if each is spec)
    for name in (row.name, *row.synonyms):
        for typed in (name, name.upper(), name.capitalize()):
            line = f"#{typed}{rest.get(row.name, '')}{' #note' if row.verb is Verb.SIMULATE else ''}"
            block = read_commands(f"{line}\nVoici le texte.", answering(LUC))

            assert () == block.faults, line
            assert block.is_dry_run if row.verb is Verb.SIMULATE else [row.verb] == [e.verb for e in block.commands], (
                line
            )


def test_the_block_ends_at_the_first_line_of_text() -> None:
    """Blank lines do not end it; all that follows is text, as typed."""
    block = read_commands("#prendre\n\n \n#type plainte\n\nBonjour,\n\n> #fermer\n", answering())

    assert [Verb.TAKE, Verb.KIND] == [each.verb for each in block.commands]
    assert "Bonjour,\n\n> #fermer" == block.text
    assert [(1, "#prendre"), (4, "#type plainte")] == [(line.number, line.typed) for line in block.lines]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "\n \n",
        "Bonjour",
        "> #prendre",
        "Le 3 mars, X a écrit :\n> #fermer",
        "Je prends\nrendez-vous avec vous demain.",
        "je prends " + "note " * 20,
        "--- Répondez au-dessus de cette ligne ---\n#prendre",
        "De : Jeanne\n#fermer",
    ],
)
def test_what_is_not_a_leading_command_never_executes(typed: str) -> None:
    """Text, quotations and headers ask for nothing."""
    block = read_commands(typed, answering())

    assert ((), (), (), Ask()) == (block.commands, block.faults, block.lines, block.ask)


@settings(deadline=None)  # another process may hold the processor
@given(st.text(max_size=200), st.sampled_from(["> ", "Bonjour. ", "Le 3 mars 2026, J. a écrit : ", "|"]))
def test_nothing_below_a_line_of_text_executes(rest: str, opening: str) -> None:
    """Whatever stands under the first line that is no command."""
    assert () == read_commands(f"{opening}\n#prendre\n{rest}", answering()).commands


@settings(deadline=None)  # another process may hold the processor
@given(st.text(alphabet="#prend réote12-\n >", max_size=120))
def test_any_text_gives_an_answer_and_nothing_runs_beside_a_fault(typed: str) -> None:
    """The reading is total, and all or nothing."""
    block = read_commands(typed, DIGEST)

    assert block.may_run is (bool(block.commands) and not block.faults)
    assert set(block.ask.references) <= {MINE, OTHER, *(each.reference for each in block.commands)}


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("#note voir le devis", "voir le devis"),
        ("#note: voir le devis\nle second", "voir le devis\nle second"),
        ("#note — voir\n\nle second", "voir\nle second"),
        ("#note\n\nLe devis manque.", "Le devis manque."),
        ("#prendre\n#note\nLe devis manque.\n#1 du palmarès", "Le devis manque.\n#1 du palmarès"),
        (f"#note {OTHER} est lié", f"{OTHER} est lié"),
    ],
)
def test_the_rest_of_the_line_joins_the_text(typed: str, text: str) -> None:
    """What stands behind the name begins the text that stands below."""
    block = read_commands(typed, answering())

    assert (text, MINE) == (block.commands[-1].text, block.commands[-1].reference)


@pytest.mark.parametrize(
    ("typed", "faults"),
    [
        ("#répondre", [(1, FaultReason.TEXT_MISSING)]),
        ("#répondre\n-- \nMarie", [(1, FaultReason.TEXT_MISSING)]),
        ("#prendre\n#note\n> cité", [(2, FaultReason.TEXT_MISSING)]),
        ("#note a\n#répondre\nBonjour", [(2, FaultReason.TWO_TEXTS)]),
        ("#prendre\n#prendre", [(2, FaultReason.TWICE)]),
        ("#répondre\nBonjour\n#note il ment", [(3, FaultReason.BELOW_TEXT)]),
        ("#répondre\nBonjour\n\n \u200b#nte il ment\nBonjour", [(4, FaultReason.BELOW_TEXT)]),
        ("Bonjour\n#prendre", [(2, FaultReason.BELOW_TEXT)]),
        ("#répondre\nBonjour\n#confidentiel il ment", [(3, FaultReason.BELOW_TEXT)]),
        ("#conclure fondée\nBonjour\n## pour-moi il ment", [(3, FaultReason.BELOW_TEXT)]),
        ("#prendre\nTexte\n#con", [(3, FaultReason.BELOW_TEXT)]),
    ],
)
def test_lines_are_also_judged_together(typed: str, faults: list[tuple[int, FaultReason]]) -> None:
    """One text for one command, nothing twice, and no command hidden where it would be sent."""
    assert faults == reasons(typed)


@pytest.mark.parametrize("typed", ["#répondre\nVotre commande\n#12345 est partie.", "#note\nVu\n#rayon-frais"])
def test_a_number_in_a_letter_and_a_word_in_a_note_are_no_hidden_commands(typed: str) -> None:
    """An order's number has no letters, and a note is sent to nobody."""
    assert read_commands(typed, answering()).may_run


def test_commands_in_a_quotation_are_no_hidden_commands() -> None:
    """The card under our working mail comes back in each answer."""
    assert [Verb.NOTE] == verbs("#note\nVu.\n\nDe : CAG\nEnvoyé : lundi\n#prendre\n#répondre")


def test_too_many_commands_are_refused() -> None:
    """Sixty are read, in the block as under the text."""
    many = "#statut\n" * (MOST_LINES + 1)

    assert FaultReason.TOO_MANY in {fault.reason for fault in read_commands(many, answering()).faults}
    assert [(MOST_LINES + 2, FaultReason.TOO_MANY)] == reasons("Bonjour\n" + "#12\n" * (MOST_LINES + 1))


@pytest.mark.parametrize("opening", ["", "#répondre\n", "#conclure fondée ", "#assigner ", "#prolonger ", "#note "])
@pytest.mark.parametrize(
    "unit", ["erreur ", "le ", "#prendre ", "#zzzzzzzz\n", ">\n#x\n", "#note x\ny\n", "-" * 9, "\n"]
)
def test_reading_takes_linear_time(unit: str, opening: str) -> None:
    """Thirty thousand repetitions are read as they are, within the time that the suite grants any test."""
    block = read_commands(opening + unit * 30_000, answering())

    assert len(block.commands) <= MOST_LINES * 5


def test_several_commands_may_share_a_line() -> None:
    """A dry run names what is tried, and commands without arguments may be followed by others."""
    tried = read_commands("#simuler assigner Luc\n#prendre #note vu", answering())

    assert [Verb.ASSIGN, Verb.TAKE, Verb.NOTE] == [each.verb for each in tried.commands]
    assert (True, True, "vu") == (tried.is_dry_run, tried.may_run, tried.commands[-1].text)


def test_a_digest_is_answered_by_number() -> None:
    """Each line names its item, and a text of its own; one text below belongs to the only one that takes it."""
    both = read_commands("#3 assigner Marie Roy\n#1 note vu\n#3: note attendre\n", DIGEST)
    one = read_commands("# 1 #note\nVu avec elle.", DIGEST)

    assert [OTHER, MINE, OTHER] == [each.reference for each in both.commands]
    assert [3, 1, 3] == [each.item for each in both.commands]
    assert ["", "vu", "attendre"] == [each.text for each in both.commands]
    assert ([], "Vu avec elle.") == (list(one.faults), one.commands[0].text)
    assert [(1, FaultReason.TICKET_MISSING)] == reasons("#prendre", DIGEST)
    assert [(1, FaultReason.ITEM_UNKNOWN)] == reasons("#2 prendre", DIGEST)
    assert [(2, FaultReason.TWICE)] == reasons("#1 répondre Bonjour.\n#1 répondre Bonsoir.", DIGEST)
    assert read_commands("#1 répondre Bonjour.\n#3 répondre Bonsoir.\n#1 note a\n#1 note b", DIGEST).may_run


@pytest.mark.parametrize(
    "typed",
    [
        f"#statut {MINE}",
        f"#{MINE} statut",
        "#statut 2026\u2013000123",
        "#statut\u00a02026 - 000123.",
        f"#note {MINE} vu",
    ],
)
def test_a_fresh_mail_names_its_ticket_on_the_line(typed: str) -> None:
    """Before or behind the command, as people's programs write it."""
    block = read_commands(typed, answering(reference=None))

    assert ((), [MINE]) == (block.faults, [each.reference for each in block.commands])


def test_another_ticket_may_be_named_but_never_by_a_text() -> None:
    """A status of another ticket is asked for; a reply that begins with a number stays on its own."""
    assert [OTHER] == [each.reference for each in read_commands(f"#statut {OTHER}", answering()).commands]
    assert [MINE] == [each.reference for each in read_commands(f"#répondre {OTHER} x", answering()).commands]


@pytest.mark.parametrize(
    ("typed", "context", "ask"),
    [
        ("#statut", answering(), Ask(Risk.READING, frozenset({MINE}), is_addressed=True)),
        ("#statut\n#prendre", answering(), Ask(Risk.LOW, frozenset({MINE}), is_addressed=True)),
        ("#prendre\n#fermer\n#statut", answering(), Ask(Risk.HIGH, frozenset({MINE}), is_addressed=True)),
        ("#simuler\n#fermer", answering(), Ask(Risk.READING, frozenset({MINE}), is_addressed=True)),
        ("#aide", answering(reference=None), Ask(Risk.READING, frozenset(), is_addressed=True)),
        ("#prendre", answering(reference=None), Ask(Risk.READING, frozenset(), is_addressed=False)),
        ("#frobnicate", answering(), Ask(Risk.READING, frozenset(), is_addressed=True)),
        ("#simuler", answering(), Ask(Risk.READING, frozenset(), is_addressed=True)),
    ],
)
def test_what_a_block_asks_is_told_to_authority(typed: str, context: CommandContext, ask: Ask) -> None:
    """The highest risk, the tickets, and whether each is named; a dry run only reads."""
    assert ask == read_commands(typed, context).ask


def test_roles_are_as_in_the_table() -> None:
    """Whoever has none of the roles of a row is refused, whoever has one is not."""
    for sender in (MARIE, LUC, ADA, PAULE):
        for spec in TABLE:
            block = read_commands(f"#{spec.name}", answering(sender))
            refused = FaultReason.ROLE in {fault.reason for fault in block.faults}

            assert refused is (not sender.roles & spec.roles), (sender.id, spec.verb)
