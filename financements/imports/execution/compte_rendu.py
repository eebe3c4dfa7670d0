"""Le compte rendu d’un retour d’exécution : ce qui a été constaté, ou le serait ; les erreurs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from config.socle.lecture.erreurs import ErreurLigne


@dataclass(frozen=True)
class CompteRenduDuRetour:
    """S’il y a des erreurs, rien n’a été écrit et rien ne le serait. `montant_paye` : euros en texte."""

    est_simulation: bool
    fichier: str = ""
    format: str = ""
    feuille: str = ""
    empreinte: str = ""
    lues: int = 0
    emis: int = 0
    payes: int = 0
    rejetes: int = 0
    annules: int = 0
    titres: int = 0
    numerotes: int = 0
    deja_connues: int = 0
    montant_paye: str = "0.00"
    colonnes_ignorees: tuple[str, ...] = ()
    erreurs: Sequence[ErreurLigne] = ()

    @property
    def nouvelles(self) -> int:
        """Combien de lignes apprennent quelque chose."""
        return self.emis + self.payes + self.rejetes + self.annules + self.titres + self.numerotes

    @property
    def paye(self) -> Decimal:
        """Euros que les paiements constatés font."""
        return Decimal(self.montant_paye)

    @property
    def est_ecrit(self) -> bool:
        """Vrai si l’import a abouti et n’était pas une simulation."""
        return not self.erreurs and not self.est_simulation

    def en_json(self) -> dict[str, Any]:
        """Pour la colonne `resultat` d’un import."""
        return asdict(self)

    @classmethod
    def depuis_json(cls, donnees: Mapping[str, Any]) -> "CompteRenduDuRetour":
        """L’inverse de `en_json`."""
        return cls(
            **{
                **donnees,
                "colonnes_ignorees": tuple(donnees["colonnes_ignorees"]),
                "erreurs": [ErreurLigne(**erreur) for erreur in donnees["erreurs"]],
            }
        )
