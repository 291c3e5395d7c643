"""The linter finds the faults that it knows, and lets correct French pass (R-71)."""

import pytest

from triage.wording.typography import find_faults, find_long_sentences
from triage.wording.typography.rules import FaultKind

FAULTS = [
    (FaultKind.SPACE, "Objet: votre message"),
    (FaultKind.SPACE, "Objet : votre message"),
    (FaultKind.SPACE, "Objet\u202f: votre message"),
    (FaultKind.SPACE, "Objet\u00a0:votre message"),
    (FaultKind.SPACE, "Prochaines étapes:"),
    (FaultKind.SPACE, "Merci !"),
    (FaultKind.SPACE, "Merci\u00a0!"),
    (FaultKind.SPACE, "Avez-vous une question\u202f?"),
    (FaultKind.SPACE, "une plainte\u00a0; un commentaire"),
    (FaultKind.SPACE, "une plainte , un commentaire"),
    (FaultKind.SPACE, "le mot «\u00a0plainte»"),
    (FaultKind.SPACE, "le mot « plainte\u00a0»"),
    (FaultKind.SPACE, "75,5% des plaintes"),
    (FaultKind.SPACE, "75,5 % des plaintes"),
    (FaultKind.SPACE, "12 $"),
    (FaultKind.SPACE, "deux  espaces"),
    (FaultKind.SPACE, "– Une plainte"),
    (FaultKind.MARK, "l'exécution"),
    (FaultKind.MARK, 'le mot "plainte"'),
    (FaultKind.MARK, "le mot “plainte”"),
    (FaultKind.MARK, "un instant..."),
    (FaultKind.NUMBER, "1 260 plaintes"),
    (FaultKind.NUMBER, "1 800 463-5070"),
    (FaultKind.NUMBER, "2.5 jours"),
    (FaultKind.NUMBER, "la 2ème fois"),
    (FaultKind.HOUR, "à 14h"),
    (FaultKind.HOUR, "à 14h30"),
    (FaultKind.HOUR, "à 14 h"),
    (FaultKind.HOUR, "à 14\u00a0h 30"),
    (FaultKind.HOUR, "à 09\u00a0h"),
    (FaultKind.HOUR, "à 9\u00a0h\u00a005"),
    (FaultKind.HOUR, "à 14\u00a0h\u00a000"),
    (FaultKind.HOUR, "à 14:30"),
    (FaultKind.DATE, "le Samedi 21\u00a0novembre 2026"),
    (FaultKind.DATE, "le 21\u00a0Novembre 2026"),
    (FaultKind.DATE, "samedi, le 21\u00a0novembre 2026"),
    (FaultKind.DATE, "samedi, 21\u00a0novembre 2026"),
    (FaultKind.DATE, "le 01\u00a0décembre"),
    (FaultKind.DATE, "le 1\u00a0décembre"),
    (FaultKind.DATE, "le 21 novembre"),
    (FaultKind.DATE, "le 2026-11-21"),
    (FaultKind.INCLUSIVE, "les client·e·s"),
    (FaultKind.INCLUSIVE, "le plaignant(e)"),
    (FaultKind.INCLUSIVE, "les client.e.s"),
    (FaultKind.CAPITAL, "Etat de votre dossier"),
    (FaultKind.CAPITAL, "A la suite de votre appel"),
    (FaultKind.VARIABLE, "relève de {{ organisation }}"),
    (FaultKind.VARIABLE, "écrivez à {{ unit }}"),
    (FaultKind.VARIABLE, "Le {{ body_name }} vous répond"),
    (FaultKind.VARIABLE, "parce que {{ agent }} l’a dit"),
    (FaultKind.VARIABLE, "la décision d’{{ agent }}"),
    (FaultKind.VARIABLE, "avant l’{{ answer_due_day }}"),
    (FaultKind.LINK, "Voir https://exemple.quebec pour la suite."),
    (FaultKind.LINK, "https://exemple.quebec/plaintes."),
    (FaultKind.WORD, "loger une plainte"),
    (FaultKind.WORD, "Vous avez logé la présente plainte."),
    (FaultKind.WORD, "votre ticket"),
    (FaultKind.WORD, "Suite à votre message, nous avons agi."),
    (FaultKind.WORD, "suite au message"),
    (FaultKind.WORD, "Veuillez compléter le formulaire."),
    (FaultKind.WORD, "un formulaire dûment complété"),
    (FaultKind.WORD, "rencontrer les délais"),
    (FaultKind.WORD, "Cliquez ici"),
    (FaultKind.WORD, "votre e-mail"),
    (FaultKind.WORD, "votre email"),
    (FaultKind.WORD, "le fichier attaché"),
    (FaultKind.WORD, "Vous pouvez contacter notre équipe."),
    (FaultKind.WORD, "l’adresse ci-bas"),
    (FaultKind.WORD, "Madame Tremblay,"),
    (FaultKind.WORD, "Cher client"),
]

