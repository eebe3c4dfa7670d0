"""Champs de formulaire : un instant à Paris, un montant, une ligne par choix, un fichier dont on lit le contenu."""

import re
from datetime import datetime
from typing import Any, BinaryIO, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from config.socle.fichiers import antivirus
from config.socle.fichiers.controle import controler
from projets.rules.calendrier import HeureAmbigue, HeureInexistante, instant_de_paris


class InstantField(forms.DateTimeField):
    """Date et heure de Paris. Une heure qui n’existe pas ou revient deux fois est refusée, jamais devinée."""

    def __init__(self, **kwargs: Any) -> None:
        saisie = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=saisie, **kwargs)
        self.help_text = kwargs.get("help_text") or "Heure de Paris."

    def to_python(self, value: Any) -> datetime | None:
        """L’instant, ou l’erreur qui dit laquelle des deux nuits est en cause."""
        try:
            return super().to_python(value)
        except ValidationError as refus:
            lu = refus.params["datetime"] if refus.code == "ambiguous_timezone" and refus.params else None
            if not isinstance(lu, datetime):
                raise
            raise ValidationError(_dire_le_changement_d_heure(lu), code="changement_d_heure") from refus


class JourField(forms.DateField):
    """Un jour, choisi au calendrier du navigateur ou tapé."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


def _dire_le_changement_d_heure(lu: datetime) -> str:
    try:
        instant_de_paris(lu)
    except HeureInexistante:
        return (
            f"Le {lu:%d/%m/%Y}, l’heure d’été commence : il n’est jamais {lu:%H h %M}. "
            "Choisissez avant 2 h ou à partir de 3 h."
        )
    except HeureAmbigue:
        return (
            f"Le {lu:%d/%m/%Y}, l’heure d’hiver commence : il est deux fois {lu:%H h %M}. "
            "Choisissez avant 2 h ou à partir de 3 h."
        )
    return "Cette date et cette heure ne se lisent pas."


class DecimalFrField(forms.DecimalField):
    """Nombre écrit à la française : virgule, espaces, signe € ou % admis."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["localize"] = True
        super().__init__(**kwargs)
        if self.decimal_places == 0:
            self.error_messages["max_decimal_places"] = "Écrivez un nombre entier, sans virgule."
        if self.min_value == 0:
            self.error_messages["min_value"] = "Ce nombre n’est pas négatif\u00a0: écrivez zéro ou plus."
        self.widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        self.widget.is_localized = True

    def to_python(self, value: Any) -> Any:
        """Sans les espaces ni les signes."""
        return super().to_python(re.sub(r"[\s\u00a0\u202f€%]", "", value) if isinstance(value, str) else value)


class LignesField(forms.CharField):
    """Une liste de textes, un par ligne, dans l’ordre ; les lignes vides sont ignorées."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 5}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """La liste, un élément par ligne."""
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """Les lignes, sans doublon ni ligne de plus de 200 caractères."""
        lignes = [ligne.strip() for ligne in str(super().clean(value)).splitlines() if ligne.strip()]
        if len({ligne.casefold() for ligne in lignes}) != len(lignes):
            raise ValidationError("Deux lignes sont les mêmes.")
        if any(len(ligne) > 200 for ligne in lignes):  # noqa: PLR2004 (la taille de la colonne)
            raise ValidationError("Une ligne a plus de 200 caractères.")
        return lignes


class FichierField(forms.FileField):
    """Un fichier contrôlé : type lu dans le contenu, taille, pièges, antivirus ; son nom est rendu sûr.

    Il est publié sans passer par la quarantaine d’une bibliothèque : l’antivirus répond donc avant.
    """

    def __init__(self, *, formats: tuple[str, ...], taille_maximale: int, **kwargs: Any) -> None:
        accept = ",".join(f".{extension}" for extension in formats)
        super().__init__(widget=forms.FileInput(attrs={"accept": accept}), **kwargs)
        self.formats = formats
        self.taille_maximale = taille_maximale  # Mo
        self.error_messages["empty"] = "Ce fichier est vide."

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Le fichier, ou l’erreur qui dit ce qui était attendu."""
        recu = super().clean(data, initial)
        if isinstance(recu, UploadedFile):
            fiche = controler(
                cast(BinaryIO, recu), recu.name or "", formats=self.formats, taille_maximale=self.taille_maximale
            )
            antivirus.exiger_sain(cast(BinaryIO, recu), fiche.nom)
            recu.name = fiche.nom
        return recu
