"""Les filtres qui ne portent pas sur une liste de projets."""

from django import forms

from projets.models import AppelAProjets, Axe


class AxeDeLAppelField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Le nom d’un axe ne dit pas de quel appel il est : on ajoute les années."""

    def label_from_instance(self, obj: Axe) -> str:
        """« 1. Médiation directe vers l’emploi (2016-2018) »."""
        return f"{obj} ({obj.appel.periode})"


class NotationsForm(forms.Form):
    """L’appel et l’axe dont on regarde les notations ; rien de choisi, ou un choix faux : tous."""

    appel = forms.ModelChoiceField(
        AppelAProjets.objects.publics(), label="Appel à projets", required=False, empty_label="Tous"
    )
    axe = AxeDeLAppelField(
        Axe.objects.select_related("appel").order_by("appel", "numero"), required=False, empty_label="Tous"
    )

    def choix(self) -> dict[str, int | None]:
        """Les identifiants choisis."""
        self.full_clean()
        return {nom: objet.pk if (objet := self.cleaned_data.get(nom)) else None for nom in self.fields}
