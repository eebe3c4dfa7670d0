"""Ce que chacun garde de sa file : la dernière présentation, et les vues auxquelles il a donné un nom.

Ce sont des préférences : elles ne vont pas au journal.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from comptes.models import Personne
from config.socle.transitions import PassageRefuse
from projets.models import VueEnregistree

VUES_ADMISES = 30


@transaction.atomic
def retenir_la_presentation(*, auteur: Personne, **champs: str) -> None:
    """Garde `parametres` (filtres et tri) ou `colonnes` : la file les reprendra."""
    VueEnregistree.objects.update_or_create(personne=auteur, nom="", defaults=champs)


@transaction.atomic
def enregistrer_la_vue(*, auteur: Personne, nom: str, parametres: str, colonnes: str) -> VueEnregistree:
    """Donne un nom à la présentation. Lève `ValidationError` (nom pris), `PassageRefuse` (sans nom, trop de vues)."""
    if not nom.strip():
        raise PassageRefuse("Donnez un nom à la vue.")
    if VueEnregistree.objects.filter(personne=auteur).exclude(nom="").count() >= VUES_ADMISES:
        raise PassageRefuse(f"Vous avez déjà {VUES_ADMISES} vues : supprimez-en une.")
    vue = VueEnregistree(personne=auteur, nom=nom.strip(), parametres=parametres, colonnes=colonnes)
    vue.full_clean()
    vue.save()
    return vue


@transaction.atomic
def renommer_la_vue(*, auteur: Personne, vue: VueEnregistree, nom: str) -> VueEnregistree:
    """Lève `PermissionDenied` si elle est à autrui, `ValidationError` si le nom est pris, `PassageRefuse` sans nom."""
    if vue.personne_id != auteur.pk:
        raise PermissionDenied
    if not nom.strip():
        raise PassageRefuse("Donnez un nom à la vue.")
    vue.nom = nom.strip()
    vue.full_clean()
    vue.save(update_fields=["nom"])
    return vue


@transaction.atomic
def supprimer_la_vue(*, auteur: Personne, vue: VueEnregistree) -> None:
    """Lève `PermissionDenied` si elle est à autrui."""
    if vue.personne_id != auteur.pk:
        raise PermissionDenied
    vue.delete()
