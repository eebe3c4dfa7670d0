"""Donner ses imputations à chaque appel de la démonstration : une ligne du budget par volet et par nature."""

from collections import Counter
from decimal import Decimal

from django.db.models import Sum

from config.socle.montants import en_centimes, en_euros
from financements.actions.imputation.regler import SaisieDImputation, ajouter_une_imputation
from financements.demonstration.imputations import (
    ARRONDI,
    DEJA_CONTRACTE,
    FONCTIONS,
    GESTIONNAIRE,
    NATURES,
    PREMIER_EXERCICE_M57,
    NatureDemo,
)
from financements.models import Imputation
from financements.rules.imputation import categorie_de
from projets.models import AppelAProjets, ExerciceProjet
from territoires.rules.plus_forts_restes import repartir

Demandes = Counter[tuple[str, str]]  # (volet, catégorie) → centimes


def imputer_la_demonstration() -> None:
    """Les appels fictifs qui n’en ont pas encore."""
    for appel in AppelAProjets.objects.filter(est_fictif=True, imputations__isnull=True):
        _imputer(appel)


def _imputer(appel: AppelAProjets) -> list[Imputation]:
    norme = "M57" if appel.annee_debut >= PREMIER_EXERCICE_M57 else "M52"
    axes = list(appel.axes.values_list("numero", "volet"))
    demandes = _demandes(appel)
    return [
        ajouter_une_imputation(
            auteur=None,
            appel=appel,
            saisie=_saisie(appel, norme, nature, volet, [n for n, le_sien in axes if le_sien == volet], demandes),
        )
        for volet in sorted({volet for _, volet in axes})
        for nature in NATURES[norme]
    ]


def _saisie(
    appel: AppelAProjets, norme: str, nature: NatureDemo, volet: str, axes: list[int], demandes: Demandes
) -> SaisieDImputation:
    chapitre, fonction = FONCTIONS[norme][volet]
    demande = sum(demandes[volet, categorie] for categorie in nature.categories)
    contracte = _au_millier(demande * DEJA_CONTRACTE // 100)
    return SaisieDImputation(
        norme=norme,
        chapitre=chapitre,
        nature=nature.code,
        fonction=fonction,
        numero_ae=f"{appel.annee_debut}-INS",
        libelle=nature.libelle,
        gestionnaire=GESTIONNAIRE,
        premier_exercice=appel.annee_debut,
        dernier_exercice=appel.annee_fin + 1,  # le solde de la dernière année se paie la suivante
        montant_autorise=_au_millier(demande) + contracte,
        deja_contracte=contracte,
        rattachements=[(numero, categorie) for numero in axes for categorie in nature.categories],
    )


def _demandes(appel: AppelAProjets) -> Demandes:
    """Ce que demandent les projets ; sans aucun projet chiffré, les crédits annoncés, partagés selon les poids."""
    sommes: Demandes = Counter()
    lignes = (
        ExerciceProjet.objects.filter(projet__appel=appel)
        .values_list("projet__axe__volet", "projet__organisme__forme_juridique")
        .annotate(somme=Sum("montant_demande"))
        .order_by()
    )
    for volet, forme, somme in lignes:
        sommes[volet, categorie_de(forme).value] += en_centimes(somme or Decimal(0))
    if sommes.total():
        return sommes
    volets = sorted(set(appel.axes.values_list("volet", flat=True)))
    poids = {f"{volet} {n.categories[0]}": n.poids for volet in volets for n in NATURES["M57"]}
    parts = repartir(en_centimes(appel.montant_total), poids)
    return Counter({(cle.split()[0], cle.split()[1]): part for cle, part in parts.items()})


def _au_millier(centimes: int) -> Decimal:
    """Au millier d’euros supérieur."""
    return en_euros(-(-centimes // ARRONDI) * ARRONDI)
