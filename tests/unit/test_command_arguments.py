"""What stands behind a command's name is understood in words and codes, or told with what may have been meant."""

from datetime import date

import pytest

from tests.command_worlds import OTHER, answering
from triage.model.agents.commands import (
    Argument,
    Assignee,
    CommandContext,
    Concluding,
    Conclusion,
    Criterion,
    Extension,
    FaultReason,
    HelpTopic,
    KindChange,
    ListFilter,
    Listing,
    Verb,
    Waiting,
    WaitingFor,
)
from triage.model.codes import TicketKind
from triage.rules.agents.commands.reading import read_commands


def reasons(typed: str, context: CommandContext | None = None) -> list[tuple[int, FaultReason]]:
    """The faults of a block, which must not run."""
    block = read_commands(typed, context or answering())
    assert not block.may_run
    return [(fault.line, fault.reason) for fault in block.faults]


@pytest.mark.parametrize(
    ("typed", "argument", "text"),
    [
        ("#assigner Luc", Assignee("luc.e"), ""),
        ("#assigner à LUC EXEMPLE.", Assignee("luc.e"), ""),
        ("#assigner @marie roy", Assignee("marie.r"), ""),
        ("#assigner Luc Exemple, s’il vous plaît.", Assignee("luc.e"), ""),
        ("#fermer svp", None, ""),
        ("#statut ?!", None, ""),
        ("#assigner moi", Assignee("marie.e"), ""),
        (f"#assigner luc, {OTHER}", Assignee("luc.e"), ""),
        ("#attente fournisseur", Waiting(WaitingFor.SUPPLIER), ""),
        ("#attente-client", Waiting(WaitingFor.CLIENT), ""),
        ("#attente à l’interne; rappel lundi", Waiting(WaitingFor.INTERNAL), "rappel lundi"),
        ("#type PLA", KindChange(TicketKind.COMPLAINT), ""),
        ("#type demande d'information ; rien à corriger", KindChange(TicketKind.INFORMATION, "rien à corriger"), ""),
        ("#type felicitation", KindChange(TicketKind.PRAISE), ""),
        ("#type comentaire", KindChange(TicketKind.COMMENT), ""),
        ("#prolonger 2026-12-18 pièce attendue", Extension(date(2026, 12, 18), "pièce attendue"), ""),
        ("#prolonger au vendredi 18 décembre 2026 : attente", Extension(date(2026, 12, 18), "attente"), ""),
        ("#prolonger jusqu’au 1er févr., attente", Extension(date(2027, 2, 1), "attente"), ""),
        ("#prolonger 29 february x", Extension(date(2028, 2, 29), "x"), ""),
        ("#liste", Listing(ListFilter.MINE), ""),
        ("#liste en retard", Listing(ListFilter.LATE), ""),
        ("#aide", HelpTopic(None), ""),
        ("#aide répondre", HelpTopic(Verb.REPLY), ""),
        ("#prendre je rappelle demain", None, "je rappelle demain"),
        ("#conclure fondée", Concluding(Conclusion.FOUNDED), "Texte."),
        ("#conclure Non-Fondée", Concluding(Conclusion.UNFOUNDED), "Texte."),
        ("#conclure partielement fondée", Concluding(Conclusion.PARTLY_FOUNDED), "Texte."),
        ("#conclure fondee erreur, norme de service verbal",
         Concluding(Conclusion.FOUNDED, (Criterion.ERROR, Criterion.STANDARD), verbal=True), "Texte."),
        ("#conclure fondée ; délai : Voici.", Concluding(Conclusion.FOUNDED, (Criterion.STANDARD,)), "Voici.\nTexte."),
        ("#conclure fondée erreur de notre part", Concluding(Conclusion.FOUNDED), "erreur de notre part\nTexte."),
        ("#conclure sans suite de vive voix", Concluding(Conclusion.NO_NEWS, verbal=True), "Texte."),
        ("#conclure réglée, Erreur, de notre part",
         Concluding(Conclusion.SETTLED, (Criterion.ERROR,)), "de notre part\nTexte."),
    ],
)  # fmt: skip
def test_arguments_are_understood_in_words_and_codes(typed: str, argument: Argument | None, text: str) -> None:
    """What follows an argument is kept, as the beginning of the text or as a note."""
    block = read_commands(f"{typed}\nTexte.", answering())
    command = block.commands[0]

    assert () == block.faults
    assert (argument, text) == (command.argument, command.text)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("#frobnicate", FaultReason.UNKNOWN_COMMAND),
        ("#", FaultReason.UNKNOWN_COMMAND),
        ("#" + "x" * 60, FaultReason.UNKNOWN_COMMAND),
        ("#xq", FaultReason.UNKNOWN_COMMAND),
        ("#p", FaultReason.AMBIGUOUS_COMMAND),
        ("#re", FaultReason.AMBIGUOUS_COMMAND),
        ("#consulter x@cag.example", FaultReason.NOT_YET),
        ("#Mesure–Faite 2", FaultReason.NOT_YET),
        ("#libérer", FaultReason.ROLE),
        ("#fermer demain", FaultReason.UNEXPECTED),
        ("#3 prendre", FaultReason.ITEM_UNKNOWN),
        ("#assigner", FaultReason.PERSON_MISSING),
        ("#assigner Josée", FaultReason.PERSON_UNKNOWN),
        ("#assigner Marie", FaultReason.PERSON_AMBIGUOUS),
        ("#assigner Ada", FaultReason.PERSON_UNFIT),
        ("#conclure bien", FaultReason.CONCLUSION),
        ("#conclure", FaultReason.CONCLUSION),
        ("#type chose", FaultReason.KIND),
        ("#attente", FaultReason.WAITING),
        ("#prolonger bientôt", FaultReason.DATE),
        ("#prolonger", FaultReason.DATE),
        ("#prolonger au", FaultReason.DATE),
        ("#prolonger 2026-02-30 x", FaultReason.DATE),
        ("#prolonger 31 juin x", FaultReason.DATE),
        ("#prolonger 10/12/2026 x", FaultReason.DATE),
        ("#prolonger 12 machins x", FaultReason.DATE),
        ("#prolonger le le le le le 12 mars x", FaultReason.DATE),
        ("#prolonger 23 novembre 2026 x", FaultReason.DATE_PAST),
        ("#prolonger 18 décembre", FaultReason.REASON_MISSING),
        ("#liste rouges", FaultReason.LISTING),
        ("#liste retard lundi", FaultReason.LISTING),
        ("#aide frobnicate", FaultReason.TOPIC),
        ("#aide consulter", FaultReason.TOPIC),
        ("#simuler", FaultReason.NOTHING_TO_TRY),
    ],
)
def test_one_bad_line_is_told_and_nothing_is_done(typed: str, reason: FaultReason) -> None:
    """The line, and why, beside a good line that does not run either."""
    assert (1, reason) in reasons(typed)
    assert not read_commands(f"#prendre\n{typed}\n", answering()).may_run or reason is FaultReason.NOTHING_TO_TRY


def test_ambiguity_names_what_may_have_been_meant() -> None:
    """Commands, people and codes are listed, so that the next mail is right."""
    block = read_commands("#pr\n#assigner Marie\n#conclure reti\n#type plonte", answering())

    assert ("#prendre", "#priorité", "#prolonger") == block.faults[0].choices
    assert ("Marie Exemple (marie.e)", "Marie Roy (marie.r)") == block.faults[1].choices
