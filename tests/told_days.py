"""Who is told what and when of a complaint on which nobody acts, received on Friday 27 November 2026 at ten o'clock.

Each line: local time, kind of notice, whose it is, and what its subject says behind the mark. Marie and Luc are the
team, Suzanne is their supervisor, Denis the director.
"""

TO_TAKE = "À prendre en charge avant la fermeture\u00a0: 1\u00a0dossier"
LAST_CALL = "Dernier rappel avant la fermeture\u00a0: 1\u00a0dossier"
OVER = "Délai terminé pendant la fermeture\u00a0: 1\u00a0dossier"
DECIDE = "Décision requise\u00a0: réponse ou avis de prolongation"
EVE = "Échéance demain\u00a0: l’avis de prolongation doit partir aujourd’hui"

FIRST_WEEKEND = [
    "11-27 11:00 reminder marie: Rappel\u00a0: dossier sans responsable",
    "11-27 11:00 reminder luc: Rappel\u00a0: dossier sans responsable",
    f"11-27 15:00 closing_list marie: {TO_TAKE}",
    f"11-27 15:00 closing_list luc: {TO_TAKE}",
    f"11-27 15:00 closing_list suzanne: {TO_TAKE}",
    f"11-27 16:30 closing_list marie: {LAST_CALL}",
    f"11-27 16:30 closing_list luc: {LAST_CALL}",
    f"11-27 16:30 closing_list suzanne: {LAST_CALL}",
]
MONDAY = [
    f"11-30 08:30 closing_list marie: {OVER}",
    f"11-30 08:30 closing_list luc: {OVER}",
    "11-30 08:30 escalation suzanne: Délai de prise en charge dépassé",
]
FIFTH_DAY = [f"12-04 09:00 reminder {to}: Rappel\u00a0: mi-parcours (jour 5 sur 15)" for to in ("marie", "luc")]
FROM_THE_TENTH_DAY = [
    *(f"12-11 09:00 escalation {to}: Il reste cinq jours ouvrables" for to in ("marie", "luc", "suzanne")),
    f"12-15 09:00 escalation suzanne: {DECIDE}",
    f"12-17 09:00 escalation denis: {EVE}",
    *(
        f"12-18 {hour} escalation {to}: Échéance aujourd’hui, à minuit"
        for hour in ("09:00", "14:00")
        for to in ("marie", "luc", "suzanne", "denis")
    ),
    *(
        f"{day} 09:00 reminder {to}: En retard de {late}"
        for day, late in (
            ("12-21", "1\u00a0jour ouvrable"),
            ("12-22", "2\u00a0jours ouvrables"),
            ("12-23", "3\u00a0jours ouvrables"),
            ("12-29", "4\u00a0jours ouvrables"),
            ("12-30", "5\u00a0jours ouvrables"),
        )
        for to in ("marie", "luc", "suzanne")
    ),
]
TWENTY_DAYS = [*FIRST_WEEKEND, *MONDAY, *FIFTH_DAY, *FROM_THE_TENTH_DAY]
