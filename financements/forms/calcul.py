"""Régler le calcul d’une sélection."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField

from comptes.models import Personne
from config.socle.montants import en_centimes, en_euros, format_nombre
from config.socle.saisie import SaisieEntiere
from financements.chiffres.arbitrage.donnees import impositions_de
from financements.chiffres.arbitrage.parametres import MINIMUM, PONDERATIONS, SECONDES, Parametres
from financements.forms.montants import EurosField, PourcentField, en_case
from financements.models import CalculDeSelection, Scenario
from financements.rules.selection import Objectif, Plancher, Ponderation
from financements.states import Imposition, MontantsMaximaux
from projets.models import AppelAProjets

CENT = 100
SECONDES_MINIMUM, SECONDES_MAXIMUM = 1, 600
PROJETS_MAXIMUM = 10_000


class CalculForm(SaisieEntiere, forms.Form):
    """Les contraintes, l’objectif, la durée. `noms` : code → nom des territoires, pour leurs planchers."""

    nom = forms.CharField(label="Nom du scénario à créer", max_length=80)
    base = forms.ModelChoiceField(
        label="Scénario de départ",
        queryset=Scenario.objects.none(),
        required=False,
        empty_label="aucun",
        help_text="Ses projets « toujours » et « jamais » retenus s’imposent au calcul.",
    )
    montants = forms.ChoiceField(label="Chaque projet reçoit au plus", choices=MontantsMaximaux.choices)
    minimum = PourcentField(
        label="Minimum viable (% du maximum)",
        required=True,
        help_text="Retenu, un projet reçoit chaque année entre ce minimum et son maximum, en euros entiers.",
    )
    ecarter_les_defavorables = forms.BooleanField(
        label="Écarter les projets à avis défavorable ou sans avis", required=False
    )
    part_note = forms.IntegerField(
        label="Poids des notes (%)",
        min_value=0,
        max_value=CENT,
        help_text="100 : les notes seules ; 0 : les allocataires accompagnés seuls ; entre les deux, un mélange.",
    )
    ponderation = forms.ChoiceField(
        label="Ce que pèse une note",
        choices=[(str(cle), dit[:1].upper() + dit[1:]) for cle, dit in PONDERATIONS.items()],
    )
    part_montant = forms.IntegerField(
        label="Part qui suit le taux de financement (%)",
        min_value=0,
        max_value=CENT,
        help_text="Ce que compte le montant reçu dans la valeur d’un projet ; retenu, il a le reste d’office.",
    )
    secondes = forms.IntegerField(
        label="Durée de la recherche (secondes, au plus)", min_value=SECONDES_MINIMUM, max_value=SECONDES_MAXIMUM
    )

    def __init__(
        self, *args: Any, personne: Personne, appel: AppelAProjets, noms: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.annees, self.noms = list(appel.annees), noms
        self.fields["base"].queryset = Scenario.objects.visibles_par(personne).filter(appel=appel)
        for annee in self.annees:
            self.fields[f"pro_{annee}"] = PourcentField(label=f"Part professionnelle {annee} d’au moins (%)")
        for code, nom in noms.items():
            montant = EurosField(label=f"{nom}, au moins (€)", required=False)
            nombre = forms.IntegerField(
                label=f"{nom}, projets au moins", required=False, min_value=0, max_value=PROJETS_MAXIMUM
            )
            nombre.widget.attrs |= {"class": "form-control form-control-sm", "aria-label": nombre.label}
            self.fields |= {f"montant_{code}": en_case(montant), f"nombre_{code}": nombre}

    def clean(self) -> dict[str, Any]:
        """Partir des montants d’un scénario demande ce scénario."""
        lus: dict[str, Any] = super().clean() or self.cleaned_data
        if lus.get("montants") == MontantsMaximaux.SCENARIO and not lus.get("base") and "base" not in self.errors:
            self.add_error("base", "Choisissez le scénario dont viennent les montants.")
        return lus

    @property
    def champs_des_annees(self) -> list[BoundField]:
        """La part professionnelle, une case par année."""
        return [self[f"pro_{annee}"] for annee in self.annees]

    @property
    def rangees_des_planchers(self) -> list[tuple[str, BoundField, BoundField]]:
        """Un territoire, son plancher en euros, son plancher en projets."""
        return [(nom, self[f"montant_{code}"], self[f"nombre_{code}"]) for code, nom in self.noms.items()]

    @property
    def a_des_planchers(self) -> bool:
        """Vrai si une case de plancher est remplie."""
        return any(champ.value() for _, *champs in self.rangees_des_planchers for champ in champs)

    def parametres(self) -> Parametres:
        """Ce qui part au calcul ; les projets imposés par le scénario de départ y sont figés."""
        lus = self.cleaned_data
        imposes = impositions_de(lus["base"]) if lus["base"] else {}
        return Parametres(
            montants=MontantsMaximaux(lus["montants"]),
            minimum=lus["minimum"],
            part_professionnelle={a: lus[f"pro_{a}"] for a in self.annees if lus[f"pro_{a}"]},
            planchers={code: plancher for code in self.noms if (plancher := self._plancher(code)) != Plancher()},
            objectif=Objectif(lus["part_note"], Ponderation(lus["ponderation"]), lus["part_montant"]),
            ecarter_les_defavorables=lus["ecarter_les_defavorables"],
            secondes=lus["secondes"],
            dedans=frozenset(projet for projet, i in imposes.items() if i is Imposition.DEDANS),
            dehors=frozenset(projet for projet, i in imposes.items() if i is Imposition.DEHORS),
        )

    def _plancher(self, code: str) -> Plancher:
        montant, nombre = self.cleaned_data[f"montant_{code}"], self.cleaned_data[f"nombre_{code}"]
        return Plancher(en_centimes(montant) if montant else 0, nombre or 0)


def depart_du_formulaire(appel: AppelAProjets, rang: int, base: Scenario | None) -> dict[str, Any]:
    """Un premier calcul : les montants proposés, la cible de l’appel chaque année, la note par euro."""
    cible = appel.part_pro_cible
    part_professionnelle = dict.fromkeys(appel.annees, en_centimes(cible)) if cible else {}
    parametres = Parametres(minimum=MINIMUM, secondes=SECONDES, part_professionnelle=part_professionnelle)
    return {"nom": f"Sélection calculée {rang}", "base": base.pk if base else None} | _cases(parametres)


def depart_d_un_calcul(calcul: CalculDeSelection, rang: int) -> dict[str, Any]:
    """Les réglages d’un calcul, pour le relancer après en avoir changé un."""
    base = calcul.base_id or calcul.scenario_id  # le scénario créé a les mêmes projets imposés
    return {"nom": f"Sélection calculée {rang}", "base": base} | _cases(Parametres.de_json(calcul.parametres))


def _cases(parametres: Parametres) -> dict[str, Any]:
    objectif = parametres.objectif
    cases: dict[str, Any] = {
        "montants": str(parametres.montants),
        "minimum": _pourcent(parametres.minimum),
        "ecarter_les_defavorables": parametres.ecarter_les_defavorables,
        "part_note": objectif.part_note,
        "ponderation": str(objectif.ponderation),
        "part_montant": objectif.part_montant,
        "secondes": parametres.secondes,
    }
    cases |= {f"pro_{annee}": _pourcent(part) for annee, part in parametres.part_professionnelle.items()}
    for code, plancher in parametres.planchers.items():
        cases |= {f"montant_{code}": en_euros(plancher.montant) if plancher.montant else None}
        cases |= {f"nombre_{code}": plancher.nombre or None}
    return cases


def _pourcent(centiemes: int) -> str:
    return format_nombre(Decimal(centiemes).scaleb(-2), 2 if centiemes % CENT else 0)
