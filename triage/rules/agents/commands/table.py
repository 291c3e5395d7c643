"""The command table: names and synonyms, arguments, risk, roles, text; `docs/commands.md` shows the same.

French names come first and are the ones shown; English ones are understood as well. Names that later releases will
use are reserved, so that no prefix changes its meaning.
"""

from dataclasses import dataclass
from enum import StrEnum

from triage.model.agents.authority import Risk
from triage.model.agents.commands import Verb
from triage.model.agents.staff import HANDLING_ROLES, Role


class ArgumentKind(StrEnum):
    """What stands behind the name on its line."""

    NOTHING = "nothing"
    REMARK = "remark"  # anything: it becomes a note
    TEXT = "text"  # the beginning of the text
    PERSON = "person"
    CONCLUSION = "conclusion"  # a conclusion, criteria, « verbal », then the beginning of the text
    KIND = "kind"
    CLIENT = "client"
    SERVICE = "service"
    PRIORITY = "priority"
    WAITING = "waiting"
    EXTENSION = "extension"
    CRITERIA = "criteria"
    LISTING = "listing"
    TOPIC = "topic"
    COMMAND = "command"  # another command


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """One row. `usage` and `effect` are French, for help and manual; `effect` goes on from « Cette commande »."""

    verb: Verb
    name: str
    synonyms: tuple[str, ...]
    argument: ArgumentKind
    risk: Risk
    roles: frozenset[Role]
    usage: str
    effect: str
    needs_ticket: bool = True

    @property
    def needs_text(self) -> bool:
        """Whether it does nothing without a text, which it alone may have in its block."""
        return self.argument in {ArgumentKind.TEXT, ArgumentKind.CONCLUSION}


_HANDLING = HANDLING_ROLES
_READING = frozenset(Role) - {Role.ADVISER}
_DECIDING = frozenset({Role.SUPERVISOR, Role.DIRECTOR})
_EVERYBODY = frozenset(Role)
_LOW, _HIGH, _READ = Risk.LOW, Risk.HIGH, Risk.READING
_K = ArgumentKind

