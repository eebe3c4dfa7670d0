"""Confier une convention ou un avenant au prestataire de signature, et y renoncer."""

import hashlib
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from financements.actions.conventions.commun import exiger_le_droit, signable_depuis, verrouiller
from financements.models import Avenant, Convention, DemandeDeSignature
from financements.registre.cachet import est_regle
from financements.states.execution import CYCLE_SIGNATURE, EtatAvenant, EtatConvention
from financements.tasks.signature import lancer_le_suivi


@transaction.atomic
def envoyer_au_prestataire(
    *, auteur: Personne, convention: Convention, avenant: Avenant | None = None
) -> DemandeDeSignature:
    """Demande la signature du PDF édité, de la convention ou d’un de ses avenants ; le dépôt se fait après validation.

    Lève `PermissionDenied`, `PassageRefuse` (pas de prestataire, état, PDF pas produit, décision pas notifiée,
    organisme sans adresse électronique, demande déjà en cours).
    """
    lue = verrouiller(auteur, convention)
    if not est_regle():
        raise PassageRefuse("Aucun prestataire de signature n’est réglé\u00a0: la signature se fait sur papier.")
    objet = _a_signer(lue, avenant)
    if not objet.fichier:
        raise PassageRefuse("Le PDF n’est pas encore produit\u00a0: attendez qu’il le soit pour l’envoyer.")
    if not lue.action.projet.organisme.courriel:
        raise PassageRefuse("L’organisme n’a pas d’adresse électronique\u00a0: complétez d’abord sa fiche.")
    with objet.fichier.open("rb") as lu:
        empreinte = hashlib.sha256(lu.read()).hexdigest()
    demande = DemandeDeSignature(
        convention=lue,
        avenant=objet if isinstance(objet, Avenant) else None,
        empreinte=empreinte,
        demandee_par=auteur,
        expire_le=timezone.localdate() + timedelta(days=settings.SIGNATURE_JOURS),
    )
    try:
        with transaction.atomic():
            demande.save()
    except IntegrityError as deja:
        raise PassageRefuse("Une signature est déjà en cours chez le prestataire.") from deja
    apres = {"etat": str(demande.etat), "empreinte": empreinte, "expire_le": demande.expire_le}
    journaliser(auteur=auteur, acte="envoyer_au_prestataire", objet=demande, apres=apres)
    transaction.on_commit(partial(lancer_le_suivi, demande.pk))
    return demande


@transaction.atomic
def annuler_la_demande(*, auteur: Personne, demande: DemandeDeSignature) -> DemandeDeSignature:
    """Y renonce aussitôt ; le prestataire l’apprend après validation. Lève `PermissionDenied`, `PassageRefuse`."""
    exiger_le_droit(auteur)
    lue = DemandeDeSignature.objects.select_for_update(of=("self",)).get(pk=demande.pk)
    avant = {"etat": str(lue.etat)}
    lue.etat = CYCLE_SIGNATURE.franchir("annuler", lue.etat)
    lue.conclue_le = lue.prochain_essai_le = timezone.now()
    lue.annulation_a_dire, lue.essais, lue.defaut = True, 0, ""
    lue.save()
    apres = {"etat": str(lue.etat)}
    journaliser(auteur=auteur, acte="annuler_une_demande_de_signature", objet=lue, avant=avant, apres=apres)
    transaction.on_commit(partial(lancer_le_suivi, lue.pk))
    return lue


def _a_signer(convention: Convention, avenant: Avenant | None) -> Convention | Avenant:
    """Ce qui se signe, relu sous le verrou de la convention. Lève `PassageRefuse`."""
    if avenant is None:
        if convention.etat != EtatConvention.EDITEE:
            raise PassageRefuse("Seule une convention éditée et pas encore signée s’envoie à signer.")
        signable_depuis(convention.action)
        return convention
    lu = Avenant.objects.select_for_update(of=("self",)).get(pk=avenant.pk, convention=convention)
    if convention.etat != EtatConvention.SIGNEE or lu.etat != EtatAvenant.EDITE:
        raise PassageRefuse("Seul un avenant édité et pas encore signé, d’une convention en cours, s’envoie à signer.")
    return lu
