"""Les actions votées en fichier : classeur XLSX ou ODS (une synthèse, une feuille par axe), CSV pour tableurs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.utils import timezone

from config.socle.classeur import Feuille, Formule
from config.socle.classeur_ods import TYPE_ODS, ecrire_ods
from config.socle.classeur_xlsx import TYPE_XLSX, ecrire_xlsx
from config.socle.ecriture import Champ, Genre, csv_au_fil
from config.socle.montants import format_nombre
from financements.chiffres.choix import TotalDAxe
from financements.chiffres.decisions import PREMIER_MONTANT, Decisions
from projets.states import Volet

SYNTHESE = "Synthèse"
_AVANT_LES_SOMMES = 4  # colonnes de la synthèse : axe, intitulé, volet, nombre d’actions


@dataclass(frozen=True, slots=True)
class Format:
    """Un format offert : son extension, son nom à l’écran, son type, et qui l’écrit dans un fichier ouvert.

    `ecrire` lève `ExportIncomplet` si les données ont changé depuis l’annonce : ce qui est écrit est à jeter.
    """

    extension: str
    libelle: str
    type_mime: str
    ecrire: Callable[[BinaryIO, Decisions, Mapping[str, str]], None]


def csv_des_decisions(decisions: Decisions) -> Iterator[bytes]:
    """Le CSV au fil de l’eau : une ligne par action, sans total."""
    return csv_au_fil(decisions.champs, decisions.toutes())


def feuilles(decisions: Decisions, filtres: Mapping[str, str]) -> list[Feuille]:
    """La synthèse, puis une feuille par axe qui a des actions. `filtres` : libellé → valeur, pour le dire."""
    paires = zip(decisions.axes, decisions.par_axe(), strict=True)
    return [_synthese(decisions, filtres), *(_feuille_de_l_axe(decisions, *paire) for paire in paires)]


def _nom(axe: TotalDAxe) -> str:
    return f"Axe {axe.axe.numero}"


def _sommes(axe: TotalDAxe, feuille: str = "") -> list[Formule]:
    """Le total de chaque colonne votée de la feuille de l’axe : les années, puis l’ensemble."""
    valeurs = [*axe.par_annee.values(), axe.total]
    return [
        Formule("SUM", valeur, (1, colonne), (axe.actions, colonne), feuille)
        for colonne, valeur in enumerate(valeurs, start=PREMIER_MONTANT)
    ]


def _feuille_de_l_axe(decisions: Decisions, axe: TotalDAxe, rangees: Iterator[Sequence[Any]]) -> Feuille:
    champs = decisions.champs
    sommes: list[Any] = _sommes(axe)
    avant = ["Total", *[None] * (PREMIER_MONTANT - 1)]
    pied = [*avant, *sommes, *[None] * (len(champs) - len(avant) - len(sommes))]
    return Feuille(_nom(axe), champs, rangees, pied, figees=1)


def _synthese(decisions: Decisions, filtres: Mapping[str, str]) -> Feuille:
    champs = (
        Champ("Axe", Genre.ENTIER, 8),
        Champ("Intitulé de l’axe", Genre.TEXTE, 48),
        Champ("Volet", Genre.TEXTE, 24),
        Champ("Actions", Genre.ENTIER, 10, est_calculee=True),
        *(Champ(f"Attribué {an} (€)", Genre.MONTANT, 18, est_calculee=True) for an in decisions.perimetre.annees),
        Champ("Attribué en tout (€)", Genre.MONTANT, 18, est_calculee=True),
    )
    rangees = [_rangee(axe) for axe in decisions.axes]
    valeurs: list[Any] = [decisions.actions, *decisions.par_annee.values(), decisions.total]
    sommes = [
        Formule("SUM", valeur, (1, colonne), (len(rangees), colonne))
        for colonne, valeur in enumerate(valeurs, start=_AVANT_LES_SOMMES - 1)
    ]
    pied = ["Total", None, None, *sommes] if rangees else []
    return Feuille(SYNTHESE, champs, rangees, pied, _notes(decisions, filtres))


def _rangee(axe: TotalDAxe) -> list[Any]:
    nombre = Formule("COUNT", axe.actions, (1, 0), (axe.actions, 0), _nom(axe))
    volet = Volet(axe.axe.volet).label
    return [axe.axe.numero, axe.axe.intitule, volet, nombre, *_sommes(axe, _nom(axe))]


def _notes(decisions: Decisions, filtres: Mapping[str, str]) -> list[str]:
    """D’où vient le fichier, et ce qu’il faut savoir pour le lire."""
    perimetre = decisions.perimetre
    appel = perimetre.appel
    lignes = f"{format_nombre(decisions.actions)} {'lignes' if decisions.actions > 1 else 'ligne'}"
    notes = [f"{appel.intitule} : {lignes}, le {timezone.localtime():%d/%m/%Y à %H:%M}."]
    notes.append("Attribué\u00a0: voté, avenants, réductions et retraits compris.")
    notes += [f"{libelle} : {valeur}." for libelle, valeur in filtres.items()]
    if perimetre.territoire:
        notes.append(f"Montants attribués : la part du territoire {perimetre.territoire.nom}, non l’action entière.")
        if perimetre.territoire.est_hypothese:
            notes.append("Le périmètre de ce territoire n’est pas officiel.")
    if appel.est_fictif:
        notes.append("Données de démonstration.")
    return notes


def _ecrire_csv(fichier: BinaryIO, decisions: Decisions, _filtres: Mapping[str, str]) -> None:
    fichier.writelines(csv_des_decisions(decisions))


def _ecrire_xlsx(fichier: BinaryIO, decisions: Decisions, filtres: Mapping[str, str]) -> None:
    ecrire_xlsx(fichier, feuilles(decisions, filtres))


def _ecrire_ods(fichier: BinaryIO, decisions: Decisions, filtres: Mapping[str, str]) -> None:
    ecrire_ods(fichier, feuilles(decisions, filtres))


FORMATS: dict[str, Format] = {
    un.extension: un
    for un in (
        Format("xlsx", "Classeur (XLSX)", TYPE_XLSX, _ecrire_xlsx),
        Format("ods", "Classeur (ODS)", TYPE_ODS, _ecrire_ods),
        Format("csv", "CSV", "text/csv; charset=utf-8", _ecrire_csv),
    )
}
