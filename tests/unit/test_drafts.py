"""What an agent typed leaves as a letter only if it is theirs; what was written for us alone never does (MUST 31)."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from triage.rules.agents.drafts import DraftHold, judge_draft
from triage.rules.agents.own_words import MOST_CHARACTERS, find_own_words, has_pasted_words
from triage.rules.agents.running_words import RUN, _Substrings, repeats

REFERENCE = "2026-000123"
WORKING_MAIL = """Reçu le lundi 23 novembre 2026, à 14 h 5. À prendre en charge avant le 24 novembre.
Proposition : plainte (« inadmissible »). Service : RA. Motif : M1. Priorité : P3.
Ce que la personne a écrit
J’attends depuis trois semaines la livraison des fauteuils de la salle d’attente, et personne ne me rappelle."""
LETTER = "Bonjour,\n\nVotre commande est arrivée ce matin.\nElle vous sera livrée demain."

# Without the Turkish dotless i, whose capital is another letter's.
words = st.text(
    st.characters(categories=("Ll", "Lu", "Nd"), exclude_characters="ı", max_codepoint=0x17F), min_size=1, max_size=9
)
internal_mails = st.lists(words, min_size=RUN, max_size=40)


def holds(typed: str, *internal: str) -> tuple[DraftHold, ...]:
    """Why a text would not leave."""
    return judge_draft(typed, reference=REFERENCE, internal=internal, signer="Marie Exemple").holds


@pytest.mark.parametrize(
    "attribution",
    [
        "Le lundi 23 nov. 2026 à 10:00, Plaintes et commentaires (ODF) <plaintes@organisme.example> a écrit :\n> cité",
        "Le lun. 23 nov. 2026 à 10:00, Plaintes\n<plaintes@organisme.example> a écrit :\n\n> cité",
        "On Mon, Nov 23, 2026 at 10:00, Plaintes <plaintes@organisme.example> wrote:\n> cité",
    ],
)
def test_a_signature_above_a_programs_attribution_is_left_out(attribution: str) -> None:
    """The letter has its own; what the program put below says nothing about the lines above it."""
    typed = f"Bonjour,\n\nElle est partie.\n\nMarie Exemple\nOrganisme de fiction\n\n{attribution}"

    assert "Bonjour,\n\nElle est partie." == find_own_words(typed, signer="Marie Exemple").text


@pytest.mark.parametrize(
    "below",
    [
        "> cité",
        "Von: Plaintes",
        "El lun, 2 mar 2026, Plaintes escribió:",
        "＞ cité",
        " >cité",
        "-- \nMarie",
        "---",
        "________________",
        "-----Message d’origine-----",
        "----- Original Message -----",
        "Message transféré",
        "--- Répondez au-dessus de cette ligne ---",
        "De : Jeanne",
        "*De :* Jeanne",
        "From: Jeanne",
        "Envoyé : lundi",
        "Le 23 nov. 2026 à 10:00, Jeanne <j@client.example> a écrit :",
        "Le lun. 23 nov. 2026 à 10:00, Jeanne\n<j@client.example> a écrit :",
        "Le lun. 23 nov. 2026\nà 10:00, Jeanne\na écrit :",
        "On Mon, Jeanne wrote:",
        "Jeanne a écrit :",
        "Envoyé de mon iPhone",
        "Envoyé à partir d’Outlook pour Android",
        "Sent from my phone",
        "Cordialement,\n\nMarie Exemple\nConseillère",
        "Merci !\nMarie",
        "Marie Exemple\n418 555-0101",
        "marie",
        "Bonne journée,\nMarie\n\nAvis de confidentialité\nCe courriel est destiné à une personne.",
        "AVIS DE CONFIDENTIALITÉ : ce courriel …",
    ],
)
def test_what_may_be_somebody_elses_is_cut(below: str) -> None:
    """Quotations, separators, header lines, attributions and signatures end the agent's own words; nothing is lost."""
    own = find_own_words(f"{LETTER}\n\n{below}\nla suite", signer="Marie Exemple")

    assert LETTER == own.text
    assert f"{below}\nla suite".strip() == own.cut


@pytest.mark.parametrize(
    "line",
    [
        "Merci,\nnous avons bien reçu vos photos.",
        "De plus, la livraison aura lieu demain.",
        "Le fournisseur nous l’a écrit hier.",
        "On vous rappellera.",
        "Cordialement,\n" + "Une phrase entière.\n" * 13 + "Fin",
        "Salutations\n" + "ligne\n" * 13,
        "Le dossier suit.\nIl avance.\nIl finira.",
        "- premier point\n- second point",
        "Marie Exemple vous joindra demain.",
    ],
)
def test_prose_is_not_cut(line: str) -> None:
    """A sentence that begins like a header or a signature stays."""
    assert (line.strip(), "") == (find_own_words(line, signer="Marie Exemple").text, find_own_words(line).cut)


