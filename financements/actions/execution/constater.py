"""Constater ce que le comptable a fait d’un versement liquidé : mandaté, payé, rejeté ; à la main ou en lot."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser_en_lot
from config.socle.transitions import PassageRefuse
from config.socle.versions import exiger_la_version
from financements.actions.execution.acces import (
    exiger_de_pouvoir_liquider,
    exiger_un_jour_venu,
    verrouiller_les_credits,
)
from financements.imports.echeances import ramener_au_du
from financements.models import Versement
from financements.states.execution import CYCLE_VERSEMENT, VERSEMENTS_MANDATES, EtatVersement
from projets.models import AppelAProjets

CHAMPS = ("etat", "numero_de_mandat", "numero_de_bordereau", "mandate_le", "paye_le", "motif", "version")


@dataclass(frozen=True, slots=True)
class Retour:
    """Ce que dit le comptable. `acte` : mandater, payer ou rejeter ; un rejet a un motif, les autres un mandat."""

    acte: str
    mandat: str = ""
    bordereau: str = ""
    mandate_le: date | None = None
    paye_le: date | None = None
    motif: str = ""


@transaction.atomic
def constater(*, auteur: Personne | None, versement: Versement, retour: Retour, version: int) -> Versement:
    """Un versement. Lève `PermissionDenied`, `VersionPerimee`, `PassageRefuse`, `ValidationError`."""
    exiger_de_pouvoir_liquider(auteur)
    verrouiller_les_credits(versement.action.projet.appel)
    exiger_la_version(Versement.objects.select_for_update(of=("self",)).get(pk=versement.pk), version)
    (fait,) = constater_en_lot(auteur=auteur, appel=versement.action.projet.appel, retours={versement.pk: retour})
    return fait


@transaction.atomic
def constater_en_lot(
    *, auteur: Personne | None, appel: AppelAProjets, retours: Mapping[int, Retour]
) -> list[Versement]:
    """Versement → ce qui lui est arrivé, tout ou rien ; un rejet dégage ce qui n’est plus dû.

    Lève `PermissionDenied`, `PassageRefuse`, `ValidationError`.
    """
    exiger_de_pouvoir_liquider(auteur)
    verrouiller_les_credits(appel)
    versements = list(
        Versement.objects.select_for_update(of=("self",))
        .filter(pk__in=retours, action__projet__appel=appel)
        .select_related("action__projet")
        .order_by("pk")
    )
    if len(versements) < len(retours):
        raise PassageRefuse("Un de ces versements n’est pas de cet appel.")
    avant = {versement.pk: str(versement.etat) for versement in versements}
    for versement in versements:
        _appliquer(versement, retours[versement.pk])
    Versement.objects.bulk_update(versements, CHAMPS, batch_size=500)
    for acte in {retour.acte for retour in retours.values()}:
        journaliser_en_lot(
            auteur=auteur,
            acte=acte,
            lignes=(
                (versement.action, {"etat": avant[versement.pk]}, _apres(versement))
                for versement in versements
                if retours[versement.pk].acte == acte
            ),
        )
    for versement in versements:
        if versement.etat == EtatVersement.REJETE:
            ramener_au_du(versement.action, [versement.annee], auteur)
            versement.refresh_from_db(fields=["montant", "etat", "motif", "version"])
    return versements


def _appliquer(versement: Versement, retour: Retour) -> None:
    """Change la ligne en mémoire. Un paiement sans mandat garde celui qui était déjà connu."""
    versement.etat = CYCLE_VERSEMENT.franchir(retour.acte, versement.etat)
    versement.motif = retour.motif.strip()
    if retour.acte != "rejeter":
        versement.numero_de_mandat = retour.mandat.strip() or versement.numero_de_mandat
        versement.numero_de_bordereau = retour.bordereau.strip() or versement.numero_de_bordereau
        versement.mandate_le = retour.mandate_le or versement.mandate_le or retour.paye_le
        versement.paye_le = retour.paye_le if retour.acte == "payer" else None
    versement.version += 1
    _exiger_tout(versement)


def _exiger_tout(versement: Versement) -> None:
    """Ce que la base exige aussi, dit près du champ. Lève `ValidationError`."""
    etat = versement.etat
    if etat in VERSEMENTS_MANDATES and not versement.numero_de_mandat:
        raise ValidationError({"mandat": "Donnez le numéro du mandat."})
    if etat in VERSEMENTS_MANDATES and versement.mandate_le is None:
        raise ValidationError({"mandate_le": "Donnez la date du mandat."})
    if etat == EtatVersement.PAYE and versement.paye_le is None:
        raise ValidationError({"paye_le": "Donnez la date du paiement."})
    mandate_le, paye_le = versement.mandate_le, versement.paye_le
    if etat == EtatVersement.PAYE and paye_le and mandate_le and paye_le < mandate_le:
        raise ValidationError({"paye_le": f"Le mandat est du {mandate_le:%d/%m/%Y}\u00a0: pas avant."})
    if etat in VERSEMENTS_MANDATES:
        exiger_un_jour_venu(mandate_le=mandate_le, paye_le=paye_le)
    if etat == EtatVersement.REJETE and not versement.motif:
        raise ValidationError({"motif": "Dites pourquoi le comptable a rejeté le versement."})


def _apres(versement: Versement) -> dict[str, str]:
    dits = {
        "reference": versement.reference,
        "montant": str(versement.montant),
        "etat": str(versement.etat),
        "mandat": versement.numero_de_mandat,
        "motif": versement.motif,
    }
    return {champ: valeur for champ, valeur in dits.items() if valeur}
