"""Ce que tous les actes de l’exécution font d’abord : le droit, le verrou de l’enveloppe, puis celui de l’action."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from comptes.models import Personne
from config.socle.transitions import PassageRefuse
from financements.models import Action, Enveloppe
from financements.permissions import peut_executer, peut_liquider
from projets.models import AppelAProjets


def exiger_de_pouvoir_executer(auteur: Personne | None) -> None:
    """Lève `PermissionDenied`. None : la machine."""
    if auteur is not None and not peut_executer(auteur):
        raise PermissionDenied


def exiger_de_pouvoir_liquider(auteur: Personne | None) -> None:
    """Lève `PermissionDenied`. None : la machine."""
    if auteur is not None and not peut_liquider(auteur):
        raise PermissionDenied


def exiger_un_jour_venu(**jours: date | None) -> None:
    """Ce qui est constaté a eu lieu : aucun jour n’est après aujourd’hui. Lève `ValidationError`, champ par champ."""
    aujourd_hui = timezone.localdate()
    a_venir = [nom for nom, jour in jours.items() if jour is not None and jour > aujourd_hui]
    if a_venir:
        raise ValidationError(dict.fromkeys(a_venir, "Ce jour n’est pas encore venu."))


def verrouiller_les_credits(appel: AppelAProjets) -> Enveloppe:
    """L’enveloppe de l’appel, jusqu’à la fin de la transaction. Lève `PassageRefuse` s’il n’en a pas."""
    enveloppe = Enveloppe.objects.select_for_update(of=("self",)).filter(appel=appel).first()
    if enveloppe is None:
        raise PassageRefuse("Cet appel n’a pas d’enveloppe votée\u00a0: rien ne s’engage ni ne se paie.")
    return enveloppe


def verrouiller_l_action(action: Action) -> Action:
    """L’action, verrouillée après l’enveloppe de son appel, avec ce que les actes lisent d’elle."""
    verrouiller_les_credits(action.projet.appel)
    siennes = Action.objects.select_for_update(of=("self",))
    return siennes.select_related("projet__appel", "projet__axe", "projet__organisme").get(pk=action.pk)
