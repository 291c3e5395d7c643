"""What is new in a reply: other mails go, whatever the client; the author's own words stay, and so does a doubt."""

import sys
from types import FrameType
from typing import Any

import pytest

from triage.mail.reading.parse import parse_message
from triage.mail.reading.texts.replies import find_new_text

ATTRIBUTIONS = [
    "Le mar. 4 mars 2025 à 10:20, Le service <plaintes@organisme.example> a écrit :",
    "Le 04/03/2025 à 10:20, Le service a écrit :",
    "Le mar. 4 mars 2025 à 10 h 20, Le service <\nplaintes@organisme.example> a écrit :",
    "Le mar. 4 mars 2025 à 10:20, Le service <plaintes@organisme.example> a\nécrit :",
    "Le mardi 4 mars 2025, 10:20:31 UTC−5, Le service <plaintes@organisme.example> a écrit\u00a0:",
    "Le 4 mars 2025 10:20, « Le service » <plaintes@organisme.example> a envoyé :",
    "On Tue, Mar 4, 2025 at 10:20 AM The service <plaintes@organisme.example> wrote:",
    "On Tue, Mar 4, 2025 at 10:20 AM The service <\nplaintes@organisme.example> wrote:",
    "On 4 Mar 2025, at 10:20, The service <\n416ffd3258d4@organisme.example>\nwrote:",
    "On Tue, Mar 4, 2025 at 10:20 AM The service\n\n<\nmailto:plaintes@organisme.example\n> wrote:",
    "2025-03-04 10:20 GMT-05:00 Le service <plaintes@organisme.example>:",
    "2025/3/4 Le service <plaintes@organisme.example>",
    "04.03.2025, 10:20, „Der Dienst“ <plaintes@organisme.example>:",
    "Am 04.03.2025 um 10:20 schrieb Der Dienst <plaintes@organisme.example>:",
    "El mar, 4 mar 2025 a las 10:20, El servicio (<plaintes@organisme.example>) escribió:",
    "W dniu 4 marca 2025 10:20 Biuro <plaintes@organisme.example> napisał(a):",
    "Vào 10:20 4 tháng 3, 2025, Văn phòng <plaintes@organisme.example> đã viết:",
    "Le service <plaintes@organisme.example> a écrit :",
    "---- Le service a écrit ----",
]

COMPLAINTS = [
    "Le 23 novembre, mon voisin a écrit :\nvous êtes trop bruyant.\nJe n’en peux plus.",
    "Le 23 novembre 2024, mon voisin a écrit :\n« Trop bruyant. »\nJe suis d’accord.",
    "Le livreur a écrit :\n> absent\nJ’étais pourtant là.",
    "On 4 March 2025 the manager wrote:\nno answer\nThat is all I got.",
    "De : la caisse 4\nle service est lent.",
    "Mon trajet :\n\nDe : Montréal\nÀ : Québec\nDate : 3 mars 2025, 14:30\n\nLe colis n’a pas suivi.",
    "Points :\n--\nun\n" + "\n".join(str(number) for number in range(20)),
    "Voici ce que j’ai reçu :\n> Bonjour\nEt rien d’autre.",
    "Voici ce que j’ai reçu :\n\n> Bonjour\n> nous fermons.",
    "Sent from my desk, which is easier than my phone.",
    "> tout est cité\n> rien n’est à moi",
    "FYI\n\n---------- Forwarded message ----------\nFrom: a@b.example\nDate: x\nSubject: y\n\nle texte",
    "Ce courriel est confidentiel, ne dites rien à mon employeur.",
    "Il me manque :\n\n-Lait\n\n-Pain",
    "Rappelez-moi.\n\nMerci,\nJeanne Roy\n514 555-0100",
    "Prix du 3 mars 2025 :\n10:20 <https://x.example/a@b> trop cher\nJe conteste.",
    "Visitez-nous...\n>>> >>>  http://x.example <<<\nLe lien est faux.",
    "Bonjour,\n\nmon courriel : jeanne@client.example\n514 555-0100",
]

