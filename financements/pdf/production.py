"""Produire le fichier d’un volume : une photographie des données, puis la mise en page."""

from math import ceil
from pathlib import Path

from django.conf import settings

from financements.chiffres import Perimetre, lignes_actions, version_des_donnees
from financements.pdf.contexte import Edition
from financements.pdf.decoupage import Contenu, decouper
from financements.pdf.document import composer, imprimer, photographie
from financements.pdf.elu import PAGES_DE_L_ELU, composer_l_elu, imprimer_l_elu
from financements.pdf.progression import Rappel
from financements.states import SorteDeRapport

PAGES_DE_SYNTHESE = 12
ACTIONS_PAR_PAGE = 19
DEBUT, ECRITURE = 8, 75  # pour cent d’avancement au début de la mise en page, puis de l’écriture du fichier


class DonneesChangees(Exception):
    """Les données ne sont plus celles que l’édition annonce."""


def plan_du_rapport(
    perimetre: Perimetre, sorte: SorteDeRapport | str = SorteDeRapport.PLURIANNUEL
) -> tuple[str, list[Contenu]]:
    """Version des données et volumes à produire, lus dans le même état de la base."""
    with photographie():
        if sorte == SorteDeRapport.ELU:
            contenu = Contenu("Rapport de l’élu", 0, est_de_l_elu=True)
            return version_des_donnees(perimetre.appel), [contenu]
        lignes = lignes_actions(perimetre)
        return version_des_donnees(perimetre.appel), decouper(lignes, settings.ACTIONS_PAR_VOLUME)


def produire(perimetre: Perimetre, contenu: Contenu, edition: Edition, cible: Path, rappel: Rappel) -> int:
    """Écrit le volume dans `cible` et rend son nombre de pages. Lève `DonneesChangees`, et ce que lève `rappel`."""
    with photographie():
        if version_des_donnees(perimetre.appel) != edition.version:
            raise DonneesChangees
        page = composer_l_elu(perimetre, edition) if contenu.est_de_l_elu else composer(perimetre, contenu, edition)
    if contenu.est_de_l_elu:
        return imprimer_l_elu(page, cible, rappel)
    return imprimer(page, cible, rappel)


def pages_prevues(contenu: Contenu) -> int:
    """Une estimation, pour l’avancement seulement."""
    if contenu.est_de_l_elu:
        return PAGES_DE_L_ELU
    synthese = PAGES_DE_SYNTHESE if contenu.est_synthese else 3
    return synthese + ceil(contenu.actions / ACTIONS_PAR_PAGE)


def dire_l_etape(contenu: Contenu, etape: str, numero: int) -> tuple[int, str]:
    """Avancement (%) et texte pour une étape de la mise en page (voir `progression.Rappel`)."""
    prevues = max(pages_prevues(contenu), numero)
    if etape == "page":
        section = "synthèse" if contenu.est_synthese and numero <= PAGES_DE_SYNTHESE else "liste des actions"
        part = DEBUT + (ECRITURE - DEBUT) * numero // prevues
        return part, f"Mise en page, page {numero} sur {prevues} environ ({section})"
    if etape == "reprise":
        return ECRITURE, "Numéros de page du sommaire"
    return ECRITURE, "Écriture du fichier balisé"


def nom_de_fichier(
    perimetre: Perimetre,
    numero: int = 1,
    volumes: int = 1,
    sorte: SorteDeRapport | str = SorteDeRapport.PLURIANNUEL,
) -> str:
    """« rapport-pluriannuel-2016-2018-val-volume-2.pdf » : un nom lisible, sans accent ni espace."""
    portee = ""
    if perimetre.territoire:
        portee = f"-{perimetre.territoire.code.lower()}"
    elif perimetre.axe:
        portee = f"-axe-{perimetre.axe.numero}"
    suite = f"-volume-{numero}" if volumes > 1 else ""
    debut = "rapport-elu" if sorte == SorteDeRapport.ELU else "rapport-pluriannuel"
    return f"{debut}-{perimetre.periode}{portee}{suite}.pdf"
