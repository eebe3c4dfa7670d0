"""L’avis, celui d’un territoire associé, celui que l’on demande au dehors, la réponse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from comptes.models import Document
from comptes.states import UTILISABLES
from config.socle.montants import format_euros
from projets.actions.rendre_un_avis import Contenu, Proposition
from projets.forms.fields import DecimalFrField
from projets.forms.version import Difference
from projets.models import AvisExterne, AvisInstruction, DocumentDepose, ExerciceProjet, Projet
from projets.models.avis_externe import LONGUEUR_D_UN_TEXTE
from projets.rules.motifs import LONGUEUR_D_UN_MOTIF
from projets.states import SensDeLAvis
from territoires.models import Territoire

PARTAGES = ("montre_intitule", "montre_organisme", "montre_resume")
Saisi = Mapping[str, Any] | None
CHOISIR = {"required": "Choisissez favorable, réservé ou défavorable."}


def _sens() -> forms.ChoiceField:
    choix = [(valeur, str(libelle).capitalize()) for valeur, libelle in SensDeLAvis.choices]
    return forms.ChoiceField(label="Avis", choices=choix, widget=forms.RadioSelect, error_messages=CHOISIR)


def _texte(libelle: str, longueur: int, lignes: int = 4, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=libelle, max_length=longueur, widget=forms.Textarea(attrs={"rows": lignes}), **options
    )


@dataclass(frozen=True, slots=True)
class AnneeProposee:
    """Une année du tableau : ce qui est déposé ; le coût éligible et le montant proposé, à saisir."""

    exercice: ExerciceProjet
    champs: tuple[forms.BoundField, forms.BoundField]


class AvisForm(forms.Form):
    """`dernier` : l’avis en vigueur, dont une nouvelle version part ; None pour le premier."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    sens = _sens()
    motif = _texte("Motif", LONGUEUR_D_UN_MOTIF)
    conditions = _texte("Conditions (facultatif)", LONGUEUR_D_UN_MOTIF, 2, required=False)

    def __init__(
        self, exercices: Sequence[ExerciceProjet], dernier: AvisInstruction | None, data: Saisi = None
    ) -> None:
        self.exercices = exercices
        self.conflit: list[Difference] = []
        super().__init__(data, initial=_depart(exercices, dernier))
        propose = (data or {}).get("sens") != SensDeLAvis.DEFAVORABLE  # défavorable : un montant vide vaut zéro
        for exercice in exercices:
            for nom, libelle in (("cout", "Coût éligible"), ("montant", "Proposé")):
                champ = DecimalFrField(
                    label=f"{libelle} {exercice.annee}",
                    min_value=0,
                    max_digits=12,
                    decimal_places=2,
                    required=propose or nom == "cout",
                )
                champ.widget.attrs["class"] = "form-control form-control-sm nombre"
                self.fields[f"{nom}_{exercice.annee}"] = champ

    @property
    def annees(self) -> list[AnneeProposee]:
        """Le tableau, année par année."""
        return [AnneeProposee(e, (self[f"cout_{e.annee}"], self[f"montant_{e.annee}"])) for e in self.exercices]

    def contenu(self) -> Contenu:
        """Ce qui est tapé, contrôlé champ par champ ; l’acte juge l’ensemble."""
        lu = self.cleaned_data
        propositions = {
            e.annee: Proposition(lu[f"montant_{e.annee}"] or Decimal(0), lu[f"cout_{e.annee}"]) for e in self.exercices
        }
        return Contenu(SensDeLAvis(lu["sens"]), lu["motif"], lu["conditions"], propositions)

    def signaler_le_conflit(self, actuel: AvisInstruction) -> None:
        """L’avis qui vient d’être rendu et celui que l’on tapait, côte à côte ; rendre encore ajoute une version."""
        enregistre = _depart(self.exercices, actuel)
        self.conflit = [
            Difference(str(champ.label), _lisible(enregistre[nom]), _lisible(self.cleaned_data.get(nom)))
            for nom, champ in self.fields.items()
            if nom != "version" and _lisible(enregistre[nom]) != _lisible(self.cleaned_data.get(nom))
        ]
        self.data = {**self.data.dict(), "version": str(actuel.version)}  # type: ignore[attr-defined]
        self.add_error(
            None,
            f"{actuel.rendu_par} vient de rendre un avis sur ce projet. Le vôtre n’est pas rendu\u00a0; il est gardé "
            "ci-dessous. Comparez\u00a0: l’envoyer maintenant fait une nouvelle version.",
        )


def _depart(exercices: Sequence[ExerciceProjet], dernier: AvisInstruction | None) -> dict[str, Any]:
    depart: dict[str, Any] = {"version": 0} | {f"cout_{e.annee}": e.cout for e in exercices}
    if dernier is None:
        return depart
    depart |= {"version": dernier.version, "sens": dernier.sens}
    depart |= {"motif": dernier.motif, "conditions": dernier.conditions}
    for p in dernier.propositions.all():
        depart |= {f"cout_{p.annee}": p.cout_eligible, f"montant_{p.annee}": p.montant}
    return depart


def _lisible(valeur: Any) -> str:
    if isinstance(valeur, Decimal):
        return format_euros(valeur)
    return str(dict(SensDeLAvis.choices).get(valeur, valeur)) if valeur not in (None, "") else "vide"


class AvisAssocieForm(forms.Form):
    """L’avis consultatif d’un des territoires de la personne."""

    territoire = forms.ModelChoiceField(Territoire.objects.none(), label="Au nom de", empty_label=None)
    sens = _sens()
    motif = _texte("Motif", LONGUEUR_D_UN_MOTIF, 3)

    def __init__(self, territoires: Sequence[Territoire], data: Saisi = None) -> None:
        super().__init__(data, prefix="associe")
        champ: Any = self.fields["territoire"]
        champ.queryset = Territoire.objects.filter(pk__in=[t.pk for t in territoires])
        champ.initial = territoires[0] if territoires else None


class AvisExterneForm(forms.ModelForm):  # type: ignore[type-arg]
    """À qui, quelle question, pour quand, et ce que la personne verra du projet."""

    class Meta:
        model = AvisExterne
        fields = ("nom", "email", "question", "echeance", *PARTAGES, "documents")
        widgets = {
            "question": forms.Textarea(attrs={"rows": 4}),
            "echeance": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "documents": forms.CheckboxSelectMultiple,
        }
        help_texts = {
            "email": "La personne reçoit un lien qui sert une fois, sans compte, jusqu’à l’échéance.",
            "documents": "La personne pourra télécharger ceux-là, et aucun autre.",
        }

    def __init__(self, projet: Projet, data: Saisi = None) -> None:
        super().__init__(data, instance=AvisExterne(projet=projet))
        champ: Any = self.fields["documents"]
        depots = projet.depots.order_by("-version")  # ce que le porteur joint depuis n’est pas déposé
        deposes = DocumentDepose.objects.filter(depot__in=depots[:1]).values("document")
        champ.queryset = Document.objects.filter(pk__in=deposes, etat__in=UTILISABLES).order_by("intitule", "pk")
        if not champ.queryset:
            del self.fields["documents"]

    def clean_echeance(self) -> Any:
        """Un jour à venir."""
        echeance = self.cleaned_data["echeance"]
        if echeance <= timezone.localdate():
            raise ValidationError("L’échéance est un jour à venir.")
        return echeance


class ReponseForm(forms.Form):
    """La réponse de la personne extérieure."""

    sens = _sens()
    reponse = _texte("Votre réponse", LONGUEUR_D_UN_TEXTE, 8)
