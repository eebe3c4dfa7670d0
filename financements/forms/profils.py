"""Régler un profil d’échange : ses formats, et ses colonnes, chacune à sa place et sous son en-tête."""

from collections.abc import Iterator
from typing import Any

from django import forms

from config.socle.saisie import SaisieEntiere
from financements.models import ProfilDExport
from financements.states.echanges import COLONNES, SorteDeProfil
from projets.forms.version import repartir_de
from projets.models import AppelAProjets

CHAMPS = (
    "nom", "separateur", "encodage", "format_date", "format_montant", "avec_entete", "longueur_objet", "budget",
)  # fmt: skip
# Un retour se lit quels que soient son séparateur, son encodage et ses dates : il n’a pas ces réglages.
_INUTILES_A_UN_RETOUR = ("separateur", "encodage", "format_date", "avec_entete", "longueur_objet", "budget")
PLACES = 99
_ETROIT = {"class": "form-control form-control-sm"}


class ProfilForm(SaisieEntiere, forms.ModelForm):  # type: ignore[type-arg]
    """Un profil ; une colonne sans place n’est pas dans le fichier."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = ProfilDExport
        fields = CHAMPS

    def __init__(self, *args: Any, profil: ProfilDExport, **kwargs: Any) -> None:
        super().__init__(*args, instance=profil, **kwargs)
        self.sorte = SorteDeProfil(profil.sorte)
        self.fields["version"].initial = profil.version
        if self.sorte == SorteDeProfil.RETOUR:
            for nom in _INUTILES_A_UN_RETOUR:
                del self.fields[nom]
        places = {cle: (rang, entete) for rang, (cle, entete) in enumerate(profil.colonnes, start=1)}
        for cle, (libelle, _) in COLONNES[self.sorte].items():
            place, entete = places.get(cle, (None, cle))
            self.fields[f"place_{cle}"] = forms.IntegerField(
                label=f"Place de « {libelle} »",
                required=False,
                min_value=1,
                max_value=PLACES,
                initial=place,
                widget=forms.NumberInput(attrs=_ETROIT),
            )
            self.fields[f"entete_{cle}"] = forms.CharField(
                label=f"En-tête de « {libelle} »",
                required=False,
                max_length=60,
                initial=entete,
                widget=forms.TextInput(attrs=_ETROIT),
            )

    def signaler_le_conflit(self, actuel: ProfilDExport) -> None:
        """Dit les en-têtes enregistrés ; la saisie reste."""
        repartir_de(
            self,
            actuel,
            f"Quelqu’un vient de modifier ce profil\u00a0: {', '.join(actuel.entetes)}. Relisez votre saisie, puis "
            "envoyez de nouveau.",
        )

    @property
    def formats(self) -> Iterator[Any]:
        """Les champs communs, hors colonnes ; ceux qui servent à cette sorte de fichier."""
        return (self[nom] for nom in CHAMPS if nom in self.fields)

    @property
    def grille(self) -> list[tuple[str, str, Any, Any]]:
        """(clé, ce qu’elle porte, champ de la place, champ de l’en-tête) de chaque colonne possible."""
        return [
            (cle, libelle, self[f"place_{cle}"], self[f"entete_{cle}"])
            for cle, (libelle, _) in COLONNES[self.sorte].items()
        ]

    def clean(self) -> dict[str, Any]:
        """Des places et des en-têtes distincts ; au moins une colonne, et celles sans quoi le fichier ne sert pas."""
        lues: dict[str, Any] = super().clean() or self.cleaned_data
        prises: dict[int, str] = {}
        entetes: set[str] = set()
        for cle in COLONNES[self.sorte]:
            place, entete = lues.get(f"place_{cle}"), lues.get(f"entete_{cle}") or cle
            if place is None:
                continue
            if place in prises:
                self.add_error(f"place_{cle}", "Une autre colonne a déjà cette place.")
            if entete in entetes:
                self.add_error(f"entete_{cle}", "Une autre colonne a déjà cet en-tête.")
            prises[place] = cle
            entetes.add(entete)
        if not self.errors and "id_externe" not in prises.values():
            self.add_error("place_id_externe", "Sans l’identifiant, le retour d’exécution ne retrouverait rien.")
        return lues

    def colonnes(self) -> list[list[str]]:
        """[clé, en-tête], dans l’ordre des places ; le formulaire doit être valide."""
        lues = self.cleaned_data
        placees = [(lues[f"place_{cle}"], cle) for cle in COLONNES[self.sorte] if lues[f"place_{cle}"]]
        return [[cle, lues[f"entete_{cle}"] or cle] for _, cle in sorted(placees)]

    def saisie(self) -> dict[str, Any]:
        """Les champs du profil tels que la page les veut ; ceux qu’elle ne montre pas restent ce qu’ils sont."""
        lues = {nom: self.cleaned_data.get(nom, getattr(self.instance, nom)) for nom in CHAMPS}
        return {**lues, "colonnes": self.colonnes()}

    def profil_saisi(self) -> ProfilDExport:
        """Un profil de cette saisie, pas enregistré : pour l’aperçu."""
        return ProfilDExport(sorte=self.sorte, **self.saisie())

    def _post_clean(self) -> None:
        """Le modèle se vérifie dans l’acte, sous verrou : ici, l’objet lu ne change pas."""


class SorteForm(forms.Form):
    """Quel fichier le profil décrit."""

    sorte = forms.ChoiceField(label="Fichier", choices=SorteDeProfil.choices)


class EnvoiForm(forms.Form):
    """Quel exercice envoyer, et quelles liquidations."""

    exercice = forms.TypedChoiceField(label="Exercice", required=False, coerce=int, empty_value=None)
    toutes = forms.BooleanField(label="Les liquidations déjà mandatées aussi", required=False)

    def __init__(self, *args: Any, appel: AppelAProjets, sorte: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        suivante = appel.annees[-1] + 1  # un solde se paie l’année d’après
        choix = [("", "Tous"), *((an, str(an)) for an in (*appel.annees, suivante))]
        champ = self.fields["exercice"]
        if isinstance(champ, forms.TypedChoiceField):
            champ.choices = choix
        if sorte != SorteDeProfil.LIQUIDATIONS:
            del self.fields["toutes"]

    @property
    def exercice_demande(self) -> int | None:
        """L’exercice demandé ; None pour tous, ou s’il n’existe pas."""
        lu: int | None = self.cleaned_data.get("exercice") if self.is_valid() else None
        return lu

    @property
    def avec_les_mandatees(self) -> bool:
        """Vrai si les liquidations mandatées partent aussi."""
        return bool(self.is_valid() and self.cleaned_data.get("toutes"))
