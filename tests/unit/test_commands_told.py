"""What staff are told of commands: each line of a block, the help, and the manual, in good French."""

import re
from pathlib import Path

import pytest

from tests.command_worlds import ADA, DIGEST, LUC, MARIE, STAFF, answering
from triage.model.agents.authority import Risk
from triage.model.agents.commands import Assignee, Command, Conclusion, Criterion, FaultReason, ListFilter, Verb
from triage.model.agents.staff import Role
from triage.model.codes import TicketKind
from triage.rules.agents.commands.manual import ROLES, command_rows, reserved_row, role_rows, word_rows, write_help
from triage.rules.agents.commands.phrases import CONCLUSIONS, CRITERIA, KINDS, LISTS, PARTIES
from triage.rules.agents.commands.reading import read_commands
from triage.rules.agents.commands.resolving import distance, key_of, resolve
from triage.rules.agents.commands.table import CARD, RESERVED, TABLE, spec_of
from triage.rules.agents.commands.transcript import FAULTS, describe, write_transcript
from triage.wording.typography import find_faults

MANUAL = Path(__file__).parents[2] / "docs" / "commands.md"
NB = "\u00a0"


def test_every_line_is_told_what_it_does() -> None:
    """In order, with the ticket, the person and the words that were understood."""
    block = read_commands("#prendre\n#assigner Luc\n#conclure fondée erreur verbal\nVoici.", answering())

    heads = [f"Ligne{NB}{number}, «{NB}{line.typed}{NB}»{NB}: compris." for number, line in enumerate(block.lines, 1)]

    assert write_transcript(block, answering()) == (
        f"{heads[0]} Cette commande prend le dossier en charge et vous l’attribue (dossier 2026-000123).",
        f"{heads[1]} Cette commande attribue le dossier à une autre personne (dossier 2026-000123, Luc Exemple).",
        f"{heads[2]} Cette commande envoie la réponse finale, avec les recours "  # noqa: ISC004 - one sentence
        "(dossier 2026-000123, fondée, erreur, de vive voix).",
    )


def test_a_bad_line_is_told_among_the_good_ones() -> None:
    """First why the good ones are not done either, then each line, also one that hides under the text."""
    told = write_transcript(read_commands("#prendre\n#assigner Marie\nBonjour\n#note x", answering()), answering())

    assert told[0] == "Une ligne au moins n’est pas comprise. Les autres ne sont donc pas faites non plus."
    assert "compris. Cette" in told[1]
    assert told[2] == (
        f"Ligne{NB}2, «{NB}#assigner Marie{NB}»{NB}: pas compris, plusieurs personnes portent ce nom, soit "
        "Marie Exemple (marie.e) ou Marie Roy (marie.r); écrivez le nom au complet ou l’identifiant."
    )
    assert told[3].endswith("pas compris, cette commande est sous votre texte; placez-la au-dessus.")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("#pr", "vouliez-vous dire #prendre, #priorité ou #prolonger?"),
        ("#re", "vouliez-vous dire #répondre, #conclure, #retourner ou #reprise?"),
        ("#simuler\n#fermer", f"«{NB}#fermer{NB}»{NB}: compris."),
        ("#attente client", "client)."),
        ("#type information", "information)."),
        ("#prolonger 18 décembre x", f"18{NB}décembre 2026)."),
        ("#liste retard", "(en retard)."),
        ("#aide note", "(#note)."),
        ("#aide", "mode d’emploi."),
        ("#zzz" + "é" * 200, f"{'é' * 76}…{NB}»"),
    ],
)
def test_the_words_tell_what_was_understood(typed: str, words: str) -> None:
    """The details of each kind of argument, and a long line only so far."""
    told = "\n".join(write_transcript(read_commands(typed, answering(LUC)), answering(LUC)))

    assert words in told


def test_somebody_who_has_left_is_told_by_id() -> None:
    """A command may be older than the file of the staff."""
    command = Command(Verb.ASSIGN, 1, Risk.HIGH, argument=Assignee("gone"))

    assert "Cette commande attribue le dossier à une autre personne (gone)." == describe(command, STAFF)


