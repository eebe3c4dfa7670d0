"""Les crédits de l’année à laquelle un appel se compare, quand on les connaît."""

from collections import defaultdict
from dataclasses import dataclass

from config.socle.montants import en_centimes
from financements.models import CreditDeReference
from projets.models import AppelAProjets
from projets.states import Volet


@dataclass(frozen=True)
class Reference:
    """Une année de comparaison, en centimes. `pro` : ce qui en va à l’insertion professionnelle, si on le sait."""

    annee: int
    montants: dict[str, int]
    pro: dict[str, int]
    source: str
    est_fictif: bool

    @property
    def total(self) -> int:
        """Tous territoires."""
        return sum(self.montants.values())


def montants_de_reference(appel: AppelAProjets) -> Reference | None:
    """Code → centimes, volets ensemble ; None si rien n’est saisi. La dernière année saisie, s’il y en a plusieurs."""
    lignes = list(
        CreditDeReference.objects.filter(appel=appel).select_related("territoire").defer("territoire__contour")
    )
    if not lignes:
        return None
    annee = max(ligne.annee for ligne in lignes)
    de_l_annee = [ligne for ligne in lignes if ligne.annee == annee]
    montants: dict[str, int] = defaultdict(int)
    pro: dict[str, int] = {}
    for ligne in de_l_annee:
        montants[ligne.territoire.code] += en_centimes(ligne.montant)
        if ligne.volet == Volet.PROFESSIONNEL:
            pro[ligne.territoire.code] = en_centimes(ligne.montant)
    return Reference(
        annee=annee,
        montants=dict(sorted(montants.items())),
        pro=dict(sorted(pro.items())),
        source=de_l_annee[0].source,
        est_fictif=any(ligne.est_fictif for ligne in de_l_annee),
    )
