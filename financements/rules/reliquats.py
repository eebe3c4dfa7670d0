"""Reverser au pot ce qui reste à des territoires, et le repartager au prorata entre ceux qui demandent encore."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from territoires.rules.plus_forts_restes import repartir
from territoires.rules.refus import RepartitionRefusee, euros

RELIQUATS = "reliquats"  # la nature que gardent les paramètres d’une version
Cellules = Mapping[tuple[str, int], int]


@dataclass(frozen=True, slots=True)
class Redistribution:
    """Tout en centimes, par (code, année) : `recu` par ceux qui demandaient, `montants` les dotations nouvelles."""

    recu: dict[tuple[str, int], int]
    montants: dict[tuple[str, int], int]


def redistribuer(
    montants: Cellules, reverse: Cellules, receveurs: Sequence[str], effectifs: Mapping[str, int], *, unite: int = 1
) -> Redistribution:
    """Ce que deviennent les dotations : chaque année garde exactement son total.

    `montants`, `reverse` : (code, année) → centimes ; `receveurs` : codes ; `effectifs` : code → allocataires.
    Lève `RepartitionRefusee` et ses filles : rien à reverser, montant plus grand que la dotation, territoire qui
    donne et reçoit, receveur inconnu.
    """
    _verifier(montants, reverse, receveurs)
    recu: dict[tuple[str, int], int] = {}
    for annee in sorted({annee for _, annee in reverse}):
        pot = sum(montant for (_, an), montant in reverse.items() if an == annee)
        poids = {code: effectifs.get(code, 0) for code in receveurs}
        recu |= {(code, annee): part for code, part in repartir(pot, poids, unite=unite).items()}
    nouveaux = {cle: montant - reverse.get(cle, 0) + recu.get(cle, 0) for cle, montant in montants.items()}
    return Redistribution(recu, nouveaux)


def _verifier(montants: Cellules, reverse: Cellules, receveurs: Sequence[str]) -> None:
    if not reverse:
        raise RepartitionRefusee("Rien n’est reversé : donnez au moins un montant.")
    if not receveurs:
        raise RepartitionRefusee("Personne ne reçoit : choisissez au moins un territoire qui demande encore.")
    for (code, annee), montant in reverse.items():
        dotation = montants.get((code, annee), 0)
        if not 0 < montant <= dotation:
            raise RepartitionRefusee(
                f"« {code} » reverse {euros(montant)} en {annee}, sa dotation est de {euros(dotation)}."
            )
    if doubles := sorted({code for code, _ in reverse} & set(receveurs)):
        raise RepartitionRefusee(f"Un territoire ne reverse pas et ne reçoit pas à la fois : {', '.join(doubles)}.")
    if inconnus := sorted({(c, an) for c in receveurs for _, an in reverse} - montants.keys()):
        raise RepartitionRefusee(
            f"« {inconnus[0][0]} » n’a pas de dotation en {inconnus[0][1]} : il ne peut recevoir."
        )
