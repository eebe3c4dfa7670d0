"""La fiche d’un projet, ou de tous ceux d’un ordre du jour, en un nombre constant de requêtes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from financements.chiffres.arbitrage.lignes import LigneMontree
from financements.chiffres.comite.point import points_vus
from financements.models import Comite, PointDuComite
from projets.chiffres.analyse import Repere
from projets.chiffres.comparaison import CritereMoyen, couts_par_allocataire, moyennes_par_critere_des_projets
from projets.models import AvisInstruction, PartProjet

# Une fiche tient sur une page : ce qui est écrit librement y est coupé, et le dit.
MOTIF, CONDITIONS, CRITERES = 700, 250, 10
CHARGEE = 1_400  # caractères : au-delà, la fiche se compose plus serrée


@dataclass(frozen=True)
class Fiche:
    """Ce que dit la page d’un projet. `parts` : (territoire, %). `criteres_tus` : combien n’y tiennent pas."""

    point: PointDuComite
    vue: LigneMontree
    criteres: list[CritereMoyen]
    criteres_tus: int
    cout: Repere
    parts: list[tuple[str, Decimal]]
    motif: str
    conditions: str

    @property
    def allocataires(self) -> int:
        """Prévus par an."""
        return self.vue.ligne.projet.allocataires_prevus

    @property
    def est_chargee(self) -> bool:
        """Beaucoup à dire sur une page."""
        libres = len(self.vue.ligne.projet.intitule) + len(self.motif) + len(self.conditions)
        return libres + 60 * len(self.criteres) + 30 * len(self.parts) > CHARGEE


def fiches(comite: Comite, points: Sequence[PointDuComite]) -> list[Fiche]:
    """Dans l’ordre du jour. Chaque point lu avec son axe et son territoire."""
    vus = points_vus(comite, points)
    projets = [vu.vue.projet for vu in vus]
    criteres = moyennes_par_critere_des_projets(projets)
    couts = couts_par_allocataire(comite.appel_id, projets)
    parts, avis = _parts(projets), _avis(projets)
    trouvees = []
    for vu in vus:
        pk = vu.vue.projet
        motif, conditions = avis.get(pk, ("", ""))
        trouvees.append(
            Fiche(
                point=vu.point,
                vue=vu.vue,
                criteres=criteres[pk][:CRITERES] if pk in criteres else [],
                criteres_tus=max(len(criteres.get(pk, [])) - CRITERES, 0),
                cout=couts.get(pk, Repere(None, None)),
                parts=parts.get(pk, []),
                motif=coupe(motif, MOTIF),
                conditions=coupe(conditions, CONDITIONS),
            )
        )
    return trouvees


def coupe(texte: str, longueur: int) -> str:
    """Le texte d’un seul tenant, coupé à un mot, « […] » s’il l’est."""
    plat = " ".join(texte.split())
    if len(plat) <= longueur:
        return plat
    return f"{plat[: longueur - 4].rsplit(' ', 1)[0]} […]"


def _parts(projets: Sequence[int]) -> dict[int, list[tuple[str, Decimal]]]:
    lues: dict[int, list[tuple[str, Decimal]]] = {}
    parts = PartProjet.objects.filter(projet__in=projets).order_by("projet", "-pourcentage", "territoire__nom_tri")
    for projet, nom, part in parts.values_list("projet", "territoire__nom", "pourcentage"):
        lues.setdefault(projet, []).append((nom, part))
    return lues


def _avis(projets: Sequence[int]) -> dict[int, tuple[str, str]]:
    derniers = AvisInstruction.objects.filter(projet=OuterRef("projet")).order_by("-version").values("pk")[:1]
    avis = AvisInstruction.objects.filter(projet__in=projets, pk=Subquery(derniers))
    return {
        projet: (motif, conditions) for projet, motif, conditions in avis.values_list("projet", "motif", "conditions")
    }
