"""Faire un acte depuis une page : ce qui s’y oppose se dit à la personne, dans son formulaire ou en haut de page."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest

from config.socle.refus import phrase_de_la_base
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from projets.actions.collisions import DejaChange


def enregistre(form: forms.BaseForm, acte: Callable[[], object]) -> bool:
    """Fait l’acte si la saisie est bonne ; un refus devient une erreur du formulaire, dont la saisie est gardée."""
    if not form.is_valid():
        return False
    try:
        acte()
    except (VersionPerimee, PassageRefuse, ValidationError, IntegrityError) as refus:
        _refuser(form, refus)
        return False
    return True


def agir(request: HttpRequest, acte: Callable[[], object], fait: str) -> bool:
    """Fait l’acte d’un bouton et le dit ; refusé, dit pourquoi. Vrai s’il est fait."""
    try:
        acte()
    except PassageRefuse as refus:
        messages.error(request, str(refus))
    except VersionPerimee as perimee:
        messages.error(request, f"{perimee} Relisez-la, puis recommencez.")
    except ValidationError as refus:
        messages.error(request, " ".join(refus.messages))
    except IntegrityError as refus:
        messages.error(request, phrase_de_la_base(refus))
    else:
        messages.success(request, fait)
        return True
    return False


def reporter(form: forms.BaseForm, refus: ValidationError) -> None:
    """Chaque erreur à côté de son champ ; en haut celles d’un champ que le formulaire ne montre pas."""
    par_champ = refus.error_dict if hasattr(refus, "error_dict") else {"": refus.error_list}
    for champ, erreurs in par_champ.items():
        form.add_error(champ if champ in form.fields else None, erreurs)


def version_lue(form: forms.BaseForm) -> int:
    """La version que la personne avait sous les yeux ; 0, jamais à jour, si elle manque."""
    return form.cleaned_data.get("version") or 0


def _refuser(form: Any, refus: VersionPerimee | PassageRefuse | ValidationError | IntegrityError) -> None:
    if isinstance(refus, VersionPerimee):
        _perimee(form, refus)
    elif isinstance(refus, DejaChange):
        _relire(form, refus)
    elif isinstance(refus, PassageRefuse):
        _passage_refuse(form, refus)
    elif isinstance(refus, ValidationError):
        reporter(form, refus)
    else:
        form.add_error(None, phrase_de_la_base(refus))


def _perimee(form: Any, perimee: VersionPerimee) -> None:
    if hasattr(form, "signaler_le_conflit"):
        form.signaler_le_conflit(perimee.actuel)
    else:
        form.add_error(None, f"{perimee} Rechargez-la, puis recommencez.")


def _relire(form: Any, change: DejaChange) -> None:
    """La page dit ce qui a changé et l’a désormais vu : la renvoyer après relecture n’est plus refusé."""
    form.data = form.data.copy()
    for champ, valeur in change.a_jour.items():
        form.data[form.add_prefix(champ)] = valeur
    form.add_error(None, str(change))


def _passage_refuse(form: forms.BaseForm, refus: PassageRefuse) -> None:
    """Ses `fautes` (champ → phrase) ou ses `manques`, un par ligne, s’il en a ; sa phrase sinon."""
    fautes: dict[str, str] = getattr(refus, "fautes", {})
    for champ, phrase in fautes.items():
        form.add_error(champ if champ in form.fields else None, phrase)
    if not fautes:
        form.add_error(None, getattr(refus, "manques", None) or str(refus))
