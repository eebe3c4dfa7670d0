"""Finir une convention : la solder, la résilier, constater sa caducité."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.montants import en_euros
from config.socle.transitions import PassageRefuse
from financements.actions.conventions.commun import exiger_sans_demande, verrouiller
from financements.actions.execution.acces import verrouiller_l_action
from financements.imports.echeances import Raison, aligner_l_engagement
from financements.models import Action, Convention, Versement
from financements.states.execution import (
    CYCLE_CONVENTION,
    CYCLE_VERSEMENT,
    EtatAvenant,
    EtatVersement,
    NatureDeMouvement,
)

_A_PAYER = (
    EtatVersement.PREVU,
    EtatVersement.SUSPENDU,
    EtatVersement.LIQUIDE,
    EtatVersement.MANDATE,
    EtatVersement.REJETE,
)


@transaction.atomic
def solder(*, auteur: Personne, convention: Convention, version: int) -> Convention:
    """Plus rien n’est à payer. Lève `PermissionDenied`, `VersionPerimee`, `PassageRefuse`."""
    lue = verrouiller(auteur, convention, version)
    avant = {"etat": str(lue.etat)}
    lue.etat = CYCLE_CONVENTION.franchir("solder", lue.etat)
    _refuser_un_avenant_en_cours(lue)
    restent = Versement.objects.filter(action=lue.action, etat__in=_A_PAYER).count()
    if restent:
        raise PassageRefuse(f"Il reste {restent}\u00a0versements à payer ou à annuler\u00a0: elle n’est pas soldée.")
    lue.version += 1
    lue.save(update_fields=["etat", "version"])
    journaliser(auteur=auteur, acte="solder_une_convention", objet=lue, avant=avant, apres={"etat": str(lue.etat)})
    return lue


@transaction.atomic
def resilier(*, auteur: Personne, convention: Convention, motif: str, le: date, version: int) -> Convention:
    """Met fin à la convention ce jour-là, après sa signature ; les versements prévus sont annulés, rien n’est repris.

    L’engagement reste : ce qui est dû du temps de la convention se paie encore, le reste se dégage à part. Lève
    `PermissionDenied`, `VersionPerimee`, `PassageRefuse`, `ValidationError`.
    """
    lue = verrouiller(auteur, convention, version)
    _verrouiller_l_argent(lue)
    avant = {"etat": str(lue.etat), "fin_le": lue.fin_le}
    lue.etat = CYCLE_CONVENTION.franchir("resilier", lue.etat)
    _refuser_un_avenant_en_cours(lue)
    if lue.signee_le is None or not lue.signee_le <= le <= timezone.localdate():
        raise PassageRefuse("Une convention se résilie entre sa signature et aujourd’hui.")
    lue.fin_le = max(le, lue.debut_le)
    _finir(lue, motif)
    apres = {"etat": str(lue.etat), "fin_le": lue.fin_le, "motif": lue.motif_de_fin}
    journaliser(auteur=auteur, acte="resilier_une_convention", objet=lue, avant=avant, apres=apres)
    annuler_les_versements_prevus(auteur, lue.action, f"Convention résiliée\u00a0: {lue.motif_de_fin}")
    return lue


@transaction.atomic
def constater_la_caducite(*, auteur: Personne, convention: Convention, motif: str, version: int) -> Convention:
    """La date est passée sans démarrage ni justificatif : le reste de l’engagement est dégagé.

    Ce qui est liquidé le reste ; un bilan déposé est un justificatif. Lève `PermissionDenied`, `VersionPerimee`,
    `PassageRefuse`, `ValidationError`.
    """
    lue = verrouiller(auteur, convention, version)
    avant = {"etat": str(lue.etat)}
    lue.etat = CYCLE_CONVENTION.franchir("constater_la_caducite", lue.etat)
    exiger_sans_demande(lue)
    _refuser_un_avenant_en_cours(lue)
    if lue.caduque_le is None or lue.caduque_le > timezone.localdate():
        raise PassageRefuse("La date de caducité n’est pas passée\u00a0: la convention vaut encore.")
    if lue.action.bilans.filter(depose_le__isnull=False).exists():
        raise PassageRefuse("Un bilan est déposé\u00a0: l’action a commencé, la convention n’est pas caduque.")
    _verrouiller_l_argent(lue)
    _finir(lue, motif)
    annuler_les_versements_prevus(auteur, lue.action, f"Convention caduque\u00a0: {lue.motif_de_fin}")
    raison = Raison(auteur=auteur, nature=NatureDeMouvement.DEGAGEMENT, motif=f"Convention {lue.numero} caduque")
    degages = aligner_l_engagement(lue.action, raison) if lue.action.engagements.exists() else {}
    apres = {"etat": str(lue.etat), "motif": lue.motif_de_fin, "degage": str(en_euros(-sum(degages.values())))}
    journaliser(auteur=auteur, acte="constater_la_caducite", objet=lue, avant=avant, apres=apres)
    return lue


def annuler_les_versements_prevus(auteur: Personne, action: Action, motif: str) -> None:
    """Ceux que rien n’a encore liquidés, et ceux que le comptable a rejetés ; chacun se consigne."""
    verrouilles = Versement.objects.select_for_update(of=("self",)).filter(
        action=action, etat__in=CYCLE_VERSEMENT.passage("annuler").depuis
    )
    for versement in verrouilles.order_by("pk"):
        avant = {"etat": str(versement.etat)}
        versement.etat = CYCLE_VERSEMENT.franchir("annuler", versement.etat)
        versement.motif = motif[:300]
        versement.version += 1
        versement.save(update_fields=["etat", "motif", "version"])
        journaliser(
            auteur=auteur,
            acte="annuler_un_versement",
            objet=versement,
            avant=avant,
            apres={"etat": str(versement.etat), "motif": versement.motif},
        )


def _verrouiller_l_argent(convention: Convention) -> None:
    """L’enveloppe puis l’action, avant tout versement : comme les actes de l’exécution."""
    if convention.action.engagements.exists():
        verrouiller_l_action(convention.action)


def _finir(convention: Convention, motif: str) -> None:
    convention.motif_de_fin = motif.strip()
    convention.version += 1
    convention.full_clean()
    convention.save(update_fields=["etat", "fin_le", "motif_de_fin", "version"])


def _refuser_un_avenant_en_cours(convention: Convention) -> None:
    if convention.avenants.filter(etat__in=(EtatAvenant.PREPARATION, EtatAvenant.EDITE)).exists():
        raise PassageRefuse("Un avenant est en cours\u00a0: signez-le ou abandonnez-le d’abord.")