QUOTED = [
    "-----Message d’origine-----\nDe : a\nle texte",
    "----- Original Message -----\nle texte",
    "-----Ursprüngliche Nachricht-----\nder Text",
    "De : Le service <a@b.example>\nEnvoyé : mardi 4 mars 2025 10:20\nÀ : c\nObjet : d\n\nle texte",
    "De\u00a0: Tremblay Élodie\nEnvoyé\u00a0: mardi\nÀ\u00a0: Plaintes\nObjet\u00a0: RE: colis\n\nle texte",
    "De : Le service <a@b.example>\n\nEnvoyé : 4 mars 2025 10:20\n\nÀ : c\n\nle texte",
    "*From:* The service\n*Sent:* Tuesday\n*To:* c\n*Subject:* d\n\nle texte",
    "*From:* The service [mailto:\na@b.example]\n*Sent:* Tuesday 10:20\n*To:* c\n\nle texte",
    "________________________________\nDe : Le service\nDate : mardi\nÀ : c\n\nle texte",
    "Date: Tue, 4 Mar 2025 10:20:00 -0500\nSubject: d\nFrom: a@b.example\nTo: c@d.example\n\nle texte",
    "Von: a@b.example\nGesendet: Dienstag, 4. März 2025 10:20\nAn: c\nBetreff: d\n\nder Text",
    "De : a@b.example Envoyé : 4 mars 2025 10:20 À : c Objet : d\nle texte",
    "--- Répondez au-dessus de cette ligne ---\nle texte",
    "## Reply above this line ##\nle texte",
    "> cité\n> encore",
    "Le mar. 4 mars 2025, Le service <a@b.example> a écrit :\nsans marque de citation",
    "------Le 4 mars 2025 10:20, Le service a écrit------\nsans marque",
]

NOTICE = (
    "Avis de confidentialité : ce courriel est destiné uniquement à ses destinataires. Si vous l’avez reçu par erreur,"
    " veuillez le détruire; toute diffusion est strictement interdite et peut entraîner des poursuites."
)

