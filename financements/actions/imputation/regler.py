"""Ajouter, modifier, supprimer une imputation : à l’axe et à la catégorie, un exercice n’en a qu’une."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import ProtectedError

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from config.socle.versions import exiger_la_version
from financements.chiffres.imputation import utilisees
from financements.models import Imputation, RattachementDImputation
from financements.permissions import peut_imputer
from financements.rules.imputation import NOMS, Categorie
from projets.models import AppelAProjets, Axe
from projets.states import EtatAppel

CODE = ("norme", "chapitre", "nature", "fonction", "numero_ae")
UTILISEE = "Des actions votées s’imputent sur cette ligne\u00a0: "


@dataclass(frozen=True)
class SaisieDImputation:
    """Ce que la page envoie. `rattachements` : (numéro de l’axe, catégorie) ; montants en euros."""

    norme: str
    chapitre: str
    nature: str
    fonction: str
    numero_ae: str
    libelle: str
    gestionnaire: str
    premier_exercice: int
    dernier_exercice: int
    montant_autorise: Decimal
    deja_contracte: Decimal
    rattachements: Collection[tuple[int, str]]


@transaction.atomic
def ajouter_une_imputation(*, auteur: Personne | None, appel: AppelAProjets, saisie: SaisieDImputation) -> Imputation:
    """Lève `PermissionDenied`, `PassageRefuse` si l’appel est archivé, `ValidationError` par champ."""
    appel = _verrouiller(auteur, appel)
    imputation = Imputation(appel=appel)
    _ecrire(imputation, saisie)
    apres = _en_clair(imputation)
    journaliser(auteur=auteur, acte="ajouter_une_imputation", objet=imputation, apres=apres)
    return imputation


@transaction.atomic
def modifier_une_imputation(
    *, auteur: Personne | None, imputation: Imputation, saisie: SaisieDImputation, version: int
) -> Imputation:
    """Comme `ajouter_une_imputation` ; lève aussi `VersionPerimee`.

    Des actions votées s’en servent : son code reste ; pour en changer (passage à la M57), on l’arrête à un exercice et
    une autre prend la suite.
    """
    appel = _verrouiller(auteur, imputation.appel)
    actuelle = Imputation.objects.select_for_update(of=("self",)).get(pk=imputation.pk)
    exiger_la_version(actuelle, version)
    avant = _en_clair(actuelle)
    change = [champ for champ in CODE if getattr(actuelle, champ) != getattr(saisie, champ)]
    if change and actuelle.pk in utilisees(appel):
        raise ValidationError(
            {change[0]: f"{UTILISEE}son code ne change plus. Arrêtez-la à un exercice, une autre prendra la suite."}
        )
    actuelle.version += 1
    _ecrire(actuelle, saisie)
    journaliser(auteur=auteur, acte="modifier_une_imputation", objet=actuelle, avant=avant, apres=_en_clair(actuelle))
    return actuelle


@transaction.atomic
def supprimer_une_imputation(*, auteur: Personne | None, imputation: Imputation) -> None:
    """Lève `PermissionDenied`, `PassageRefuse` si une action votée s’impute sur elle ou si l’appel est archivé."""
    appel = _verrouiller(auteur, imputation.appel)
    actuelle = Imputation.objects.select_for_update(of=("self",)).get(pk=imputation.pk)
    if actuelle.pk in utilisees(appel):
        raise PassageRefuse(f"{UTILISEE}elle ne se supprime plus.")
    journaliser(auteur=auteur, acte="supprimer_une_imputation", objet=actuelle, avant=_en_clair(actuelle), apres=None)
    try:
        with transaction.atomic():
            actuelle.delete()
    except ProtectedError as refus:
        raise PassageRefuse("Cette imputation est employée ailleurs\u00a0: elle ne se supprime plus.") from refus


def _verrouiller(auteur: Personne | None, appel: AppelAProjets) -> AppelAProjets:
    """Deux réglages d’un même appel se suivent : l’unicité par axe et catégorie se juge sur toutes ses lignes."""
    if auteur is not None and not peut_imputer(auteur):
        raise PermissionDenied
    verrouille = AppelAProjets.objects.select_for_update(of=("self",)).get(pk=appel.pk)
    if verrouille.etat == EtatAppel.ARCHIVE:
        raise PassageRefuse("Cet appel est archivé\u00a0: ses imputations ne changent plus.")
    return verrouille


def _ecrire(imputation: Imputation, saisie: SaisieDImputation) -> None:
    for champ, valeur in vars(saisie).items():
        if champ != "rattachements":
            setattr(imputation, champ, valeur.strip() if isinstance(valeur, str) else valeur)
    imputation.full_clean()
    _verifier_les_rattachements(imputation, saisie.rattachements)
    imputation.save()
    axes = {axe.numero: axe for axe in Axe.objects.filter(appel=imputation.appel)}
    imputation.rattachements.all().delete()
    RattachementDImputation.objects.bulk_create(
        RattachementDImputation(imputation=imputation, axe=axes[numero], categorie=categorie)
        for numero, categorie in sorted(saisie.rattachements)
    )


def _verifier_les_rattachements(imputation: Imputation, rattachements: Iterable[tuple[int, str]]) -> None:
    """Lève `ValidationError` : aucun rattachement, axe d’un autre appel, ou déjà pris un de ces exercices."""
    voulus = set(rattachements)
    if not voulus:
        raise ValidationError({"rattachements": "Rattachez-la à un axe et à une catégorie au moins."})
    if voulus - {(n, c) for n in imputation.appel.axes.values_list("numero", flat=True) for c in Categorie}:
        raise ValidationError({"rattachements": "Un axe ou une catégorie n’existe pas."})
    autres = (
        RattachementDImputation.objects.filter(
            imputation__appel=imputation.appel,
            imputation__premier_exercice__lte=imputation.dernier_exercice,
            imputation__dernier_exercice__gte=imputation.premier_exercice,
        )
        .exclude(imputation=imputation.pk)
        .select_related("imputation", "axe")
    )
    pris = [un for un in autres if (un.axe.numero, un.categorie) in voulus]
    if pris:
        phrases = [
            f"l’axe {un.axe.numero} a déjà «\u00a0{un.imputation}\u00a0» ({un.imputation.exercices}) pour\u00a0: "
            f"{NOMS[Categorie(un.categorie)]}"
            for un in pris
        ]
        raise ValidationError({"rattachements": f"Un exercice n’a qu’une imputation\u00a0: {' ; '.join(phrases)}."})


def _en_clair(imputation: Imputation) -> dict[str, Any]:
    """Ce que garde le journal."""
    liens = imputation.rattachements.order_by("axe__numero", "categorie").values_list("axe__numero", "categorie")
    return {
        "imputation": imputation.code,
        "norme": imputation.norme,
        "libelle": imputation.libelle,
        "gestionnaire": imputation.gestionnaire,
        "exercices": imputation.exercices,
        "montant_autorise": str(imputation.montant_autorise),
        "deja_contracte": str(imputation.deja_contracte),
        "rattachements": [f"axe {numero}, {NOMS[Categorie(nom)]}" for numero, nom in liens],
    }
