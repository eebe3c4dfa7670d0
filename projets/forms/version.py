"""Ne rien perdre quand deux personnes règlent la même chose : la version relue, et les deux saisies côte à côte."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.db import models
from django.forms.models import model_to_dict
from django.utils import timezone

from config.socle.saisie import SaisieEntiere
from projets.models import Axe

LIGNES_DE_TEXTE = 5


@dataclass(frozen=True, slots=True)
class Difference:
    """Un champ que l’autre personne a laissé autrement."""

    libelle: str
    enregistre: str
    saisi: str


class AvecVersion(SaisieEntiere, forms.ModelForm):  # type: ignore[type-arg]
    """Formulaire d’un objet versionné. `permis` : les seuls champs offerts une fois l’appel publié (None : tous)."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, permis: frozenset[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflit: list[Difference] = []
        for champ in self.fields.values():
            if isinstance(champ.widget, forms.Textarea):
                champ.widget.attrs["rows"] = LIGNES_DE_TEXTE
        self.fields["version"].initial = getattr(self.instance, "version", None)
        if self.instance.pk is None:
            del self.fields["version"]
        if permis is not None:
            for nom in [nom for nom in self.fields if nom not in permis | {"version"}]:
                del self.fields[nom]

    def signaler_le_conflit(self, actuel: models.Model) -> None:
        """Montre ce qui est enregistré et ce qui vient d’être saisi ; enregistrer encore garde la saisie."""
        enregistre = model_to_dict(actuel)
        self.conflit = [
            Difference(str(champ.label), self._lisible(nom, enregistre[nom]), self._lisible(nom, saisi))
            for nom, champ in self.fields.items()
            if nom in enregistre and _brut(enregistre[nom]) != _brut(saisi := self.cleaned_data.get(nom))
        ]
        repartir_de(
            self,
            actuel,
            "Quelqu’un a enregistré cette page pendant que vous l’écriviez. Votre saisie est gardée ci-dessous ; "
            "comparez, puis enregistrez de nouveau.",
        )

    def _lisible(self, nom: str, valeur: Any) -> str:
        if valeur in (None, "", []):
            return "vide"
        if isinstance(valeur, bool):
            return "oui" if valeur else "non"
        if isinstance(valeur, datetime):
            return f"{timezone.localtime(valeur):%d/%m/%Y %H:%M}"
        if isinstance(valeur, date):
            return f"{valeur:%d/%m/%Y}"
        choix = {str(cle): str(texte) for cle, texte in getattr(self.fields[nom], "choices", ()) or ()}
        valeurs = valeur if isinstance(valeur, list) else [_brut(valeur)]
        return ", ".join(choix.get(str(v), str(v)) for v in valeurs)


def repartir_de(form: Any, actuel: Any, phrase: str) -> None:
    """La saisie reste, `phrase` se lit en haut ; l’envoi suivant part de la version de `actuel`."""
    form.data = form.data.copy()
    form.data[form.add_prefix("version")] = str(actuel.version)
    form.add_error(None, phrase)


def _brut(valeur: Any) -> Any:
    """Un axe et son numéro en base se valent ; un fichier aussi et son chemin."""
    if isinstance(valeur, Axe):
        return valeur.pk
    return str(valeur) if isinstance(valeur, models.fields.files.FieldFile) else valeur
