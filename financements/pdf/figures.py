"""Les dessins du rapport : ceux de l’écran à la largeur de la page, et ceux que l’écran n’a pas."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from config.socle import dessins
from config.socle.dessins import Dessin
from config.socle.montants import en_centimes, format_meuros
from financements.chiffres import Programme
from financements.chiffres.dessins import (
    carte_par_allocataire,
    dessin_des_axes,
    dessin_des_ecarts,
    dessin_du_partage,
)
from financements.chiffres.execution.dessins import (
    courbe_du_rythme,
    dessin_des_ages,
    dessin_par_axe,
    dessin_par_exercice,
)
from financements.chiffres.execution.programme import Execution

LARGEUR = 760  # unités pour les 178 mm de la justification : le texte y sort à 8,5 points
MOITIE, TIERS = 450, 350  # pour 86,5 et 72 mm, à côté d’un autre dessin ou d’un tableau : texte à plus de 7 points
HAUTEUR_DES_PILES = 250


def figures(programme: Programme) -> dict[str, Dessin | None]:
    """Les dessins par nom de section ; None quand il n’y a rien à comparer."""
    plusieurs = len(programme.par_territoire) > 1
    return {
        "couverture": partage_de_couverture(programme),
        "exercices": exercices(programme),
        "axes": dessin_des_axes(programme, largeur=LARGEUR, hauteur=HAUTEUR_DES_PILES),
        "territoires": territoires(programme) if plusieurs else None,
        "ecarts": dessin_des_ecarts(programme, largeur=MOITIE) if plusieurs else None,
        "carte": carte_par_allocataire(programme, largeur=MOITIE) if plusieurs else None,
        "croisement": matrice(programme) if plusieurs else None,
        "partage": dessin_du_partage(programme, largeur=TIERS),
        "formes": formes(programme),
    }


def figures_d_execution(execution: Execution) -> dict[str, Dessin | None]:
    """Ceux de la section « Exécution », les mêmes qu’à l’écran."""
    return {
        "par_exercice": dessin_par_exercice(execution, largeur=MOITIE, hauteur=HAUTEUR_DES_PILES),
        "rythme": courbe_du_rythme(execution.rythme, largeur=MOITIE, hauteur=HAUTEUR_DES_PILES),
        "par_axe": dessin_par_axe(execution, largeur=LARGEUR) if len(execution.par_axe) > 1 else None,
        "ages": dessin_des_ages(execution, largeur=TIERS),
    }


def _barres(titre: str, barres: Iterable[tuple[str, Decimal, Decimal | None]], **mise_en_page: Any) -> Dessin:
    """Une rangée par (libellé, voté, repère ou None), en euros."""
    return dessins.barres_horizontales(
        titre=titre,
        barres=[
            dessins.Barre(
                libelle,
                en_centimes(vote),
                texte=format_meuros(vote),
                repere=None if repere is None else en_centimes(repere),
            )
            for libelle, vote, repere in barres
        ],
        **mise_en_page,
    )


def exercices(programme: Programme) -> Dessin:
    """Voté par exercice, face aux crédits ouverts."""
    ouverts = any(annee.cp is not None for annee in programme.par_annee)
    return _barres(
        "Crédits votés par exercice" + (", face aux crédits de paiement ouverts" if ouverts else ""),
        ((str(annee.annee), annee.vote, annee.cp) for annee in programme.par_annee),
        nom_repere="crédits de paiement ouverts" if ouverts else "",
        largeur=TIERS,
    )


def territoires(programme: Programme) -> Dessin:
    """Voté par territoire, quand aucune dotation ne s’y compare."""
    lignes = ((ligne.territoire.nom, ligne.vote, None) for ligne in programme.par_territoire)
    return _barres("Crédits votés par territoire", lignes, largeur=LARGEUR)


def formes(programme: Programme) -> Dessin:
    """Voté par forme juridique."""
    lignes = ((ligne.libelle, ligne.total, None) for ligne in programme.par_forme)
    return _barres("Crédits votés par forme juridique des organismes", lignes, largeur=TIERS)


def matrice(programme: Programme) -> Dessin:
    """Territoires en lignes, axes en colonnes."""
    croisement = programme.croisement
    return dessins.matrice(
        titre="Crédits votés par territoire et par axe, en millions d’euros",
        colonnes=[f"Axe {axe.numero}" for axe in croisement.axes],
        lignes=[
            (
                territoire.nom,
                tuple(en_centimes(croisement.valeurs[axe.pk][territoire.pk]) for axe in croisement.axes),
            )
            for territoire in croisement.territoires
        ],
        largeur=LARGEUR,
    )


def partage_de_couverture(programme: Programme) -> Dessin | None:
    """La barre de la couverture ; None si rien n’est voté ou si un seul volet est dans le périmètre."""
    ensemble = programme.partages[-1] if programme.total else None
    if ensemble is None or ensemble.pro is None or ensemble.social is None or not ensemble.pro or not ensemble.social:
        return None
    ligne = dessins.LignePartage(programme.perimetre.periode, en_centimes(ensemble.pro), en_centimes(ensemble.social))
    return dessins.partage(
        titre="Partage des crédits entre insertion professionnelle et insertion sociale",
        lignes=[ligne],
        largeur=LARGEUR,
    )
