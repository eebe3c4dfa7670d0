"""Les gros chiffres en tête de la page de suivi."""

from dataclasses import dataclass
from datetime import date

from config.socle.montants import format_nombre
from projets.chiffres.suivi import Suivi

INSECABLE = "\u00a0"


@dataclass(frozen=True, slots=True)
class Chiffre:
    """Ce qu’affiche `composants/_chiffre.html`."""

    libelle: str
    valeur: str
    detail: str
    ton: str = ""


def chiffres_du_suivi(suivi: Suivi, comite_le: date | None) -> list[Chiffre]:
    """Déposés, recevables, notés, instruits, en retard, fin prévue ; `comite_le` : celui du comité, s’il est fixé."""
    tout = suivi.ensemble
    return [
        Chiffre("Déposés", format_nombre(tout.deposes), f"dont {format_nombre(tout.ecartes)} écartés ou retirés"),
        Chiffre("Recevables", format_nombre(tout.complets), "déclarés complets, instruits compris"),
        Chiffre("Notés", format_nombre(tout.notes), "toutes les notations attendues, d’après celles que vous lisez"),
        Chiffre(
            "Instruits",
            format_nombre(tout.instruits),
            f"{tout.part_instruite}{INSECABLE}% de ceux qui ne sont pas écartés",
            "pro",
        ),
        Chiffre(
            "En retard",
            format_nombre(tout.en_retard),
            "rejet implicite sous 15 jours ou passé, complément tardif",
            "social",
        ),
        _fin(suivi, comite_le),
    ]


def _fin(suivi: Suivi, comite_le: date | None) -> Chiffre:
    prevue = suivi.prevision
    if prevue.est_finie:
        return Chiffre("Fin de l’instruction", "faite", "plus aucun avis à rendre")
    if prevue.fin is None:
        return Chiffre("Fin prévue", "–", "pas assez de recul")
    if comite_le and prevue.fin > comite_le:
        return Chiffre(
            "Fin prévue", f"{prevue.fin:%d/%m/%Y}", f"après le comité, prévu le {comite_le:%d/%m/%Y}", "social"
        )
    return Chiffre("Fin prévue", f"{prevue.fin:%d/%m/%Y}", "au rythme des quatre dernières semaines")
