"""Les formulaires de l’exécution : la file, la liquidation, les retours du comptable, les procédures, les règles."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from config.socle.saisie import SaisieEntiere
from financements.chiffres.execution.file import BLOQUES, PRETS, Filtre
from financements.chiffres.execution.liquidation import OBSTACLES
from financements.forms.montants import EurosField
from financements.models import Action, ProcedureContradictoire, RegleDeVersement
from financements.models.procedure import DELAI_MINIMAL
from financements.states.execution import EtatVersement, SorteDeProcedure
from projets.forms.fields import JourField
from projets.models import AppelAProjets, Axe
from territoires.models import Territoire

DELAI_AU_PLUS = 120  # jours
_PRETS = (
    ("", "tous"),
    (PRETS, "prêts à liquider"),
    (BLOQUES, "bloqués"),
    *((nom, f"bloqués\u00a0: {libelle}") for nom, libelle in OBSTACLES.items()),
)


class RegleDeLActionForm(forms.Form):
    """Par quelle règle se paie une action ; vide : celle de l’appel (lit `projet`)."""

    regle: forms.ModelChoiceField[RegleDeVersement] = forms.ModelChoiceField(
        label="Règle de versement", queryset=RegleDeVersement.objects.none(), required=False
    )

    def __init__(self, *args: Any, action: Action, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"regle": action.regle_de_versement_id}
        champ: Any = self.fields["regle"]
        champ.queryset = RegleDeVersement.objects.filter(appel=action.projet.appel_id)
        champ.empty_label = "celle de l’appel, par défaut"


def _texte(libelle: str, longueur: int = 2000, **options: Any) -> forms.CharField:
    return forms.CharField(label=libelle, max_length=longueur, widget=forms.Textarea(attrs={"rows": 3}), **options)


class FiltreForm(forms.Form):
    """Les filtres de la file, dans l’adresse. Un champ inconnu ne filtre pas."""

    q = forms.CharField(label="Action, organisme, SIRET", required=False, max_length=100)
    exercice = forms.TypedChoiceField(label="Exercice", required=False, coerce=int, empty_value=None)
    etat = forms.ChoiceField(label="État", required=False, choices=[("", "tous"), *EtatVersement.choices])
    pret = forms.ChoiceField(label="Liquidation", required=False, choices=_PRETS)
    axe = forms.TypedChoiceField(label="Axe", required=False, coerce=int, empty_value=None)
    territoire = forms.ChoiceField(label="Territoire", required=False)

    def __init__(self, *args: Any, appel: AppelAProjets, exercices: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        axes = Axe.objects.filter(appel=appel).order_by("numero")
        territoires = Territoire.objects.defer("contour").order_by("nom_tri")
        choix: dict[str, list[tuple[str, str]]] = {
            "exercice": [(str(an), str(an)) for an in exercices],
            "axe": [(str(axe.numero), f"{axe.numero}. {axe.intitule}") for axe in axes],
            "territoire": [(territoire.code, territoire.nom) for territoire in territoires],
        }
        for nom, options in choix.items():
            champ: Any = self.fields[nom]
            champ.choices = [("", "tous"), *options]

    @property
    def filtre(self) -> Filtre:
        """Les filtres bien remplis."""
        self.is_valid()
        return Filtre(**{nom: valeur for nom, valeur in self.cleaned_data.items() if valeur not in (None, "")})


class LiquiderForm(SaisieEntiere, forms.Form):
    """Liquider un versement ; le service fait, s’il n’est pas d’aujourd’hui."""

    service_fait_le = JourField(label="Service fait le", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_service_fait_le(self) -> Any:
        """Pas demain."""
        jour = self.cleaned_data["service_fait_le"]
        if jour and jour > timezone.localdate():
            raise ValidationError("Le service fait ne se constate pas d’avance.")
        return jour


class RetourForm(SaisieEntiere, forms.Form):
    """Ce que le comptable a fait d’un versement."""

    acte = forms.ChoiceField(
        label="Ce qui est constaté", choices=[("mandater", "mandaté"), ("payer", "payé"), ("rejeter", "rejeté")]
    )
    mandat = forms.CharField(label="Numéro de mandat", required=False, max_length=30)
    bordereau = forms.CharField(label="Numéro de bordereau", required=False, max_length=30)
    mandate_le = JourField(label="Mandaté le", required=False)
    paye_le = JourField(label="Payé le", required=False)
    motif = _texte("Motif du rejet", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class MotifForm(SaisieEntiere, forms.Form):
    """Un motif, pour un acte qui se justifie."""

    motif = _texte("Motif")


class PieceForm(forms.Form):
    """Une pièce que l’organisme dépose."""

    fichier = forms.FileField(
        label="Fichier",
        help_text="PDF, Word, Excel, OpenDocument, JPEG ou PNG, 50\u00a0Mo au plus.",
        error_messages={"required": "Choisissez un fichier."},
    )


class ProcedureForm(SaisieEntiere, forms.Form):
    """Ce qui est reproché, ce qui est envisagé."""

    sorte = forms.ChoiceField(label="Ce qui est envisagé", choices=SorteDeProcedure.choices)
    annee = forms.TypedChoiceField(label="Tranche en cause", required=False, coerce=int, empty_value=None)
    montant = EurosField(label="Montant en jeu (€)", required=False, help_text="Vide pour une suspension.")
    motif = _texte("Ce qui est reproché", help_text="L’organisme le lit et y répond\u00a0: les faits, datés.")
    delai = forms.IntegerField(
        label="Délai laissé à l’organisme (jours)",
        min_value=DELAI_MINIMAL.days,
        max_value=DELAI_AU_PLUS,
        initial=DELAI_MINIMAL.days,
    )

    def __init__(self, *args: Any, annees: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ: Any = self.fields["annee"]
        champ.choices = [("", "toute l’action"), *((annee, str(annee)) for annee in annees)]

    def clean(self) -> dict[str, Any]:
        """Une suspension n’a pas de montant ; les autres en ont un."""
        lues: dict[str, Any] = super().clean() or self.cleaned_data
        if lues.get("sorte") == SorteDeProcedure.SUSPENSION:
            lues["montant"] = None
        return lues


class DecisionForm(SaisieEntiere, forms.Form):
    """La décision motivée ; son montant s’il y en a un."""

    decision = _texte("Décision motivée", 5000, help_text="Les faits, le droit, et ce que l’organisme a répondu.")
    montant_retenu = EurosField(label="Montant retenu (€)", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, procedure: ProcedureContradictoire, **kwargs: Any) -> None:
        depart = {"montant_retenu": procedure.montant, "version": procedure.version}
        super().__init__(*args, initial=depart, **kwargs)
        if procedure.montant is None:
            del self.fields["montant_retenu"]


class RemiseForm(SaisieEntiere, forms.Form):
    """Le jour où l’organisme a reçu la lettre."""

    remise_le = JourField(label="Lettre remise le", help_text="La date de l’avis de réception.")
    version = forms.IntegerField(widget=forms.HiddenInput)


class ObservationsForm(SaisieEntiere, forms.Form):
    """Ce que l’organisme répond."""

    observations = _texte("Vos observations", 10000)


class TitreForm(SaisieEntiere, forms.Form):
    """Émettre ou recouvrer un titre."""

    acte = forms.ChoiceField(choices=[("emettre", ""), ("recouvrer", ""), ("annuler", "")])
    numero = forms.CharField(label="Numéro du titre", required=False, max_length=30)
    jour = JourField(label="Le", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class ReportForm(SaisieEntiere, forms.Form):
    """Clore un exercice : les crédits qui passent au suivant."""

    montant = EurosField(label="Crédits de paiement à reporter (€)")
    motif = forms.CharField(label="Motif", max_length=300)
    marque = forms.CharField(widget=forms.HiddenInput)
