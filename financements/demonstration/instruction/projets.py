"""Les projets de l’appel en instruction : qui les porte, leurs textes, leurs budgets. Une graine, un tirage."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log
from random import Random

from financements.demonstration.instruction.budget import Demande, demander_moins, tirer_budget
from financements.demonstration.instruction.parcours import Parcours, tirer_les_parcours
from financements.demonstration.instruction.reglages import ANNEES_EN_INSTRUCTION
from financements.demonstration.instruction.saisies import Redaction, completer_les_saisies, ecrire_les_saisies
from financements.demonstration.lieux import a_commune, dire_les_territoires, tirer_ville, villes
from financements.demonstration.lignes import LigneDemo
from financements.demonstration.themes import (
    ACI,
    EXPERIMENTATION,
    IOD,
    MEDIATION,
    OBSTACLES,
    SOCIAL,
    Theme,
)
from projets.rules.budget import Budget
from projets.rules.fusion import Valeur

NOMBRE = 240
GRAINE = 2026
# Sur cent projets, combien par axe ; demande annuelle médiane, en milliers d’euros.
PARTS_DES_AXES = {1: 8, 2: 15, 3: 19, 4: 25, 5: 33}
MEDIANES = {1: 62, 2: 24, 3: 46, 4: 22, 5: 18}
ETENDUE = (0.3, 3.0)  # autour de la médiane
RECONDUCTIONS = 35  # sur cent : même action que dans le programme voté
ANNEES_INEGALES, CHERS, DOUBLES, FSE_ICI = 7, 6, 6, 28  # sur cent
PROFILS = ((100, 100, 100), (100, 100, 100), (90, 100, 105), (100, 95, 90), (0, 100, 100), (100, 0, 0))
PROFIL_INEGAL = (60, 100, 145)
JUMEAUX = 3  # paires de projets du même organisme, presque le même intitulé, chacun avec du FSE
EUROS = 100
THEMES = {theme.sous_type: theme for theme in (IOD, *MEDIATION, *EXPERIMENTATION, ACI, *OBSTACLES, *SOCIAL)}


@dataclass(frozen=True, slots=True)
class ProjetDemo:
    """Un projet déposé. `parts` : (territoire, %).

    `saisies` : par champ, sans ce qui dépend des clés de la base ; `reponses` : par intitulé de question.
    """

    axe: int
    siret: str
    intitule: str
    parts: tuple[tuple[str, int], ...]
    allocataires: dict[int, int]
    budget: Budget
    saisies: dict[str, Valeur]
    reponses: dict[str, Valeur]
    est_reconduit: bool
    parcours: Parcours
    sous_type: str = ""

    @property
    def suite(self) -> "ProjetDemo | None":
        """Ce que rend le complément : moins demandé, un résultat précisé. None s’il n’y en a pas eu."""
        if self.parcours.rendue is None:
            return None
        budget = demander_moins(self.budget)
        return replace(self, budget=budget, saisies=completer_les_saisies(self.saisies, budget))


def tirer_projets(
    anciennes: Sequence[LigneDemo], *, nombre: int = NOMBRE, du_porteur: str = "", exclus: frozenset[str] = frozenset()
) -> list[ProjetDemo]:
    """`nombre` projets, dans l’ordre de leur dépôt, portés par les organismes du programme voté.

    `du_porteur` : SIRET d’un organisme à qui en donner trois, un par état parlant ; `exclus` : SIRET de ceux qui n’en
    déposent pas.
    """
    tirage = _Tirage(anciennes, exclus | {du_porteur})
    parcours = tirer_les_parcours(Random(GRAINE), nombre)  # noqa: S311 (rien de secret : on veut le même tirage)
    siennes = [ligne for ligne in anciennes if ligne.organisme.siret == du_porteur]
    a_lui = _a_donner(parcours) if siennes else frozenset()
    axes = _axes(tirage.alea, nombre)
    projets = [
        tirage.projet(siennes if rang in a_lui else tirage.par_axe[axe], sien)
        for rang, (axe, sien) in enumerate(zip(axes, parcours, strict=True))
    ]
    return _jumeler(projets, tirage)


def _a_donner(parcours: list[Parcours]) -> frozenset[int]:
    """Les rangs du premier projet incomplet dont l’échéance est à venir, du premier recevable, du premier déposé."""
    premiers: dict[str, int] = {}
    for rang, sien in enumerate(parcours):
        if not sien.est_en_retard:
            premiers.setdefault(sien.etat, rang)
    return frozenset(premiers[etat] for etat in ("incomplet", "recevable", "depose") if etat in premiers)


def _axes(alea: Random, nombre: int) -> list[int]:
    axes = [axe for axe, part in PARTS_DES_AXES.items() for _ in range(part)]
    tires = [axes[rang % len(axes)] for rang in range(nombre)]
    alea.shuffle(tires)
    return tires


def _jumeler(projets: list[ProjetDemo], tirage: "_Tirage") -> list[ProjetDemo]:
    """Quelques projets presque semblables à un autre du même organisme, chacun avec du FSE."""
    avec_fse = [rang for rang, projet in enumerate(projets) if any(li.compte == "74fe" for li in projet.budget.lignes)]
    for rang in avec_fse[: 2 * JUMEAUX : 2]:
        modele = projets[rang]
        autre = next((r for r in avec_fse if r > rang + 2 and projets[r].axe == modele.axe), None)
        if autre is not None:
            projets[autre] = tirage.jumeau(modele, projets[autre].parcours)
            avec_fse.remove(autre)
    return projets


class _Tirage:
    """L’état du tirage : le hasard de la graine, les actions votées dont on repart, les intitulés déjà pris."""

    def __init__(self, anciennes: Sequence[LigneDemo], exclus: frozenset[str]) -> None:
        self.alea = Random(GRAINE)  # noqa: S311 (rien de secret : on veut le même tirage)
        self.villes = villes()
        self.par_axe: dict[int, list[LigneDemo]] = defaultdict(list)
        for ligne in anciennes:
            if ligne.organisme.siret not in exclus:
                self.par_axe[ligne.axe].append(ligne)
        self.intitules: set[str] = set()

    def projet(self, parmi: Sequence[LigneDemo], parcours: Parcours) -> ProjetDemo:
        """Un projet d’après une de ces actions votées : son axe, son thème, ses territoires, son organisme."""
        ancienne = self.alea.choice(parmi)
        est_reconduit = self.alea.randrange(100) < RECONDUCTIONS and ancienne.intitule not in self.intitules
        lieu = tirer_ville(self.alea, self.villes[ancienne.parts[0][0]]).nom
        theme = THEMES[ancienne.sous_type]
        intitule = ancienne.intitule if est_reconduit else self._intitule(theme, ancienne.parts, lieu)
        self.intitules.add(intitule)
        return self._composer(ancienne, (intitule, lieu, est_reconduit), theme, parcours)

    def jumeau(self, modele: ProjetDemo, parcours: Parcours) -> ProjetDemo:
        """Le même organisme redemande presque la même chose, sur la même période."""
        intitule = f"{modele.intitule}, deuxième groupe"
        saisies = {**modele.saisies, "intitule": intitule}
        return replace(modele, intitule=intitule, saisies=saisies, parcours=parcours)

    def _composer(
        self, ancienne: LigneDemo, dits: tuple[str, str, bool], theme: Theme, parcours: Parcours
    ) -> ProjetDemo:
        intitule, lieu, est_reconduit = dits
        alea, axe = self.alea, ancienne.axe
        est_inegal = alea.randrange(100) < ANNEES_INEGALES
        profil = PROFIL_INEGAL if est_inegal else alea.choice(PROFILS)
        par_an = round(MEDIANES[axe] * 1000 * exp(alea.triangular(log(ETENDUE[0]), log(ETENDUE[1]))))
        demandes = {
            annee: par_an * part // 1000 * 10 * EUROS
            for annee, part in zip(ANNEES_EN_INSTRUCTION, profil, strict=True)
            if part
        }
        cher = 4 if alea.randrange(100) < CHERS else 1
        allocataires = _allocataires(alea, demandes, theme.cout_par_an * cher)
        demande = Demande(
            demandes=demandes,
            part=alea.choice((45, 50, 55, 60, 65, 70, 75, 80, 92)),
            part_fse=alea.randint(12, 30) if alea.randrange(100) < FSE_ICI else 0,
            lieu=lieu,
            axe=axe,
            double=alea.randrange(100) < DOUBLES,
        )
        budget = tirer_budget(alea, demande)
        redaction = Redaction(axe, ancienne.sous_type, intitule, lieu, ancienne.parts, allocataires, est_reconduit)
        saisies, reponses = ecrire_les_saisies(alea, redaction, budget)
        return ProjetDemo(
            axe=axe,
            siret=ancienne.organisme.siret,
            intitule=intitule,
            parts=ancienne.parts,
            allocataires=allocataires,
            budget=budget,
            saisies=saisies,
            reponses=reponses,
            est_reconduit=est_reconduit,
            parcours=parcours,
        )

    def _intitule(self, theme: Theme, parts: tuple[tuple[str, int], ...], lieu: str) -> str:
        """Un intitulé que personne ne porte encore ; un rang le distingue quand les mots n’y suffisent plus."""
        objet, complement = self.alea.choice(theme.objets), self.alea.choice(theme.complements)
        if theme is ACI:
            objet = f"Atelier et chantier d’insertion, {objet}"
        codes = [code for code, _ in parts]
        liaison = ", " if len(codes) > 1 and " dans " in complement else " "
        ou = dire_les_territoires(codes) if len(codes) > 1 else a_commune(lieu)
        base = intitule = f"{objet}{complement}{liaison}{ou}"
        rang = 1
        while intitule in self.intitules:
            rang += 1
            intitule = f"{base}, groupe {rang}"
        return intitule


def _allocataires(alea: Random, demandes: dict[int, int], cout_par_an: int) -> dict[int, int]:
    """Par année de l’appel ; aucune année sans demande n’en accompagne."""
    facteur = alea.uniform(0.7, 1.5)
    return {
        annee: max(3, round(demandes[annee] / (EUROS * cout_par_an * facteur))) if annee in demandes else 0
        for annee in ANNEES_EN_INSTRUCTION
    }
