"""L’équité dessinée : une barre par territoire, et une carte. Le tableau des mêmes chiffres est à côté."""

from config.socle import dessins
from config.socle.montants import en_centimes, format_euros
from financements.chiffres.dessins import carte_des_montants
from financements.chiffres.equite import PAR_AN, Equite


def barres_de_l_equite(equite: Equite, *, largeur: float = 640) -> dessins.Dessin:
    """Ce que chaque territoire recevra par allocataire et par an ; le repère est l’année de comparaison."""
    juge, reference = equite.principale, equite.mesures[0] if equite.reference else None
    barres = []
    for ligne in equite.lignes:
        valeur, avant = ligne.valeurs[-1], ligne.valeurs[0] if reference else None
        if valeur is not None:
            barres.append(
                dessins.Barre(
                    ligne.territoire.nom,
                    en_centimes(valeur),
                    texte=format_euros(valeur),
                    repere=en_centimes(avant) if avant is not None else None,
                )
            )
    return dessins.barres_horizontales(
        titre=f"{juge.libelle} {PAR_AN}, par territoire",
        barres=barres,
        nom_repere=reference.libelle if reference else "",
        largeur=largeur,
    )


def carte_de_l_equite(equite: Equite, *, largeur: float = 480) -> dessins.Dessin | None:
    """La dotation par allocataire et par an ; None si aucun territoire n’a de contour."""
    return carte_des_montants(
        {ligne.territoire.pk: ligne.valeurs[-1] for ligne in equite.lignes},
        titre=f"Carte de la dotation {PAR_AN}, par territoire",
        legende=f"euros {PAR_AN}",
        largeur=largeur,
    )
