"""Écrire l’échéancier d’une action ; tenir son engagement égal, par exercice, à ses versements faits et prévus."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Sum

from comptes.models import Personne
from config.socle.montants import en_centimes, en_euros
from financements.models import (
    Action,
    Avenant,
    Convention,
    EtapeDeVersement,
    MouvementDEngagement,
    PieceDeVersement,
    RegleDeVersement,
    SoldeArrete,
    Tranche,
    Versement,
)
from financements.rules.versements import PAR_DEFAUT, Echeance, Etape, Pose, recaler
from financements.states.execution import (
    CONVENTIONS_FINIES,
    VERSEMENTS_FIGES,
    EtatConvention,
    EtatVersement,
    NatureDeMouvement,
    NatureDeVersement,
)
from projets.models import AppelAProjets


@dataclass(frozen=True, slots=True)
class Raison:
    """Pourquoi un engagement change : la nature du mouvement, son avenant, son motif, qui."""

    nature: NatureDeMouvement
    auteur: Personne | None
    motif: str = ""
    avenant: Avenant | None = field(default=None)


def etapes_de(appel: AppelAProjets) -> tuple[Etape, ...]:
    """Les étapes de la règle par défaut de l’appel ; sans règle, chaque tranche en une fois."""
    return etapes_par_regle(appel)[None]


def etapes_par_regle(appel: AppelAProjets) -> dict[int | None, tuple[Etape, ...]]:
    """Clé de chaque règle de l’appel → ses étapes ; None : celles d’une action qui n’a pas choisi. Deux requêtes."""
    regles = RegleDeVersement.objects.filter(appel=appel).prefetch_related("etapes")
    etapes: dict[int | None, tuple[Etape, ...]] = {None: PAR_DEFAUT}
    for regle in regles:
        etapes[regle.pk] = etapes_de_la_regle(regle)
        if regle.est_par_defaut:
            etapes[None] = etapes[regle.pk]
    return etapes


def etapes_de_la_regle(regle: RegleDeVersement) -> tuple[Etape, ...]:
    """Ses étapes, dans l’ordre, en données de `rules`."""
    return tuple(_etape(etape) for etape in regle.etapes.all())


def _etape(etape: EtapeDeVersement) -> Etape:
    return Etape(
        rang=etape.rang,
        nature=str(etape.nature),
        part=en_centimes(etape.part),
        decalage=etape.decalage,
        mois=etape.mois,
        attend_la_convention=etape.attend_la_convention,
        attend_le_bilan_precedent=etape.attend_le_bilan_precedent,
        attend_le_bilan=etape.attend_le_bilan,
        pieces=tuple(etape.pieces),
    )


def reference_de(action: Action, annee: int, rang: int) -> str:
    """Stable : l’appel, le numéro de l’action, l’année de la tranche et le rang (lit `projet`)."""
    return f"V{action.projet.appel_id}-{action.projet.numero}-{annee}-{rang}"


def ecrire_les_echeances(echeances: Mapping[Action, Sequence[Echeance]]) -> None:
    """Les versements prévus et leurs pièces, par lots (lit `projet`)."""
    poses = [(action, une) for action, siennes in echeances.items() for une in siennes]
    prevus = [versement_prevu(action, une) for action, une in poses]
    versements = Versement.objects.bulk_create(prevus, batch_size=2000)
    PieceDeVersement.objects.bulk_create(
        (
            PieceDeVersement(versement=versement, libelle=libelle)
            for versement, (_, une) in zip(versements, poses, strict=True)
            for libelle in une.pieces
        ),
        batch_size=2000,
    )


def versement_prevu(action: Action, une: Echeance) -> Versement:
    """Le versement d’une échéance, pas encore écrit (lit `projet`)."""
    return Versement(
        action=action,
        reference=reference_de(action, une.annee, une.rang),
        annee=une.annee,
        exercice=une.exercice,
        rang=une.rang,
        nature=une.nature,
        montant=en_euros(une.montant),
        prevu_le=une.prevu_le,
        attend_la_convention=une.attend_la_convention,
        attend_le_bilan_de=une.attend_le_bilan_de,
    )


def cible_de(action: Action, annee: int, tranche: int) -> int:
    """Ce que les versements d’une tranche doivent faire (centimes) : elle-même, ou ce que son dernier solde dit dû.

    Jamais moins que ce qui est parti. Convention caduque, ou résiliée sans solde arrêté : rien de plus que lui.
    """
    parti = _parti(action, annee)
    arrete = SoldeArrete.objects.filter(action=action, annee=annee).last()
    fin = Convention.objects.filter(action=action, etat__in=CONVENTIONS_FINIES).values_list("etat", flat=True).first()
    if fin == EtatConvention.CADUQUE or (fin and arrete is None):
        return parti
    return max(parti, tranche if arrete is None else min(tranche, en_centimes(arrete.du)))


def _parti(action: Action, annee: int) -> int:
    siens = Versement.objects.filter(action=action, annee=annee, etat__in=VERSEMENTS_FIGES)
    return en_centimes(siens.aggregate(somme=Sum("montant"))["somme"] or Decimal(0))


def ramener_au_du(action: Action, annees: Iterable[int], auteur: Personne | None) -> None:
    """Après qu’un versement n’est plus parti : ce qu’un solde ou la fin de la convention ne doivent plus se dégage."""
    tranches = {tranche.annee: en_centimes(tranche.montant) for tranche in Tranche.objects.filter(action=action)}
    cibles = {}
    for annee in sorted(set(annees)):
        vivants = Versement.objects.filter(action=action, annee=annee).exclude(etat=EtatVersement.ANNULE)
        somme = en_centimes(vivants.aggregate(somme=Sum("montant"))["somme"] or Decimal(0))
        cible = cible_de(action, annee, tranches.get(annee, 0))
        if cible < somme:
            cibles[annee] = cible
    if cibles:
        recaler_l_echeancier(action, cibles)
        aligner_l_engagement(action, Raison(NatureDeMouvement.DEGAGEMENT, auteur, "Ce qui n’est plus dû"))


def recaler_l_echeancier(action: Action, cibles: Mapping[int, int]) -> None:
    """Aligne les versements de ces années sur `cibles` (année → centimes) ; ceux qui sont liquidés ne bougent pas.

    Un versement ramené à zéro est annulé ; s’il n’en reste aucun pour porter ce qui est dû, il en naît un. Lève
    `TropVerse` si une année descend sous ce qui est déjà liquidé.
    """
    vivants = list(Versement.objects.filter(action=action).exclude(etat=EtatVersement.ANNULE))
    for annee, cible in cibles.items():
        de_l_annee = [versement for versement in vivants if versement.annee == annee]
        poses = [Pose(v.pk, en_centimes(v.montant), v.etat in VERSEMENTS_FIGES) for v in de_l_annee]
        fige = sum(pose.montant for pose in poses if pose.est_fige)
        if cible > fige and all(pose.est_fige for pose in poses):
            _complement(action, annee, cible - fige)
            continue
        _porter(de_l_annee, recaler(cible, poses))


def _porter(versements: Iterable[Versement], montants: Mapping[int, int]) -> None:
    changes = []
    for versement in versements:
        centimes = montants[versement.pk]
        if en_centimes(versement.montant) == centimes:
            continue
        versement.montant = en_euros(centimes)
        if not centimes:
            versement.etat, versement.motif = EtatVersement.ANNULE.value, "Il n’y a plus rien à verser."
        elif versement.etat == EtatVersement.REJETE:  # d’un autre montant, il se liquide de nouveau
            versement.etat = EtatVersement.PREVU.value
        versement.version += 1
        changes.append(versement)
    Versement.objects.bulk_update(changes, ["montant", "etat", "motif", "version"])


def _complement(action: Action, annee: int, centimes: int) -> None:
    """Ce qui reste dû d’une tranche dont tout est déjà parti : un acompte de plus, au premier exercice possible."""
    siens = Versement.objects.filter(action=action, annee=annee)
    dernier = siens.order_by("-rang").first()
    exercice = max([annee, *siens.values_list("exercice", flat=True)])
    Versement.objects.create(
        action=action,
        reference=reference_de(action, annee, (dernier.rang if dernier else 0) + 1),
        annee=annee,
        exercice=exercice,
        rang=(dernier.rang if dernier else 0) + 1,
        nature=NatureDeVersement.ACOMPTE,
        montant=en_euros(centimes),
        prevu_le=dernier.prevu_le if dernier else f"{annee}-01-01",
    )


def aligner_l_engagement(action: Action, raison: Raison) -> dict[int, int]:
    """Écrit les mouvements qui font l’engagement égal à l’échéancier vivant, exercice par exercice.

    Rend exercice → centimes (signés) ; en une seule requête : la base juge l’ensemble.
    """
    vivants = Versement.objects.filter(action=action).exclude(etat=EtatVersement.ANNULE).order_by()
    voulus = dict(vivants.values_list("exercice").annotate(somme=Sum("montant")))
    engages = dict(
        MouvementDEngagement.objects.filter(action=action)
        .order_by()
        .values_list("exercice")
        .annotate(somme=Sum("montant"))
    )
    ecarts: dict[int, int] = defaultdict(int)
    for exercice, somme in voulus.items():
        ecarts[exercice] += en_centimes(somme)
    for exercice, somme in engages.items():
        ecarts[exercice] -= en_centimes(somme)
    mouvements = {exercice: centimes for exercice, centimes in sorted(ecarts.items()) if centimes}
    MouvementDEngagement.objects.bulk_create(
        MouvementDEngagement(
            action=action,
            exercice=exercice,
            montant=en_euros(centimes),
            nature=raison.nature,
            avenant=raison.avenant,
            motif=raison.motif[:300],
            fait_par=raison.auteur,
        )
        for exercice, centimes in mouvements.items()
    )
    return mouvements
