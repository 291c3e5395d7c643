"""Who lives through the days: two agents, a supervisor, a director, and the people who write to them.

All of them are of fiction, and their domains end in .example (RFC 2606).
"""

import json
from dataclasses import dataclass
from pathlib import Path

from triage.demo.configuration import MAILBOX
from triage.demo.people import Correspondent

_DOMAIN = MAILBOX.partition("@")[2]
AUTHSERV_ID = f"mail.{_DOMAIN}"
"""The border server, whose word about senders the daemon believes."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works here; `role` and `title` as in `staff.toml`."""

    id: str
    person: Correspondent
    role: str
    title: str
    phone: str


def _colleague(name: str, address: str, role: str, title: str, line: int) -> Colleague:
    person = Correspondent(name, f"{address}@{_DOMAIN}", role, "fr")
    return Colleague(address.replace(".", "-"), person, role, title, f"418 555-01{line}")


_KARINE = _colleague("Karine Morin", "karine.morin", "agent", "Conseillère au service à la clientèle", 43)
_LUC = _colleague("Luc Fortin", "luc.fortin", "agent", "Conseiller au service à la clientèle", 44)
_LOUISE = _colleague("Louise Gagnon", "louise.gagnon", "supervisor", "Chef du service à la clientèle", 45)
_HELENE = _colleague("Hélène Roy", "helene.roy", "director", "Directrice du service à la clientèle", 46)
STAFF = (_KARINE, _LUC, _LOUISE, _HELENE)
KARINE, LUC, LOUISE, HELENE = (each.person for each in STAFF)
SUPERVISOR = _LOUISE

MARIE_EVE = Correspondent("Marie-Ève Caron", "marie-eve.caron@chu-belle-rive.example", "CHU de Belle-Rive", "fr")
GAETAN = Correspondent("Gaétan Côté", "gaetan.cote@ville-sainte-anne.example", "Ville de Sainte-Anne", "fr")
DANIEL = Correspondent("Daniel Whitmore", "daniel.whitmore@north-shore-lab.example", "North Shore Lab Supplies", "en")
SOPHIE = Correspondent("Sophie Lavoie", "sophie.lavoie@css-des-pins.example", "CSS des Pins", "fr")
AMINA = Correspondent("Amina Benali", "amina.benali@cisss-du-nord.example", "CISSS du Nord", "fr")
PIERRE = Correspondent("Pierre Desjardins", "p.desjardins@imprimerie-lac.example", "Imprimerie du Lac", "fr")
NICOLE = Correspondent("Nicole Arsenault", "nicole.arsenault@cegep-riviere.example", "Cégep de la Rivière", "fr")
OLIVIER = Correspondent("Olivier Tessier", "olivier.tessier@musee-du-fleuve.example", "Musée du Fleuve", "fr")
FATOU = Correspondent("Fatou Diallo", "fatou.diallo@transport-est.example", "Société de transport de l’Est", "fr")
NEWSLETTER = Correspondent("Achats du jour", "infolettre@achats-du-jour.example", "a newsletter", "fr")

STAFF_ADDRESSES = frozenset(each.person.address for each in STAFF)


def write_staff_file(folder: Path) -> None:
    """Write `staff.toml` into a configuration folder."""
    agents = [each.id for each in STAFF if each.role == "agent"]
    lines = [
        f"intake_team = {json.dumps(agents)}",
        f"restricted_handlers = {json.dumps([SUPERVISOR.id])}",
        f"approvers = {json.dumps([SUPERVISOR.id])}",
    ]
    for each in STAFF:
        lines += [
            "[[member]]",
            f"id = {json.dumps(each.id)}",
            f"name = {json.dumps(each.person.name, ensure_ascii=False)}",
            f"title = {json.dumps(each.title, ensure_ascii=False)}",
            f"phone = {json.dumps(each.phone)}",
            f"address = {json.dumps(each.person.address)}",
            f"roles = {json.dumps([each.role])}",
        ]
    (folder / "staff.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
