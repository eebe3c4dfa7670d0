"""Deux scénarios côte à côte, ou un scénario et un programme voté : totaux, écarts, et d’où ils viennent."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import Case, Q, Sum, When

from config.socle.montants import en_euros
from financements.chiffres import Perimetre, Programme
from financements.chiffres.arbitrage.totaux import QUI_COMPTENT, totaux
from financements.chiffres.tableaux import ZERO, pourcent
from financements.models import LigneDeScenario, Scenario
from financements.states import TONS_DES_CHOIX, Choix
from projets.models import AppelAProjets, Axe
from projets.states import Volet
from territoires.models import Territoire


@dataclass(frozen=True)
class Cote:
    """Un côté de la comparaison, en euros. `territoires` par code, `axes` par numéro, `annees` : 1, 2, 3…"""

    libelle: str
    projets: int
    allocataires: int
    total: Decimal
    professionnel: Decimal
    territoires: Mapping[str, Decimal]
    axes: Mapping[int, Decimal]
    annees: Mapping[int, Decimal]

    @property
    def part_professionnelle(self) -> Decimal | None:
        """En % du total."""
        return pourcent(self.professionnel, self.total)

    @property
    def cout_par_allocataire(self) -> Decimal | None:
        """Euros par allocataire accompagné et par an."""
        accompagnes = self.allocataires * len(self.annees)
        return self.total / accompagnes if accompagnes else None


@dataclass(frozen=True)
class Ecart:
    """Une ligne : les deux valeurs et b − a. None : la valeur n’existe pas de ce côté."""

    libelle: str
    a: Decimal | None
    b: Decimal | None

    @property
    def ecart(self) -> Decimal | None:
        """b − a."""
        return None if self.a is None or self.b is None else self.b - self.a


@dataclass(frozen=True)
class Sort:
    """Ce qu’un scénario fait d’un projet : le choix, et les euros qui comptent (zéro s’il n’est pas retenu)."""

    choix: str
    montant: Decimal
    ligne: int

    @property
    def libelle(self) -> str:
        """« retenu »."""
        return str(Choix(self.choix).label)

    @property
    def ton(self) -> str:
        """Le ton du choix à l’écran."""
        return TONS_DES_CHOIX[self.choix]


@dataclass(frozen=True)
class Cause:
    """Pourquoi les totaux diffèrent : combien de projets, et leur part de l’écart (euros)."""

    cle: str
    libelle: str
    projets: int
    ecart: Decimal


def cote_du_scenario(scenario: Scenario) -> Cote:
    """Ce que retient un scénario. Deux requêtes."""
    lus = totaux(scenario)
    territoires: dict[str, Decimal] = {}
    axes: dict[int, Decimal] = {}
    annees: dict[int, Decimal] = dict.fromkeys(range(1, len(scenario.appel.annees) + 1), ZERO)
    for (code, annee, axe), centimes in lus.cellules.items():
        euros, rang = en_euros(centimes), annee - scenario.appel.annee_debut + 1
        territoires[code] = territoires.get(code, ZERO) + euros
        axes[axe] = axes.get(axe, ZERO) + euros
        annees[rang] = annees.get(rang, ZERO) + euros
    return Cote(
        libelle=scenario.nom,
        projets=lus.retenus,
        allocataires=lus.allocataires,
        total=en_euros(lus.total),
        professionnel=en_euros(lus.professionnel()),
        territoires=territoires,
        axes=axes,
        annees=annees,
    )


def cote_du_programme(appel: AppelAProjets) -> Cote:
    """Ce qu’a voté un appel précédent, par la couche de chiffres qui sert toutes les pages."""
    programme = Programme(Perimetre.entier(appel))
    axes = {ligne.axe.numero: ligne.total for ligne in programme.par_axe}
    return Cote(
        libelle=f"Programme voté {appel.periode}",
        projets=programme.synthese.actions,
        allocataires=programme.synthese.allocataires_accompagnes,
        total=programme.total,
        professionnel=sum(
            (ligne.total for ligne in programme.par_axe if ligne.axe.volet == Volet.PROFESSIONNEL), ZERO
        ),
        territoires={ligne.territoire.code: ligne.vote for ligne in programme.par_territoire},
        axes=axes,
        annees={rang: ligne.vote for rang, ligne in enumerate(programme.par_annee, start=1)},
    )


class Comparaison:
    """`a` et `b`, leurs écarts ; entre deux scénarios d’un même appel, projet par projet aussi."""

    def __init__(self, appel: AppelAProjets, a: Scenario, b: Scenario | AppelAProjets) -> None:
        self.appel, self.scenario_a = appel, a
        self.scenario_b = b if isinstance(b, Scenario) else None
        self.a = cote_du_scenario(a)
        self.b = cote_du_scenario(b) if isinstance(b, Scenario) else cote_du_programme(b)

    @property
    def ecart_total(self) -> Decimal:
        """b − a, en euros."""
        return self.b.total - self.a.total

    @property
    def ecart_projets(self) -> int:
        """b − a, en projets retenus."""
        return self.b.projets - self.a.projets

    @property
    def ecart_allocataires(self) -> int:
        """b − a, en allocataires accompagnés par an."""
        return self.b.allocataires - self.a.allocataires

    @cached_property
    def groupes(self) -> list[tuple[str, list[Ecart]]]:
        """Les tableaux d’écarts, dans l’ordre de la page."""
        return [("Par année", self.annees), ("Par territoire", self.territoires), ("Par axe", self.axes)]

    @property
    def plus_grand_ecart(self) -> Decimal:
        """L’échelle des barres."""
        return max((abs(e.ecart) for _, ecarts in self.groupes for e in ecarts if e.ecart is not None), default=ZERO)

    @property
    def annees(self) -> list[Ecart]:
        """Année par année ; deux programmes de périodes différentes se comparent rang à rang."""
        premiere = self.appel.annee_debut
        return [
            Ecart(str(premiere + rang - 1) if self.scenario_b else f"Année {rang}", montant, self.b.annees.get(rang))
            for rang, montant in self.a.annees.items()
        ]

    @property
    def territoires(self) -> list[Ecart]:
        """Un écart par territoire, par nom."""
        lus = Territoire.objects.order_by("nom_tri").values_list("code", "nom")
        return [Ecart(nom, self.a.territoires.get(c, ZERO), self.b.territoires.get(c, ZERO)) for c, nom in lus]

    @property
    def axes(self) -> list[Ecart]:
        """Un écart par axe de l’appel ; les axes de même numéro se répondent."""
        lus = Axe.objects.filter(appel=self.appel).order_by("numero").values_list("numero", "intitule")
        return [
            Ecart(f"{numero}. {intitule}", self.a.axes.get(numero, ZERO), self.b.axes.get(numero, ZERO))
            for numero, intitule in lus
        ]

    @cached_property
    def sorts(self) -> dict[int, tuple[Sort, Sort]]:
        """Projet → ce qu’en font a et b, pour ceux où ils diffèrent ; du plus grand écart au plus petit."""
        if self.scenario_b is None:
            return {}
        sorts_a, sorts_b = _sorts(self.scenario_a), _sorts(self.scenario_b)
        absent = Sort(Choix.NON_RETENU, ZERO, 0)
        paires = {
            projet: (sorts_a.get(projet, absent), sorts_b.get(projet, absent))
            for projet in sorts_a.keys() | sorts_b.keys()
        }
        differents = {p: (x, y) for p, (x, y) in paires.items() if (x.choix, x.montant) != (y.choix, y.montant)}
        return dict(sorted(differents.items(), key=lambda un: (-abs(un[1][1].montant - un[1][0].montant), un[0])))

    @property
    def causes(self) -> list[Cause]:
        """D’où vient l’écart des totaux : les trois font exactement b − a."""
        cas = {"seul_b": f"retenus par « {self.b.libelle} » seul", "seul_a": f"retenus par « {self.a.libelle} » seul"}
        cas |= {"montant": "retenus par les deux, montants différents"}
        return [
            Cause(cle, libelle, len(les), sum((y.montant - x.montant for x, y in les), ZERO))
            for cle, libelle in cas.items()
            for les in [[paire for paire in self.sorts.values() if nature(*paire) == cle]]
        ]


def nature(a: Sort, b: Sort) -> str:
    """Ce qui sépare deux sorts : « seul_a », « seul_b », « montant », ou « choix » (aucun ne retient)."""
    retenus = (a.choix == Choix.RETENU, b.choix == Choix.RETENU)
    return {(True, False): "seul_a", (False, True): "seul_b", (True, True): "montant"}.get(retenus, "choix")


def _sorts(scenario: Scenario) -> dict[int, Sort]:
    compte = Case(When(Q(**QUI_COMPTENT), then=Sum("parts__montant", default=ZERO)), default=ZERO)
    lignes = LigneDeScenario.objects.filter(scenario=scenario).order_by().annotate(euros=compte)
    return {
        projet: Sort(choix, euros, ligne)
        for ligne, projet, choix, euros in lignes.values_list("pk", "projet", "choix", "euros")
    }
