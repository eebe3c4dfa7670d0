"""Régler les versements d’un appel : ses règles, étape par étape, celle qui vaut par défaut, celle d’une action."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.montants import en_euros
from config.socle.transitions import PassageRefuse
from config.socle.versions import exiger_la_version
from financements.actions.execution.acces import exiger_de_pouvoir_executer, verrouiller_l_action
from financements.models import Action, Convention, EtapeDeVersement, RegleDeVersement
from financements.rules.versements import Etape, defauts_de_la_regle
from financements.states.execution import EtatConvention
from projets.models import AppelAProjets


@transaction.atomic
def regler_les_versements(
    *,
    auteur: Personne | None,
    appel: AppelAProjets,
    nom: str,
    etapes: Sequence[Etape],
    regle: RegleDeVersement | None = None,
    version: int = 0,
) -> RegleDeVersement:
    """Crée une règle, ou remplace les étapes de `regle`. La première de l’appel vaut par défaut.

    Les échéanciers déjà écrits gardent la leur. Lève `PermissionDenied`, `VersionPerimee`, `ValidationError`.
    """
    exiger_de_pouvoir_executer(auteur)
    AppelAProjets.objects.select_for_update(of=("self",)).get(pk=appel.pk)
    if defauts := defauts_de_la_regle(etapes):
        raise ValidationError(defauts)
    if regle is None:
        aucune = not RegleDeVersement.objects.filter(appel=appel).exists()
        ecrite = RegleDeVersement(appel=appel, nom=nom.strip(), est_par_defaut=aucune)
    else:
        ecrite = RegleDeVersement.objects.select_for_update(of=("self",)).get(pk=regle.pk, appel=appel)
        exiger_la_version(ecrite, version)
        ecrite.nom = nom.strip()
        ecrite.version += 1
    ecrite.full_clean()
    ecrite.save()
    _ecrire_les_etapes(ecrite, etapes)
    journaliser(
        auteur=auteur,
        acte="regler_les_versements",
        objet=appel,
        apres={
            "nom": ecrite.nom,
            "etapes": ", ".join(f"{etape.nature} {en_euros(etape.part)} %" for etape in etapes),
        },
    )
    return ecrite


def _ecrire_les_etapes(regle: RegleDeVersement, etapes: Sequence[Etape]) -> None:
    EtapeDeVersement.objects.filter(regle=regle).delete()
    EtapeDeVersement.objects.bulk_create(
        EtapeDeVersement(
            regle=regle,
            rang=rang,
            nature=etape.nature,
            part=en_euros(etape.part),
            decalage=etape.decalage,
            mois=etape.mois,
            attend_la_convention=etape.attend_la_convention,
            attend_le_bilan_precedent=etape.attend_le_bilan_precedent,
            attend_le_bilan=etape.attend_le_bilan,
            pieces=list(etape.pieces),
        )
        for rang, etape in enumerate(etapes, start=1)
    )


@transaction.atomic
def choisir_par_defaut(*, auteur: Personne, regle: RegleDeVersement) -> RegleDeVersement:
    """Celle qui vaudra pour les actions engagées ensuite. Lève `PermissionDenied`."""
    exiger_de_pouvoir_executer(auteur)
    AppelAProjets.objects.select_for_update(of=("self",)).get(pk=regle.appel_id)
    RegleDeVersement.objects.filter(appel=regle.appel_id, est_par_defaut=True).update(est_par_defaut=False)
    RegleDeVersement.objects.filter(pk=regle.pk).update(est_par_defaut=True)
    journaliser(
        auteur=auteur, acte="regler_les_versements", objet=regle.appel, apres={"nom": regle.nom, "etat": "par défaut"}
    )
    regle.est_par_defaut = True
    return regle


@transaction.atomic
def supprimer_une_regle(*, auteur: Personne, regle: RegleDeVersement) -> None:
    """Lève `PermissionDenied`, `PassageRefuse` pour la règle par défaut tant qu’il y en a d’autres, ou choisie."""
    exiger_de_pouvoir_executer(auteur)
    AppelAProjets.objects.select_for_update(of=("self",)).get(pk=regle.appel_id)
    lue = RegleDeVersement.objects.get(pk=regle.pk)
    autres = RegleDeVersement.objects.filter(appel=lue.appel_id).exclude(pk=lue.pk)
    if lue.est_par_defaut and autres.exists():
        raise PassageRefuse("C’est la règle par défaut\u00a0: choisissez-en une autre d’abord.")
    if choisie := lue.actions.count():
        actions = f"{choisie}\u00a0action{'s' if choisie > 1 else ''}"
        raise PassageRefuse(f"C’est la règle choisie pour {actions}\u00a0: elle reste.")
    journaliser(auteur=auteur, acte="supprimer_une_regle", objet=lue.appel, avant={"nom": lue.nom})
    lue.delete()


@transaction.atomic
def choisir_la_regle_de_l_action(*, auteur: Personne, action: Action, regle: RegleDeVersement | None) -> Action:
    """L’action se paiera par `regle` ; None : par celle de l’appel. Avant que rien ne l’ait écrit.

    Lève `PermissionDenied`, `PassageRefuse` (engagée, convention éditée, règle d’un autre appel).
    """
    exiger_de_pouvoir_executer(auteur)
    lue = verrouiller_l_action(action)
    if lue.engagements.exists():
        raise PassageRefuse("L’action est engagée\u00a0: son échéancier est écrit, un avenant le change.")
    if Convention.objects.filter(action=lue).exclude(etat=EtatConvention.PREPARATION).exists():
        raise PassageRefuse("La convention éditée dit déjà comment se verse l’aide\u00a0: reprenez-en la rédaction.")
    if regle is not None and regle.appel_id != lue.projet.appel_id:
        raise PassageRefuse("Cette règle est d’un autre appel à projets.")
    avant, lue.regle_de_versement = lue.regle_de_versement, regle
    lue.save(update_fields=["regle_de_versement"])
    journaliser(
        auteur=auteur,
        acte="choisir_la_regle_de_l_action",
        objet=lue,
        avant={"regle": str(avant or "")},
        apres={"regle": str(regle or "")},
    )
    return lue
