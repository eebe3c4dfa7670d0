"""Voter l’enveloppe d’un appel et la répartir entre les territoires."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.montants import en_centimes, en_euros
from financements.models import CreditAnnuel, Dotation, Enveloppe, Repartition
from projets.models import AppelAProjets
from territoires.models import Effectif, ReleveEffectifs
from territoires.rules.plus_forts_restes import repartir


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

    Une répartition n’est jamais recalculée : chaque appel crée la version suivante. Lève les refus de
    `territoires.rules` (relevé vide, poids tous nuls).
    """
    enveloppe = Enveloppe.objects.select_for_update(of=("self",)).get(pk=enveloppe.pk)
    derniere = Repartition.objects.filter(enveloppe=enveloppe).order_by("-version").first()
    repartition = Repartition.objects.create(
        enveloppe=enveloppe, releve=releve, version=derniere.version + 1 if derniere else 1
    )
    effectifs = Effectif.objects.filter(releve=releve).select_related("territoire")
    territoires = {effectif.territoire.code: effectif for effectif in effectifs}
    poids = {code: effectif.nombre for code, effectif in territoires.items()}
    Dotation.objects.bulk_create(
        Dotation(
            repartition=repartition,
            territoire=territoires[code].territoire,
            annee=credit.annee,
            poids=poids[code],
            montant=en_euros(centimes),
        )
        for credit in enveloppe.credits_annuels.all()
        for code, centimes in repartir(en_centimes(credit.montant_cp), poids).items()
    )
    journaliser(
        auteur=auteur,
        acte="repartir_enveloppe",
        objet=repartition,
        apres={"version": repartition.version, "releve": releve.pk},
    )
    return repartition
