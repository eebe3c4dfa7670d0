"""Les filtres de la liste des actions, gardés dans l’adresse."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from comptes.states import FormeJuridique
from config.socle.lecture.cellules import ValeurRefusee, lire_montant
from config.socle.montants import format_euros
from financements.chiffres.choix import actions_du_montant
from financements.chiffres.perimetre import Perimetre
from financements.models import Action
from projets.models import AppelAProjets, Axe, Projet
from projets.states import Volet
from territoires.models import Territoire

FSE = (("oui", "avec FSE"), ("non", "sans FSE"))


class MontantField(forms.CharField):
    """Montant en euros tel qu’on l’écrit : « 12 345,67 »."""

    def clean(self, value: Any) -> Decimal | None:
        """Lève `ValidationError` avec ce qui était attendu."""
        texte = super().clean(value)
        if not texte:
            return None
        try:
            return lire_montant(texte)
        except ValeurRefusee as refus:
            raise ValidationError(f"Il faut {refus.attendu}.") from refus


class MontantFilter(django_filters.Filter):  # type: ignore[misc]
    """Filtre sur un montant écrit à la française."""

    field_class = MontantField


class ActionFilterForm(forms.Form):
    """Les filtres ensemble : deux bornes en ordre."""

    def clean(self) -> dict[str, Any]:
        """Un maximum sous le minimum ne retiendrait rien : l’erreur le dit, et le maximum ne filtre pas."""
        valeurs: dict[str, Any] = super().clean() or self.cleaned_data
        minimum, maximum = valeurs.get("minimum"), valeurs.get("maximum")
        if minimum is not None and maximum is not None and maximum < minimum:
            self.add_error("maximum", f"Il faut un maximum au moins égal au minimum, {format_euros(minimum)}.")
        return valeurs


class ActionFilterSet(django_filters.FilterSet):  # type: ignore[misc]
    """Filtrer les actions d’un appel. Un champ mal rempli est signalé et ne filtre pas ; les autres filtrent."""

    q = django_filters.CharFilter(label="Rechercher un mot, un organisme, un numéro (SIRET, RNA)", method="chercher")
    axe = django_filters.ChoiceFilter(label="Axe", field_name="projet__axe__numero", empty_label="tous")
    territoire = django_filters.ChoiceFilter(label="Territoire", method="du_territoire", empty_label="tous")
    volet = django_filters.ChoiceFilter(
        label="Volet", field_name="projet__axe__volet", choices=Volet.choices, empty_label="tous"
    )
    dispositif = django_filters.ChoiceFilter(label="Dispositif", field_name="projet__sous_type", empty_label="tous")
    forme = django_filters.ChoiceFilter(
        label="Forme juridique",
        field_name="projet__organisme__forme_juridique",
        choices=FormeJuridique.choices,
        empty_label="toutes",
    )
    fse = django_filters.ChoiceFilter(
        label="Fonds social européen", method="avec_fse", choices=FSE, empty_label="tous"
    )
    minimum = MontantFilter(label="Montant minimum (€)", method="au_moins")
    maximum = MontantFilter(label="Montant maximum (€)", method="au_plus")

    class Meta:
        model = Action
        form = ActionFilterForm
        fields: list[str] = []

    def __init__(self, *args: Any, appel: AppelAProjets, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.appel = appel
        self._territoires = {t.code: t for t in Territoire.objects.defer("contour").order_by("nom_tri")}
        axes = Axe.objects.filter(appel=appel).order_by("numero")
        self._choix("axe", [(str(axe.numero), f"{axe.numero}. {axe.intitule}") for axe in axes])
        self._choix("territoire", [(code, t.nom) for code, t in self._territoires.items()])
        dispositifs = Projet.objects.filter(appel=appel).exclude(sous_type="").order_by("sous_type")
        self._choix("dispositif", [(mot, mot) for mot in dispositifs.values_list("sous_type", flat=True).distinct()])

    def _choix(self, nom: str, choix: Sequence[tuple[str, str]]) -> None:
        self.filters[nom].extra["choices"] = choix

    @property
    def valeurs(self) -> dict[str, Any]:
        """Les filtres bien remplis."""
        self.form.is_valid()
        return dict(self.form.cleaned_data)

    @property
    def perimetre(self) -> Perimetre:
        """Ce que la liste chiffre : l’appel, ou la seule part du territoire choisi."""
        territoire = self._territoires.get(self.valeurs.get("territoire", ""))
        return Perimetre(self.appel, tuple(self.appel.annees), territoire=territoire)

    @property
    def remplis(self) -> dict[str, str]:
        """Les filtres bien remplis, tels que l’adresse les écrit."""
        valables = {nom for nom, valeur in self.valeurs.items() if valeur not in (None, "")}
        return {nom: str(self.data[nom]) for nom in self.filters if nom in valables}

    @property
    def en_clair(self) -> dict[str, str]:
        """Les mêmes, comme on les lit : « Territoire » → « Valenciennois »."""
        return {str(self.form.fields[nom].label): self._lu(nom, ecrit) for nom, ecrit in self.remplis.items()}

    def _lu(self, nom: str, ecrit: str) -> str:
        choix = {str(cle): str(libelle) for cle, libelle in self.filters[nom].extra.get("choices", ())}
        return choix.get(ecrit, ecrit)

    @property
    def est_restreint(self) -> bool:
        """Vrai si un filtre au moins a une valeur valable."""
        return any(valeur not in (None, "") for valeur in self.valeurs.values())

    def chercher(self, actions: QuerySet[Action], _nom: str, texte: str) -> QuerySet[Action]:
        """Chaque mot, sans accents ni casse, dans l’intitulé, l’organisme, ses numéros ou celui de l’action."""
        return actions.filter(projet__in=Projet.objects.filter(appel=self.appel).cherches(texte).order_by())

    def du_territoire(self, actions: QuerySet[Action], _nom: str, _code: str) -> QuerySet[Action]:
        """Le territoire borne le périmètre : compter et trier n’y retiennent que les actions dotées."""
        return actions

    def avec_fse(self, actions: QuerySet[Action], _nom: str, choix: str) -> QuerySet[Action]:
        """Cofinancées ou non par le FSE."""
        return actions.filter(contrepartie_fse__isnull=choix == "non")

    def au_moins(self, actions: QuerySet[Action], _nom: str, montant: Decimal) -> QuerySet[Action]:
        """Montant dans le périmètre d’au moins tant d’euros."""
        return actions.filter(pk__in=actions_du_montant(self.perimetre, minimum=montant))

    def au_plus(self, actions: QuerySet[Action], _nom: str, montant: Decimal) -> QuerySet[Action]:
        """Montant dans le périmètre d’au plus tant d’euros."""
        return actions.filter(pk__in=actions_du_montant(self.perimetre, maximum=montant))
