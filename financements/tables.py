"""Les colonnes des tableaux d’écran."""

from collections.abc import Callable, Sequence
from functools import partial

from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.socle.colonnes import Colonne
from config.socle.montants import format_euros
from financements.chiffres import LigneAction
from financements.chiffres.dessins import ton_de_l_axe

ColonneAction = Colonne[LigneAction]


def colonnes_des_actions(annees: Sequence[int], adresse: Callable[[int], str]) -> tuple[ColonneAction, ...]:
    """La liste des actions : une colonne par année. `adresse` : numéro → page de l’action."""
    return (
        ColonneAction("numero", "N°", lambda ligne: str(ligne.numero), "nombre", tri="numero"),
        ColonneAction("action", "Action", partial(_intitule, adresse), "large", tri="action", est_entete=True),
        ColonneAction("organisme", "Organisme", lambda ligne: ligne.organisme, tri="organisme"),
        ColonneAction("axe", "Axe", _axe, tri="axe"),
        ColonneAction("territoire", "Territoire", _territoire),
        *(ColonneAction(str(annee), str(annee), partial(_montant, annee), "nombre") for annee in annees),
        ColonneAction(
            "montant",
            "Montant voté",
            lambda ligne: format_html("<strong>{}</strong>", format_euros(ligne.total)),
            "nombre",
            tri="montant",
            decroissant=True,
        ),
    )


def _intitule(adresse: Callable[[int], str], ligne: LigneAction) -> SafeString:
    marques = [marque for marque in (ligne.sous_type, "FSE" if ligne.est_fse else "") if marque]
    lien = format_html('<a href="{}">{}</a>', adresse(ligne.numero), ligne.intitule)
    return format_html('{} <small class="discret">{}</small>', lien, " · ".join(marques)) if marques else lien


def _axe(ligne: LigneAction) -> SafeString:
    return format_html('<span class="axe {}">{}</span>', ton_de_l_axe(ligne.axe_numero), ligne.axe_numero)


def _territoire(ligne: LigneAction) -> str | SafeString:
    autres = len(ligne.autres_territoires)
    if not autres:
        return ligne.territoire_nom
    mot = "autre" if autres == 1 else "autres"
    return format_html('{} <small class="discret">et {} {}</small>', ligne.territoire_nom, autres, mot)


def _montant(annee: int, ligne: LigneAction) -> str:
    """Une année sans crédit se lit comme telle, sans aligner des zéros."""
    montant = ligne.par_annee[annee]
    return format_euros(montant) if montant else "–"
