"""Un projet face aux autres : médianes de son axe, autres projets de l’organisme, financements qui se recoupent."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection
from django.db.models import Exists, OuterRef, Q

from comptes.models import Personne
from projets.models import Cofinancement, ExerciceProjet, Projet
from projets.models.cofinancement import Financeur
from projets.rules.analyse import RESSEMBLANCE, Bornes, bornes_habituelles
from projets.states import EtatProjet

SANS_SUITE = frozenset(
    {EtatProjet.RETIRE.value, EtatProjet.IRRECEVABLE.value, EtatProjet.NON_RETENU.value, EtatProjet.CLASSE.value}
)
# Coût par allocataire et par an, part du département dans le coût : du projet, médiane et quartiles de l’axe, sans
# suite exclus.
_REPERES = """
    WITH deposes AS (
        SELECT p.id, p.etat <> ALL(%(sans_suite)s) AS compte,
               sum(e.cout) / NULLIF(p.allocataires_prevus * count(*), 0) AS par_allocataire,
               100 * sum(e.montant_demande) / NULLIF(sum(e.cout), 0) AS part
          FROM projets_projet p JOIN projets_exerciceprojet e ON e.projet_id = p.id
         WHERE p.appel_id = %(appel)s AND p.axe_id = %(axe)s AND p.numero IS NOT NULL AND p.etat <> 'brouillon'
           AND (p.id = %(projet)s OR p.etat <> ALL(%(sans_suite)s))
         GROUP BY p.id, p.etat
    )
    SELECT round(max(par_allocataire) FILTER (WHERE id = %(projet)s), 2),
           percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY par_allocataire) FILTER (WHERE compte),
           round(max(part) FILTER (WHERE id = %(projet)s), 1),
           round((percentile_cont(0.5) WITHIN GROUP (ORDER BY part) FILTER (WHERE compte))::numeric, 1),
           count(*) FILTER (WHERE compte), count(par_allocataire) FILTER (WHERE compte)
      FROM deposes
"""


@dataclass(frozen=True, slots=True)
class Repere:
    """La valeur du projet et la médiane de son axe ; None quand elle ne se calcule pas."""

    valeur: Decimal | None
    mediane: Decimal | None

    @property
    def maximum(self) -> Decimal:
        """Ce qui met les deux à la même échelle."""
        return max(self.valeur or Decimal(0), self.mediane or Decimal(0))


@dataclass(frozen=True, slots=True)
class Reperes:
    """`par_allocataire` : euros par allocataire et par an ; `part` : % du coût ; `comparables` : projets de l’axe.

    `bornes` : ce que coûte d’habitude un allocataire sur l’axe ; None s’il a trop peu de projets pour le dire.
    """

    par_allocataire: Repere
    part: Repere
    comparables: int
    bornes: Bornes | None = None

    @property
    def ecart(self) -> str:
        """« haut » ou « bas » si le coût par allocataire est inhabituel sur l’axe ; sinon vide."""
        return self.bornes.ecart(self.par_allocataire.valeur) if self.bornes else ""


def reperes(projet: Projet) -> Reperes:
    """Une requête, quel que soit le nombre de projets déposés."""
    with connection.cursor() as curseur:
        vise = {"appel": projet.appel_id, "axe": projet.axe_id, "projet": projet.pk}
        curseur.execute(_REPERES, {**vise, "sans_suite": list(SANS_SUITE)})
        cout, quartiles, part, part_mediane, nombre, chiffres = curseur.fetchone()
    q1, mediane, q3 = (None if q is None else round(Decimal(q), 2) for q in quartiles or (None, None, None))
    bornes = bornes_habituelles(q1, q3, chiffres)
    return Reperes(Repere(cout, mediane), Repere(part, part_mediane), nombre, bornes)


@dataclass(frozen=True, slots=True)
class AutresProjets:
    """Les autres projets déposés du même SIREN : ceux que la personne voit, et combien elle n’en voit pas.

    `doublons` : ceux, vus, dont l’intitulé ressemble et dont une année est commune ; `fse` : ceux, vus, d’une année
    commune qui demandent aussi le FSE ; `doublons_caches`, `fse_caches` : combien le sont hors de son périmètre.
    """

    vus: list[Projet]
    caches: int
    doublons: list[Projet]
    fse: list[Projet]
    doublons_caches: int
    fse_caches: int


def autres_projets(personne: Personne, projet: Projet) -> AutresProjets:
    """Une requête. Un projet hors du périmètre de la personne n’est que compté."""
    communes = ExerciceProjet.objects.filter(
        projet=OuterRef("pk"), annee__in=ExerciceProjet.objects.filter(projet=projet).values("annee")
    )
    fse = Cofinancement.objects.filter(projet=OuterRef("pk"), financeur=Financeur.FSE)
    visibles = Projet.objects.visibles_par(personne).filter(pk=OuterRef("pk"))
    lignes = (
        Projet.objects.deposes()
        .filter(_du_meme_siren(projet))
        .exclude(pk=projet.pk)
        .avec_montants()
        .annotate(
            ressemblance=TrigramSimilarity("intitule_tri", projet.intitule_tri),
            est_commun=Exists(communes),
            a_du_fse=Exists(fse),
            est_visible=Exists(visibles),
        )
        .select_related("appel")
        .order_by("-appel__annee_debut", "numero")
    )
    tous: list[Any] = list(lignes)  # annotés
    vus = [autre for autre in tous if autre.est_visible]
    vivants = [autre for autre in tous if autre.est_commun and autre.etat not in SANS_SUITE]
    proches = [autre for autre in vivants if Decimal(autre.ressemblance) >= RESSEMBLANCE]
    du_fse = [autre for autre in vivants if autre.a_du_fse]
    return AutresProjets(
        vus=vus,
        caches=len(tous) - len(vus),
        doublons=[autre for autre in proches if autre.est_visible],
        fse=[autre for autre in du_fse if autre.est_visible],
        doublons_caches=sum(not autre.est_visible for autre in proches),
        fse_caches=sum(not autre.est_visible for autre in du_fse),
    )


def _du_meme_siren(projet: Projet) -> Q:
    """Même organisme, ou un autre établissement de la même entreprise."""
    siret = projet.organisme.siret
    return Q(organisme=projet.organisme_id) | (Q(organisme__siret__startswith=siret[:9]) if siret else Q())