def test_an_answer_below_a_quotation_is_not_sent() -> None:
    """Where it ends is anybody's guess, so the writer is shown what was typed."""
    draft = judge_draft("> cité\nMa réponse", reference=REFERENCE, internal=())

    assert ("", "> cité\nMa réponse", (DraftHold.EMPTY,), False) == (draft.text, draft.cut, draft.holds, draft.may_send)


def test_a_letter_leaves() -> None:
    """Nothing speaks against an agent's own words, which may name their own ticket, dates and phone numbers."""
    draft = judge_draft(
        f"{LETTER}\nDossier {REFERENCE}, 418 555-0100.\nCordialement,\nMarie",
        reference=REFERENCE,
        internal=[WORKING_MAIL],
    )

    assert draft.may_send
    assert (f"{LETTER}\nDossier {REFERENCE}, 418 555-0100.", "Cordialement,\nMarie") == (draft.text, draft.cut)


@pytest.mark.parametrize(
    ("typed", "hold"),
    [
        ("", DraftHold.EMPTY),
        ("\u200b \u00a0\n", DraftHold.EMPTY),
        ("x" * (MOST_CHARACTERS + 1), DraftHold.TOO_LONG),
        ("Voir : Réf. ABCD-EFGH-2345-WXYZ", DraftHold.REFERENCE_CODE),
        ("voir abcd–efgh–2345–wxyz", DraftHold.REFERENCE_CODE),
        ("réf : abcd efgh 2345 wxyz", DraftHold.REFERENCE_CODE),
        ("REF.ABCDEFGH2345WXYZ", DraftHold.REFERENCE_CODE),
        ("Écrivez à plaintes+abcdefgh2345wxyz@cag.example", DraftHold.REFERENCE_CODE),
        ("Voici. De : Jeanne Envoyé : lundi", DraftHold.HEADER_BLOCK),
        ("Voici. From: Jeanne\nxx Sent: Monday", DraftHold.HEADER_BLOCK),
        (f"Plaintes 02-03-2026\nObjet : [ODF {REFERENCE}] Nouvelle plainte", DraftHold.HEADER_BLOCK),
        ("comme le dossier 2026-000124", DraftHold.OTHER_TICKET),
        ("comme le dossier 2026\u2013000124", DraftHold.OTHER_TICKET),
        ("comme le dossier ２０２６-０００１２４", DraftHold.OTHER_TICKET),
        ("comme 2026 - 000124", DraftHold.OTHER_TICKET),
        ("Jeanne dit : j’attends depuis trois SEMAINES la   livraison des", DraftHold.INTERNAL_WORDS),
    ],
)
def test_what_was_written_for_us_alone_is_held_and_shown(typed: str, hold: DraftHold) -> None:
    """Each sign of our own mails has its reason."""
    assert (hold,) == holds(typed, WORKING_MAIL)


def test_our_marker_inside_a_line_is_cut_and_seven_words_are_no_leak() -> None:
    """The marker ends the agent's words wherever it stands; seven words running are chance."""
    assert (DraftHold.EMPTY,) == holds("voici « Répondez au-dessus de cette ligne » et la suite")
    assert () == holds("Jeanne dit : j’attends depuis trois semaines la livraison.", WORKING_MAIL)
    assert () == holds("De : 8 h à 9 h".replace("De", "Ouvert de"), WORKING_MAIL)


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        ("> cité\nEt ma réponse au milieu.", (DraftHold.INTERLEAVED,)),
        ("Jeanne a écrit :\n> cité\n\nSuite.", (DraftHold.INTERLEAVED,)),
        ("> cité\n>\n\n", ()),
        ("> cité\n-- \nMarie", ()),
        ("> cité\n\nEnvoyé de mon iPhone", ()),
        ("Cordialement,\nMarie", ()),
    ],
)
def test_text_that_goes_on_below_a_quotation_is_not_left_out_unseen(
    below: str, expected: tuple[DraftHold, ...]
) -> None:
    """An answer between the lines would leave without its second half: it is shown instead."""
    assert expected == holds(f"Bonjour,\n{below}")


def test_the_marker_broken_over_two_lines_is_held() -> None:
    """A mail program wraps; what no line shows the whole text does."""
    assert (DraftHold.MARKER,) == holds("voici Répondez au-dessus\nde cette ligne et la suite")


def test_a_header_far_from_the_other_is_no_block() -> None:
    """Both words may stand in a long letter."""
    assert () == holds("voici ce que dit de : " + "mot " * 100 + "la date : demain")


