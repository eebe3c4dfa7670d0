"""Où en sont les bilans d’un appel, et ce que dit l’un d’eux : montants, effectifs, coût par personne."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q

from config.socle.montants import en_centimes, en_euros
from financements.models import Bilan
from financements.models.bilan import BilanQuerySet
from financements.rules.bilan import cout_par_personne
from financements.states.bilans import Critere
from financements.states.execution import BILANS_ATTENDUS, VERSEMENTS_MANDATES, EtatBilan
from projets.models.budget import Cote


@dataclass(frozen=True, slots=True)
class Suivi:
    """Combien de bilans, dans chaque état, et combien en retard."""

    total: int
    a_remplir: int
    deposes: int
    a_corriger: int
    valides: int
    en_retard: int


def suivi_des_bilans(bilans: BilanQuerySet, jour: date) -> Suivi:
    """Une requête, sur les bilans que la personne voit."""
    comptes = bilans.order_by().aggregate(
        total=Count("pk"),
        a_remplir=Count("pk", filter=Q(etat=EtatBilan.A_REMPLIR)),
        deposes=Count("pk", filter=Q(etat=EtatBilan.DEPOSE)),
        a_corriger=Count("pk", filter=Q(etat=EtatBilan.A_CORRIGER)),
        valides=Count("pk", filter=Q(etat=EtatBilan.VALIDE)),
        en_retard=Count("pk", filter=Q(etat__in=BILANS_ATTENDUS, du_le__lt=jour)),
    )
    return Suivi(**comptes)


@dataclass(frozen=True, slots=True)
class ChiffresDeLaRevue:
    """Montants en euros. `attribue` : la tranche en vigueur ; `verse` : payé ou mandaté pour l’année ;

    `declare` : ce que l’organisme dit avoir reçu du département ; `par_personne` : None si l’effectif est masqué.
    """

    attribue: Decimal
    verse: Decimal
    declare: Decimal
    charges: Decimal
    personnes: str
    par_personne: Decimal | None
    par_personne_prevu: Decimal | None

    @property
    def declare_autre_chose(self) -> bool:
        """Vrai si l’organisme déclare un autre montant que l’aide attribuée, à l’euro près."""
        return abs(self.declare - self.attribue) >= 1


def chiffres_de_la_revue(bilan: Bilan) -> ChiffresDeLaRevue:
    """`bilan` : venu de `en_dossier()`. Deux requêtes de plus."""
    tranche = bilan.action.tranches.filter(annee=bilan.annee).first()
    verses = bilan.action.versements.filter(annee=bilan.annee, etat__in=VERSEMENTS_MANDATES)
    lignes = list(bilan.lignes.all())
    charges = _somme([li.realise for li in lignes if li.cote == Cote.CHARGE and li.compte != "EXC"])
    effectifs = {effectif.critere: effectif for effectif in bilan.effectifs.all()}
    total = effectifs.get(Critere.ACCOMPAGNES)
    cout = cout_par_personne(en_centimes(charges), total.nombre if total else None)
    prevus = bilan.action.projet.allocataires_prevus
    prevu = cout_par_personne(en_centimes(bilan.cout_prevu), prevus) if bilan.cout_prevu is not None else None
    return ChiffresDeLaRevue(
        attribue=tranche.montant if tranche else Decimal(0),
        verse=_somme(list(verses.values_list("montant", flat=True))),
        declare=_somme([li.realise for li in lignes if (li.compte, li.rang) == ("74dep", 0)]),
        charges=charges,
        personnes=str(total.effectif) if total else "",
        par_personne=None if cout is None else en_euros(cout),
        par_personne_prevu=None if prevu is None else en_euros(prevu),
    )


def _somme(montants: list[Decimal | None]) -> Decimal:
    return sum((montant for montant in montants if montant), Decimal(0))
