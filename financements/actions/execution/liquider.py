"""Liquider : arrêter la somme à payer, quand tout est là. Un versement, ou tous ceux d’une file qui sont prêts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from comptes.models import Personne
from config.socle.journal import journaliser, journaliser_en_lot
from config.socle.montants import en_centimes
from config.socle.transitions import PassageRefuse
from config.socle.versions import exiger_la_version
from financements.actions.execution.acces import exiger_de_pouvoir_liquider, verrouiller_les_credits
from financements.chiffres.execution.liquidation import (
    avec_le_compte,
    avec_obstacles,
    credits_libres,
    situations,
)
from financements.imports.echeances import ramener_au_du
from financements.models import Versement
from financements.states.execution import CYCLE_VERSEMENT, EtatVersement
from projets.models import AppelAProjets

AU_PLUS = 2000  # versements par lot


class LiquidationRefusee(PassageRefuse):
    """Il manque quelque chose. `manques` : chaque chose, en français."""

    def __init__(self, manques: Sequence[str]) -> None:
        super().__init__(" ".join(manques))
        self.manques = list(manques)


@dataclass(frozen=True, slots=True)
class Issue:
    """Ce que le lot a fait d’un versement : liquidé si `manques` est vide."""

    versement: Versement
    manques: tuple[str, ...] = ()


@transaction.atomic
def liquider(
    *, auteur: Personne | None, versement: Versement, version: int, service_fait_le: date | None = None
) -> Versement:
    """Liquide un versement.

    Lève `PermissionDenied`, `VersionPerimee`, `PassageRefuse` (mauvais état), `LiquidationRefusee` (ce qui manque).
    """
    exiger_de_pouvoir_liquider(auteur)
    verrouiller_les_credits(versement.action.projet.appel)
    verrouille = Versement.objects.select_for_update(of=("self",)).get(pk=versement.pk)
    exiger_la_version(verrouille, version)
    CYCLE_VERSEMENT.franchir("liquider", _etat_juge(verrouille.etat))
    (issue,) = _juger_et_liquider(auteur, versement.action.projet.appel, [versement.pk], service_fait_le)
    if issue.manques:
        raise LiquidationRefusee(issue.manques)
    return issue.versement


def _etat_juge(etat: str) -> str:
    """Un suspendu se juge comme un prévu : la suspension est alors dite parmi ce qui manque."""
    return EtatVersement.PREVU.value if etat == EtatVersement.SUSPENDU else etat


@transaction.atomic
def liquider_en_lot(
    *, auteur: Personne | None, appel: AppelAProjets, cles: Collection[int], service_fait_le: date | None = None
) -> list[Issue]:
    """Liquide, dans l’ordre des échéances, ceux qui ne manquent de rien tant que les crédits suffisent.

    Rend une issue par versement que l’auteur voit ; ceux qui ne sont plus à liquider le disent. Lève
    `PermissionDenied`, `PassageRefuse` au-delà de `AU_PLUS`.
    """
    exiger_de_pouvoir_liquider(auteur)
    if len(cles) > AU_PLUS:
        raise PassageRefuse(f"Un lot a au plus {AU_PLUS}\u00a0versements\u00a0: filtrez la file.")
    verrouiller_les_credits(appel)
    return _juger_et_liquider(auteur, appel, cles, service_fait_le)


def _juger_et_liquider(
    auteur: Personne | None, appel: AppelAProjets, cles: Collection[int], service_fait_le: date | None
) -> list[Issue]:
    siens = Versement.objects.all() if auteur is None else Versement.objects.visibles_par(auteur)
    choisis = siens.filter(pk__in=list(cles), action__projet__appel=appel)
    tenus = list(choisis.select_for_update(of=("self",)).select_related("action").order_by("pk"))
    for rejete in (versement for versement in tenus if versement.etat == EtatVersement.REJETE):
        ramener_au_du(rejete.action, [rejete.annee], auteur)  # un solde a pu être arrêté depuis
    lus = list(
        avec_le_compte(avec_obstacles(choisis, appel, {versement.action_id for versement in tenus}))
        .select_related("action__projet__organisme", "action__projet__axe")
        .prefetch_related("pieces")
        .order_by("prevu_le", "action__projet__numero", "annee", "rang")
    )
    issues = _juger(appel, lus)
    _ecrire(auteur, [issue.versement for issue in issues if not issue.manques], service_fait_le)
    return issues


def _juger(appel: AppelAProjets, versements: Sequence[Versement]) -> list[Issue]:
    """Un à un : chacun prend ce qui reste après ceux d’avant."""
    cp, engages = credits_libres(appel, {versement.action_id for versement in versements})
    issues = []
    for versement in versements:
        etat = _etat_juge(versement.etat)
        if etat not in CYCLE_VERSEMENT.passage("liquider").depuis:
            issues.append(Issue(versement, (f"Le versement est déjà « {versement.get_etat_display()} ».",)))
            continue
        dits = situations([versement], cp, engages)[versement.pk]
        issues.append(Issue(versement, tuple(dits)))
        if not dits and etat == EtatVersement.PREVU:  # un rejeté était déjà compté
            cp[versement.exercice] -= en_centimes(versement.montant)
            engages[versement.action_id, versement.exercice] -= en_centimes(versement.montant)
    return issues


def _ecrire(auteur: Personne | None, prets: Sequence[Versement], service_fait_le: date | None) -> None:
    jour = timezone.localdate()
    avant = {versement.pk: str(versement.etat) for versement in prets}
    for versement in prets:
        versement.compte_id = versement.compte_a_payer  # type: ignore[attr-defined]  # annoté
        versement.etat, versement.motif = EtatVersement.LIQUIDE.value, ""
        versement.liquide_le, versement.service_fait_le = jour, service_fait_le or jour
        versement.version += 1
    Versement.objects.bulk_update(prets, ["compte"], batch_size=1000)
    Versement.objects.filter(pk__in=[versement.pk for versement in prets]).update(
        etat=EtatVersement.LIQUIDE,
        motif="",
        liquide_le=jour,
        service_fait_le=service_fait_le or jour,
        numero_de_mandat="",
        numero_de_bordereau="",
        mandate_le=None,
        version=F("version") + 1,
    )
    journaliser_en_lot(
        auteur=auteur,
        acte="liquider",
        lignes=(
            (
                versement.action,
                {"etat": avant[versement.pk]},
                {"reference": versement.reference, "montant": str(versement.montant), "etat": str(versement.etat)},
            )
            for versement in prets
        ),
    )


@transaction.atomic
def revenir_sur_la_liquidation(*, auteur: Personne, versement: Versement, version: int) -> Versement:
    """Annule une liquidation pas encore mandatée ; ce qu’un solde arrêté depuis ne doit plus est dégagé.

    Lève `PermissionDenied`, `VersionPerimee`, `PassageRefuse`.
    """
    exiger_de_pouvoir_liquider(auteur)
    verrouiller_les_credits(versement.action.projet.appel)
    lignes = Versement.objects.select_for_update(of=("self",)).select_related("action__projet")
    verrouille = lignes.get(pk=versement.pk)
    exiger_la_version(verrouille, version)
    avant = str(verrouille.etat)
    verrouille.etat = CYCLE_VERSEMENT.franchir("revenir_sur_la_liquidation", verrouille.etat)
    verrouille.liquide_le = verrouille.service_fait_le = None
    verrouille.version += 1
    verrouille.save(update_fields=["etat", "liquide_le", "service_fait_le", "version"])
    journaliser(
        auteur=auteur,
        acte="revenir_sur_la_liquidation",
        objet=verrouille.action,
        avant={"etat": avant},
        apres={"reference": verrouille.reference, "etat": str(verrouille.etat)},
    )
    ramener_au_du(verrouille.action, [verrouille.annee], auteur)
    verrouille.refresh_from_db(fields=["montant", "etat", "motif", "version"])
    return verrouille