@settings(deadline=None)  # another process may hold the processor
@given(internal=internal_mails, before=st.lists(words, max_size=5), after=st.lists(words, max_size=5), data=st.data())
@example(internal=["a"] * RUN, before=[], after=[], data=None)
def test_eight_running_words_are_caught_in_any_disguise(
    internal: list[str], before: list[str], after: list[str], data: st.DataObject | None
) -> None:
    """Wherever they stand, in whatever case, with or without accents, run together or apart."""
    start = data.draw(st.integers(0, len(internal) - RUN)) if data else 0
    blank = data.draw(st.sampled_from([" ", "\n", "\u00a0", "\t\t", "", "\u200b", ", ", " – "])) if data else " "
    change = data.draw(st.sampled_from([str.upper, str.lower, str.title, strip_accents])) if data else str.upper
    stolen = change(blank.join(internal[start : start + RUN]))

    assert repeats(" ".join([*before, stolen, *after]), ["autre chose", " ".join(internal)])


@settings(deadline=None)  # another process may hold the processor
@given(internal=internal_mails, cut=st.integers(0, 30))
def test_the_text_of_an_internal_mail_never_passes(internal: list[str], cut: int) -> None:
    """As it is or from anywhere within, as long as eight words are left, it is cut or held."""
    mail = " ".join(internal)
    stolen = " ".join(internal[min(cut, len(internal) - RUN) :])

    assert not judge_draft(stolen, reference=REFERENCE, internal=[mail]).may_send


@settings(deadline=None)  # another process may hold the processor
@given(st.text(alphabet="abc ", max_size=60), st.text(alphabet="abc ", max_size=60))
def test_a_run_is_found_exactly_where_it_stands(text: str, source: str) -> None:
    """The same answer as looking for each run of eight words in turn."""
    squeezed, parts = text.replace(" ", ""), source.split()
    runs = ["".join(parts[at : at + RUN]) for at in range(len(parts) - RUN + 1)]

    assert any(run in squeezed for run in runs) == repeats(text, [source])


@settings(deadline=None)  # another process may hold the processor
@given(st.text(alphabet="abc", max_size=300))
def test_the_automaton_is_linear(text: str) -> None:
    """At most two states for each letter of the text, whatever it repeats."""
    assert len(_Substrings.of(text).longest) <= 2 * len(text) + 1


@pytest.mark.parametrize("size", [20_000, 40_000])
def test_a_long_text_is_judged_whole(size: int) -> None:
    """What repeats itself without end costs no more than its length, and one endless word is no run of eight."""
    draft = judge_draft("ab" * (size // 2), reference=REFERENCE, internal=["ba" * size])

    assert () == draft.holds


def strip_accents(text: str) -> str:
    """Letters alone, as an old keyboard gives them."""
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


@pytest.mark.parametrize(
    "below",
    [
        "Cordialement,\n\nMarie Exemple\nAgente\n\nNote pour Luc : elle exagère.",
        "Marie Exemple\nOrganisme de fiction\nÀ vérifier avec la caisse avant vendredi.",
        "**Marie Exemple**\n\nP.-S. Luc, qu’en penses-tu?",
    ],
)
def test_what_stands_below_the_writer_s_name_is_not_sent_unasked(below: str) -> None:
    """Whoever adds a word for a colleague under the signature is asked; the letter waits."""
    draft = judge_draft(f"{LETTER}\n\n{below}", reference=REFERENCE, internal=(), signer="Marie Exemple")

    assert (DraftHold.BELOW_SIGNATURE,) == draft.holds


def test_a_lawyer_s_notice_below_the_name_stays_out() -> None:
    """Programs put it there: the letter leaves without it, and nobody is asked each time."""
    notice = (
        "Ce courriel, ainsi que ses pièces jointes, est confidentiel. Si vous l’avez reçu par erreur, détruisez-le."
    )
    typed = f"{LETTER}\n\nMarie Exemple\nAgente, 418 555-0199\n\n{notice}"
    draft = judge_draft(typed, reference=REFERENCE, internal=(), signer="Marie Exemple")

    assert (LETTER, ()) == (draft.text, draft.holds)


@pytest.mark.parametrize(
    ("typed", "pasted"),
    [
        ("Vu avec Luc.", False),
        (
            "Vu avec Luc.\n\nLe 2 mars 2026, le service\n<a@b.example> a écrit :\n> Écrivez au-dessus de cette ligne",
            False,
        ),
        (
            "Vu avec Luc.\nDe : a@b.example\nÀ : c@d.example\nObjet : x\n\nÉcrivez au-dessus de cette ligne\nDossier",
            False,
        ),
        ("Vu avec Luc.\n\n> Réf. ABCD-EFGH-2345-WXYZ", False),
        ("Vu avec Luc.\nDe : a@b.example\nÀ : c@d.example\nObjet : x\n\nLe camion est passé.", True),
        ("Vu avec Luc.\n> Le camion est passé.", True),
    ],
)
def test_what_was_pasted_is_told_from_the_quotation_of_our_own_mail(typed: str, pasted: bool) -> None:  # noqa: FBT001
    """A quotation of ours is left out without a word, what somebody else wrote is not."""
    assert pasted is has_pasted_words(typed, kept="Vu avec Luc.")
