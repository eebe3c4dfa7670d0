"""Confier, rendre, se déporter, s’absenter, répartir : ce que l’on saisit."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from comptes.models import Personne
from projets.chiffres.candidats import Candidat
from projets.models import Axe
from projets.states import Qualite
from territoires.models import Territoire


def _choisir(
    libelle: str, personnes: Iterable[Personne], remarques: Mapping[int, str] | None = None, **options: Any
) -> forms.TypedChoiceField:
    """Une liste de personnes déjà lues ; la valeur rendue est la personne. `remarques` : à dire après son nom."""
    par_pk = {str(personne.pk): personne for personne in personnes}
    dites = {str(pk): f"\u00a0: {remarque}" for pk, remarque in (remarques or {}).items() if remarque}
    choix = [("", "Choisir"), *((pk, _nom(personne) + dites.get(pk, "")) for pk, personne in par_pk.items())]
    return forms.TypedChoiceField(
        label=libelle, choices=choix, coerce=lambda pk: par_pk[str(pk)], empty_value=None, **options
    )


def _nom(personne: Personne) -> str:
    territoires = ", ".join(t.nom for t in personne.territoires.all())
    return f"{personne} ({territoires})" if territoires else str(personne)


def _date(libelle: str) -> forms.DateField:
    return forms.DateField(label=libelle, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class ConfierForm(forms.Form):
    """À qui, et à quel titre."""

    qualite = forms.ChoiceField(label="À quel titre", choices=Qualite.choices, initial=Qualite.CHEF_DE_FILE)

    def __init__(self, candidats: Collection[Candidat], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        remarques = {candidat.personne.pk: candidat.remarque for candidat in candidats}
        personnes = [candidat.personne for candidat in candidats]
        self.fields = {"instructeur": _choisir("Instructeur", personnes, remarques), **self.fields}


class MotifInterneForm(forms.Form):
    """Pourquoi."""

    motif = forms.CharField(label="Motif", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, aide: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["motif"].help_text = aide


class AbsenceForm(forms.Form):
    """Qui, du premier au dernier jour, remplacé par qui."""

    du = _date("Premier jour")
    au = _date("Dernier jour")
    motif = forms.CharField(
        label="Motif", max_length=100, required=False, help_text="Facultatif. N’écrivez rien de médical."
    )

    def __init__(self, instructeurs: list[Personne], *args: Any, pour: Personne | None = None, **kwargs: Any) -> None:
        """`pour` : la personne qui déclare la sienne ; sans elle, on choisit pour qui."""
        super().__init__(*args, **kwargs)
        self.pour = pour
        autres = [personne for personne in instructeurs if pour is None or personne.pk != pour.pk]
        aide = "Il verra ses projets dans « Mes projets »." if pour is None else "Il verra vos projets dans les siens."
        qui = {} if pour else {"personne": _choisir("Instructeur absent", instructeurs)}
        remplacant = _choisir("Remplaçant", autres, required=False, help_text=aide)
        self.fields = {**qui, "du": self.fields["du"], "au": self.fields["au"], "remplacant": remplacant} | {
            "motif": self.fields["motif"]
        }

    def clean(self) -> dict[str, Any]:
        """Des jours dans l’ordre, pas déjà passés ; quelqu’un d’autre pour remplacer."""
        champs = super().clean() or {}
        champs.setdefault("personne", self.pour)
        du, au = champs.get("du"), champs.get("au")
        if du and au and au < du:
            self.add_error("au", "Le dernier jour ne précède pas le premier.")
        elif au and au < timezone.localdate():
            self.add_error("au", "Cette absence est déjà passée.")
        if champs.get("remplacant") and champs.get("remplacant") == champs.get("personne"):
            self.add_error("remplacant", "On ne se remplace pas soi-même.")
        return champs


class PassationForm(forms.Form):
    """Tous les projets de quelqu’un, à quelqu’un d’autre."""

    def __init__(self, instructeurs: list[Personne], *args: Any, pour: Personne | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pour = pour
        if pour is None:
            self.fields["de"] = _choisir("Les projets de", instructeurs)
        autres = [personne for personne in instructeurs if pour is None or personne.pk != pour.pk]
        self.fields["a"] = _choisir("Passés à", autres)

    def clean(self) -> dict[str, Any]:
        """Deux personnes différentes."""
        champs = super().clean() or {}
        champs.setdefault("de", self.pour)
        if champs.get("a") and champs.get("a") == champs.get("de"):
            raise ValidationError("Choisissez deux personnes différentes.")
        return champs


class RepartitionForm(forms.Form):
    """Répartir tout, un territoire ou un axe."""

    territoire = forms.ModelChoiceField(Territoire.objects.all(), required=False, empty_label="Tous les territoires")
    axe = forms.ModelChoiceField(Axe.objects.none(), required=False, empty_label="Tous les axes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ: Any = self.fields["axe"]
        champ.queryset = Axe.objects.select_related("appel").order_by("-appel", "numero")
        champ.label_from_instance = lambda axe: f"{axe} ({axe.appel.periode})"