ENDINGS = [
    "-- \nÉlodie Roy\nDirectrice",
    "Envoyé de mon iPhone",
    "Envoyé depuis mon appareil Galaxy.",
    "Sent from my Galaxy",
    "Obtenir Outlook pour iOS",
    "Get Outlook for Android <https://x.example>",
    "Provenance : Courrier pour Windows",
    "_______________________________________________\ngens mailing list\ngens@lists.example",
    NOTICE,
    "Pensez à l’environnement avant d’imprimer ce message.",
    "----------------\nMe Jeanne Roy\nt. 555-555-0102\nhttp://x.example/",
    "Jeanne Roy\njeanne@client.example\n(555) 555-0102\nwww.client.example",
    "-Jeanne Roy",
    "Envoyé de mon iPhone\n\n> cité",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize("quoted", ["> Bonjour,\n>\n> merci.", "\n> Bonjour,\n\n> merci.\n"])
def test_an_attribution_with_its_quotation_is_not_new(attribution: str, quoted: str) -> None:
    """However the client wraps and words it, in whatever language."""
    assert "Oui." == find_new_text(f"Oui.\n\n{attribution}\n{quoted}")


@pytest.mark.parametrize("text", COMPLAINTS)
def test_what_may_be_the_authors_own_words_is_kept(text: str) -> None:
    """Nothing is lost when in doubt; a text that would vanish whole stays whole."""
    assert text == find_new_text(text)


@pytest.mark.parametrize("rest", [*QUOTED, *ENDINGS])
def test_what_a_client_adds_under_an_answer_is_not_new(rest: str) -> None:
    """Quotations, header blocks, signatures, phones' lines, lists' footers, lawyers' notices."""
    assert "Oui." == find_new_text(f"Oui.\n\n{rest}")


@pytest.mark.parametrize("rest", QUOTED[:-3])
@pytest.mark.parametrize("ending", ENDINGS)
def test_what_ends_an_answer_goes_above_a_quotation_too(rest: str, ending: str) -> None:
    """The signature stands between the answer and what is answered."""
    assert "Oui." == find_new_text(f"Oui.\n\n{ending}\n\n{rest}")


def test_answers_between_quoted_lines_are_new() -> None:
    """Question, answer, question, answer: the answers are shown, and the text keeps the questions."""
    text = (
        "Bonjour,\n\nLe mar. 4 mars 2025 à 10:20, Le service <a@b.example> a écrit :\n> Quelle succursale?\n\n"
        "Celle du port.\n\n> Quel jour?\n> (lien <http://x.example/\n_suite=3>\n> ici)\nLe 3 mars.\n\n> Merci\n\n-- \nM"
    )

    assert "Bonjour,\n\nCelle du port.\n\nLe 3 mars." == find_new_text(text)


def test_an_answer_on_the_line_of_the_attribution_is_new() -> None:
    """Some clients lose the line break in front of « Le … a écrit : »."""
    shared = "D’accord. Le mer. 5 mars 2025 à 10:20, Le service <a@b.example> a écrit :\n> Bonjour"

    assert "D’accord." == find_new_text(shared)
    assert "Oui" == find_new_text("Oui--- On Wed, Mar 5, 2025 at 3:59 PM, a@b.example wrote:\n> Hi")


def test_an_answer_below_what_is_answered_is_new() -> None:
    """Who answers under the quotation loses nothing, and a block of fields at the very top is no quotation."""
    assert "Oui." == find_new_text("Le 4 mars 2025 à 10:20, X <a@b.example> a écrit :\n> Bonjour\n\nOui.")
    assert "Oui." == find_new_text("> Bonjour\n\nOui.")
    assert "De : a@b.example\nDate : 4 mars 2025 10:20\n\nOui." == find_new_text(
        "De : a@b.example\nDate : 4 mars 2025 10:20\n\nOui."
    )


@pytest.mark.parametrize(("subject", "shown"), [("TR: colis", True), ("Fwd: colis", True), ("RE: TR: colis", False)])
def test_a_forwarded_mail_is_what_its_sender_wants_to_be_read(subject: str, shown: bool) -> None:  # noqa: FBT001
    """Outlook writes the same block of fields in answers and in forwarded mail; the subject tells them apart."""
    body = "Voir plus bas.\n\nDe : A <a@b.example>\nEnvoyé : 4 mars 2025 10:20\nÀ : C\nObjet : colis\n\nIl est perdu."
    message = parse_message(f"Subject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{body}".encode())

    assert body == message.text
    assert shown is ("Il est perdu." in message.new_text)


HEAVY = {
    "attributions without an end": "Le 3 mars 2025 à 10:20, X <a@b.example>\n",
    "attributions with blank lines": "Le 3 mars 2025 a écrit :\n\n\n\n\n\n",
    "attributions on shared lines": "x Le 3 mars 2025 à 10:20, a@b.example a écrit : y\n",
    "blocks of fields": "De : x\nEnvoyé : y\nz\n",
    "quoted lines": "> a\nb\n",
    "rules": "a\n\n-----\n",
    "cards": "a\n\n514 555-0100\n",
    "notices": "ce courriel est confidentiel\n",
    "client lines": "Envoyé de mon iPhone\n\n",
    "signature marks": "--\nx\n",
    "name marks": "\n-Jeanne\n",
    "links in quotations": "> (http://x.example/a\nb=c)\n",
}


@pytest.mark.parametrize("name", HEAVY)
def test_the_work_is_in_proportion_to_the_text(name: str) -> None:
    """Four times the text is four times the calls; each call looks at one short line or at a few of them."""
    small, large = (count_calls("Bonjour\n" + HEAVY[name] * size) for size in (100, 400))

    assert large < 4.3 * small


def count_calls(text: str) -> int:
    """How many functions, ours and Python's, are called to find what is new."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        find_new_text(text)
    finally:
        sys.setprofile(before)
    return calls
