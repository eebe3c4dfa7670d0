"""Ce qui s’imprime : le texte rempli et les chiffres, lus une fois pour le PDF et pour l’ODT."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings

from financements.chiffres.rapport_assemblee.annexe import Annexe
from financements.chiffres.rapport_assemblee.ecartes import Ecartes
from financements.chiffres.rapport_assemblee.imputations import TableauDImputation
from financements.chiffres.rapport_assemblee.rapport import ChiffresDuRapport, RangDAxe
from financements.models import RapportALAssemblee, Scenario
from financements.rules.blocs import Bloc, remplir

FICTION = "Données de démonstration\u00a0: projets, organismes et montants sont inventés."
NOTE_DES_PARTS = (
    "Un projet mené sur plusieurs territoires a une ligne chez chacun : les montants proposés y sont la part de ce "
    "territoire, son coût et sa demande y sont ceux du projet entier et ne s’additionnent pas."
)


@dataclass(frozen=True)
class Contenu:
    """`blocs` : le texte, variables remplacées ; montants en centimes."""

    departement: str
    appel: str
    titre: str
    scenario: str
    est_fictif: bool
    seance_le: date | None
    blocs: tuple[Bloc, ...]
    annees: tuple[int, ...]
    axes: list[RangDAxe]
    annexe: Annexe
    tableau: TableauDImputation
    ecartes: Ecartes


def lire_le_contenu(rapport: RapportALAssemblee, scenario: Scenario) -> Contenu:
    """Tout le rapport (`scenario` lit `appel`). Lève `TexteRefuse`, `RapportIncoherent`."""
    chiffres = ChiffresDuRapport(scenario)
    return Contenu(
        departement=settings.NOM_DEPARTEMENT,
        appel=scenario.appel.intitule,
        titre=rapport.titre,
        scenario=scenario.nom,
        est_fictif=scenario.appel.est_fictif,
        seance_le=rapport.seance_le,
        blocs=remplir(rapport.texte, chiffres.valeurs(rapport.seance_le)),
        annees=chiffres.annees,
        axes=chiffres.axes,
        annexe=chiffres.annexe,
        tableau=chiffres.tableau,
        ecartes=chiffres.ecartes,
    )
