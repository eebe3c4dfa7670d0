"""L’onglet du budget : le tableau déposé, ses repères, et ce qui y attire l’œil."""

from typing import Any

from config.socle import dessins
from config.socle.montants import en_centimes
from config.socle.recherche import cle_de_tri
from projets.chiffres.analyse import autres_projets, reperes
from projets.models.cofinancement import Financeur
from projets.rules.analyse import (
    ECART_ENTRE_ANNEES,
    PART_DU_DEPARTEMENT,
    Exercice,
    ecarts_annuels,
    financeurs_en_double,
)
from projets.views.instruction.lecture import Lecture


def onglet_budget(lecture: Lecture) -> dict[str, Any]:
    """Le budget figé (None pour un projet repris d’un programme voté), l’analyse et les alertes."""
    projet = lecture.projet
    depot = projet.depots.last()
    exercices = [Exercice(e.annee, en_centimes(e.cout), en_centimes(e.montant_demande)) for e in lecture.exercices]
    financeurs = list(projet.cofinancements.all())
    lus, autres = reperes(projet), autres_projets(lecture.personne, projet)
    a_du_fse = any(financeur.financeur == Financeur.FSE for financeur in financeurs)
    return {
        "contenu": depot.contenu if depot else None,
        "exercices": exercices,
        "graphique": _dessin(exercices),
        "reperes": lus,
        "part_est_haute": lus.part.valeur is not None and lus.part.valeur > PART_DU_DEPARTEMENT,
        "ecarts_annuels": ecarts_annuels(exercices),
        "seuil_annuel": ECART_ENTRE_ANNEES,
        "en_double": financeurs_en_double((_nom(f), cle_de_tri(_nom(f))) for f in financeurs),
        "autres": autres,
        "fse_ailleurs": autres.fse if a_du_fse else [],
        "fse_caches": autres.fse_caches if a_du_fse else 0,
    }


def _nom(financeur: Any) -> str:
    """« commune, Denain »."""
    return ", ".join(filter(None, [financeur.get_financeur_display(), financeur.precision]))


def _dessin(exercices: list[Exercice]) -> dessins.Dessin | None:
    """Une pile par année : ce qui est demandé au département, et le reste du coût."""
    if not exercices:
        return None
    annees = ", ".join(str(exercice.annee) for exercice in exercices)
    return dessins.barres_empilees(
        titre=f"Coût par année, en euros, demande au département et autres produits, {annees}",
        categories=[str(exercice.annee) for exercice in exercices],
        series=[
            dessins.Serie("Demandé au département", tuple(e.demande for e in exercices), ton="bleu"),
            dessins.Serie("Autres produits", tuple(e.cout - e.demande for e in exercices), ton="neutre"),
        ],
        format_montant=dessins.EN_EUROS,
        hauteur=240,
    )