def test_every_sentence_is_good_french() -> None:
    """No fault of typography or vocabulary in what any reason, effect or help says."""
    faults = [read_commands(f"#assigner {name}", answering()).faults[0] for name in ("Marie", "Ada", "Josée")]
    sentences = [*FAULTS.values(), *(spec.effect for spec in TABLE), write_help(frozenset(Role)), *ROLES.values()]

    assert set(FaultReason) == set(FAULTS)
    assert {} == {text: find_faults(text) for text in sentences if find_faults(text)}
    assert 3 == len(faults)


def test_the_manual_shows_the_tables_of_the_program() -> None:
    """Commands, roles, words and reserved names stand in `docs/commands.md` as the code has them."""
    text = MANUAL.read_text(encoding="utf-8")

    for rows in (command_rows(), role_rows(), word_rows(), (reserved_row(),)):
        assert "\n".join(rows) in text


def test_the_manual_is_good_french() -> None:
    """Its prose, without tables and code, has no fault of typography."""
    text = MANUAL.read_text(encoding="utf-8")
    prose = re.sub(r"```.*?```|`[^`]*`|^\|.*$", "x", text, flags=re.DOTALL | re.MULTILINE)

    assert () == find_faults(prose)


def test_help_shows_what_one_may_use() -> None:
    """An adviser sees two commands, a supervisor all; a topic shows its own line."""
    assert ["#aide", "#simuler"] == [line.split()[0] for line in write_help(ADA.roles).splitlines()[3:]]
    assert [spec.usage for spec in TABLE] == [
        line.split(f"{NB}:")[0] for line in write_help(LUC.roles).splitlines()[3:]
    ]
    assert "#libérer" not in write_help(MARIE.roles)
    assert write_help(MARIE.roles, Verb.UNDO).endswith(f"#annuler{NB}: {spec_of(Verb.UNDO).effect}.")


def test_no_word_means_two_commands() -> None:
    """Names, synonyms and reserved names are all different once folded; each verb has one row."""
    names = [key_of(name) for spec in TABLE for name in (spec.name, *spec.synonyms)] + [
        key_of(name) for name in RESERVED
    ]

    assert len(names) == len(set(names))
    assert sorted(Verb) == sorted(spec.verb for spec in TABLE)
    assert set(CARD) <= set(Verb)


def test_every_code_has_its_words_and_no_word_two_codes() -> None:
    """The lists of arguments are complete and unambiguous."""
    for codes, words in (
        (Conclusion, CONCLUSIONS),
        (Criterion, CRITERIA),
        (TicketKind, KINDS),
        (ListFilter, LISTS),
    ):
        keys = [key_of(each) for phrases in words.values() for each in phrases]

        assert set(codes) == set(words)
        assert len(keys) == len(set(keys))
    assert 3 == len(PARTIES)


def test_a_kind_may_be_written_as_its_code() -> None:
    """The codes of the lists are words too."""
    assert all(kind.value in KINDS[kind] for kind in TicketKind)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("note", "note", 0),
        ("nte", "note", 1),
        ("onte", "note", 1),
        ("nite", "note", 1),
        ("x", "note", 3),
        ("", "ab", 2),
    ],
)
def test_slips_of_the_finger_are_counted(one: str, other: str, expected: int) -> None:
    """One added, left out, changed or swapped letter is one; beyond the limit only that it is more."""
    assert expected == distance(one, other, most=2)
    assert expected == distance(other, one, most=2)


def test_a_beginning_or_a_miss_is_taken_only_where_one_entry_has_it() -> None:
    """Two entries of one meaning are no ambiguity; two meanings are."""
    index = {"fermer": 1, "fermeture": 1, "former": 2, "note": 3}

    assert (1, None, 3) == tuple(resolve(key, index).entry for key in ("ferm", "f", "nota"))
    assert (1, 2) == resolve("fxrmer", index).choices
    assert (None, ()) == (resolve("xyz", index).entry, resolve("xyz", index).choices)


def test_a_digest_block_is_told_ticket_by_ticket() -> None:
    """Each line says which ticket its number meant."""
    told = write_transcript(read_commands("#3 assigner Luc\n#1 note vu", DIGEST), DIGEST)

    assert ["2026-000099" in told[0], "2026-000123" in told[1]] == [True, True]
