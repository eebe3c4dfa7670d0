"""Contrôler la recevabilité, point par point ; dire pourquoi un projet est irrecevable, ou rouvert."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django import forms

from projets.actions.recevabilite import Reponse
from projets.forms.suivi import SurCeQuiEstVu, jour_a_venir
from projets.models import ControleDeRecevabilite, PointDeRecevabilite
from projets.models.recevabilite import LONGUEUR_D_UNE_PRECISION
from projets.rules.depot import DUREE_MAXIMALE
from projets.rules.motifs import LONGUEUR_D_UN_MOTIF
from projets.states import ReponseDeRecevabilite

CHAMPS_D_UN_POINT = ("reponse", "precision", "lu", "precision_lue")


class ControleForm(forms.Form):
    """Un groupe de trois boutons et une précision par point ; `lu_…` et `precision_lue_…` gardent ce que la page
    montrait."""

    def __init__(
        self,
        points: Iterable[PointDeRecevabilite],
        controles: Iterable[ControleDeRecevabilite],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.points = list(points)
        self.controles = {controle.point_id: controle for controle in controles}
        for point in self.points:
            actuel = self.controles.get(point.pk)
            self.fields[f"reponse_{point.pk}"] = forms.ChoiceField(
                label=point.intitule,
                choices=ReponseDeRecevabilite.choices,
                widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
                required=False,
                initial=actuel.reponse if actuel else "",
            )
            self.fields[f"precision_{point.pk}"] = forms.CharField(
                label=f"Précision sur «\u00a0{point.intitule}\u00a0»",
                max_length=LONGUEUR_D_UNE_PRECISION,
                required=False,
                widget=forms.TextInput(attrs={"class": "form-control"}),
                initial=actuel.precision if actuel else "",
            )
            for nom, lu in (("lu", "reponse"), ("precision_lue", "precision")):
                self.fields[f"{nom}_{point.pk}"] = forms.CharField(
                    required=False, widget=forms.HiddenInput, initial=getattr(actuel, lu, "")
                )

    def lignes(self) -> Iterator[tuple[Any, ...]]:
        """Chaque point, ses quatre champs, et la réponse gardée s’il y en a une."""
        for point in self.points:
            champs = (self[f"{nom}_{point.pk}"] for nom in CHAMPS_D_UN_POINT)
            yield point, *champs, self.controles.get(point.pk)

    def clean(self) -> Any:
        """Un « non » dit ce qui ne convient pas ; une précision accompagne une réponse, et part avec le « non »."""
        donnees = super().clean() or self.cleaned_data
        for point in self.points:
            if _ne_tient_plus(*(donnees.get(f"{nom}_{point.pk}", "") for nom in CHAMPS_D_UN_POINT)):
                donnees[f"precision_{point.pk}"] = ""
            reponse, precision = donnees.get(f"reponse_{point.pk}"), donnees.get(f"precision_{point.pk}", "").strip()
            if reponse == ReponseDeRecevabilite.NON and not precision:
                self.add_error(f"precision_{point.pk}", "Dites ce qui ne convient pas.")
            elif precision and not reponse:
                self.add_error(f"reponse_{point.pk}", "Répondez à ce point pour garder la précision.")
        return donnees

    def reponses(self) -> dict[int, Reponse]:
        """Ce que l’acte écrit, par point."""
        return {p.pk: Reponse(*(self.cleaned_data[f"{nom}_{p.pk}"] for nom in CHAMPS_D_UN_POINT)) for p in self.points}


def _ne_tient_plus(reponse: str, precision: str, lue: str, precision_lue: str) -> bool:
    """La précision disait ce qui ne convenait pas, on n’y a pas touché, et la réponse n’est plus « non »."""
    etait_non = ReponseDeRecevabilite.NON
    return lue == etait_non != reponse and bool(reponse) and precision.strip() == precision_lue.strip()


class MotifLuParLePorteurForm(SurCeQuiEstVu):
    """Un motif que le porteur lira."""

    motif = forms.CharField(
        label="Motif",
        max_length=LONGUEUR_D_UN_MOTIF,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Le porteur lit ce texte tel quel.",
    )

    def __init__(self, *args: Any, aide: str = "", **kwargs: Any) -> None:
        """`aide` : ce que l’acte entraîne."""
        super().__init__(*args, **kwargs)
        if aide:
            self.fields["motif"].help_text = f"{aide} Le porteur lit ce texte tel quel."


class IrrecevableForm(MotifLuParLePorteurForm):
    """Pourquoi le projet est irrecevable, et si le porteur peut encore le compléter."""

    completable_jusqu_au = forms.DateField(
        label="Le porteur peut encore le compléter jusqu’au",
        required=False,
        help_text=(
            "Facultatif. Jusqu’à ce jour, il peut reprendre son projet et le rendre complété\u00a0: l’irrecevabilité "
            f"est alors levée. Dans {DUREE_MAXIMALE.days} jours au plus."
        ),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_completable_jusqu_au(self) -> date | None:
        """Un jour à venir, pas trop loin, ou rien."""
        jour: date | None = self.cleaned_data["completable_jusqu_au"]
        return jour_a_venir(jour) if jour else None
