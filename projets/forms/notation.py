"""La grille de notation d’un projet : une note et sa justification par critère, incomplètes tant que l’on veut."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from projets.actions.noter import Saisie
from projets.chiffres.notation import lignes_de_la_regle
from projets.forms.version import Difference
from projets.models import Critere, Notation
from projets.models.notation import LONGUEUR_D_UNE_JUSTIFICATION
from projets.rules.notation import Ligne

NOTES_EN_BOUTONS = 10  # au-delà, la note se tape


@dataclass(frozen=True, slots=True)
class CritereANoter:
    """Un critère, sa note et sa justification, tels que le gabarit les montre."""

    critere: Critere
    note: forms.BoundField
    justification: forms.BoundField

    @property
    def est_en_boutons(self) -> bool:
        """La note se choisit d’un clic."""
        return self.critere.note_maximale <= NOTES_EN_BOUTONS


class NotationForm(forms.Form):
    """`notation` : celle que l’on garde déjà, ou None. Rien n’est obligatoire : rendre est un autre geste."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self, criteres: Sequence[Critere], notation: Notation | None, data: Mapping[str, Any] | None = None
    ) -> None:
        self.criteres = criteres
        self.conflit: list[Difference] = []
        super().__init__(data, initial=_depart(notation))
        for critere in criteres:
            self.fields[f"note_{critere.pk}"] = _champ_de_note(critere)
            self.fields[f"justification_{critere.pk}"] = _texte(f"Justification\u00a0: {critere}")
        self.fields["commentaire"] = _texte("Commentaire d’ensemble, facultatif")

    @property
    def lignes(self) -> list[CritereANoter]:
        """Les critères, dans l’ordre de la grille."""
        return [CritereANoter(c, self[f"note_{c.pk}"], self[f"justification_{c.pk}"]) for c in self.criteres]

    def saisie(self) -> Saisie:
        """Ce qui est tapé, contrôlé."""
        lu = self.cleaned_data
        notes = {c.pk: (lu.get(f"note_{c.pk}"), lu.get(f"justification_{c.pk}") or "") for c in self.criteres}
        return Saisie(notes, lu.get("commentaire") or "")

    def lignes_saisies(self) -> list[Ligne]:
        """Ce que les règles lisent de ce qui est affiché."""
        notes = {}
        for critere in self.criteres:
            brut = str(self[f"note_{critere.pk}"].value() if self[f"note_{critere.pk}"].value() is not None else "")
            valeur = int(brut) if brut.isdecimal() and int(brut) <= critere.note_maximale else None
            notes[critere.pk] = (valeur, str(self[f"justification_{critere.pk}"].value() or ""))
        return lignes_de_la_regle(self.criteres, notes)

    def signaler_le_conflit(self, actuelle: Notation) -> None:
        """Montre ce qui est enregistré et ce qui vient d’être tapé ; enregistrer encore garde ce qui est tapé."""
        enregistre = _depart(actuelle)
        self.conflit = [
            Difference(str(champ.label), _lisible(enregistre.get(nom)), _lisible(self.cleaned_data.get(nom)))
            for nom, champ in self.fields.items()
            if nom != "version" and _lisible(enregistre.get(nom)) != _lisible(self.cleaned_data.get(nom))
        ]
        self.data = {**self.data.dict(), "version": str(actuelle.version)}  # type: ignore[attr-defined]
        self.add_error(
            None,
            "Cette notation a été enregistrée depuis une autre page. Ce que vous venez de taper est gardé "
            "ci-dessous\u00a0: comparez, puis enregistrez de nouveau.",
        )


def _champ_de_note(critere: Critere) -> forms.Field:
    maximum = critere.note_maximale
    libelle = f"Note sur {maximum}\u00a0: {critere}"
    if maximum > NOTES_EN_BOUTONS:
        cadre = forms.NumberInput(attrs={"class": "form-control form-control-sm"})
        return forms.IntegerField(label=libelle, required=False, min_value=0, max_value=maximum, widget=cadre)
    choix = [(str(valeur), str(valeur)) for valeur in range(maximum + 1)]
    return forms.TypedChoiceField(
        label=libelle, required=False, choices=choix, coerce=int, empty_value=None, widget=forms.RadioSelect
    )


def _texte(libelle: str) -> forms.CharField:
    cadre = forms.Textarea(attrs={"rows": 1, "class": "form-control", "placeholder": libelle.partition("\u00a0:")[0]})
    return forms.CharField(label=libelle, required=False, max_length=LONGUEUR_D_UNE_JUSTIFICATION, widget=cadre)


def _depart(notation: Notation | None) -> dict[str, Any]:
    if notation is None:
        return {"version": 0}
    depart: dict[str, Any] = {"version": notation.version, "commentaire": notation.commentaire}
    for note in notation.notes.all():
        depart[f"note_{note.critere_id}"] = note.valeur
        depart[f"justification_{note.critere_id}"] = note.justification
    return depart


def _lisible(valeur: Any) -> str:
    return "vide" if valeur in (None, "") else str(valeur)
