"""Le tableau d’imputation : Autorisés | Déjà contractés | Disponibles | Proposés | Nouveau solde."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Sum

from config.socle.montants import en_centimes
from financements.chiffres.arbitrage.totaux import QUI_COMPTENT
from financements.chiffres.imputation import Imputations
from financements.models import Imputation, PartDeScenario, Scenario
from financements.rules.imputation import ImputationManquante


@dataclass(frozen=True)
class LigneDImputation:
    """Une ligne du budget, en centimes."""

    code: str
    libelle: str
    autorise: int
    contracte: int
    propose: int

    @property
    def disponible(self) -> int:
        """Autorisé moins contracté."""
        return self.autorise - self.contracte

    @property
    def solde(self) -> int:
        """Ce qui restera si les propositions sont votées ; négatif : la ligne ne suffit pas."""
        return self.disponible - self.propose


@dataclass(frozen=True)
class TableauDImputation:
    """`a_imputer` : ce qu’aucune imputation ne reçoit (phrase → centimes), hors des lignes mais dans le total."""

    lignes: list[LigneDImputation]
    a_imputer: dict[str, int]

    @property
    def total(self) -> LigneDImputation:
        """La somme des lignes, et ce qui reste à imputer dans le proposé."""
        return LigneDImputation(
            "Total",
            "",
            sum(ligne.autorise for ligne in self.lignes),
            sum(ligne.contracte for ligne in self.lignes),
            sum(ligne.propose for ligne in self.lignes) + self.montant_a_imputer,
        )

    @property
    def montant_a_imputer(self) -> int:
        """Centimes proposés sans imputation."""
        return sum(self.a_imputer.values())

    @property
    def insuffisantes(self) -> list[LigneDImputation]:
        """Celles dont le nouveau solde est négatif."""
        return [ligne for ligne in self.lignes if ligne.solde < 0]


def tableau_d_imputation(scenario: Scenario, imputations: Imputations) -> TableauDImputation:
    """Une requête. Toutes les imputations de l’appel y sont, même celles que rien ne sollicite."""
    proposes: dict[int, int] = defaultdict(int)
    a_imputer: dict[str, int] = defaultdict(int)
    sommes = (
        PartDeScenario.objects.filter(
            ligne__scenario=scenario, **{f"ligne__{nom}": valeur for nom, valeur in QUI_COMPTENT.items()}
        )
        .order_by("ligne__projet__axe__numero", "annee")
        .values_list("ligne__projet__axe__numero", "ligne__projet__organisme__forme_juridique", "annee")
        .annotate(Sum("montant"))
    )
    for axe, forme, annee, montant in sommes:
        if not montant:
            continue
        try:
            une = imputations.de(axe=axe, forme_juridique=forme, exercice=annee)
        except ImputationManquante as manque:
            a_imputer[str(manque)] += en_centimes(montant)
        else:
            proposes[une.pk] += en_centimes(montant)
    return TableauDImputation(
        [_ligne(une, proposes.get(une.pk, 0)) for une in imputations.par_cle.values()], dict(a_imputer)
    )


def _ligne(imputation: Imputation, propose: int) -> LigneDImputation:
    return LigneDImputation(
        code=imputation.code,
        libelle=f"{imputation.libelle} ({imputation.exercices})",
        autorise=en_centimes(imputation.montant_autorise),
        contracte=en_centimes(imputation.deja_contracte),
        propose=propose,
    )