TABLE: tuple[CommandSpec, ...] = (
    CommandSpec(
        *(Verb.TAKE, "prendre", ("prends", "prise", "take", "mine"), _K.REMARK, _LOW, _HANDLING),
        *("#prendre", "prend le dossier en charge et vous l’attribue"),
    ),
    CommandSpec(
        *(Verb.ASSIGN, "assigner", ("attribuer", "confier", "affecter", "assign"), _K.PERSON, _HIGH, _HANDLING),
        *("#assigner NOM", "attribue le dossier à une autre personne"),
    ),
    CommandSpec(
        *(Verb.REPLY, "répondre", ("réponse", "écrire", "reply", "answer"), _K.TEXT, _HIGH, _HANDLING),
        *("#répondre + texte", "envoie le texte à la personne, dans la lettre de l’organisme"),
    ),
    CommandSpec(
        *(Verb.NOTE, "note", ("noter", "interne", "internal"), _K.TEXT, _LOW, _HANDLING),
        *("#note + texte", "garde le texte au dossier, pour le personnel seulement"),
    ),
    CommandSpec(
        *(Verb.CONCLUDE, "conclure", ("conclusion", "conclude", "resolve"), _K.CONCLUSION, _HIGH, _HANDLING),
        *("#conclure CONCLUSION [critères] [verbal] + texte", "envoie la réponse finale, avec les recours"),
    ),
    CommandSpec(
        *(Verb.UNDO, "annuler", ("défaire", "undo", "cancel"), _K.NOTHING, _LOW, _HANDLING),
        *("#annuler", "retient ce qui n’est pas encore parti, ou défait votre dernière commande"),
    ),
    CommandSpec(
        *(Verb.APPROVE, "approuver", ("approuve", "approve", "approved"), _K.NOTHING, _HIGH, _DECIDING),
        *("#approuver", "laisse partir la réponse finale d’une autre personne de l’équipe"),
    ),
    CommandSpec(
        *(Verb.SEND_BACK, "retourner", ("retourne", "renvoyer", "sendback"), _K.TEXT, _HIGH, _DECIDING),
        *("#retourner raison", "rend la réponse finale à la personne qui l’a écrite, sans l’envoyer"),
    ),
    CommandSpec(
        *(Verb.STATUS, "statut", ("état", "status"), _K.NOTHING, _READ, _READING),
        *("#statut [NUMÉRO]", "montre où en est le dossier"),
    ),
    CommandSpec(
        *(Verb.WHY, "pourquoi", ("calcul", "why", "explain"), _K.NOTHING, _READ, _READING),
        *("#pourquoi [NUMÉRO]", "compte les jours un à un et dit pourquoi l’échéance tombe ce jour-là"),
    ),
    CommandSpec(
        *(Verb.HELP, "aide", ("commandes", "help"), _K.TOPIC, _READ, _EVERYBODY),
        *("#aide [COMMANDE]", "montre ce mode d’emploi"),
        needs_ticket=False,
    ),
    CommandSpec(
        *(Verb.SIMULATE, "simuler", ("simulation", "essai", "simulate", "dryrun"), _K.COMMAND, _READ, _EVERYBODY),
        *("#simuler", "montre ce que feraient les autres commandes, sans rien faire"),
        needs_ticket=False,
    ),
    CommandSpec(
        *(Verb.ACCEPT, "accepter", ("accepte", "accept"), _K.REMARK, _LOW, _HANDLING),
        *("#accepter", "confirme le classement proposé"),
    ),
    CommandSpec(
        *(Verb.KIND, "type", ("nature", "kind"), _K.KIND, _LOW, _HANDLING),
        *("#type TYPE [; raison]", "change le type du dossier et recalcule les échéances depuis la réception"),
    ),
    CommandSpec(
        *(Verb.CLIENT, "client", ("clientèle", "customer"), _K.CLIENT, _LOW, _HANDLING),
        *("#client CATÉGORIE", "dit de quelle catégorie est la personne, dont dépendent les recours"),
    ),
    CommandSpec(
        *(Verb.SERVICE, "service", ("secteur", "line"), _K.SERVICE, _LOW, _HANDLING),
        *("#service SERVICE", "dit quel service est visé"),
    ),
    CommandSpec(
        *(Verb.PRIORITY, "priorité", ("priority",), _K.PRIORITY, _LOW, _HANDLING),
        *("#priorité 1 à 4", "fixe la priorité interne, de 1, la plus haute, à 4"),
    ),
    CommandSpec(
        *(Verb.WAIT, "attente", ("attendre", "wait", "waiting"), _K.WAITING, _LOW, _HANDLING),
        *(
            "#attente client, interne ou fournisseur",
            "note de qui le dossier attend des nouvelles, sans arrêter le délai",
        ),
    ),
    CommandSpec(
        *(Verb.RESUME, "reprise", ("reprendre", "continue"), _K.REMARK, _LOW, _HANDLING),
        *("#reprise", "met fin à l’attente"),
    ),
    CommandSpec(
        *(Verb.EXTEND, "prolonger", ("prolongation", "extend", "delay"), _K.EXTENSION, _HIGH, _HANDLING),
        *("#prolonger DATE motif", "envoie à la personne un avis de prolongation avec la nouvelle date"),
    ),
    CommandSpec(
        *(Verb.CLOSE, "fermer", ("fermeture", "clore", "close"), _K.CRITERIA, _HIGH, _HANDLING),
        *("#fermer [critères]", "ferme le dossier répondu, si rien n’y manque"),
    ),
    CommandSpec(
        *(Verb.REOPEN, "rouvrir", ("réouvrir", "réouverture", "reopen"), _K.NOTHING, _HIGH, _HANDLING),
        *("#rouvrir", "rouvre le dossier"),
    ),
    CommandSpec(
        *(Verb.LIST, "liste", ("lister", "list"), _K.LISTING, _READ, _HANDLING),
        *("#liste [à moi, en retard, sans responsable, toutes]", "montre une liste de dossiers"),
        needs_ticket=False,
    ),
    CommandSpec(
        *(Verb.UNDESIRABLE, "indésirable", ("pourriel", "spam", "junk"), _K.NOTHING, _HIGH, _HANDLING),
        *("#indésirable", "met le message de côté comme indésirable"),
    ),
    CommandSpec(
        *(Verb.LEGITIMATE, "légitime", ("legit", "legitimate", "notspam"), _K.NOTHING, _HIGH, _HANDLING),
        *("#légitime", "ramène un message mis de côté parmi les dossiers"),
    ),
    CommandSpec(
        *(Verb.RELEASE, "libérer", ("libère", "release"), _K.NOTHING, _HIGH, _DECIDING),
        *("#libérer", "laisse partir l’accusé de réception retenu"),
    ),
)

CARD = (Verb.TAKE, Verb.REPLY, Verb.NOTE, Verb.ASSIGN, Verb.CONCLUDE, Verb.HELP)
"""What the card under each working mail shows, in this order."""

RESERVED: tuple[str, ...] = (
    *("résumé", "consulter", "motif", "cause", "organisation", "succursale"),
    *("urgence", "complexité", "impact", "drapeau", "convenu", "correctif", "rediriger"),
    *("fusionner", "doublon", "lier", "séparer", "correspondant", "demandeur", "représentant", "restreindre"),
    *("viser", "lever", "mesure", "mesure-faite", "téléphone", "transmise", "appel", "historique", "dossier"),
    *("chercher", "rapport"),
)
"""Commands of later releases: understood, and told to be so."""


def spec_of(verb: Verb) -> CommandSpec:
    """The row of a verb."""
    return next(spec for spec in TABLE if spec.verb is verb)
