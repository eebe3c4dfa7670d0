"""Réviser l’autorisation d’engagement et ses crédits de paiement : un acte daté, lié à une délibération."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.montants import en_centimes, en_euros, format_euros
from config.socle.versions import VersionPerimee
from financements.actions.enveloppes.ecriture import ecrire_la_version, verrouiller_l_enveloppe
from financements.chiffres.arbitrage.totaux import totaux
from financements.chiffres.consommation import consommation, par_annee, scenario_adopte
from financements.chiffres.execution.affectations import affectes_par_axe
from financements.chiffres.execution.liquidation import cp_libres
from financements.chiffres.previsualisation import recalculer
from financements.chiffres.versions_de_repartition import Version, derniere_version
from financements.models import CreditAnnuel, Deliberation, Enveloppe, RevisionEnveloppe


@dataclass(frozen=True)
class Revision:
    """Ce qui est voté. `credits_annuels` : année → euros, toutes les années de l’enveloppe.

    `repartir` : répartir de nouveau avec les choix de la version courante. `lues` : nombre de révisions que la
    personne avait sous les yeux.
    """

    credits_annuels: Mapping[int, Decimal]
    deliberation: str
    adoptee_le: date
    motif: str
    repartir: bool
    lues: int


@transaction.atomic
def reviser_l_enveloppe(*, auteur: Personne | None, enveloppe: Enveloppe, revision: Revision) -> RevisionEnveloppe:
    """Écrit la révision, les nouveaux crédits et, au besoin, la version suivante de la répartition.

    Lève `VersionPerimee` si l’enveloppe a été révisée depuis ; `ValidationError`, par année (`cp_2016`), si une année
    descend sous ce qui est déjà voté, adopté, réparti, liquidé ou reporté, ou, en tout, sous ce qui est affecté, ou si
    rien ne change.
    """
    enveloppe = verrouiller_l_enveloppe(auteur, enveloppe)
    faites = RevisionEnveloppe.objects.filter(enveloppe=enveloppe).count()
    if faites != revision.lues:
        raise VersionPerimee(enveloppe)
    avant = dict(CreditAnnuel.objects.filter(enveloppe=enveloppe).values_list("annee", "montant_cp"))
    apres = dict(sorted(revision.credits_annuels.items()))
    if avant == apres:
        raise ValidationError("Rien ne change : donnez au moins un nouveau montant.")
    courante = derniere_version(enveloppe)
    suivante = _suivante(enveloppe, courante, apres) if courante and revision.repartir else None
    _verifier(enveloppe, {**dict.fromkeys(avant, Decimal(0)), **apres}, suivante or courante)
    _couvrir_l_execution(enveloppe, avant, apres)
    if courante and suivante:
        _tenir_le_scenario_adopte(enveloppe, courante, suivante)
    ecrite = _ecrire(auteur, enveloppe, revision, avant)
    ecrite.numero = faites + 1
    ecrite.full_clean()
    ecrite.save()
    if suivante:
        motif = f"Révision n° {ecrite.numero} : {revision.motif}"
        ecrire_la_version(auteur=auteur, acte="repartir_enveloppe", version=suivante, motif=motif)
    journaliser(
        auteur=auteur,
        acte="reviser_enveloppe",
        objet=ecrite,
        avant={"montant_ae": str(ecrite.ae_avant), "cp": ecrite.cp_avant},
        apres={
            "montant_ae": str(ecrite.ae_apres),
            "cp": ecrite.cp_apres,
            "deliberation": str(ecrite.deliberation),
            "motif": ecrite.motif,
        },
    )
    return ecrite


def _suivante(enveloppe: Enveloppe, courante: Version, apres: Mapping[int, Decimal]) -> Version:
    try:
        calcul = recalculer(enveloppe, courante, {annee: en_centimes(cp) for annee, cp in apres.items()})
    except ValueError as raison:
        raise ValidationError({"repartir": str(raison)}) from raison
    if calcul.version is None:
        raise ValidationError({f"cp_{annee}": raison for annee, raison in calcul.resultat.refus.items()})
    return calcul.version


def _verifier(enveloppe: Enveloppe, apres: Mapping[int, Decimal], version: Version | None) -> None:
    """Une année couvre ce qui est voté ou adopté, et ce qui est réparti ; celle qui disparaît vaut zéro."""
    pris, reparti = par_annee(consommation(enveloppe.appel)), _distribue(version)
    erreurs = {}
    for annee, cp in apres.items():
        if en_centimes(cp) < pris.get(annee, 0):
            erreurs[f"cp_{annee}"] = (
                f"{format_euros(en_euros(pris[annee]))} sont déjà votés ou adoptés pour {annee} : pas moins."
            )
        elif en_centimes(cp) < reparti.get(annee, 0):
            erreurs[f"cp_{annee}"] = (
                f"{format_euros(en_euros(reparti[annee]))} sont déjà répartis pour {annee}, réserve comprise : pas "
                "moins, sauf à répartir de nouveau."
            )
    if erreurs:
        raise ValidationError(erreurs)


def _couvrir_l_execution(enveloppe: Enveloppe, avant: Mapping[int, Decimal], apres: Mapping[int, Decimal]) -> None:
    """L’AE couvre encore ce qui est affecté, même rendu depuis ; chaque exercice, ce qui en est liquidé et reporté."""
    affecte = sum(affectes_par_axe(enveloppe.appel).values(), Decimal(0))
    if sum(apres.values(), Decimal(0)) < affecte:
        raise ValidationError(
            f"{format_euros(affecte)} sont déjà affectés aux axes : l’autorisation d’engagement ne descend pas "
            "dessous."
        )
    erreurs = {}
    for annee, libre in cp_libres(enveloppe.appel).items():
        au_moins = avant.get(annee, Decimal(0)) - en_euros(libre)
        if apres.get(annee, Decimal(0)) < au_moins:
            erreurs[f"cp_{annee}"] = (
                f"{format_euros(au_moins)} sont déjà liquidés ou reportés sur {annee} : pas moins."
            )
    if erreurs:
        raise ValidationError(erreurs)


def _tenir_le_scenario_adopte(enveloppe: Enveloppe, courante: Version, suivante: Version) -> None:
    """Aucune dotation, de territoire ou d’axe, ne baisse sous ce que le scénario adopté y prend.

    Un dépassement déjà signé n’empire pas.
    """
    adopte = scenario_adopte(enveloppe.appel)
    if adopte is None:
        return
    for (code, annee), pris in consommation(enveloppe.appel).items():
        avant, apres = courante.montants.get((code, annee), 0), suivante.montants.get((code, annee), 0)
        if apres < min(avant, pris):
            raise ValidationError(
                {"repartir": f"Le scénario adopté « {adopte} » ne tiendrait plus : {code}, {annee}."}
            )
    for (numero, an), pris in totaux(adopte).par_axe.items():  # un axe sans dotation n’est pas borné
        axe = (int(numero), int(an))
        avant, apres = courante.par_axe.get(axe, pris), suivante.par_axe.get(axe, pris)
        if apres < min(avant, pris):
            raise ValidationError(
                {"repartir": f"Le scénario adopté « {adopte} » ne tiendrait plus : axe {numero}, {an}."}
            )


def _distribue(version: Version | None) -> dict[int, int]:
    """Année → centimes distribués, réserve comprise ; axes et territoires se partagent le même argent."""
    if version is None:
        return {}
    territoires, axes = par_annee(version.montants), _par_annee_des_axes(version)
    return {
        annee: version.reserve.get(annee, 0) + max(territoires.get(annee, 0), axes.get(annee, 0))
        for annee in {*territoires, *axes, *version.reserve}
    }


def _par_annee_des_axes(version: Version) -> dict[int, int]:
    return par_annee({(str(numero), annee): montant for (numero, annee), montant in version.par_axe.items()})


def _ecrire(
    auteur: Personne | None, enveloppe: Enveloppe, revision: Revision, avant: Mapping[int, Decimal]
) -> RevisionEnveloppe:
    """Les nouveaux crédits ; rend la révision, pas encore écrite. Les contraintes se jugent à la fin de l’acte."""
    apres = dict(sorted(revision.credits_annuels.items()))
    ae_avant, enveloppe.montant_ae = enveloppe.montant_ae, sum(apres.values(), Decimal(0))
    enveloppe.save(update_fields=["montant_ae"])
    CreditAnnuel.objects.filter(enveloppe=enveloppe).exclude(annee__in=apres).delete()
    for annee, cp in apres.items():
        CreditAnnuel.objects.update_or_create(enveloppe=enveloppe, annee=annee, defaults={"montant_cp": cp})
    deliberation, _ = Deliberation.objects.get_or_create(
        reference=revision.deliberation.strip(), adoptee_le=revision.adoptee_le
    )
    return RevisionEnveloppe(
        enveloppe=enveloppe,
        ae_avant=ae_avant,
        ae_apres=enveloppe.montant_ae,
        cp_avant={str(annee): str(cp) for annee, cp in sorted(avant.items())},
        cp_apres={str(annee): str(cp) for annee, cp in apres.items()},
        deliberation=deliberation,
        motif=revision.motif.strip(),
        faite_par=auteur,
    )
