"""Ouvrir un projet : sur quel appel, pour quel organisme, sur quel axe, sous quel intitulé."""

from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from comptes.models import Organisme
from projets.models import AppelAProjets, Axe, Prolongation
from projets.rules.calendrier import RECOIVENT_DES_PROJETS


def _prolonges(organismes: QuerySet[Organisme]) -> QuerySet[Prolongation]:
    """Les prolongations de ces organismes qui courent encore."""
    return Prolongation.objects.en_vigueur().filter(jusqu_au__gt=timezone.now(), organisme__in=organismes)


def appels_qui_recoivent(organismes: QuerySet[Organisme]) -> QuerySet[AppelAProjets]:
    """Les appels ouverts, et ceux prolongés pour un de ces organismes ; le plus proche de sa clôture d’abord."""
    prolonges = Q(
        pk__in=_prolonges(organismes).values("appel"), etat__in=RECOIVENT_DES_PROJETS, ouvre_le__lte=timezone.now()
    )
    ouverts = Q(pk__in=AppelAProjets.objects.ouverts().values("pk"))
    return AppelAProjets.objects.filter(ouverts | prolonges).order_by("ferme_le", "slug")


def organismes_qui_repondent(appel: AppelAProjets, organismes: QuerySet[Organisme]) -> QuerySet[Organisme]:
    """Tous si l’appel est ouvert, sinon ceux qui ont une prolongation."""
    if AppelAProjets.objects.ouverts().filter(pk=appel.pk).exists():
        return organismes.order_by("nom_tri")
    siens = _prolonges(organismes).filter(appel=appel).values("organisme")
    return organismes.filter(pk__in=siens).order_by("nom_tri")


class NouveauProjetForm(forms.Form):
    """`jeton` : le même pour deux envois de la même page, pour que deux clics n’ouvrent qu’un projet."""

    use_required_attribute = False

    organisme = forms.ModelChoiceField(Organisme.objects.none(), label="Organisme", empty_label="Choisir un organisme")
    axe = forms.ModelChoiceField(
        Axe.objects.none(), label="Axe de l’appel", empty_label=None, widget=forms.RadioSelect
    )
    intitule = forms.CharField(
        label="Intitulé de l’action", max_length=300, help_text="Il se change jusqu’au dépôt, comme l’axe."
    )
    jeton = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, appel: AppelAProjets, organismes: QuerySet[Organisme]) -> None:
        super().__init__(data, initial={"jeton": uuid4()})
        self.appel = appel
        possibles = organismes_qui_repondent(appel, organismes)
        organisme: Any = self.fields["organisme"]
        axe: Any = self.fields["axe"]
        organisme.queryset, axe.queryset = possibles, appel.axes.order_by("numero")
        seuls = list(possibles[:2])
        if len(seuls) == 1:
            organisme.initial = seuls[0]
