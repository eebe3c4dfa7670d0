"""Les avenants d’une convention signée : créer, modifier, éditer, reprendre, abandonner, signer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.montants import en_centimes, en_euros, format_euros
from config.socle.transitions import PassageRefuse
from config.socle.versions import exiger_la_version
from financements.actions.conventions.commun import (
    exiger_dates,
    exiger_sans_demande,
    jeton_neuf,
    modele_de,
    verrouiller,
)
from financements.actions.conventions.signer import Signatures
from financements.actions.conventions.tirages import demander_le_tirage
from financements.actions.execution.modifier import changer_les_montants, refuser_sous_le_verse
from financements.chiffres.avenants import depassements_d_une_hausse, tranches_de
from financements.chiffres.contenu_de_convention import contenu_d_avenant, cout_prevu, empreinte_de
from financements.imports.echeances import Raison
from financements.models import Avenant, Convention, Deliberation, Enveloppe
from financements.rules.avenants import AvenantRefuse, Changement, changement
from financements.states.execution import CYCLE_AVENANT, EtatAvenant, EtatConvention, NatureDeMouvement


@dataclass(frozen=True, slots=True)
class Demande:
    """Ce que l’avenant change. `montants` : année → centimes, des seules années qui changent."""

    objet: str
    montants: Mapping[int, int] = field(default_factory=dict)
    fin_le: date | None = None
    deliberation: Deliberation | None = None


@transaction.atomic
def creer_un_avenant(*, auteur: Personne, convention: Convention, demande: Demande) -> Avenant:
    """Ouvre un avenant à une convention signée. Un seul en cours à la fois.

    Lève `PermissionDenied`, `PassageRefuse`, `ValidationError`.
    """
    lue = verrouiller(auteur, convention)
    if lue.etat != EtatConvention.SIGNEE:
        raise PassageRefuse("Seule une convention signée se modifie par avenant.")
    dernier = lue.avenants.order_by("-numero").first()
    avenant = Avenant(convention=lue, numero=(dernier.numero if dernier else 0) + 1)
    _ecrire(avenant, demande)
    try:
        with transaction.atomic():
            avenant.save()
    except IntegrityError as deja:
        raise PassageRefuse("Un avenant est déjà en cours pour cette convention.") from deja
    journaliser(auteur=auteur, acte="creer_un_avenant", objet=avenant, apres=_photographie(avenant))
    return avenant


@transaction.atomic
def modifier_un_avenant(*, auteur: Personne, avenant: Avenant, demande: Demande, version: int) -> Avenant:
    """Change un avenant en préparation.

    Lève `PermissionDenied`, `VersionPerimee`, `PassageRefuse`, `ValidationError`.
    """
    lu = _verrouiller(auteur, avenant, version)
    if lu.etat != EtatAvenant.PREPARATION:
        raise PassageRefuse("Cet avenant n’est plus en préparation\u00a0: reprenez-en la rédaction pour le modifier.")
    avant = _photographie(lu)
    _ecrire(lu, demande)
    lu.version += 1
    lu.save()
    journaliser(auteur=auteur, acte="modifier_un_avenant", objet=lu, avant=avant, apres=_photographie(lu))
    return lu


@transaction.atomic
def editer_un_avenant(*, auteur: Personne, avenant: Avenant) -> Avenant:
    """Fige le texte et demande le PDF. Une hausse a sa délibération, exécutoire, et tient dans les enveloppes.

    Lève `PermissionDenied`, `PassageRefuse`.
    """
    lu = _verrouiller(auteur, avenant)
    avant = {"etat": str(lu.etat)}
    lu.etat = CYCLE_AVENANT.franchir("editer", lu.etat)
    _juger(lu)
    lu.contenu = contenu_d_avenant(lu, modele_de(lu.convention.action.projet.appel))
    lu.empreinte, lu.jeton = empreinte_de(lu.contenu), jeton_neuf()
    lu.fichier, lu.pages = "", None
    lu.version += 1
    lu.save()
    apres = {"etat": str(lu.etat), "empreinte": lu.empreinte}
    journaliser(auteur=auteur, acte="editer_un_avenant", objet=lu, avant=avant, apres=apres)
    demander_le_tirage(auteur=auteur, convention=lu.convention, avenant=lu)
    return lu


@transaction.atomic
def reprendre_un_avenant(*, auteur: Personne, avenant: Avenant) -> Avenant:
    """Rouvre sa rédaction. Lève `PermissionDenied`, `PassageRefuse`."""
    lu = _verrouiller(auteur, avenant)
    avant = {"etat": str(lu.etat)}
    lu.etat = CYCLE_AVENANT.franchir("reprendre", lu.etat)
    exiger_sans_demande(lu.convention, lu)
    lu.contenu, lu.empreinte, lu.jeton, lu.fichier, lu.pages = None, "", None, "", None
    lu.version += 1
    lu.save()
    journaliser(auteur=auteur, acte="reprendre_un_avenant", objet=lu, avant=avant, apres={"etat": str(lu.etat)})
    return lu


@transaction.atomic
def abandonner_un_avenant(*, auteur: Personne, avenant: Avenant) -> Avenant:
    """Y renonce ; son numéro reste pris. Lève `PermissionDenied`, `PassageRefuse`."""
    lu = _verrouiller(auteur, avenant)
    avant = {"etat": str(lu.etat)}
    lu.etat = CYCLE_AVENANT.franchir("abandonner", lu.etat)
    exiger_sans_demande(lu.convention, lu)
    lu.version += 1
    lu.save()
    journaliser(auteur=auteur, acte="abandonner_un_avenant", objet=lu, avant=avant, apres={"etat": str(lu.etat)})
    return lu


@transaction.atomic
def signer_un_avenant(*, auteur: Personne, avenant: Avenant, signatures: Signatures, version: int) -> Avenant:
    """Enregistre les signatures, et les montants deviennent ceux des tranches : parts, engagement, versements suivent.

    Lève `PermissionDenied`, `VersionPerimee`, `PassageRefuse` (les montants ont changé depuis, enveloppe dépassée,
    déjà liquidé), `DatesRefusees`.
    """
    lu = _verrouiller(auteur, avenant, version)
    etat = CYCLE_AVENANT.franchir("signer", lu.etat)
    exiger_sans_demande(lu.convention, lu)
    signee_le = lu.convention.signee_le
    depuis = [jour for jour in (signee_le, _executoire(lu.deliberation)) if jour]
    exiger_dates(
        max(depuis),
        timezone.localdate(),
        organisme_le=signatures.organisme_le,
        departement_le=signatures.departement_le,
    )
    _juger(lu)
    lu.etat = etat
    lu.signe_organisme_le, lu.signe_departement_le = signatures.organisme_le, signatures.departement_le
    lu.signataire_organisme = signatures.par_organisme.strip()
    lu.signataire_departement = signatures.par_departement.strip()
    lu.version += 1
    lu.save()
    if lu.montants_apres:
        raison = Raison(auteur=auteur, nature=NatureDeMouvement.AVENANT, motif=str(lu), avenant=lu)
        montants = {int(annee): en_euros(centimes) for annee, centimes in _centimes(lu.montants_apres).items()}
        changer_les_montants(action=lu.convention.action, montants=montants, raison=raison)
    if lu.fin_le:
        lu.convention.fin_le = lu.fin_le
        lu.convention.version += 1
        lu.convention.save(update_fields=["fin_le", "version"])
    journaliser(
        auteur=auteur,
        acte="signer_un_avenant",
        objet=lu,
        avant={"montants": lu.montants_avant},
        apres={"etat": str(lu.etat), "montants": lu.montants_apres, "fin_le": lu.fin_le},
    )
    return lu


def _verrouiller(auteur: Personne, avenant: Avenant, version: int | None = None) -> Avenant:
    """L’avenant relu, sa convention verrouillée avant lui."""
    convention = verrouiller(auteur, avenant.convention)
    lu = Avenant.objects.select_for_update(of=("self",)).select_related("deliberation").get(pk=avenant.pk)
    if version is not None:
        exiger_la_version(lu, version)
    lu.convention = convention
    if convention.etat != EtatConvention.SIGNEE:
        raise PassageRefuse("La convention n’est plus en cours\u00a0: cet avenant ne peut plus que rester tel quel.")
    return lu


def _ecrire(avenant: Avenant, demande: Demande) -> None:
    """Pose la demande sur l’avenant. Lève `PassageRefuse`, `ValidationError`."""
    convention = avenant.convention
    if demande.fin_le is not None and demande.fin_le <= convention.debut_le:
        raise PassageRefuse("La nouvelle date de fin suit la date d’effet.")
    avenant.objet, avenant.fin_le, avenant.deliberation = demande.objet.strip(), demande.fin_le, demande.deliberation
    avenant.montants_avant, avenant.montants_apres = {}, {}
    if demande.montants:
        change = _changement(avenant, demande.montants)
        avenant.montants_avant, avenant.montants_apres = _textes(change.avant), _textes(change.apres)
    if not avenant.montants_apres and avenant.fin_le is None:
        raise PassageRefuse("Un avenant change un montant ou la date de fin.")
    avenant.clean_fields(exclude=["convention", "montants_avant", "montants_apres"])


def _juger(avenant: Avenant) -> None:
    """Ce qu’il change vaut encore : rien sous ce qui est liquidé, mêmes montants de départ.

    Une hausse est votée, dans les enveloppes, sous le coût.
    """
    if not avenant.montants_apres:
        return
    action = avenant.convention.action
    Enveloppe.objects.select_for_update(of=("self",)).filter(appel=action.projet.appel_id).first()
    change = _changement(avenant, _centimes(avenant.montants_apres))
    refuser_sous_le_verse(action, change.apres)
    if _textes(change.avant) != avenant.montants_avant:
        raise PassageRefuse("Les montants de l’action ont changé depuis\u00a0: reprenez la rédaction de l’avenant.")
    if change.demande_une_deliberation:
        executoire = _executoire(avenant.deliberation)
        if executoire is None or executoire > timezone.localdate():
            raise PassageRefuse("Une hausse demande une délibération exécutoire\u00a0: dites laquelle.")
    if sum(change.apres.values()) > en_centimes(cout_prevu(action)):
        raise PassageRefuse("L’aide dépasserait le coût de l’action.")
    if trop := depassements_d_une_hausse(action, change.hausses):
        quoi, cle, annee, centimes = trop[0]
        lequel = f"{quoi} {cle}, {annee}" if quoi != "année" else str(annee)
        raise PassageRefuse(
            f"La hausse dépasse {len(trop)}\u00a0fois une enveloppe, d’abord {lequel}\u00a0: "
            f"{format_euros(en_euros(centimes))} de trop."
        )


def _changement(avenant: Avenant, voulus: Mapping[int, int]) -> Changement:
    action = avenant.convention.action
    hors = sorted(set(voulus) - set(action.projet.appel.annees))
    if hors:
        raise PassageRefuse(f"{hors[0]} n’est pas une année de l’appel.")
    try:
        return changement(tranches_de(action), voulus)
    except AvenantRefuse as refus:
        raise PassageRefuse(str(refus)) from refus


def _executoire(deliberation: Deliberation | None) -> date | None:
    """Une délibération importée, exécutoire ailleurs, vaut à sa date."""
    if deliberation is None:
        return None
    return deliberation.executoire_le if deliberation.appel_id else deliberation.adoptee_le


def _textes(centimes: Mapping[int, int]) -> dict[str, str]:
    return {str(annee): str(en_euros(montant)) for annee, montant in sorted(centimes.items())}


def _centimes(textes: Mapping[str, str]) -> dict[int, int]:
    return {int(annee): en_centimes(Decimal(montant)) for annee, montant in textes.items()}


def _photographie(avenant: Avenant) -> dict[str, Any]:
    return {
        "montants_avant": avenant.montants_avant,
        "montants_apres": avenant.montants_apres,
        "fin_le": avenant.fin_le,
        "deliberation": str(avenant.deliberation or ""),
    }
