"""Un formulaire par sorte d’élément d’un appel : axe, pièce demandée, question, critère."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from config.socle.fichiers.contenu import DOCX, ODS, ODT, PDF, XLSX
from config.socle.fichiers.formats import FormatDeFichier
from projets.forms.fields import DecimalFrField, FichierField, LignesField
from projets.forms.version import AvecVersion
from projets.models import AppelAProjets, Axe, Critere, PieceDemandee, PointDeRecevabilite, Question
from projets.models.reglages import CHOIX_AU_MOINS
from projets.states import SORTES_A_CHOIX

TAILLE_D_UN_MODELE = 10  # Mo


class ElementForm(AvecVersion):
    """Base : reçoit l’appel, dont les axes sont offerts. `appel` doit être enregistré."""

    def __init__(self, *args: Any, appel: AppelAProjets, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "axe" in self.fields:
            champ = self.fields["axe"]
            champ.queryset = Axe.objects.filter(appel=appel).order_by("numero")
            champ.empty_label = "Tous les projets"
            champ.label = "Demandée pour"


class AxeForm(ElementForm):
    class Meta:
        model = Axe
        fields = ("intitule", "volet", "description")


class PieceForm(ElementForm):
    formats = forms.MultipleChoiceField(
        label="Formats admis", choices=FormatDeFichier.choices, widget=forms.CheckboxSelectMultiple
    )
    modele = FichierField(
        label="Modèle à remplir",
        formats=(PDF, DOCX, XLSX, ODT, ODS),
        taille_maximale=TAILLE_D_UN_MODELE,
        required=False,
        help_text=f"Le porteur le télécharge, le remplit et le joint. {TAILLE_D_UN_MODELE}\u00a0Mo au plus.",
    )
    retirer_le_modele = forms.BooleanField(label="Retirer le modèle actuel", required=False)

    class Meta:
        model = PieceDemandee
        fields = ("intitule", "aide", "axe", "est_obligatoire", "formats", "taille_maximale", "modele")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.initial["formats"] = [PDF]
        if not self.instance.modele:
            self.fields.pop("retirer_le_modele", None)
        elif "modele" in self.fields:
            self.fields["modele"].help_text = f"Modèle actuel\u00a0: {self.instance.modele_nom}. Un autre le remplace."

    def clean(self) -> Any:
        """Le nom du modèle suit le fichier."""
        donnees = super().clean() or self.cleaned_data
        recu = donnees.get("modele")
        if isinstance(recu, UploadedFile):
            self.instance.modele_nom = recu.name
        elif donnees.get("retirer_le_modele"):
            donnees["modele"] = False
            self.instance.modele_nom = ""
        return donnees


class QuestionForm(ElementForm):
    choix = LignesField(
        label="Choix proposés",
        required=False,
        help_text="Pour un choix unique ou multiple seulement : un choix par ligne, dans l’ordre.",
    )

    class Meta:
        model = Question
        fields = ("intitule", "aide", "axe", "sorte", "choix", "est_obligatoire")

    def clean(self) -> Any:
        """Deux choix au moins, et seulement quand la réponse est un choix."""
        donnees = super().clean() or self.cleaned_data
        if "sorte" not in donnees or "choix" not in donnees:
            return donnees
        if donnees["sorte"] not in SORTES_A_CHOIX:
            donnees["choix"] = []
        elif len(donnees["choix"]) < CHOIX_AU_MOINS:
            self.add_error("choix", ValidationError("Proposez au moins deux choix, un par ligne."))
        return donnees


class CritereForm(ElementForm):
    poids = DecimalFrField(
        label="Poids (%)",
        max_digits=5,
        decimal_places=2,
        help_text="La somme des poids fait 100\u00a0% à la publication.",
    )

    class Meta:
        model = Critere
        fields = ("intitule", "aide", "note_maximale", "poids", "note_plancher")


class PointForm(ElementForm):
    class Meta:
        model = PointDeRecevabilite
        fields = ("intitule", "aide", "est_obligatoire")
