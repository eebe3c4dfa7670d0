"""La procédure contradictoire : avertir, entendre, puis décider d’une suspension, d’une réduction, d’un retrait.

CRPA L121-1, L122-1 et L211-2 4° : l’organisme connaît les griefs et peut présenter des observations avant une décision
motivée. CRPA L242-2 2° : une subvention se retire sans délai quand ses conditions ne sont pas respectées.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Sum
from django.urls import reverse
from django.utils import timezone

from comptes.actions.avis import prevenir
from comptes.actions.deposer_courriel import deposer_courriel
from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.montants import format_euros
from config.socle.transitions import PassageRefuse
from config.socle.versions import exiger_la_version
from financements.actions.execution.acces import exiger_de_pouvoir_executer, verrouiller_l_action
from financements.actions.execution.effets import A_SUSPENDRE, appliquer_la_decision
from financements.models import Action, ProcedureContradictoire, Tranche, Versement
from financements.models.procedure import DELAI_MINIMAL
from financements.notifications.procedure import courriels_de_la_procedure
from financements.permissions import peut_observer
from financements.states.execution import (
    CYCLE_PROCEDURE,
    VERSEMENTS_MANDATES,
    EtatVersement,
    SorteDeProcedure,
)

DELAI = DELAI_MINIMAL.days


@dataclass(frozen=True, slots=True)
class Grief:
    """Ce qui est reproché et ce qui est envisagé. `montant` en euros, None pour une suspension."""

    sorte: SorteDeProcedure
    motif: str
    montant: Decimal | None = None
    annee: int | None = None
    delai: int = DELAI  # jours


@transaction.atomic
def engager_une_procedure(*, auteur: Personne, action: Action, grief: Grief) -> ProcedureContradictoire:
    """Avertit l’organisme, par courriel et sur le portail ; sans adresse, par lettre. Rien d’autre ne change.

    Lève `PermissionDenied`, `PassageRefuse` (une procédure est en cours, rien à suspendre), `ValidationError`.
    """
    exiger_de_pouvoir_executer(auteur)
    action = verrouiller_l_action(action)
    if ProcedureContradictoire.objects.en_cours().filter(action=action).exists():
        raise PassageRefuse("Une procédure contradictoire est déjà en cours pour cette action.")
    _verifier(action, grief)
    jour = timezone.localdate()
    procedure = ProcedureContradictoire(
        action=action,
        sorte=grief.sorte,
        annee=grief.annee,
        motif=grief.motif.strip(),
        montant=grief.montant,
        engagee_le=jour,
        engagee_par=auteur,
        repondre_avant=jour + timedelta(days=grief.delai),
        par_lettre=not action.projet.organisme.destinataires(),
    )
    procedure.full_clean(exclude=["action", "engagee_par"])
    procedure.save()
    journaliser(
        auteur=auteur,
        acte="engager_une_procedure",
        objet=action,
        apres={
            "sorte": procedure.get_sorte_display(),
            "motif": procedure.motif,
            "repondre_avant": procedure.repondre_avant,
            **({"montant": str(procedure.montant)} if procedure.montant else {}),
            **({"par_lettre": True} if procedure.par_lettre else {}),
        },
    )
    _avertir(procedure, "ouverte")
    return procedure


def _verifier(action: Action, grief: Grief) -> None:
    """Le délai, et un montant en jeu possible : ce qui est attribué, ou ce qui est versé pour un reversement."""
    erreurs = {}
    if grief.delai < DELAI:
        erreurs["delai"] = f"L’organisme a au moins {DELAI}\u00a0jours pour répondre."
    if not grief.motif.strip():
        erreurs["motif"] = "Dites ce qui est reproché\u00a0: l’organisme y répond."
    if grief.sorte == SorteDeProcedure.SUSPENSION:
        if not Versement.objects.filter(action=action, etat__in=A_SUSPENDRE).exists():
            raise PassageRefuse("Aucun versement prévu n’est à suspendre.")
    elif grief.montant is None or not 0 < grief.montant <= enjeu_maximal(action, grief.sorte, grief.annee):
        maximal = format_euros(enjeu_maximal(action, grief.sorte, grief.annee))
        erreurs["montant"] = f"Il faut un montant en jeu, au plus {maximal}."
    if erreurs:
        raise ValidationError(erreurs)


def enjeu_maximal(action: Action, sorte: SorteDeProcedure, annee: int | None) -> Decimal:
    """Ce qui peut être en jeu (euros) : l’attribué ; pour un reversement, ce qui est mandaté ou payé."""
    if sorte == SorteDeProcedure.REVERSEMENT:
        verses = Versement.objects.filter(action=action, etat__in=VERSEMENTS_MANDATES)
        lignes = verses.filter(annee=annee) if annee else verses
        return lignes.aggregate(somme=Sum("montant"))["somme"] or Decimal(0)
    tranches = Tranche.objects.filter(action=action)
    choisies = tranches.filter(annee=annee) if annee else tranches
    return choisies.aggregate(somme=Sum("montant"))["somme"] or Decimal(0)


@transaction.atomic
def observer(*, auteur: Personne, procedure: ProcedureContradictoire, observations: str) -> ProcedureContradictoire:
    """L’organisme répond, une fois ; qui a engagé la procédure en est averti.

    Lève `PermissionDenied`, `PassageRefuse`, `ValidationError`.
    """
    if not peut_observer(auteur, procedure):
        raise PermissionDenied
    verrouillee = _verrouiller(procedure)
    verrouillee.etat = CYCLE_PROCEDURE.franchir("observer", verrouillee.etat)
    if not observations.strip():
        raise ValidationError({"observations": "Écrivez vos observations."})
    verrouillee.observations, verrouillee.observations_par = observations.strip(), auteur
    verrouillee.observations_le = timezone.now()
    _enregistrer(verrouillee, "etat", "observations", "observations_par", "observations_le")
    journaliser(
        auteur=auteur, acte="observer", objet=verrouillee.action, apres={"observations": verrouillee.observations}
    )
    _prevenir_qui_l_a_engagee(verrouillee)
    return verrouillee


@transaction.atomic
def decider(
    *,
    auteur: Personne,
    procedure: ProcedureContradictoire,
    decision: str,
    montant_retenu: Decimal | None = None,
    version: int,
) -> ProcedureContradictoire:
    """Décide, et applique : versements suspendus, tranches réduites, titre de recette. Une décision se motive.

    Lève `PermissionDenied`, `VersionPerimee`, `ValidationError`, `PassageRefuse` (lettre pas remise ou délai pas échu
    sans observations, procédure conclue, versements liquidés pas encore mandatés).
    """
    exiger_de_pouvoir_executer(auteur)
    verrouiller_l_action(procedure.action)
    verrouillee = _verrouiller(procedure)
    exiger_la_version(verrouillee, version)
    verrouillee.etat, avant = CYCLE_PROCEDURE.franchir("decider", verrouillee.etat), verrouillee.etat
    jour = timezone.localdate()
    if verrouillee.attend_la_remise:
        raise PassageRefuse(
            "Notez d’abord la date de remise de la lettre à l’organisme\u00a0: son délai court de ce jour-là."
        )
    if verrouillee.observations_le is None and jour <= verrouillee.repondre_avant:
        raise PassageRefuse(
            f"L’organisme a jusqu’au {verrouillee.repondre_avant:%d/%m/%Y} pour ses observations\u00a0: "
            "la décision les attend."
        )
    verrouillee.decision, verrouillee.decidee_le, verrouillee.decidee_par = decision.strip(), jour, auteur
    verrouillee.montant_retenu = montant_retenu if verrouillee.montant is not None else None
    _verifier_la_decision(verrouillee)
    _enregistrer(verrouillee, "etat", "decision", "decidee_le", "decidee_par", "montant_retenu")
    appliquer_la_decision(verrouillee, auteur)
    journaliser(
        auteur=auteur,
        acte="decider_une_procedure",
        objet=verrouillee.action,
        avant={"etat": avant},
        apres={
            "sorte": verrouillee.get_sorte_display(),
            "decision": verrouillee.decision,
            **({"montant_retenu": str(montant_retenu)} if verrouillee.montant is not None else {}),
        },
    )
    _avertir(verrouillee, "decidee")
    return verrouillee


def _verifier_la_decision(procedure: ProcedureContradictoire) -> None:
    erreurs = {}
    if not procedure.decision:
        erreurs["decision"] = "Motivez la décision\u00a0: les faits, le droit, ce que répond l’organisme."
    if procedure.montant is not None:
        retenu = procedure.montant_retenu
        if retenu is None or not 0 < retenu <= procedure.montant:
            en_jeu = format_euros(procedure.montant)
            erreurs["montant_retenu"] = f"Il faut un montant, au plus celui en jeu ({en_jeu}) ; sinon, abandonnez."
    if erreurs:
        raise ValidationError(erreurs)


@transaction.atomic
def abandonner(
    *, auteur: Personne, procedure: ProcedureContradictoire, motif: str, version: int
) -> ProcedureContradictoire:
    """Conclut sans suite, et le dit. Lève `PermissionDenied`, `VersionPerimee`, `PassageRefuse`, `ValidationError`."""
    exiger_de_pouvoir_executer(auteur)
    verrouillee = _verrouiller(procedure)
    exiger_la_version(verrouillee, version)
    verrouillee.etat = CYCLE_PROCEDURE.franchir("abandonner", verrouillee.etat)
    if not motif.strip():
        raise ValidationError({"decision": "Dites pourquoi la procédure s’arrête."})
    verrouillee.decision, verrouillee.decidee_le, verrouillee.decidee_par = motif.strip(), timezone.localdate(), auteur
    _enregistrer(verrouillee, "etat", "decision", "decidee_le", "decidee_par")
    journaliser(
        auteur=auteur, acte="abandonner_une_procedure", objet=verrouillee.action, apres={"motif": motif.strip()}
    )
    _avertir(verrouillee, "abandonnee")
    return verrouillee


@transaction.atomic
def lever_la_suspension(*, auteur: Personne, action: Action, motif: str) -> int:
    """Les versements suspendus redeviennent prévus ; rend leur nombre. Lève `PermissionDenied`, `PassageRefuse`."""
    exiger_de_pouvoir_executer(auteur)
    action = verrouiller_l_action(action)
    if not motif.strip():
        raise ValidationError({"motif": "Dites pourquoi les versements reprennent."})
    suspendus = Versement.objects.filter(action=action, etat=EtatVersement.SUSPENDU)
    repris = suspendus.update(etat=EtatVersement.PREVU, motif="", version=F("version") + 1)
    if not repris:
        raise PassageRefuse("Aucun versement de cette action n’est suspendu.")
    journaliser(
        auteur=auteur, acte="lever_la_suspension", objet=action, apres={"versements": repris, "motif": motif.strip()}
    )
    return repris


def _verrouiller(procedure: ProcedureContradictoire) -> ProcedureContradictoire:
    lignes = ProcedureContradictoire.objects.select_for_update(of=("self",))
    return lignes.select_related("action__projet__appel", "action__projet__organisme", "engagee_par").get(
        pk=procedure.pk
    )


def _enregistrer(procedure: ProcedureContradictoire, *champs: str) -> None:
    procedure.version += 1
    procedure.save(update_fields=[*champs, "version"])


def _prevenir_qui_l_a_engagee(procedure: ProcedureContradictoire) -> None:
    """Sauf si son compte est fermé, ou si elle s’est déportée du projet depuis."""
    action, personne = procedure.action, procedure.engagee_par
    if personne and personne.is_active and Action.objects.visibles_par(personne).filter(pk=action.pk).exists():
        adresse = [action.projet.appel.slug, action.projet.numero, procedure.pk]
        prevenir(
            personnes=[personne],
            texte=f"{action.projet.organisme.nom} répond à la procédure\u00a0: {procedure.get_sorte_display()}, "
            f"{action.projet.reference}. La décision peut se prendre.",
            lien=reverse("financements:procedure", args=adresse),
        )


def _avertir(procedure: ProcedureContradictoire, etape: str) -> None:
    for message in courriels_de_la_procedure(procedure, etape):
        deposer_courriel(message=message)
