"""The last weeks of the story, Monday 14 to Wednesday 30 December 2026, with the holidays in between."""

from triage.demo.days.diary import cast
from triage.demo.days.diary.scene import Deed, Scene
from triage.model.codes import NoticeKind as Kind

_PAID_TWICE, _COLLEAGUE, _BEDS, _PROJECTORS = "paid twice", "colleague", "beds", "projectors"
_PRINTING, _LOBBY, _TYRES = "printing", "lobby", "tyres"

SCENES: tuple[Scene, ...] = (
    Scene(
        "2026-12-14 08:55",
        cast.KARINE,
        "asks how the days are counted",
        "#pourquoi",
        matter=_PRINTING,
        answers=Kind.WORKING_MAIL,
    ),
    Scene(
        "2026-12-15 10:20",
        cast.LUC,
        "answers from his telephone, through a server that proves nothing: he has to confirm",
        "#répondre\nBonjour,\n\nLes lits seront livrés jeudi matin. Nous vous appellerons la veille.",
        matter=_BEDS,
        answers=Kind.WORKING_MAIL,
        proof="",
    ),
    Scene(
        "2026-12-15 10:31",
        cast.LUC,
        "confirms from his registered mailbox",
        "Oui, c’est bien moi.",
        matter=_BEDS,
        answers=Kind.RECEIPT,
        proof="",
    ),
    Scene(
        "2026-12-15 11:30",
        cast.GAETAN,
        "writes again about his invoice",
        "Bonjour,\n\nJe n’ai toujours pas eu de nouvelles. Merci de me dire où en est mon dossier.",
        matter=_PAID_TWICE,
        deed=Deed.ADDS,
        answers=Kind.ACKNOWLEDGEMENT,
    ),
    Scene(
        "2026-12-16 13:40",
        cast.LUC,
        "sends a letter too soon",
        "#répondre\nBonjour,\n\nLe transporteur passera prendre les deux appareils lundi.",
        matter=_PROJECTORS,
        answers=Kind.WORKING_MAIL,
        internal=True,
    ),
    Scene(
        "2026-12-16 13:43",
        cast.LUC,
        "takes it back within five minutes: it never leaves",
        "#annuler",
        matter=_PROJECTORS,
        answers=Kind.RECEIPT,
    ),
    Scene(
        "2026-12-17 09:30",
        cast.LOUISE,
        "concludes the complaint about her agent",
        "#conclure partiellement fondée culture\n\nRésumé\nUn appel a pris fin avant que vous ayez eu une réponse.\n\n"
        "Vérifications\nNous avons parlé à la personne qui a pris votre appel et consulté le journal des appels.\n\n"
        "Constats\nLa ligne a été coupée. Personne ne vous a rappelée, et cela n’aurait pas dû arriver.\n\n"
        "Raisons\nL’appel n’a pas été interrompu volontairement, mais vous rappeler était notre responsabilité.\n\n"
        "Mesures\nToute communication coupée est maintenant suivie d’un rappel le jour même.",
        matter=_COLLEAGUE,
        deed=Deed.CONCLUDES,
        answers=Kind.WORKING_MAIL,
    ),
    Scene(
        "2026-12-17 10:10",
        cast.OLIVIER,
        "complains",
        "Bonjour,\n\nLe mobilier du hall ne correspond pas aux plans acceptés : il manque quatre bancs.",
        matter=_LOBBY,
        deed=Deed.OPENS,
        subject="Mobilier incomplet",
    ),
    Scene(
        "2026-12-17 11:45",
        cast.KARINE,
        "takes it",
        "je prends",
        matter=_LOBBY,
        deed=Deed.TAKES,
        answers=Kind.WORKING_MAIL,
    ),
    Scene(
        "2026-12-18 09:30",
        cast.AMINA,
        "thanks: nothing is owed to thanks but a place in the file",
        "Merci beaucoup!",
        matter=_BEDS,
        deed=Deed.ADDS,
        answers=Kind.MESSAGE,
    ),
    Scene(
        "2026-12-18 11:00",
        cast.LUC,
        "concludes",
        "#conclure fondée norme\n\nRésumé\nDeux projecteurs sur dix sont arrivés endommagés.\n\n"
        "Vérifications\nNous avons vu vos photos et le rapport du transporteur.\n\n"
        "Constats\nL’emballage ne suffisait pas pour ce trajet.\n\n"
        "Mesures\nLes deux appareils sont remplacés d’ici le 23 décembre, sans frais.",
        matter=_PROJECTORS,
        deed=Deed.CONCLUDES,
        answers=Kind.WORKING_MAIL,
    ),
    Scene(
        "2026-12-21 09:40",
        cast.KARINE,
        "concludes that a complaint is unfounded: such an answer needs a second pair of eyes",
        "#conclure non fondée\n\nRésumé\nVotre soumission a été écartée parce qu’une page manquait.\n\n"
        "Vérifications\nNous avons relu le dépôt électronique avec le comité.\n\n"
        "Constats\nLa page 14 n’était pas dans le document déposé le 20 novembre.\n\n"
        "Raisons\nLes règles de l’appel d’offres ne permettent pas d’ajouter une page après la date limite.",
        matter=_PRINTING,
        answers=Kind.WORKING_MAIL,
    ),
    Scene(
        "2026-12-21 11:10",
        cast.LOUISE,
        "has read the whole letter, and approves it in one word",
        "#approuver",
        matter=_PRINTING,
        deed=Deed.CONCLUDES,
        answers=Kind.RECEIPT,
    ),
    Scene(
        "2026-12-22 10:15",
        cast.LUC,
        "cannot answer in time, and says so before the day",
        "#prolonger 15 janvier le fabricant attend encore une pièce des lits",
        matter=_BEDS,
        answers=Kind.WORKING_MAIL,
    ),
    Scene(
        "2026-12-23 15:10",
        cast.FATOU,
        "complains on the eve of the holidays",
        "Bonjour,\n\nLes pneus d’hiver livrés ne sont pas ceux de l’appel d’offres, et il neige.",
        matter=_TYRES,
        deed=Deed.OPENS,
        subject="Pneus non conformes",
    ),
    Scene(
        "2026-12-23 15:35",
        cast.KARINE,
        "takes it before the office closes for five days",
        "#prendre",
        matter=_TYRES,
        deed=Deed.TAKES,
        answers=Kind.WORKING_MAIL,
    ),
)
