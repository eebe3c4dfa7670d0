"""Les filtres de la file d’instruction. Les choix offerts sont ceux du périmètre de la personne."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet

from comptes.models import Personne
from comptes.states import Role
from projets.models import AppelAProjets, Axe, Projet
from projets.states import EtatProjet
from territoires.models import Territoire


class AxeField(django_filters.fields.ModelChoiceField):  # type: ignore[misc]
    """Le nom d’un axe ne dit pas de quel appel il est : on ajoute les années."""

    def label_from_instance(self, obj: Axe) -> str:
        """« 1. Médiation directe vers l’emploi (2016-2018) »."""
        return f"{obj} ({obj.appel.periode})"


class AxeFilter(django_filters.ModelChoiceFilter):  # type: ignore[misc]
    field_class = AxeField


class InstructionFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Texte, appel, axe, territoire, état. `personne` : dont le périmètre borne les territoires offerts."""

    q = django_filters.CharFilter(
        method="chercher", label="Rechercher", widget=forms.TextInput({"type": "search", "autocomplete": "off"})
    )
    appel = django_filters.ModelChoiceFilter(queryset=AppelAProjets.objects.all(), empty_label="Tous")
    axe = AxeFilter(queryset=Axe.objects.select_related("appel").order_by("appel", "numero"), empty_label="Tous")
    territoire = django_filters.ModelChoiceFilter(
        queryset=Territoire.objects.all(), method="dans_le_territoire", label="Territoire", empty_label="Tous"
    )
    etat = django_filters.ChoiceFilter(
        choices=[choix for choix in EtatProjet.choices if choix[0] != EtatProjet.BROUILLON], empty_label="Tous"
    )

    class Meta:
        model = Projet
        fields = ("q", "appel", "axe", "territoire", "etat")

    def __init__(self, *args: Any, personne: Personne, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if personne.role == Role.INSTRUCTEUR:
            self.filters["territoire"].queryset = personne.territoires.all()

    def chercher(self, lignes: Any, nom: str, texte: str) -> QuerySet[Projet]:  # noqa: ARG002 (forme de django-filter)
        """Chaque mot, sans accent."""
        trouves: QuerySet[Projet] = lignes.cherches(texte)
        return trouves

    def dans_le_territoire(
        self,
        lignes: QuerySet[Projet],
        nom: str,  # noqa: ARG002 (forme de django-filter)
        territoire: Territoire,
    ) -> QuerySet[Projet]:
        """Les projets dont le territoire a une part."""
        return lignes.filter(parts__territoire=territoire)
