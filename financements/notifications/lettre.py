"""La lettre d’une décision : ses valeurs lues une fois, puis le texte du département composé et figé."""

from typing import Any

from django.utils import timezone

from config.socle.jours import jour
from financements.chiffres.lettres import adresse_de
from financements.models import Decision
from financements.rules.lettres import Texte, composer
from financements.rules.textes_des_lettres import mention_algorithmique, motif_de_la_decision, recours
from financements.states import Organe
from projets.models import AvisInstruction

_ORGANES = {
    Organe.ASSEMBLEE: "l’assemblée départementale",
    Organe.COMMISSION_PERMANENTE: "la commission permanente",
}


def ecrire_la_lettre(
    decision: Decision, contenu: dict[str, Any], texte: Texte, avis: AvisInstruction | None
) -> dict[str, Any]:
    """La lettre en JSON, à garder avec la notification. Lève `TexteRefuse`.

    `contenu` : celui de `contenu_de` ; `avis` : le dernier de l’instruction. Lit `projet.organisme.commune`,
    `projet.axe`, `projet.appel`, `deliberation`.
    """
    montants = [[str(annee), montant] for annee, montant in contenu["montants"]]
    if len(montants) > 1:
        montants.append(["Total", contenu["total"]])
    valeurs = valeurs_de(decision, contenu, avis)
    return composer(texte, valeurs, montants) | {
        "date": timezone.localdate().isoformat(),
        "numero": numero_de(contenu),
        "destinataire": destinataire_de(decision),
        "version": texte.version,
    }


def valeurs_de(decision: Decision, contenu: dict[str, Any], avis: AvisInstruction | None) -> dict[str, str]:
    """Variable → ce qu’elle vaut pour cette décision ; vide s’il n’y a rien à dire."""
    projet, deliberation = decision.projet, decision.deliberation
    return {
        **{nom: contenu[nom] for nom in ("intitule", "appel", "service", "telephone", "contact")},
        "reference": numero_de(contenu),
        "adresse_du_service": contenu["adresse"],
        "deliberation": contenu["deliberation"],
        "axe": f"{projet.axe.numero}, {projet.axe.intitule}",
        "organisme": projet.organisme.nom,
        "representant": _representant(decision),
        "deliberation_du": jour(deliberation.adoptee_le),
        "executoire_le": jour(deliberation.executoire_le) or "(date à venir)",
        "organe": _ORGANES[Organe(deliberation.organe)],
        "montant_total": contenu["total"],
        "montants_par_annee": ", ".join(f"{annee}\u00a0: {montant}" for annee, montant in contenu["montants"]),
        "conditions": avis.conditions.strip() if avis else "",
        "motif": motif_de_la_decision(de_la_seance=decision.motif),
        "recours": recours(service=contenu["service"], adresse=contenu["adresse"], tribunal=contenu["tribunal"]),
        "mention_algorithmique": mention_algorithmique(est_calcule=contenu["est_calcule"], contact=contenu["contact"]),
        "agent": projet.appel.charge_du_dossier or contenu["service"],
        "date": jour(timezone.localdate()),
    }


def numero_de(contenu: dict[str, Any]) -> str:
    """« AAP16-0001 », ou « n° 12 » si l’appel n’a pas de préfixe."""
    return str(contenu["reference"]).removeprefix("Projet ")


def destinataire_de(decision: Decision) -> dict[str, str]:
    """À qui la lettre s’adresse, comme sur l’enveloppe."""
    organisme = decision.projet.organisme
    return {
        "nom": organisme.nom,
        "representant": _representant(decision),
        "siret": organisme.siret or "",
        **adresse_de(organisme).en_json(),
    }


def _representant(decision: Decision) -> str:
    organisme = decision.projet.organisme
    return ", ".join(filter(None, [organisme.representant_nom, organisme.representant_qualite]))
