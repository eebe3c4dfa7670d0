"""Un petit programme exécuté, pour les écrans du suivi."""

from datetime import date

from financements.models import Action
from financements.states.execution import EtatBilan, EtatVersement
from tests.comptes.fabriques import OrganismeFactory
from tests.financements.execution.fabriques import bilan, convention, engager, versement
from tests.financements.fabriques import action_votee, enveloppe_repartie
from tests.projets.fabriques import AppelFactory, AxeFactory
from tests.territoires.fabriques import TerritoireFactory

V = EtatVersement


def execute(**appel: object) -> list[Action]:
    """Trois actions engagées sur deux ans : une payée en partie, une liquidée, une mandatée. 1 000 € de CP par an."""
    programme = AppelFactory(slug="essai", annee_debut=2016, annee_fin=2017, **appel)
    axes = [AxeFactory(appel=programme, numero=numero) for numero in (1, 2)]
    nord, sud = TerritoireFactory(code="NORD", nom="Nord"), TerritoireFactory(code="SUD", nom="Sud")
    enveloppe_repartie(programme, {2016: "1000.00", 2017: "1000.00"}, {nord: 2, sud: 1})
    amis = OrganismeFactory(nom="Les Amis", siret="78467169500087", forme_juridique="association")
    freres = OrganismeFactory(nom="Les Amis, antenne", siret="78467169500103", forme_juridique="association")
    une = action_votee(
        axe=axes[0], numero=1, parts={nord: 50, sud: 50}, montants={2016: "100.01", 2017: "100.00"}, organisme=amis
    )
    deux = action_votee(axe=axes[0], numero=2, parts={nord: 100}, montants={2016: "200.00"}, organisme=freres)
    trois = action_votee(
        axe=axes[1],
        numero=3,
        parts={sud: 100},
        montants={2016: "50.00", 2017: "150.00"},
        organisme=OrganismeFactory(nom="CCAS", forme_juridique="ccas"),
    )
    for action in (une, deux, trois):
        engager(action)
    versement(une, "80.01", V.PAYE)
    versement(une, "20.00", V.PREVU, prevu_le=date(2016, 12, 1))
    versement(une, "100.00", V.PREVU, annee=2017, exercice=2017, prevu_le=date(2017, 3, 1))
    versement(deux, "150.00", V.LIQUIDE, service_fait_le=date(2016, 12, 15), liquide_le=date(2016, 12, 20))
    versement(trois, "50.00", V.MANDATE, mandate_le=date(2017, 1, 10), service_fait_le=date(2016, 11, 30))
    versement(trois, "120.00", V.PREVU, annee=2017, exercice=2017, prevu_le=date(2017, 9, 1))
    convention(une)
    bilan(une, 2016, EtatBilan.VALIDE)
    bilan(trois, 2016)
    return [une, deux, trois]
