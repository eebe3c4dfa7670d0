"""Ce qu’il faut lire pour montrer et vérifier un bilan, lu une fois : `Bilan.objects.en_dossier()` le précharge."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from config.socle.montants import en_centimes
from financements.models import Bilan, LigneDeBilan, SaisieDeBilan
from projets.models import Projet
from projets.rules.fusion import Valeur


@dataclass
class DonneesDuBilan:
    """`bilan` : venu de `en_dossier()`."""

    bilan: Bilan

    @property
    def projet(self) -> Projet:
        """Le projet financé."""
        return self.bilan.action.projet

    @cached_property
    def saisies(self) -> dict[str, SaisieDeBilan]:
        """La dernière valeur de chaque champ, et qui l’a tapée."""
        return {saisie.champ: saisie for saisie in self.bilan.saisies.all()}

    @cached_property
    def valeurs(self) -> dict[str, Valeur]:
        """La dernière valeur de chaque champ."""
        return {champ: saisie.valeur for champ, saisie in self.saisies.items()}

    @cached_property
    def prevues(self) -> Mapping[tuple[str, int], LigneDeBilan]:
        """Les lignes du prévu figé, par compte et rang."""
        lignes = [ligne for ligne in self.bilan.lignes.all() if ligne.prevu]
        return {(ligne.compte, ligne.rang): ligne for ligne in lignes}

    @cached_property
    def cout_prevu(self) -> int | None:
        """Centimes ; None si le budget de l’année est inconnu."""
        cout = self.bilan.cout_prevu
        return None if cout is None else en_centimes(cout)

    def prevu(self, compte: str, rang: int = 0) -> int:
        """Le prévu d’une ligne (centimes), zéro si elle ne l’était pas."""
        ligne = self.prevues.get((compte, rang))
        return en_centimes(ligne.prevu) if ligne else 0
