"""Les numéros que le progiciel donne à nos engagements."""

import re

from financements.imports.execution.lecture import LigneDeRetour
from financements.imports.execution.passages import RetourRefuse
from financements.models import MouvementDEngagement, NumeroDEngagement
from projets.models import AppelAProjets

ENGAGEMENT = re.compile(r"E-(\d{1,12})-(\d{4})")
LOT = 500
Cle = tuple[int, int]


class Numeros:
    """Ceux de l’appel, et ceux que les lignes apportent. Trois requêtes."""

    def __init__(self, appel: AppelAProjets) -> None:
        connus = NumeroDEngagement.objects.filter(action__projet__appel=appel)
        self._cles: dict[str, Cle] = {un.numero: (un.action_id, un.exercice) for un in connus}
        self._numeros = {cle: numero for numero, cle in self._cles.items()}
        mouvements = MouvementDEngagement.objects.filter(action__projet__appel=appel).order_by()
        self._engages: set[Cle] = set(mouvements.values_list("action_id", "exercice").distinct())
        ailleurs = NumeroDEngagement.objects.exclude(action__projet__appel=appel)
        self._pris_ailleurs = set(ailleurs.values_list("numero", flat=True))
        self._nouveaux: list[NumeroDEngagement] = []

    def est_un_engagement(self, id_externe: str) -> bool:
        """Vrai si l’identifiant a la forme de ceux de nos engagements."""
        return ENGAGEMENT.fullmatch(id_externe) is not None

    def engagement(self, numero: str) -> Cle | None:
        """L’action et l’exercice de ce numéro."""
        return self._cles.get(numero)

    def noter(self, ligne: LigneDeRetour) -> bool:
        """Vrai si le numéro est nouveau. Lève `RetourRefuse` : engagement inconnu, autre numéro, numéro pris."""
        lue = ENGAGEMENT.fullmatch(ligne.id_externe)
        cle: Cle = (int(lue[1]), int(lue[2])) if lue else (0, 0)
        if cle not in self._engages:
            raise RetourRefuse("id_externe", "l’identifiant d’un engagement de cet appel")
        if not ligne.numero_engagement:
            raise RetourRefuse("numero_engagement", "le numéro que le progiciel donne à cet engagement")
        connu = self._numeros.get(cle)
        if connu == ligne.numero_engagement:
            return False
        if connu:
            raise RetourRefuse("numero_engagement", f"« {connu} », le numéro de cet engagement")
        if ligne.numero_engagement in self._cles or ligne.numero_engagement in self._pris_ailleurs:
            raise RetourRefuse("numero_engagement", "un numéro qu’aucun autre engagement n’a")
        self._cles[ligne.numero_engagement], self._numeros[cle] = cle, ligne.numero_engagement
        action, exercice = cle
        self._nouveaux.append(NumeroDEngagement(action_id=action, exercice=exercice, numero=ligne.numero_engagement))
        return True

    def ecrire(self) -> None:
        """Les nouveaux, par lots."""
        NumeroDEngagement.objects.bulk_create(self._nouveaux, batch_size=LOT)
