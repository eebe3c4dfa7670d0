"""Les filtres des projets d’un scénario, gardés dans l’adresse ; un lot porte sur ce qu’ils retiennent."""

from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.db.models import OuterRef, QuerySet, Subquery

from financements.chiffres.arbitrage.panneau import Panneau
from financements.models import LigneDeScenario
from financements.states import Choix, Imposition
from projets.models import AvisInstruction, PartProjet, Projet
from projets.states import SensDeLAvis

SANS_AVIS = "sans"
FILTRES = ("q", "axe", "territoire", "choix", "sens", "note", "imposition")


class LigneFilterSet(django_filters.FilterSet):  # type: ignore[misc]
    """Texte, axe, territoire, choix, avis, note minimale. Un champ mal rempli est signalé et ne filtre pas."""

    q = django_filters.CharFilter(label="Rechercher", method="chercher")
    axe = django_filters.ChoiceFilter(label="Axe", field_name="projet__axe__numero", empty_label="tous")
    territoire = django_filters.ChoiceFilter(label="Territoire", method="du_territoire", empty_label="tous")
    choix = django_filters.ChoiceFilter(label="Choix", choices=Choix.choices, empty_label="tous")
    sens = django_filters.ChoiceFilter(
        label="Avis",
        method="de_cet_avis",
        choices=[*SensDeLAvis.choices, (SANS_AVIS, "sans avis")],
        empty_label="tous",
    )
    note = django_filters.NumberFilter(
        label="Note d’au moins", method="note_d_au_moins", widget=forms.NumberInput(attrs={"min": 0, "max": 100})
    )
    imposition = django_filters.ChoiceFilter(
        label="Pour le calcul",
        choices=[une for une in Imposition.choices if une[0]],
        empty_label="tous",
    )

    class Meta:
        model = LigneDeScenario
        fields: list[str] = []

    def __init__(self, *args: Any, panneau: Panneau, **kwargs: Any) -> None:
        """`panneau` : celui du scénario, qui connaît ses axes et ses territoires."""
        super().__init__(*args, **kwargs)
        self.filters["axe"].extra["choices"], self.filters["territoire"].extra["choices"] = panneau.choix_des_filtres
        self._appel = panneau.appel.pk

    def chercher(self, lignes: QuerySet[LigneDeScenario], _nom: str, texte: str) -> QuerySet[LigneDeScenario]:
        """Chaque mot, sans accents ni casse, dans l’intitulé, l’organisme ou ses numéros."""
        return lignes.filter(projet__in=Projet.objects.filter(appel=self._appel).cherches(texte).order_by())

    def du_territoire(self, lignes: QuerySet[LigneDeScenario], _nom: str, code: str) -> QuerySet[LigneDeScenario]:
        """Les projets dont ce territoire a une part."""
        return lignes.filter(projet__in=PartProjet.objects.filter(territoire__code=code).values("projet"))

    def de_cet_avis(self, lignes: QuerySet[LigneDeScenario], _nom: str, sens: str) -> QuerySet[LigneDeScenario]:
        """Selon le dernier avis de l’instruction, ou sans avis."""
        avis = AvisInstruction.objects.filter(projet=OuterRef("projet")).order_by("-version")
        lignes = lignes.annotate(dernier_avis=Subquery(avis.values("sens")[:1]))
        return lignes.filter(dernier_avis__isnull=True) if sens == SANS_AVIS else lignes.filter(dernier_avis=sens)

    def note_d_au_moins(
        self, lignes: QuerySet[LigneDeScenario], _nom: str, note: Decimal
    ) -> QuerySet[LigneDeScenario]:
        """Les projets notés au moins ainsi, sur 100."""
        return lignes.filter(note__gte=note)
