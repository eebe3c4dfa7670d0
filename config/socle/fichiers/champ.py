"""Le champ de formulaire qui reçoit plusieurs fichiers ; chacun est contrôlé ensuite, et reçu ou refusé à part."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from config.socle.fichiers.formats import SYNONYMES, FormatDeFichier

OUBLI = "Choisissez au moins un fichier."


class FichiersInput(forms.FileInput):
    """Un champ de fichier ordinaire, qui en accepte plusieurs."""

    allow_multiple_selected = True


class FichiersField(forms.FileField):
    """Rend la liste des fichiers reçus, vides compris : c’est leur contrôle qui dit ce qui leur manque."""

    def __init__(self, *, formats: Iterable[str] | None = None, **kwargs: Any) -> None:
        saisie = FichiersInput(attrs={"accept": extensions(formats or FormatDeFichier.values)})
        super().__init__(widget=saisie, allow_empty_file=True, **kwargs)
        self.error_messages["required"] = OUBLI

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        """La liste, jamais vide."""
        recus = [recu for recu in (data if isinstance(data, list | tuple) else [data]) if recu is not None]
        if not recus:
            raise ValidationError(OUBLI, code="required")
        return [super(FichiersField, self).clean(recu, initial) for recu in recus]


def extensions(formats: Iterable[str]) -> str:
    """« .pdf,.jpg,.jpeg », pour l’attribut `accept`."""
    admis = list(formats)
    return ",".join(f".{e}" for e in [*admis, *(autre for autre, valeur in SYNONYMES.items() if valeur in admis)])
