"""Ce qu’une hausse ferait des enveloppes : le programme voté, plus elle, devant les plafonds de la répartition."""

from collections.abc import Mapping

from django.db.models import Sum

from config.socle.montants import en_centimes
from financements.chiffres.plafonds import plafonds
from financements.models import Action, PartTranche
from financements.rules.depassements import Depassement, depassements
from territoires.rules.plus_forts_restes import repartir


def tranches_de(action: Action) -> dict[int, int]:
    """Année → centimes attribués, en vigueur."""
    return {tranche.annee: en_centimes(tranche.montant) for tranche in action.tranches.all()}


def depassements_d_une_hausse(action: Action, hausses: Mapping[int, int]) -> list[Depassement]:
    """Chaque enveloppe que la hausse aggraverait au-delà de son plafond (lit `projet.appel`, `projet.axe`).

    Une enveloppe déjà dépassée par dérogation, et que la hausse ne touche pas, n’est pas dite.
    """
    projet = action.projet
    votees = PartTranche.objects.filter(tranche__action__projet__appel=projet.appel_id).order_by()
    cellules = {
        (code, annee, axe): en_centimes(somme)
        for code, annee, axe, somme in votees.values_list(
            "territoire__code", "tranche__annee", "tranche__action__projet__axe__numero"
        ).annotate(somme=Sum("montant"))
    }
    poids = {part.territoire.code: en_centimes(part.pourcentage) for part in projet.parts.select_related("territoire")}
    touchees: set[tuple[str, str | int, int]] = set()
    for annee, centimes in hausses.items():
        touchees |= {("axe", projet.axe.numero, annee), ("année", annee, annee)}
        for code, part in repartir(centimes, poids).items():
            cle = (code, annee, projet.axe.numero)
            cellules[cle] = cellules.get(cle, 0) + part
            touchees.add(("territoire", code, annee))
    limites = plafonds(projet.appel).limites
    return [un for un in depassements(cellules, limites) if un[:3] in touchees]
