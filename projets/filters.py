"""Les filtres de la file d’instruction. Les choix offerts sont ceux du périmètre de la personne."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from comptes.models import Personne
from comptes.states import Role
from projets.models import Affectation, AppelAProjets, Axe, Projet
from projets.rules.saisies import CHIFFRES_D_UNE_CLE
from projets.states import APPELS_EN_COURS, NON_DECIDES, EtatProjet, Qualite
from territoires.models import Territoire

SANS_CHEF = "aucun"
TOUS_LES_APPELS = "tous"
Choix = list[tuple[str, str]]


class ChoixDeLaFile:
    """Les choix des listes, lus au plus une fois chacun, et seulement si on les montre ou si l’on s’en sert."""

    def __init__(self, personne: Personne, appel: str) -> None:
        self._personne, self._appel = personne, appel

    @cached_property
    def appels(self) -> Choix:
        """Ceux qui ont pu recevoir des projets, et « tous » : sans choix, ce qui est en cours."""
        appels = [(str(appel.pk), str(appel)) for appel in AppelAProjets.objects.only("intitule")]
        return [(TOUS_LES_APPELS, "Tous les appels"), *appels]

    @cached_property
    def axes(self) -> Choix:
        """Ceux de l’appel choisi ; de plusieurs appels, les années s’ajoutent au nom, qui ne dit pas duquel il est."""
        axes = Axe.objects.only("numero", "intitule")
        if self._appel.isdecimal() and len(self._appel) <= CHIFFRES_D_UNE_CLE:
            return [(str(axe.pk), str(axe)) for axe in axes.filter(appel=int(self._appel)).order_by("numero")]
        axes = axes.only("numero", "intitule", "appel__annee_debut", "appel__annee_fin").select_related("appel")
        if self._appel != TOUS_LES_APPELS:
            a_decider = Projet.objects.filter(axe=OuterRef("pk"), etat__in=NON_DECIDES)
            axes = axes.filter(Q(appel__etat__in=APPELS_EN_COURS) | Exists(a_decider))
        return [(str(axe.pk), f"{axe} ({axe.appel.periode})") for axe in axes]

    @cached_property
    def territoires(self) -> Choix:
        """Ceux de l’instructeur, tous pour les autres."""
        siens = self._personne.territoires if self._personne.role == Role.INSTRUCTEUR else Territoire.objects
        return [(str(pk), nom) for pk, nom in siens.values_list("pk", "nom")]  # sans leur contour

    @cached_property
    def instructeurs(self) -> Choix:
        """Les instructeurs, et « personne » : les projets sans chef de file."""
        personnes = Personne.objects.filter(role=Role.INSTRUCTEUR, is_active=True).only("prenom", "nom", "email")
        return [(SANS_CHEF, "Sans chef de file"), *((str(p.pk), str(p)) for p in personnes)]


def _liste(libelle: str, vide: str = "Tous", **options: Any) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(label=libelle, empty_label=vide, choices=list, **options)


class InstructionFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Texte, appel, axe, territoire, instructeur, état. `personne` : dont le périmètre borne les choix offerts.

    Sans appel choisi, les projets des appels en cours, et ceux des autres appels qui restent à décider.
    """

    q = django_filters.CharFilter(
        method="chercher", label="Rechercher", widget=forms.TextInput({"type": "search", "autocomplete": "off"})
    )
    appel = _liste("Appel", vide="En cours", method="de_l_appel")
    axe = _liste("Axe")
    territoire = _liste("Territoire", method="dans_le_territoire")
    instructeur = _liste("Instructeur", method="suivis_par")
    etat = django_filters.ChoiceFilter(
        choices=[choix for choix in EtatProjet.choices if choix[0] != EtatProjet.BROUILLON], widget=forms.HiddenInput
    )

    class Meta:
        model = Projet
        fields = ("q", "appel", "axe", "territoire", "instructeur", "etat")

    def __init__(self, donnees: Mapping[str, str], *args: Any, personne: Personne, **kwargs: Any) -> None:
        choix = ChoixDeLaFile(personne, donnees.get("appel", ""))
        super().__init__(_sans_axe_d_ailleurs(donnees, choix), *args, **kwargs)
        for nom in ("appel", "axe", "territoire", "instructeur"):
            self.filters[nom].extra["choices"] = lambda nom=nom: getattr(choix, f"{nom}s")

    @cached_property
    def sans_etat(self) -> QuerySet[Projet]:
        """Ce que retiennent les autres filtres, où chaque état se compte. Sans appel choisi, ce qui est en cours."""
        choisis = {nom: valeur for nom, valeur in self._choisis.items() if nom != "etat"}
        lignes: QuerySet[Projet] = self.queryset.all()
        for nom, valeur in choisis.items():
            lignes = self.filters[nom].filter(lignes, valeur)
        if choisis.get("appel"):
            return lignes
        return lignes.filter(Q(appel__etat__in=APPELS_EN_COURS) | Q(etat__in=NON_DECIDES))

    def filter_queryset(self, queryset: Any) -> QuerySet[Projet]:  # noqa: ARG002 (forme de django-filter)
        """L’état choisi, parmi ce que retiennent les autres filtres."""
        lignes: QuerySet[Projet] = self.filters["etat"].filter(self.sans_etat, self._choisis.get("etat", ""))
        return lignes

    @property
    def _choisis(self) -> dict[str, Any]:
        """Les valeurs admises ; une autre ne filtre pas."""
        self.form.is_valid()  # il garde ce qu’il a lu
        choisis: dict[str, Any] = self.form.cleaned_data
        return choisis

    def de_l_appel(self, lignes: QuerySet[Projet], nom: str, appel: str) -> QuerySet[Projet]:  # noqa: ARG002
        """Les projets de l’appel ; tous si on les veut tous."""
        return lignes if appel == TOUS_LES_APPELS else lignes.filter(appel=int(appel))

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


def _sans_axe_d_ailleurs(donnees: Mapping[str, str], choix: ChoixDeLaFile) -> Mapping[str, str]:
    """L’appel vient de changer : l’axe d’un autre ne se garde pas."""
    axe = donnees.get("axe", "")
    if not axe or axe in dict(choix.axes):
        return donnees
    return {nom: donnees[nom] for nom in donnees if nom != "axe"}
