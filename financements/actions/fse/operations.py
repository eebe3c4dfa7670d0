"""Enregistrer les opérations du FSE d’une action, établir leurs attestations. Notre aide n’y compte qu’une fois."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.montants import format_euros, format_pourcent
from config.socle.transitions import PassageRefuse
from config.socle.versions import exiger_la_version
from financements.models import Action, AttestationFse, ContrepartieFse, OperationFse, Tranche
from financements.permissions import peut_tenir_le_fse
from financements.tasks.fse import lancer_l_attestation
from projets.rules.depot import empreinte


@dataclass(frozen=True, slots=True)
class Operation:
    """Ce que l’on sait d’une opération : montants en euros, taux du FSE en pour cent."""

    numero: str
    cout_eligible: Decimal
    taux: Decimal
    debut_le: date
    fin_le: date
    montant_mobilise: Decimal


@transaction.atomic
def enregistrer_une_operation(
    *, auteur: Personne, action: Action, donnees: Operation, operation: OperationFse | None = None, version: int = 1
) -> OperationFse:
    """Ajoute une opération, ou en corrige une. La contrepartie de l’action devient la somme de ses opérations.

    Lève `PermissionDenied`, `PassageRefuse` si l’action n’a pas de FSE, `VersionPerimee`, `ValidationError`.
    """
    contrepartie = _verrouiller(auteur, action)
    ecrite = OperationFse(contrepartie=contrepartie)
    if operation is not None:
        ecrite = OperationFse.objects.select_for_update(of=("self",)).get(pk=operation.pk, contrepartie=contrepartie)
        exiger_la_version(ecrite, version)
        ecrite.version += 1
    avant = _etat(ecrite) if operation is not None else None
    mobilisait = ecrite.montant_mobilise or Decimal(0)
    for champ in ("numero", "cout_eligible", "taux", "debut_le", "fin_le", "montant_mobilise"):
        setattr(ecrite, champ, getattr(donnees, champ))
    ecrite.full_clean()
    if ecrite.montant_mobilise > mobilisait:
        _exiger_le_reste(contrepartie, ecrite)
    ecrite.save()
    _sommer(contrepartie)
    journaliser(auteur=auteur, acte="enregistrer_une_operation_du_fse", objet=action, avant=avant, apres=_etat(ecrite))
    return ecrite


@transaction.atomic
def retirer_une_operation(*, auteur: Personne, action: Action, operation: OperationFse) -> None:
    """Retire une opération qui n’a pas d’attestation. Lève `PermissionDenied`, `PassageRefuse`."""
    contrepartie = _verrouiller(auteur, action)
    ecrite = OperationFse.objects.filter(pk=operation.pk, contrepartie=contrepartie).first()
    if ecrite is None:
        return
    if ecrite.attestations.exists():
        raise PassageRefuse("Une attestation est établie pour cette opération\u00a0: elle ne se retire plus.")
    avant = _etat(ecrite)
    ecrite.delete()
    _sommer(contrepartie)
    journaliser(auteur=auteur, acte="retirer_une_operation_du_fse", objet=action, avant=avant)


@transaction.atomic
def etablir_l_attestation(*, auteur: Personne, action: Action, operation: OperationFse) -> AttestationFse:
    """Fige et numérote l’attestation de cofinancement ; son PDF se produit à part. Elle remplace la précédente.

    Lève `PermissionDenied`, `PassageRefuse` si celle qui est établie dit déjà la même chose.
    """
    contrepartie = _verrouiller(auteur, action)
    action = contrepartie.action
    ecrite = OperationFse.objects.get(pk=operation.pk, contrepartie=contrepartie)
    appel = type(action.projet.appel).objects.select_for_update(of=("self",)).get(pk=action.projet.appel_id)
    if not a_attester(action, ecrite):
        raise PassageRefuse("L’attestation établie dit déjà cela\u00a0: elle vaut toujours.")
    precedente = ecrite.attestations.first()
    rang = AttestationFse.objects.filter(action__projet__appel=appel).count() + 1
    numero = f"{appel.prefixe or appel.slug}-FSE-{rang:04}"
    instant = timezone.now()
    contenu = _contenu(action, ecrite) | {
        "numero": numero,
        "remplace": precedente.numero if precedente else "",
        "par": str(auteur),
        "etablie_le": instant.isoformat(),
    }
    attestation = AttestationFse.objects.create(
        operation=ecrite,
        action=action,
        numero=numero,
        montant_mobilise=ecrite.montant_mobilise,
        contenu=contenu,
        empreinte=empreinte(contenu),
        etablie_par=auteur,
        etablie_le=instant,
    )
    journaliser(
        auteur=auteur,
        acte="etablir_une_attestation_du_fse",
        objet=action,
        apres={"numero": numero, "empreinte": attestation.empreinte},
    )
    transaction.on_commit(partial(lancer_l_attestation, attestation.pk))
    return attestation


def _verrouiller(auteur: Personne, action: Action) -> ContrepartieFse:
    """La contrepartie, et son action relue sous verrou : aucun avenant ne change l’aide d’ici à la fin de l’acte."""
    if not peut_tenir_le_fse(auteur):
        raise PermissionDenied
    contrepartie = ContrepartieFse.objects.select_for_update(of=("self",)).filter(action=action).first()
    if contrepartie is None:
        raise PassageRefuse("Cette action n’est pas cofinancée par le FSE.")
    tenues = Action.objects.select_for_update(of=("self",), no_key=True)
    contrepartie.action = tenues.select_related("projet__appel", "projet__organisme", "deliberation").get(pk=action.pk)
    return contrepartie


def reste_a_mobiliser(action: Action, sauf: OperationFse | None = None) -> Decimal:
    """L’aide attribuée que les autres opérations ne mobilisent pas, ni leurs attestations (euros).

    Négative quand l’aide a été réduite sous ce que déclarent les attestations établies.
    """
    attribue = _somme(Tranche.objects.filter(action=action), "montant")
    autres = OperationFse.objects.filter(contrepartie__action=action).prefetch_related("attestations")
    if sauf is not None and sauf.pk:
        autres = autres.exclude(pk=sauf.pk)
    return attribue - sum(map(_retenu, autres), Decimal(0))


def _retenu(operation: OperationFse) -> Decimal:
    """Ce qu’elle mobilise, ou ce que déclare sa dernière attestation, qui vaut jusqu’à la suivante, si c’est plus."""
    etablies = list(operation.attestations.all())
    return max(operation.montant_mobilise, etablies[0].montant_mobilise if etablies else Decimal(0))


def a_attester(action: Action, operation: OperationFse) -> bool:
    """Vrai sans attestation, ou si la dernière ne dit plus l’opération et l’aide d’à présent."""
    dit = _contenu(action, operation)
    return not any(
        all(attestation.contenu.get(champ) == valeur for champ, valeur in dit.items())
        for attestation in list(operation.attestations.all())[:1]
    )


def _exiger_le_reste(contrepartie: ContrepartieFse, ecrite: OperationFse) -> None:
    reste = reste_a_mobiliser(contrepartie.action, ecrite)
    if ecrite.montant_mobilise > reste:
        laisse = format_euros(max(reste, Decimal(0)))
        texte = f"L’aide attribuée ne se mobilise qu’une fois\u00a0: il en reste {laisse}."
        if reste < 0:
            texte += f" Avec ce que déclarent les attestations établies, elle est dépassée de {format_euros(-reste)}."
        raise ValidationError({"montant_mobilise": texte})


def _sommer(contrepartie: ContrepartieFse) -> None:
    operations = OperationFse.objects.filter(contrepartie=contrepartie)
    contrepartie.montant_mobilise = _somme(operations, "montant_mobilise")
    contrepartie.numero_operation = operations.values_list("numero", flat=True).first() or ""
    contrepartie.save(update_fields=["montant_mobilise", "numero_operation"])


def _somme(lignes: Any, champ: str) -> Decimal:
    return lignes.aggregate(s=models.Sum(champ))["s"] or Decimal(0)


def _etat(operation: OperationFse) -> dict[str, Any]:
    return {
        "numero": operation.numero,
        "cout_eligible": operation.cout_eligible,
        "taux": operation.taux,
        "montant": operation.montant_mobilise,
    }


def _contenu(action: Action, operation: OperationFse) -> dict[str, Any]:
    projet = action.projet
    return {
        "operation": operation.numero,
        "organisme": {"nom": projet.organisme.nom, "siret": projet.organisme.siret or ""},
        "intitule": projet.intitule,
        "action": projet.numero,
        "appel": projet.appel.intitule,
        "service": projet.appel.service,
        "deliberation": f"{action.deliberation.reference} du {action.deliberation.adoptee_le:%d/%m/%Y}",
        "attribue": format_euros(sum((tranche.montant for tranche in action.tranches.all()), Decimal(0))),
        "cout_eligible": format_euros(operation.cout_eligible),
        "taux": format_pourcent(operation.taux, 2),
        "periode": f"du {operation.debut_le:%d/%m/%Y} au {operation.fin_le:%d/%m/%Y}",
        "mobilise": format_euros(operation.montant_mobilise),
    }
