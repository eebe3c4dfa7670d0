"""Les filtres de la file d’instruction. Les choix offerts sont ceux du périmètre de la personne."""

from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet

from comptes.models import Personne
from comptes.states import Role
from projets.models import Affectation, AppelAProjets, Axe, Projet
from projets.states import EtatProjet, Qualite
from territoires.models import Territoire

SANS_CHEF = "aucun"
Choix = list[tuple[str, str]]


class ChoixDeLaFile:
    """Les choix des listes, lus au plus une fois chacun, et seulement si on les montre ou si l’on s’en sert."""

    def __init__(self, personne: Personne) -> None:
        self._personne = personne

    @cached_property
    def appels(self) -> Choix:
        """Ceux qui ont pu recevoir des projets."""
        return [(str(appel.pk), str(appel)) for appel in AppelAProjets.objects.all()]

    @cached_property
    def axes(self) -> Choix:
        """Le nom d’un axe ne dit pas de quel appel il est : on ajoute les années."""
        axes = Axe.objects.select_related("appel").order_by("appel", "numero")
        return [(str(axe.pk), f"{axe} ({axe.appel.periode})") for axe in axes]

    @cached_property
    def territoires(self) -> Choix:
        """Ceux de l’instructeur, tous pour les autres."""
        siens = self._personne.territoires if self._personne.role == Role.INSTRUCTEUR else Territoire.objects
        return [(str(territoire.pk), territoire.nom) for territoire in siens.all()]

    @cached_property
    def instructeurs(self) -> Choix:
        """Les instructeurs, et « personne » : les projets sans chef de file."""
        personnes = Personne.objects.filter(role=Role.INSTRUCTEUR, is_active=True)
        return [(SANS_CHEF, "Sans chef de file"), *((str(p.pk), str(p)) for p in personnes)]


def _liste(libelle: str, **options: Any) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(label=libelle, empty_label="Tous", choices=list, **options)


class InstructionFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Texte, appel, axe, territoire, instructeur, état. `personne` : dont le périmètre borne les choix offerts."""

    q = django_filters.CharFilter(
        method="chercher", label="Rechercher", widget=forms.TextInput({"type": "search", "autocomplete": "off"})
    )
    appel = _liste("Appel")
    axe = _liste("Axe")
    territoire = _liste("Territoire", method="dans_le_territoire")
    instructeur = _liste("Instructeur", method="suivis_par")
    etat = django_filters.ChoiceFilter(
        choices=[choix for choix in EtatProjet.choices if choix[0] != EtatProjet.BROUILLON], widget=forms.HiddenInput
    )

    class Meta:
        model = Projet
        fields = ("q", "appel", "axe", "territoire", "instructeur", "etat")

    def __init__(self, *args: Any, personne: Personne, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choix = ChoixDeLaFile(personne)
        for nom in ("appel", "axe", "territoire", "instructeur"):
            self.filters[nom].extra["choices"] = lambda nom=nom: getattr(choix, f"{nom}s")

    def chercher(self, lignes: Any, nom: str, texte: str) -> QuerySet[Projet]:  # noqa: ARG002 (forme de django-filter)
        """Chaque mot, sans accent, à l’accord près."""
        trouves: QuerySet[Projet] = lignes.cherches(texte)
        return trouves

    def dans_le_territoire(self, lignes: QuerySet[Projet], nom: str, territoire: str) -> QuerySet[Projet]:  # noqa: ARG002
        """Les projets dont le territoire a une part."""
        return lignes.filter(parts__territoire=int(territoire))

    def suivis_par(self, lignes: QuerySet[Projet], nom: str, instructeur: str) -> QuerySet[Projet]:  # noqa: ARG002
        """Les projets que suit l’instructeur, ou ceux que personne ne mène."""
        actives = Affectation.objects.actives()
        if instructeur == SANS_CHEF:
            return lignes.exclude(pk__in=actives.filter(qualite=Qualite.CHEF_DE_FILE).values("projet"))
        return lignes.filter(pk__in=actives.filter(instructeur=int(instructeur)).values("projet"))
