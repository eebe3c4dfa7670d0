"""Ajouter un plafond de minimis quand un texte en fixe un nouveau : les précédents restent ce qu’ils étaient."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser
from financements.models import SeuilDeMinimis
from financements.permissions import peut_fixer_les_plafonds


@transaction.atomic
def ajouter_un_plafond_de_minimis(*, auteur: Personne, seuil: SeuilDeMinimis) -> SeuilDeMinimis:
    """Ajoute ce plafond, qui vaut dès son premier jour ; celui d’avant vaut jusqu’à la veille et ne change pas.

    Lève `PermissionDenied`, `ValidationError` (dont un jour qui ne suit pas celui du dernier plafond du régime).
    """
    if not peut_fixer_les_plafonds(auteur):
        raise PermissionDenied
    seuil.full_clean()
    connus = SeuilDeMinimis.objects.select_for_update().filter(regime=seuil.regime)
    dernier = connus.order_by("-du").first()
    if dernier is not None and seuil.du <= dernier.du:
        phrase = f"Il faut un jour après le {dernier.du:%d/%m/%Y}\u00a0: un plafond passé ne se remplace pas."
        raise ValidationError({"du": phrase})
    seuil.save()
    journaliser(
        auteur=auteur,
        acte="ajouter_un_plafond_de_minimis",
        objet=seuil,
        apres={
            "regime": seuil.regime,
            "plafond": seuil.plafond,
            "du": seuil.du,
            "est_glissant": seuil.est_glissant,
            "texte_de_reference": seuil.source,
        },
    )
    return seuil
