"""Préparer un comité, le régler, l’ouvrir : l’ordre du jour se tire du scénario."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.montants import en_centimes
from config.socle.transitions import PassageRefuse
from config.socle.versions import exiger_la_version
from financements.actions.arbitrage.ecriture import Etat, scenario_verrouille
from financements.actions.comite.verrou import comite_verrouille
from financements.chiffres.arbitrage.donnees import montants_des_lignes
from financements.models import Comite, LigneDeScenario, PointDuComite, Scenario
from financements.permissions import peut_arbitrer
from financements.rules.comite import rang_a_l_ordre_du_jour
from financements.states import CYCLE_COMITE, PROJETS_ARBITRABLES, Choix, EtatComite
from projets.models import PartProjet


@dataclass(frozen=True, slots=True)
class Reglages:
    """Ce qui fait un comité. `axes` : numéros des axes à l’ordre du jour, vide pour tous."""

    tenu_le: date
    lieu: str
    preside_par: str
    axes: Sequence[int] = ()
    regle_ex_aequo: str = ""


@transaction.atomic
def preparer_un_comite(*, auteur: Personne, scenario: Scenario, reglages: Reglages) -> Comite:
    """Un comité sur ce scénario, et son ordre du jour.

    Lève `PermissionDenied`, `PassageRefuse` (scénario adopté, appel hors arbitrage, rien à examiner),
    `ValidationError`.
    """
    if not peut_arbitrer(auteur):
        raise PermissionDenied
    verrouille = scenario_verrouille(auteur, scenario)
    comite = Comite(appel=verrouille.appel, scenario=verrouille, cree_par=auteur)
    _regler(comite, reglages)
    journaliser(auteur=auteur, acte="preparer_un_comite", objet=comite, apres=_lisible(comite))
    return comite


@transaction.atomic
def regler_un_comite(*, auteur: Personne, comite: Comite, reglages: Reglages, version: int) -> Comite:
    """Change un comité en préparation, et retire son ordre du jour.

    Lève `VersionPerimee` (`version` : celle de la page), `PassageRefuse`, `PermissionDenied`, `ValidationError`.
    """
    verrouille = comite_verrouille(auteur, comite, EtatComite.PREPARATION)
    exiger_la_version(verrouille, version)
    avant = _lisible(verrouille)
    verrouille.version += 1
    _regler(verrouille, reglages)
    journaliser(auteur=auteur, acte="regler_un_comite", objet=verrouille, avant=avant, apres=_lisible(verrouille))
    return verrouille


@transaction.atomic
def ouvrir_un_comite(*, auteur: Personne, comite: Comite) -> Comite:
    """Ouvre la séance : l’ordre du jour est tiré une dernière fois, avec ce que le scénario donne à cet instant.

    Lève `PassageRefuse` (pas en préparation, aucun élu, scénario adopté ou déjà en comité), `PermissionDenied`.
    """
    verrouille = comite_verrouille(auteur, comite, EtatComite.PREPARATION)
    scenario_verrouille(auteur, verrouille.scenario)
    if not verrouille.elus.exists():
        raise PassageRefuse("Notez d’abord les élus présents\u00a0: eux seuls proposent un amendement.")
    if Comite.objects.filter(scenario=verrouille.scenario, etat=EtatComite.OUVERT).exists():
        raise PassageRefuse("Un comité est déjà ouvert sur ce scénario\u00a0: closez-le d’abord.")
    verrouille.etat = CYCLE_COMITE.franchir("ouvrir", verrouille.etat)
    verrouille.ouvert_le, verrouille.rang_courant = timezone.now(), 1
    points = tirer_l_ordre_du_jour(verrouille)
    verrouille.save(update_fields=["etat", "ouvert_le", "rang_courant"])
    journaliser(
        auteur=auteur,
        acte="ouvrir_un_comite",
        objet=verrouille,
        avant={"etat": EtatComite.PREPARATION.label},
        apres={"etat": EtatComite.OUVERT.label, "points": points},
    )
    return verrouille


def tirer_l_ordre_du_jour(comite: Comite) -> int:
    """Un point par projet du scénario encore en course et de ces axes ; rend leur nombre. Cinq requêtes.

    Lève `PassageRefuse` s’il n’y en a aucun.
    """
    lignes = LigneDeScenario.objects.filter(scenario=comite.scenario, projet__etat__in=PROJETS_ARBITRABLES)
    if comite.axes:
        lignes = lignes.filter(projet__axe__numero__in=comite.axes)
    lues = list(
        lignes.values_list("pk", "projet", "projet__axe", "projet__axe__numero", "note", "choix", "projet__numero")
    )
    territoires = _territoires([projet for _, projet, *_ in lues])
    lues = [lue for lue in lues if lue[1] in territoires]
    if not lues:
        raise PassageRefuse("Aucun projet du scénario n’est de ces axes\u00a0: il n’y a rien à examiner.")
    lues.sort(
        key=lambda lue: rang_a_l_ordre_du_jour(
            lue[3], territoires[lue[1]][1], None if lue[4] is None else en_centimes(lue[4]), lue[6] or 0
        )
    )
    montants = montants_des_lignes(lue[0] for lue in lues)
    PointDuComite.objects.filter(comite=comite).delete()
    PointDuComite.objects.bulk_create(
        PointDuComite(
            comite=comite,
            rang=rang,
            projet_id=projet,
            axe_id=axe,
            territoire_id=territoires[projet][0],
            depart=Etat(Choix(choix), montants.get(ligne, {})).en_json(),
        )
        for rang, (ligne, projet, axe, _, _, choix, _) in enumerate(lues, start=1)
    )
    return len(lues)


def _territoires(projets: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Projet → (territoire de sa plus grande part, nom de tri) ; à parts égales, le premier par le nom."""
    parts = PartProjet.objects.filter(projet__in=projets).order_by("projet", "-pourcentage", "territoire__nom_tri")
    trouves: dict[int, tuple[int, str]] = {}
    for projet, territoire, nom in parts.values_list("projet", "territoire", "territoire__nom_tri"):
        trouves.setdefault(projet, (territoire, nom))
    return trouves


def _regler(comite: Comite, reglages: Reglages) -> None:
    comite.tenu_le, comite.lieu = reglages.tenu_le, reglages.lieu.strip()
    comite.preside_par, comite.regle_ex_aequo = reglages.preside_par.strip(), reglages.regle_ex_aequo.strip()
    comite.axes = sorted(reglages.axes)
    comite.full_clean()
    comite.save()
    tirer_l_ordre_du_jour(comite)


def _lisible(comite: Comite) -> dict[str, object]:
    return {
        "tenu_le": comite.tenu_le.isoformat(),
        "lieu": comite.lieu,
        "preside_par": comite.preside_par,
        "axes": comite.axes,
        "regle_ex_aequo": comite.regle_ex_aequo,
    }
