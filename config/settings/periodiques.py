"""Les tâches périodiques et leur rythme, en secondes."""

from typing import Any


def _toutes(tache: str, secondes: float) -> dict[str, Any]:
    """Un passage manqué ne se rattrape pas : il expire un peu avant le suivant, qui suffit."""
    return {"task": tache, "schedule": secondes, "options": {"expires": secondes - min(5.0, secondes / 10)}}


PERIODIQUES = {
    "reprendre-les-travaux": _toutes("financements.reprendre_les_travaux", 60.0),
    "reprendre-les-lettres-de-decision": _toutes("financements.reprendre_les_lettres_de_decision", 300.0),
    "alerter-des-caducites": _toutes("financements.alerter_des_caducites", 3600.0),
    "suivre-les-signatures": _toutes("financements.suivre_les_signatures", 60.0),
    "produire-les-rapports-planifies": _toutes("financements.suivre_les_planifications", 600.0),
    "reprendre-les-courriels": _toutes("comptes.reprendre_les_courriels", 60.0),
    "reprendre-les-analyses": _toutes("comptes.reprendre_les_analyses", 60.0),
    "reprendre-les-recepisses": _toutes("projets.reprendre_les_recepisses", 60.0),
    "reprendre-les-journaux": _toutes("projets.reprendre_les_journaux", 60.0),
    "sceller-le-journal": _toutes("socle.sceller_le_journal", 3600.0),
    "reprendre-les-lots": _toutes("projets.reprendre_les_lots", 60.0),
    "reprendre-les-lettres": _toutes("projets.reprendre_les_lettres", 60.0),
    "effacer-les-orphelins": _toutes("comptes.effacer_les_orphelins", 3600.0),
    "ouvrir-et-clore-les-appels": _toutes("projets.suivre_l_horloge", 60.0),
    "grouper-les-avis": _toutes("comptes.grouper_les_avis", 600.0),
    "rappeler-les-echeances": _toutes("projets.rappeler_les_echeances", 3600.0),
    "relancer-les-avis-externes": _toutes("projets.relancer_les_avis_externes", 3600.0),
    "rappeler-l-instruction": _toutes("projets.rappeler_l_instruction", 3600.0),
    "ouvrir-les-bilans": _toutes("financements.ouvrir_les_bilans", 3600.0),
    "relancer-les-bilans": _toutes("financements.relancer_les_bilans", 3600.0),
    "reprendre-les-bilans": _toutes("financements.reprendre_les_bilans", 60.0),
    "reprendre-les-attestations": _toutes("financements.reprendre_les_attestations", 60.0),
    "effacer-les-courriels-sensibles": _toutes("comptes.effacer_les_courriels_sensibles", 3600.0),
}
