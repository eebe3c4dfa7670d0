"""Tout ce que dit le rapport, lu ensemble : ses variables, l’annexe, le tableau d’imputation, les écartés."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Sum

from config.socle.jours import jour
from config.socle.montants import en_euros, format_euros, format_nombre, format_pourcent
from financements.chiffres.arbitrage.totaux import QUI_COMPTENT, Totaux, totaux
from financements.chiffres.imputation import Imputations, imputations_de_l_appel
from financements.chiffres.rapport_assemblee.annexe import Annexe, annexe
from financements.chiffres.rapport_assemblee.donnees import retenus
from financements.chiffres.rapport_assemblee.ecartes import Ecartes, ecartes
from financements.chiffres.rapport_assemblee.imputations import TableauDImputation, tableau_d_imputation
from financements.models import Enveloppe, LigneDeScenario, Scenario
from projets.models import AppelAProjets


@dataclass(frozen=True)
class RangDAxe:
    """Un axe de la synthèse : centimes par année, et en tout."""

    numero: int
    intitule: str
    montants: tuple[int, ...]

    @property
    def total(self) -> int:
        """Toutes années."""
        return sum(self.montants)


class ChiffresDuRapport:
    """Les chiffres d’un scénario adopté (lit `appel`) ; chaque partie se lit une fois, à la demande."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.appel = scenario.appel
        self.annees = tuple(self.appel.annees)

    @cached_property
    def totaux(self) -> Totaux:
        """Les sommes que fait la base."""
        return totaux(self.scenario)

    @cached_property
    def imputations(self) -> Imputations:
        """Celles de l’appel."""
        return imputations_de_l_appel(self.appel)

    @cached_property
    def annexe(self) -> Annexe:
        """Par axe puis territoire. Lève `RapportIncoherent`."""
        return annexe(self.annees, retenus(self.scenario), self.totaux, self.imputations)

    @cached_property
    def tableau(self) -> TableauDImputation:
        """Le tableau d’imputation."""
        return tableau_d_imputation(self.scenario, self.imputations)

    @cached_property
    def ecartes(self) -> Ecartes:
        """Liste d’attente et non retenus."""
        return ecartes(self.scenario)

    @cached_property
    def axes(self) -> list[RangDAxe]:
        """Tous les axes de l’appel, retenus ou non."""
        return [
            RangDAxe(
                axe.numero,
                axe.intitule,
                tuple(self.totaux.par_axe.get((axe.numero, annee), 0) for annee in self.annees),
            )
            for axe in self.appel.axes.order_by("numero")
        ]

    @property
    def par_annee(self) -> tuple[int, ...]:
        """Centimes, dans l’ordre des années."""
        return tuple(self.totaux.par_annee.get(annee, 0) for annee in self.annees)

    def valeurs(self, seance_le: date | None) -> dict[str, str]:
        """Variable → texte. Sans date de séance, `date_seance` n’y est pas : le texte qui l’emploie attend."""
        lignes = LigneDeScenario.objects.filter(scenario=self.scenario, **QUI_COMPTENT)
        demande = lignes.aggregate(somme=Sum("projet__exercices__montant_demande"))["somme"]
        enveloppe = Enveloppe.objects.filter(appel=self.appel).first()
        chiffres, pro = self.totaux, self.totaux.professionnel()
        lues: dict[str, Any] = {
            "departement": settings.NOM_DEPARTEMENT,
            "appel": self.appel.intitule,
            "periode": self.appel.periode,
            "nombre_projets": format_nombre(chiffres.retenus),
            "nombre_organismes": format_nombre(lignes.values("projet__organisme").distinct().count()),
            "nombre_allocataires": format_nombre(chiffres.allocataires),
            "nombre_attente": format_nombre(len(self.ecartes.attente)),
            "nombre_non_retenus": format_nombre(len(self.ecartes.non_retenus)),
            "montant_total": format_euros(en_euros(chiffres.total)),
            "montant_demande": format_euros(demande or en_euros(0)),
            "montant_ae": format_euros(enveloppe.montant_ae) if enveloppe else "non votée",
            "montant_professionnel": format_euros(en_euros(pro)),
            "montant_social": format_euros(en_euros(chiffres.total - pro)),
            "part_professionnelle": format_pourcent(en_euros(pro) * 100 / en_euros(chiffres.total or 1)),
            **{f"montant_{annee}": _euros(chiffres.par_annee.get(annee, 0)) for annee in self.annees},
            **{f"montant_axe_{rang.numero}": _euros(rang.total) for rang in self.axes},
        }
        return lues | ({"date_seance": jour(seance_le)} if seance_le else {})


def variables_de(appel: AppelAProjets) -> dict[str, str]:
    """Variable → ce qu’elle dit, dans l’ordre où l’écran les liste. Celles de `ChiffresDuRapport.valeurs`."""
    return {
        "departement": "nom du département",
        "appel": "intitulé de l’appel à projets",
        "periode": "années de l’appel",
        "date_seance": "date de la séance",
        "nombre_projets": "projets proposés",
        "nombre_organismes": "organismes qui les portent",
        "nombre_allocataires": "allocataires accompagnés par an",
        "nombre_attente": "projets en liste d’attente",
        "nombre_non_retenus": "projets non retenus",
        "montant_total": "montant proposé, toutes années",
        **{f"montant_{annee}": f"montant proposé en {annee}" for annee in appel.annees},
        **{f"montant_axe_{axe.numero}": f"montant proposé, axe {axe.numero}" for axe in appel.axes.order_by("numero")},
        "montant_demande": "ce que les projets proposés demandaient",
        "montant_ae": "autorisation d’engagement",
        "montant_professionnel": "part de l’insertion professionnelle, en euros",
        "montant_social": "part de l’insertion sociale, en euros",
        "part_professionnelle": "part de l’insertion professionnelle, en pour cent",
    }


def _euros(centimes: int) -> str:
    return format_euros(en_euros(centimes))
