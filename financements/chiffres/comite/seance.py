"""La séance en données simples : ce que lisent le compte rendu et le procès-verbal, et ce que fige la photographie.

Montants en centimes, notes en texte (« 72.50 »), dates ISO : rien que JSON ne sache garder.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from comptes.models import Personne
from config.socle.montants import en_centimes
from financements.chiffres.arbitrage.donnees import connus, montants_des_lignes
from financements.chiffres.arbitrage.panneau import Panneau, Rang
from financements.chiffres.comite.notes import EcartLu, ordre_des_notes
from financements.models import Amendement, Comite, DeportDElu, LigneDeScenario, PointDuComite
from financements.models.deports import projets_fermes_a
from financements.states import Choix, EtatComite
from projets.models import Projet
from projets.rules.depot import reference
from projets.states import SensDeLAvis

FORME = 1  # version de la forme du contenu : une photographie se relit toujours

Etat = tuple[str, dict[str, int]]


def seance_du_comite(comite: Comite) -> dict[str, Any]:
    """La photographie si le comité est clos, sinon la séance telle qu’elle est à cet instant."""
    if comite.etat == EtatComite.CLOS:
        lue: dict[str, Any] = json.loads(comite.photographie.contenu)
        return lue
    return seance(comite)


def seance(comite: Comite, clos_par: str = "") -> dict[str, Any]:
    """Tout ce qu’un procès-verbal dit, en un nombre constant de requêtes."""
    amendements = list(
        Amendement.objects.filter(point__comite=comite)
        .select_related("point__projet__appel", "propose_par", "enregistre_par")
        .order_by("pk")
    )
    notes, panneau = ordre_des_notes(comite), Panneau(comite.scenario)
    return {
        "forme": FORME,
        "comite": _comite(comite, clos_par),
        "appel": {
            "slug": comite.appel.slug,
            "intitule": comite.appel.intitule,
            "annees": list(comite.appel.annees),
            "part_pro_cible": _nombre(comite.appel.part_pro_cible),
        },
        "scenario": {"numero": comite.scenario_id, "nom": comite.scenario.nom, "rang": comite.scenario.rang},
        "elus": list(comite.elus.values("nom", "qualite", "canton")),
        "points": points_de_la_seance(comite, amendements),
        "amendements": [_amendement(numero, un) for numero, un in enumerate(amendements, start=1)],
        "deports": [_deport(un) for un in _deports(comite)],
        "ecarts": [_ecart(un) for un in (*notes.a_justifier, *notes.justifies)],
        "ex_aequo": [[ref(projet) for projet in egaux] for egaux in notes.ex_aequo],
        "enveloppes": _enveloppes(panneau),
        "volets": [
            {"annee": v.annee, "professionnel": _nombre(v.professionnel), "social": _nombre(v.social)}
            for v in panneau.volets
        ],
    }


def seance_lue_par(personne: Personne, comite: Comite) -> dict[str, Any]:
    """La séance sans ce qui nomme un projet dont la personne s’est déportée ; ses totaux, eux, le comptent.

    `tues` : les parties auxquelles il manque quelque chose.
    """
    lue = seance_du_comite(comite)
    fermes = comite.points.filter(projet__in=projets_fermes_a(personne)).select_related("projet__appel")
    references = {ref(point.projet) for point in fermes}
    nommes = {
        partie: [un for un in lue[partie] if un["reference"] not in references]
        for partie in ("points", "amendements", "deports", "ecarts")
    }
    nommes["ecarts"] = [un for un in nommes["ecarts"] if un["retenu"] not in references]
    egaux = ([une for une in liste if une not in references] for liste in lue["ex_aequo"])
    nommes["ex_aequo"] = [liste for liste in egaux if len(liste) > 1]
    return lue | nommes | {"tues": {partie for partie, restent in nommes.items() if restent != lue[partie]}}


def points_de_la_seance(comite: Comite, amendements: Sequence[Amendement]) -> list[dict[str, Any]]:
    """Chaque point : le projet, ce qu’il demande, ce que l’instruction propose, ce que le scénario lui donne."""
    points = list(
        PointDuComite.objects.filter(comite=comite)
        .select_related("projet__organisme", "projet__appel", "axe", "territoire")
        .order_by("rang")
    )
    projets = [point.projet_id for point in points]
    lus = connus(projets)
    lignes = {
        ligne.projet_id: ligne
        for ligne in LigneDeScenario.objects.filter(scenario=comite.scenario, projet__in=projets)
    }
    montants = montants_des_lignes(ligne.pk for ligne in lignes.values())
    derniers = {amendement.point_id: amendement.apres for amendement in amendements}
    vus = []
    for point in points:
        ligne = lignes.get(point.projet_id)
        choix = ligne.choix if ligne else Choix.NON_RETENU
        ecrits = montants.get(ligne.pk, {}) if ligne else {}
        arbitres = _en_textes({annee: ecrits.get(annee, 0) for annee in comite.appel.annees})
        attendu = derniers.get(point.pk, point.depart)
        connu = lus[point.projet_id]
        vus.append(
            {
                "rang": point.rang,
                "reference": ref(point.projet),
                "projet": point.projet_id,
                "intitule": point.projet.intitule,
                "organisme": str(point.projet.organisme),
                "axe": point.axe.numero,
                "axe_intitule": point.axe.intitule,
                "territoire": point.territoire.nom,
                "parts": dict(connu.parts),
                "note": _nombre(ligne.note if ligne else None),
                "avis": str(SensDeLAvis(connu.sens).label) if connu.sens else "",
                "demandes": _en_textes(connu.demandes),
                "proposes": _en_textes(connu.proposes),
                "choix": str(choix),
                "choix_lu": str(Choix(choix).label),
                "montants": arbitres,
                "total": sum(arbitres.values()),
                "hors_seance": (choix, _sans_zero(arbitres)) != (attendu[0], _sans_zero(attendu[1])),
            }
        )
    return vus


def ref(projet: Projet) -> str:
    """« AAP16-0012 », ou le numéro si l’appel n’a pas de préfixe (lit `appel`)."""
    prefixe = projet.appel.prefixe
    return reference(prefixe, projet.numero or 0) if prefixe else str(projet.numero)


def _comite(comite: Comite, clos_par: str) -> dict[str, Any]:
    return {
        "numero": comite.pk,
        "tenu_le": comite.tenu_le.isoformat(),
        "lieu": comite.lieu,
        "preside_par": comite.preside_par,
        "axes": comite.axes,
        "regle_ex_aequo": comite.regle_ex_aequo,
        "ouvert_le": _instant(comite.ouvert_le),
        "clos_le": _instant(comite.clos_le),
        "clos_par": clos_par,
    }


def _deports(comite: Comite) -> list[DeportDElu]:
    lus = DeportDElu.objects.filter(elu__comite=comite).select_related("elu", "projet__appel")
    return list(lus.order_by("projet__numero", "elu__nom"))


def _deport(deport: DeportDElu) -> dict[str, Any]:
    return {
        "elu": deport.elu.nom,
        "reference": ref(deport.projet),
        "intitule": deport.projet.intitule,
        "motif": deport.motif,
    }


def _amendement(numero: int, amendement: Amendement) -> dict[str, Any]:
    (avant, montants_avant), (apres, montants_apres) = amendement.avant, amendement.apres
    return {
        "numero": numero,
        "rang": amendement.point.rang,
        "reference": ref(amendement.point.projet),
        "intitule": amendement.point.projet.intitule,
        "choix_avant": str(Choix(avant).label),
        "choix_apres": str(Choix(apres).label),
        "annees": [
            {"annee": an, "avant": montants_avant.get(an, 0), "apres": montants_apres.get(an, 0)}
            for an in sorted(montants_avant | montants_apres)
            if montants_avant.get(an, 0) != montants_apres.get(an, 0)
        ],
        "propose_par": amendement.propose_par.nom,
        "motif": amendement.motif,
        "enregistre_par": str(amendement.enregistre_par),
        "enregistre_le": _instant(amendement.enregistre_le),
    }


def _ecart(ecart: EcartLu) -> dict[str, Any]:
    return {
        "reference": ref(ecart.projet),
        "intitule": ecart.projet.intitule,
        "note": _nombre(ecart.note),
        "retenu": ref(ecart.retenu),
        "note_retenue": _nombre(ecart.note_retenue),
        "axe": ecart.axe,
        "territoire": ecart.territoire,
        "justification": ecart.justification,
        "justifie_par": ecart.justifie_par,
    }


def _enveloppes(panneau: Panneau) -> dict[str, Any]:
    repartition = panneau.plafonds.repartition
    return {
        "repartition": repartition.version if repartition else None,
        "territoires": [_rang(rang) for rang in panneau.territoires],
        "axes": [_rang(rang) for rang in panneau.axes],
        "total": _rang(panneau.total),
        "retenus": panneau.totaux.retenus,
        "en_attente": panneau.totaux.en_attente,
        "non_retenus": panneau.totaux.non_retenus,
        "allocataires": panneau.totaux.allocataires,
    }


def _rang(rang: Rang) -> dict[str, Any]:
    soldes = [*rang.soldes, rang.periode]
    return {
        "cle": rang.cle,
        "libelle": rang.libelle,
        "plafonds": [None if solde.plafond is None else en_centimes(solde.plafond) for solde in soldes],
        "proposes": [en_centimes(solde.propose) for solde in soldes],
        "restes": [None if solde.reste is None else en_centimes(solde.reste) for solde in soldes],
    }


def _en_textes(montants: Mapping[int, int]) -> dict[str, int]:
    return {str(annee): montant for annee, montant in sorted(montants.items())}


def _sans_zero(montants: Mapping[str, int]) -> dict[str, int]:
    return {annee: montant for annee, montant in montants.items() if montant}


def _nombre(valeur: Any) -> str | None:
    return None if valeur is None else str(valeur)


def _instant(quand: Any) -> str | None:
    return None if quand is None else timezone.localtime(quand).isoformat(timespec="seconds")