CORRECT = [
    "Objet\u00a0: votre message",
    "Merci! Avez-vous reçu notre réponse? Oui; la voici.",
    "Le mot «\u00a0plainte\u00a0» et «\u00a0le mot “plainte” aussi\u00a0».",
    "75,5\u00a0% des plaintes, soit 1\u00a0260 plaintes et 12\u00a0$.",
    "Nous donnerons suite à votre demande et ferons suite à votre appel.",
    "À la suite de votre message, nous avons rempli le formulaire.",
    "Vous pouvez porter plainte; votre plainte sera prise en charge.",
    "Le rendez-vous est à 9\u00a0h\u00a05, de 8\u00a0h\u00a030 à 16\u00a0h ou à 0\u00a0h\u00a02.",
    "au plus tard le vendredi 11\u00a0décembre 2026; le 1er\u00a0décembre",
    "Téléphone\u00a0: 418\u00a0644-4565",
    "Courriel\u00a0: commentaires-plaintes@mail.example.quebec",
    "https://exemple.quebec/plaintes",
    "– Une plainte\u00a0: nous y répondrons.".replace("– ", "–\u00a0"),
    "Votre dossier porte le numéro {{ reference }}.",
    "Reçu le {{ received_day }}, à {{ received_hour }}.",
    "Organisme responsable\u00a0: {{ body_name }}",
    "{% if agent is defined %}\nNous l’avons confié à votre répondante.\n{% endif %}",
    "Les personnes plaignantes, les clientes et les clients",
    "Madame, Monsieur,",
    "Les 24\u00a0heures suivant sa réception; dossier 2026-000123",
]


@pytest.mark.parametrize(("kind", "text"), FAULTS, ids=[text for _, text in FAULTS])
def test_a_fault_is_found_and_named(kind: FaultKind, text: str) -> None:
    """Each text has one kind of fault, and the linter says which."""
    assert {kind} == {fault.kind for fault in find_faults(text)}


@pytest.mark.parametrize("text", CORRECT)
def test_correct_french_passes(text: str) -> None:
    """No false alarm: a linter that cries wolf is switched off."""
    assert () == find_faults(text)


def test_a_fault_says_its_line_and_the_mend() -> None:
    """Whoever writes the letter finds the place at once, variables shown as such."""
    (fault,) = find_faults("Bonjour,\n\n{% if x %}\nObjet: {{ subject }}\n{% endif %}\n")

    assert (4, "espace insécable avant le deux-points") == (fault.line, fault.advice)
    assert "{{…}}" in fault.excerpt


def test_long_sentences_are_advice_apart() -> None:
    """Twenty-six words are too many, twenty-five are not; both are correct French."""
    long, short = " ".join(["mot"] * 26) + ".", " ".join(["mot"] * 25) + "."

    assert [1] == [fault.line for fault in find_long_sentences(f"{long}\n{short} {short}")]
    assert () == find_faults(long)
