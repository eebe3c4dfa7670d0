"""Voter l’enveloppe d’un appel et la répartir entre les territoires."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser
from financements.actions.enveloppes.ecriture import ecrire_la_version, exiger_le_droit, verrouiller_l_enveloppe
from financements.chiffres.previsualisation import Choix, previsualiser
from financements.models import CreditAnnuel, Enveloppe, Repartition
from projets.models import AppelAProjets
from territoires.models import ReleveEffectifs
from territoires.rules.plus_forts_restes import verifier_poids
from territoires.rules.refus import RepartitionRefusee


@transaction.atomic
def voter_enveloppe(
    *,
    auteur: Personne | None,
    appel: AppelAProjets,
    credits_annuels: Mapping[int, Decimal],
    deliberation: str = "",
    votee_le: date | None = None,
) -> Enveloppe:
    """Ouvre l’autorisation d’engagement : la somme des crédits de paiement (euros) de chaque année.

    Lève `IntegrityError` si l’appel a déjà son enveloppe : elle ne change que par un acte de révision.
    """
    exiger_le_droit(auteur, appel)
    enveloppe = Enveloppe.objects.create(
        appel=appel,
        montant_ae=sum(credits_annuels.values(), Decimal(0)),
        deliberation=deliberation,
        votee_le=votee_le,
    )
    CreditAnnuel.objects.bulk_create(
        CreditAnnuel(enveloppe=enveloppe, annee=annee, montant_cp=montant)
        for annee, montant in sorted(credits_annuels.items())
    )
    journaliser(
        auteur=auteur,
        acte="voter_enveloppe",
        objet=enveloppe,
        apres={
            "montant_ae": str(enveloppe.montant_ae),
            "cp": {str(annee): str(montant) for annee, montant in sorted(credits_annuels.items())},
        },
    )
    return enveloppe


@transaction.atomic
def repartir_enveloppe(*, auteur: Personne | None, enveloppe: Enveloppe, releve: ReleveEffectifs) -> Repartition:
    """Répartit les crédits de chaque année au prorata des effectifs du relevé, au centime, par les plus forts restes.

    Le chemin court de `valider_la_repartition` : ni choix, ni prévisualisation lue. Une répartition n’est jamais
    recalculée : chaque appel crée la version suivante. Lève les refus de `territoires.rules`.
    """
    calcul = previsualiser(verrouiller_l_enveloppe(auteur, enveloppe), Choix(releve))
    verifier_poids(calcul.donnees.effectifs)
    if calcul.version is None:
        raise RepartitionRefusee(next(iter(calcul.resultat.refus.values()), "L’enveloppe n’a aucune année."))
    return ecrire_la_version(auteur=auteur, acte="repartir_enveloppe", version=calcul.version)
