"""Ouvrir les bilans d’une année finie : le prévu s’y fige, l’organisme est prévenu. En lot."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from comptes.models import Adhesion, Avis, Personne
from config.socle.journal import journaliser_en_lot
from financements.models import (
    Bilan,
    IndicateurDAppel,
    IndicateurDeBilan,
    LigneDeBilan,
    Tranche,
)
from financements.rules.bilan import echeance
from projets.models import AppelAProjets, ExerciceProjet, LigneBudget, Saisie
from projets.models.budget import Cote

VERROU = 15_059  # une seule ouverture à la fois : le numéro du Cerfa
PAR_PAQUET = 1000
DEPARTEMENT = "74dep"
DU_PROJET = range(1, 6)  # les indicateurs que le porteur a donnés au dépôt
DES_PERSONNES = ("personne", "allocataire", "bénéficiaire", "participant", "salarié", "stagiaire")


def ouvrir_les_bilans_de_l_annee(instant: datetime) -> int:
    """Ceux de l’année qui vient de finir, dès le 1er janvier. Rend leur nombre ; repasser n’en ouvre pas d’autre."""
    return ouvrir_les_bilans(annee=timezone.localdate(instant).year - 1, auteur=None)


@transaction.atomic
def ouvrir_les_bilans(*, annee: int, auteur: Personne | None, appel: AppelAProjets | None = None) -> int:
    """Un bilan par action financée cette année-là, décision notifiée, et qui n’en a pas. Rend leur nombre.

    `appel` : les seules actions de cet appel. Le prévu vient du budget déposé, à défaut du coût de l’année.
    """
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_advisory_xact_lock(%s)", [VERROU])
    dites = Tranche.objects.filter(annee=annee, montant__gt=0, action__projet__decision_reservee=False)
    tranches = dites.exclude(action__bilans__annee=annee)
    if appel is not None:
        tranches = tranches.filter(action__projet__appel=appel)
    lues = list(tranches.select_related("action__projet__organisme", "action__projet__appel").order_by("action"))
    if not lues:
        return 0
    couts = _couts([t.action.projet_id for t in lues], annee)
    bilans = Bilan.objects.bulk_create(
        (
            Bilan(action=t.action, annee=annee, du_le=echeance(annee), cout_prevu=couts.get(t.action.projet_id))
            for t in lues
        ),
        batch_size=PAR_PAQUET,
    )
    attribues = {t.action_id: t.montant for t in lues}
    LigneDeBilan.objects.bulk_create(_lignes(bilans, attribues), batch_size=PAR_PAQUET)
    IndicateurDeBilan.objects.bulk_create(_indicateurs(bilans), batch_size=PAR_PAQUET)
    journaliser_en_lot(
        auteur=auteur,
        acte="ouvrir_le_bilan",
        lignes=[(bilan, None, {"annee": annee, "du_le": bilan.du_le}) for bilan in bilans],
    )
    _prevenir(bilans)
    return len(bilans)


def _couts(projets: Sequence[int], annee: int) -> dict[int, Decimal]:
    exercices = ExerciceProjet.objects.filter(projet__in=projets, annee=annee)
    return dict(exercices.values_list("projet", "cout"))


def _lignes(bilans: Sequence[Bilan], attribues: Mapping[int, Decimal]) -> Iterator[LigneDeBilan]:
    """Le budget déposé de l’année ; sans lui, la seule aide attribuée."""
    par_projet: dict[int, list[LigneBudget]] = defaultdict(list)
    budget = LigneBudget.objects.filter(projet__in=[b.action.projet_id for b in bilans], annee=bilans[0].annee)
    for ligne in budget:
        par_projet[ligne.projet_id].append(ligne)
    for bilan in bilans:
        lignes = par_projet[bilan.action.projet_id]
        for ligne in lignes:
            yield LigneDeBilan(
                bilan=bilan,
                cote=ligne.cote,
                compte=ligne.compte,
                rang=ligne.rang,
                precision=ligne.precision,
                prevu=ligne.montant,
            )
        if not lignes:
            attribue = attribues[bilan.action_id]
            yield LigneDeBilan(bilan=bilan, cote=Cote.PRODUIT, compte=DEPARTEMENT, prevu=attribue)


def _indicateurs(bilans: Sequence[Bilan]) -> Iterator[IndicateurDeBilan]:
    """Ceux que l’appel règle, puis ceux que le porteur avait donnés avec leur cible."""
    appels = {bilan.action.projet.appel_id for bilan in bilans}
    regles: dict[int, list[IndicateurDAppel]] = defaultdict(list)
    for regle in IndicateurDAppel.objects.filter(appel__in=appels).order_by("ordre"):
        regles[regle.appel_id].append(regle)
    saisies: dict[int, dict[str, Any]] = defaultdict(dict)
    projets = [bilan.action.projet_id for bilan in bilans]
    for projet, champ, valeur in Saisie.objects.filter(
        projet__in=projets, champ__regex=r"^indicateur_[1-5]_(libelle|cible|unite)$"
    ).values_list("projet", "champ", "valeur"):
        saisies[projet][champ] = valeur
    for bilan in bilans:
        communs = regles[bilan.action.projet.appel_id]
        for rang, regle in enumerate(communs, 1):
            yield IndicateurDeBilan(
                bilan=bilan,
                rang=rang,
                libelle=regle.libelle,
                unite=regle.unite,
                est_un_effectif=regle.est_un_effectif,
            )
        yield from _du_projet(bilan, saisies[bilan.action.projet_id], len(communs))


def _du_projet(bilan: Bilan, saisies: Mapping[str, Any], rang: int) -> Iterator[IndicateurDeBilan]:
    for numero in DU_PROJET:
        libelle = str(saisies.get(f"indicateur_{numero}_libelle", "")).strip()
        if not libelle:
            continue
        rang += 1
        unite = str(saisies.get(f"indicateur_{numero}_unite", "")).strip()[:40]
        yield IndicateurDeBilan(
            bilan=bilan,
            rang=rang,
            libelle=libelle[:200],
            unite=unite,
            est_un_effectif=compte_des_personnes(unite),
            prevu=_nombre(str(saisies.get(f"indicateur_{numero}_cible", ""))),
        )


def compte_des_personnes(unite: str) -> bool:
    """Vrai si l’unité dit des personnes : l’effectif se protège alors comme les autres."""
    return any(mot in unite.lower() for mot in DES_PERSONNES)


def _nombre(texte: str) -> Decimal | None:
    try:
        return round(Decimal("".join(texte.split()).replace(",", ".")), 2)
    except InvalidOperation:
        return None


def _prevenir(bilans: Sequence[Bilan]) -> None:
    """Une ligne par membre et par bilan dans leur prochain courriel groupé."""
    par_organisme: dict[int, list[Bilan]] = defaultdict(list)
    for bilan in bilans:
        par_organisme[bilan.action.projet.organisme_id].append(bilan)
    membres = Adhesion.objects.filter(organisme__in=par_organisme, personne__is_active=True)
    Avis.objects.bulk_create(
        Avis(
            personne_id=personne,
            texte=f"Le bilan {bilan.annee} de « {bilan.action.projet.intitule} »"[:330]
            + f" est à rendre pour le {bilan.du_le:%d/%m/%Y}.",
            lien=reverse("financements:mon_bilan", args=[bilan.action.projet_id, bilan.annee]),
        )
        for personne, organisme in membres.values_list("personne", "organisme").order_by("pk")
        for bilan in par_organisme[organisme]
    )
