"""Exécuter le programme de démonstration : engagé, payé en 2016, en cours en 2017. La base juge chaque écriture.

Les lignes s’écrivent à leur date, par lots, comme leurs actes les auraient écrites ; les invariants de l’argent sont
ceux de la base, que rien ici ne met de côté.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from comptes.models import CompteBancaire, Organisme, Personne
from comptes.states import Role
from config.socle.models import Journal, SceauDuJournal
from config.socle.montants import en_centimes, en_euros
from config.socle.sceaux import bornes
from financements.actions.conventionner_la_demonstration import conventionner_la_demonstration
from financements.actions.domicilier_la_demonstration import domicilier
from financements.actions.execution.regles import regler_les_versements
from financements.actions.inserer import inserer
from financements.actions.issues_de_la_demonstration import ecrire_les_issues
from financements.chiffres.execution.liquidation import cp_libres
from financements.demonstration.execution import (
    BORDEREAU,
    ENGAGE_LE,
    NOMS,
    PREMIERE,
    RENDU_LE,
    VALIDE_LE,
    ActionDemo,
    ExecutionDemo,
    VersementDemo,
    executer,
)
from financements.imports.echeances import etapes_de, reference_de, versement_prevu
from financements.models import (
    Action,
    Bilan,
    MouvementDEngagement,
    PieceDeVersement,
    ReportDeCredits,
    SoldeArrete,
    Tranche,
    Versement,
)
from financements.rules.bilan import echeance
from financements.rules.versements import MODELES
from financements.states.execution import EtatBilan, EtatVersement, NatureDeMouvement
from projets.models import AppelAProjets, ExerciceProjet

PARIS = ZoneInfo("Europe/Paris")
Lignes = Mapping[Action, ExecutionDemo]


def executer_la_demonstration(appel: AppelAProjets) -> None:
    """Engage et paie ; sans effet si l’appel a déjà des engagements. Attend que ses crédits soient affectés."""
    if MouvementDEngagement.objects.filter(action__projet__appel=appel).exists():
        return
    regler_les_versements(auteur=None, appel=appel, nom=NOMS, etapes=MODELES["80-20"][1])
    finances = Personne.objects.filter(role=Role.FINANCES).order_by("pk").first()
    comptes = domicilier(Organisme.objects.filter(projets__appel=appel).distinct().only("pk", "nom"))
    lignes = _lignes(appel)
    conventionner_la_demonstration(appel)
    inserer(MouvementDEngagement, list(_mouvements(lignes)))
    _glisser(appel, lignes, finances)
    _versements(lignes, comptes, finances)
    _bilans(lignes, finances)
    if finances is not None:
        ecrire_les_issues(lignes, finances)
    _journal(lignes, finances)


def _lignes(appel: AppelAProjets) -> dict[Action, ExecutionDemo]:
    actions = Action.objects.filter(projet__appel=appel).select_related("projet").order_by("projet__numero")
    tranches: dict[int, dict[int, int]] = defaultdict(dict)
    lues = Tranche.objects.filter(action__projet__appel=appel).values_list("action", "annee", "montant")
    for action, annee, montant in lues:
        tranches[action][annee] = en_centimes(montant)
    exercices = ExerciceProjet.objects.filter(projet__appel=appel, annee=PREMIERE)
    couts = {projet: en_centimes(cout) for projet, cout in exercices.values_list("projet", "cout")}
    etapes = etapes_de(appel)
    return {
        action: executer(
            ActionDemo(action.projet.numero or 0, tranches[action.pk], couts.get(action.projet_id, 0)), etapes
        )
        for action in actions
    }


def _mouvements(lignes: Lignes) -> Iterator[dict[str, Any]]:
    for action, execution in lignes.items():
        engages: dict[int, int] = defaultdict(int)
        for un in execution.versements:
            engages[un.echeance.exercice] += un.echeance.montant
        for exercice, centimes in sorted(engages.items()):
            yield _mouvement(action, exercice, centimes, NatureDeMouvement.INITIAL, ENGAGE_LE)
        if execution.degage:
            motif = f"Solde {PREMIERE}"
            yield _mouvement(action, PREMIERE + 1, -execution.degage, NatureDeMouvement.DEGAGEMENT, VALIDE_LE, motif)


def _mouvement(
    action: Action, exercice: int, centimes: int, nature: NatureDeMouvement, jour: date, motif: str = ""
) -> dict[str, Any]:
    return {
        "action_id": action.pk,
        "exercice": exercice,
        "montant": en_euros(centimes),
        "nature": nature.value,
        "motif": motif,
        "fait_le": a_midi(jour),
    }


def a_midi(jour: date) -> datetime:
    """Ce jour-là, à midi, heure de Paris."""
    return datetime.combine(jour, time(12), PARIS)


def _glisser(appel: AppelAProjets, lignes: Lignes, finances: Personne | None) -> None:
    """À la clôture de 2016, les crédits que les avances n’ont pas pris passent en 2017, où se paient les soldes."""
    payes = sum(un.montant for une in lignes.values() for un in une.versements if un.echeance.exercice == PREMIERE)
    libres = cp_libres(appel).get(PREMIERE, 0) - payes
    enveloppe = appel.enveloppe
    if libres > 0:
        report = {
            "enveloppe_id": enveloppe.pk,
            "de": PREMIERE,
            "vers": PREMIERE + 1,
            "montant": en_euros(libres),
            "motif": f"Clôture de {PREMIERE} : les soldes se paient en {PREMIERE + 1}",
            "fait_par_id": finances.pk if finances else None,
            "fait_le": a_midi(date(PREMIERE + 1, 1, 16)),
        }
        inserer(ReportDeCredits, [report])


def _versements(lignes: Lignes, comptes: Mapping[int, CompteBancaire], finances: Personne | None) -> None:
    poses = [(action, un, _versement(action, un, comptes)) for action, une in lignes.items() for un in une.versements]
    _numeroter([versement for _, _, versement in poses])
    ecrits = Versement.objects.bulk_create([versement for _, _, versement in poses])
    PieceDeVersement.objects.bulk_create(
        _piece(versement, libelle, action.projet.numero or 0, finances)
        for versement, (action, un, _) in zip(ecrits, poses, strict=True)
        for libelle in un.echeance.pieces
    )


def _versement(action: Action, un: VersementDemo, comptes: Mapping[int, CompteBancaire]) -> Versement:
    versement, jour = versement_prevu(action, un.echeance), un.jour
    versement.montant, versement.etat, versement.motif = en_euros(un.montant), un.etat, _MOTIFS.get(un.etat, "")
    if jour:
        versement.compte = comptes[action.projet.organisme_id]
        versement.service_fait_le = versement.liquide_le = jour
        versement.mandate_le = jour + timedelta(days=6) if un.etat != EtatVersement.LIQUIDE else None
        versement.paye_le = jour + timedelta(days=14) if un.etat == EtatVersement.PAYE else None
    return versement


_MOTIFS = {
    EtatVersement.SUSPENDU: "Locaux fermés depuis septembre 2017 : l’action n’est plus menée.",
    EtatVersement.REJETE: "Coordonnées bancaires clôturées.",
    EtatVersement.ANNULE: "Il n’y a plus rien à verser.",
}


def _numeroter(versements: list[Versement]) -> None:
    """Les mandats dans l’ordre de leurs dates, par exercice ; un bordereau tous les quarante."""
    rangs: dict[int, int] = defaultdict(int)
    for versement in sorted(versements, key=lambda v: (v.mandate_le or date.max, v.reference)):
        if versement.mandate_le is None:
            continue
        rang = rangs[versement.exercice]
        versement.numero_de_mandat = f"{versement.exercice}-{rang + 1:05d}"
        versement.numero_de_bordereau = f"{versement.exercice}-B{rang // BORDEREAU + 1:03d}"
        rangs[versement.exercice] += 1


def _piece(versement: Versement, libelle: str, numero: int, finances: Personne | None) -> PieceDeVersement:
    """Vérifiée si le versement est parti ; sinon attendue, reçue ou vérifiée, selon le numéro."""
    piece = PieceDeVersement(versement=versement, libelle=libelle)
    est_partie = versement.liquide_le is not None
    if versement.annee == PREMIERE and (est_partie or numero % 4):
        piece.recue_le = versement.prevu_le
        piece.verifiee_par = finances if est_partie or numero % 4 > 1 else None
    return piece


def _bilans(lignes: Lignes, finances: Personne | None) -> None:
    """Les bilans de 2016, et le solde arrêté de ceux qui sont validés."""
    rendus = {action: une for action, une in lignes.items() if une.est_aidee_la_premiere_annee}
    bilans = Bilan.objects.bulk_create(_bilan(action, une, finances) for action, une in rendus.items())
    inserer(
        SoldeArrete,
        [
            {
                "action_id": bilan.action_id,
                "annee": PREMIERE,
                "bilan_id": bilan.pk,
                "attribue": en_euros(une.solde.attribue),
                "cout_reel": en_euros(une.cout_reel),
                "taux": en_euros(round(une.taux * 1_000_000)) / 100,
                "du": en_euros(une.solde.du),
                "verse": en_euros(une.solde.verse),
                "arrete_par_id": finances.pk if finances else None,
                "arrete_le": a_midi(VALIDE_LE),
            }
            for bilan, une in zip(bilans, rendus.values(), strict=True)
            if une.solde is not None
        ],
    )


def _bilan(action: Action, une: ExecutionDemo, finances: Personne | None) -> Bilan:
    est_rendu, est_valide = une.bilan != EtatBilan.A_REMPLIR, une.bilan == EtatBilan.VALIDE
    return Bilan(
        action=action,
        annee=PREMIERE,
        etat=une.bilan,
        du_le=echeance(PREMIERE),
        depose_le=a_midi(RENDU_LE) if est_rendu else None,
        cout_reel=en_euros(une.cout_reel) if est_valide else None,
        valide_le=a_midi(VALIDE_LE) if est_valide else None,
        valide_par=finances if est_valide else None,
    )


def _journal(lignes: Lignes, finances: Personne | None) -> None:
    """Une ligne par acte d’argent, à sa date ; aucune dans un jour déjà scellé."""
    sceau = SceauDuJournal.objects.defer("releve").last()
    plancher = bornes(sceau.jour)[1] if sceau else None
    dites = [ligne for action, une in lignes.items() for ligne in _actes(action, une, finances)]
    for ligne in dites:
        ligne["quand"] = max(ligne["quand"], plancher) if plancher else ligne["quand"]
    inserer(Journal, sorted(dites, key=lambda ligne: ligne["quand"]))


def _actes(action: Action, une: ExecutionDemo, finances: Personne | None) -> Iterator[dict[str, Any]]:
    total = sum(un.echeance.montant for un in une.versements)
    yield _acte(action, ENGAGE_LE, "engager", None, {"montant": str(en_euros(total))})
    if une.solde is not None:
        dits = {"annee": PREMIERE, "montant": str(en_euros(une.solde.solde))}
        yield _acte(action, VALIDE_LE, "arreter_le_solde", finances, dits)
    for un in une.versements:
        if un.jour is not None:
            dits = {"montant": str(en_euros(un.montant)), "reference": _reference(action, un)}
            yield _acte(action, un.jour, "liquider", finances, dits)
        if un.jour is not None and un.etat == EtatVersement.PAYE:
            yield _acte(action, un.jour + timedelta(days=14), "payer", finances, dits)


def _reference(action: Action, un: VersementDemo) -> str:
    return reference_de(action, un.echeance.annee, un.echeance.rang)


def _acte(action: Action, jour: date, acte: str, auteur: Personne | None, apres: dict[str, Any]) -> dict[str, Any]:
    return {
        "quand": a_midi(jour),
        "auteur_id": auteur.pk if auteur else None,
        "acte": acte,
        "objet_type": action._meta.label,
        "objet_id": str(action.pk),
        "objet_libelle": str(action)[:300],
        "avant": None,
        "apres": apres,
    }
