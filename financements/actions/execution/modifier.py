"""Changer ce qui est attribué à une action : avenant, réduction, retrait. Tranches, parts, engagement, versements."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from config.socle.journal import journaliser
from config.socle.montants import en_centimes, en_euros, format_euros
from config.socle.transitions import PassageRefuse
from financements.actions.execution.acces import exiger_de_pouvoir_executer, verrouiller_l_action
from financements.imports.credits import affecter_ce_qui_est_vote
from financements.imports.echeances import (
    Raison,
    aligner_l_engagement,
    cible_de,
    recaler_l_echeancier,
)
from financements.models import Action, MouvementDEngagement, PartTranche, Tranche, Versement
from financements.rules.versements import TropVerse
from financements.states.execution import VERSEMENTS_FIGES
from projets.models import PartProjet
from territoires.rules.plus_forts_restes import repartir


@transaction.atomic
def changer_les_montants(*, action: Action, montants: Mapping[int, Decimal], raison: Raison) -> Action:
    """Les tranches valent `montants` (année → euros ; les autres années ne changent pas), au centime, parts comprises.

    Engagée, l’action voit son engagement et ses versements recalés, sauf ceux qui sont liquidés ; une hausse s’affecte
    d’abord. Pour un avenant, à appeler en signant. Lève `PermissionDenied`, `PassageRefuse` (une année descend sous ce
    qui est liquidé, l’AE ne couvre pas la hausse), `IntegrityError` à la validation (l’aide dépasse le coût).
    """
    exiger_de_pouvoir_executer(raison.auteur)
    action = verrouiller_l_action(action)
    tranches = {tranche.annee: tranche for tranche in Tranche.objects.filter(action=action)}
    avant = {annee: en_centimes(tranche.montant) for annee, tranche in tranches.items()}
    apres = avant | {annee: en_centimes(montant) for annee, montant in montants.items()}
    refuser_sous_le_verse(action, apres)
    est_engagee = MouvementDEngagement.objects.filter(action=action).exists()
    est_hausse = sum(apres.values()) >= sum(avant.values())
    if est_hausse:
        _ecrire_les_tranches(action, tranches, apres)
        if est_engagee:
            _affecter_la_hausse(action, raison)
    mouvements = _aligner(action, apres, raison) if est_engagee else {}
    if not est_hausse:
        _ecrire_les_tranches(action, tranches, apres)
    journaliser(
        auteur=raison.auteur,
        acte="recaler_l_engagement",
        objet=action,
        avant={"montants": _en_texte(avant)},
        apres={"montants": _en_texte(apres), "mouvements": _en_texte(mouvements), "motif": raison.motif},
    )
    return action


def _en_texte(centimes: Mapping[int, int]) -> dict[str, str]:
    return {str(annee): str(en_euros(montant)) for annee, montant in sorted(centimes.items())}


def refuser_sous_le_verse(action: Action, apres: Mapping[int, int]) -> None:
    """Lève `PassageRefuse` si une tranche (année → centimes) descend sous ce qui en est liquidé."""
    verses = Versement.objects.filter(action=action, etat__in=VERSEMENTS_FIGES).order_by()
    for annee, somme in verses.values_list("annee").annotate(somme=Sum("montant")):
        if en_centimes(somme) > apres.get(annee, 0):
            raise PassageRefuse(
                f"{format_euros(somme)} sont déjà liquidés pour {annee}\u00a0: la tranche ne descend pas dessous."
            )


def _affecter_la_hausse(action: Action, raison: Raison) -> None:
    besoin = affecter_ce_qui_est_vote(auteur=raison.auteur, appel=action.projet.appel, motif=raison.motif)
    if besoin.par_axe.get(action.projet.axe_id) and not besoin.est_couvert:
        laisse = format_euros(besoin.libre)
        raise PassageRefuse(f"L’AE ne laisse que {laisse} à affecter\u00a0: elle ne couvre pas cette hausse.")


def _aligner(action: Action, apres: Mapping[int, int], raison: Raison) -> dict[int, int]:
    cibles = {annee: cible_de(action, annee, tranche) for annee, tranche in apres.items()}
    try:
        recaler_l_echeancier(action, cibles)
    except TropVerse as trop:
        verse = format_euros(en_euros(trop.verse))
        raise PassageRefuse(f"{verse} sont déjà liquidés\u00a0: la tranche ne descend pas dessous.") from trop
    return aligner_l_engagement(action, raison)


def _ecrire_les_tranches(action: Action, tranches: Mapping[int, Tranche], apres: Mapping[int, int]) -> None:
    """Les tranches en une requête (la base juge leur somme), puis leurs parts, au prorata de celles du projet."""
    changees = [tranche for annee, tranche in tranches.items() if en_centimes(tranche.montant) != apres.get(annee, 0)]
    for tranche in changees:
        tranche.montant = en_euros(apres[tranche.annee])
    Tranche.objects.bulk_update(changees, ["montant"])
    nouvelles = Tranche.objects.bulk_create(
        Tranche(action=action, annee=annee, montant=en_euros(montant))
        for annee, montant in sorted(apres.items())
        if montant and annee not in tranches
    )
    lues = PartProjet.objects.filter(projet=action.projet_id).values_list(
        "territoire", "pourcentage", "territoire__code"
    )
    cles = {code: territoire for territoire, _, code in lues}
    poids = {code: en_centimes(pourcentage) for _, pourcentage, code in lues}
    PartTranche.objects.filter(tranche__in=changees).delete()
    PartTranche.objects.bulk_create(
        PartTranche(tranche=tranche, territoire_id=cles[code], montant=en_euros(centimes))
        for tranche in (*changees, *nouvelles)
        for code, centimes in repartir(en_centimes(tranche.montant), poids).items()
    )
