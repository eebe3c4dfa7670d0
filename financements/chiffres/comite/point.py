"""Un point de l’ordre du jour : le projet, ses montants, ses déports et amendements, ce qui reste là où il pèse."""

from collections.abc import Sequence
from dataclasses import dataclass

from comptes.models import Personne
from financements.chiffres.arbitrage.lignes import LIEES, LigneMontree, lignes_montrees
from financements.chiffres.arbitrage.panneau import Panneau, Rang
from financements.models import Amendement, Comite, DeportDElu, LigneDeScenario, PointDuComite
from financements.states import Choix
from projets.models import PartProjet


@dataclass(frozen=True)
class PointVu:
    """`vue` : la ligne du scénario ; None si le projet n’y est plus."""

    point: PointDuComite
    vue: LigneMontree

    @property
    def reference(self) -> str:
        """« AAP16-0012 »."""
        return self.vue.reference


@dataclass(frozen=True)
class AmendementLu:
    """Un amendement en clair ; `annees` : (année, centimes avant, centimes après) de celles qui changent."""

    amendement: Amendement
    choix_avant: str
    choix_apres: str
    annees: list[tuple[str, int, int]]


def points_vus(comite: Comite, points: Sequence[PointDuComite]) -> list[PointVu]:
    """Ces points, dans leur ordre : quatre requêtes."""
    lignes = LigneDeScenario.objects.filter(scenario=comite.scenario_id, projet__in=[p.projet_id for p in points])
    vues = {vue.projet: vue for vue in lignes_montrees(list(lignes.select_related(*LIEES)))}
    return [PointVu(point, vues[point.projet_id]) for point in points if point.projet_id in vues]


def point_courant(comite: Comite, personne: Personne) -> PointVu | None:
    """Le point que la salle examine ; None si l’ordre du jour est vide, ou si elle s’en est déportée."""
    points = comite.points.visibles_par(personne).filter(rang=comite.rang_courant).select_related("axe", "territoire")
    vus = points_vus(comite, list(points))
    return vus[0] if vus else None


def amendements_du_point(point: PointDuComite) -> list[AmendementLu]:
    """Du premier au dernier."""
    return [_lu(un) for un in point.amendements.select_related("propose_par", "enregistre_par")]


def deports_du_projet(comite: Comite, projet: int) -> list[DeportDElu]:
    """Les élus qui s’écartent de ce projet."""
    return list(DeportDElu.objects.filter(elu__comite=comite, projet=projet).select_related("elu"))


def restes_du_projet(panneau: Panneau, projet: int) -> list[Rang]:
    """Ce qui reste dans les territoires du projet, la plus grande part d’abord, puis dans son axe s’il est borné."""
    parts = PartProjet.objects.filter(projet=projet).order_by("-pourcentage", "territoire__nom_tri")
    par_code = {rang.cle: rang for rang in panneau.territoires}
    return [par_code[code] for code in parts.values_list("territoire__code", flat=True) if code in par_code]


def _lu(amendement: Amendement) -> AmendementLu:
    (avant, montants_avant), (apres, montants_apres) = amendement.avant, amendement.apres
    return AmendementLu(
        amendement,
        str(Choix(avant).label),
        str(Choix(apres).label),
        [
            (an, montants_avant.get(an, 0), montants_apres.get(an, 0))
            for an in sorted(montants_avant | montants_apres)
            if montants_avant.get(an, 0) != montants_apres.get(an, 0)
        ],
    )
