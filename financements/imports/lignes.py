"""Les formes de l’import d’un programme : ses colonnes, une ligne validée, ce que la lecture rend."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from config.socle.lecture.entetes import Colonne
from config.socle.lecture.erreurs import ErreurLigne

AVANT_LES_ANNEES = (
    Colonne("numero", synonymes=("n", "numero_action", "numero_d_action", "n_action")),
    Colonne("axe", synonymes=("numero_axe", "n_axe", "numero_d_axe")),
    Colonne("organisme", synonymes=("nom_organisme", "nom_de_l_organisme", "porteur")),
    Colonne("siret", synonymes=("numero_siret", "n_siret")),
    Colonne("rna", synonymes=("numero_rna", "n_rna")),
    Colonne("intitule", synonymes=("intitule_de_l_action", "intitule_action")),
    Colonne("territoires", synonymes=("territoire",)),
    Colonne("allocataires_prevus", synonymes=("allocataires",)),
    Colonne("cout_total"),
)
APRES_LES_ANNEES = (
    Colonne("fse"),
    Colonne("montant_fse"),
    Colonne("deliberation"),
    Colonne("date_deliberation", synonymes=("date_de_deliberation", "date_de_la_deliberation")),
)
FACULTATIVES = (
    Colonne("forme_juridique", est_obligatoire=False),
    Colonne("commune", est_obligatoire=False),
    Colonne("sous_type", est_obligatoire=False, synonymes=("dispositif",)),
)


def colonnes_du_programme(annees: Iterable[int]) -> tuple[Colonne, ...]:
    """Les colonnes connues pour ces années, dans l’ordre du modèle de fichier."""
    montants = (Colonne(f"montant_{annee}") for annee in annees)
    return (*AVANT_LES_ANNEES, *montants, *APRES_LES_ANNEES, *FACULTATIVES)


@dataclass(frozen=True, slots=True)
class LigneProgramme:
    """Une action lue et juste. Montants en centimes ; `parts` : (code de territoire, centièmes de pour cent).

    `montants` : (année, centimes) pour les seules années financées ; `sous_type` : `None` si la colonne n’existe pas ;
    `commune` : clé de la commune du siège.
    """

    ligne: int
    numero: int
    axe: int
    organisme: str
    siret: str | None
    rna: str | None
    forme_juridique: str
    commune: int | None
    intitule: str
    sous_type: str | None
    parts: tuple[tuple[str, int], ...]
    allocataires_prevus: int
    cout_total: int
    montants: tuple[tuple[int, int], ...]
    montant_fse: int
    deliberation: str
    date_deliberation: date

    @property
    def attribue(self) -> int:
        """Crédits votés sur toutes les années, en centimes."""
        return sum(montant for _, montant in self.montants)


@dataclass(frozen=True)
class Lecture:
    """Ce que la lecture d’un fichier rend. S’il y a des erreurs, `lignes` (les lignes justes) n’est pas à écrire.

    `rna_du_siret` : les identifiants que le fichier unit, lignes fausses comprises.
    """

    lignes: Sequence[LigneProgramme]
    erreurs: Sequence[ErreurLigne]
    avertissements: Sequence[ErreurLigne] = field(default_factory=list)
    colonnes_ignorees: tuple[str, ...] = ()
    lues: int = 0
    rna_du_siret: Mapping[str, str] = field(default_factory=dict)
