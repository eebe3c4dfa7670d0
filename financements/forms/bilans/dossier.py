"""Le bilan vu comme une suite d’étapes : leurs formulaires, ce qui manque, le bilan vérifié que l’acte reçoit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms

from financements.actions.bilans.deposer import CHANGE
from financements.forms.bilans.copie import copie_du_bilan
from financements.forms.bilans.donnees import DonneesDuBilan
from financements.forms.bilans.finances import FinancesForm
from financements.forms.bilans.resultats import ResultatsForm
from financements.models import Bilan
from financements.rules.bilan_verifie import BilanVerifie
from projets.forms.dossier.etape import FormulaireDeSaisies, Manque
from projets.rules.fusion import Valeur

FormulaireDEtape = Callable[[DonneesDuBilan, Mapping[str, Valeur]], FormulaireDeSaisies]
CERTIFIE = (
    "Je certifie exactes les informations de ce compte rendu, et que l’aide a été employée à l’action pour laquelle "
    "elle a été accordée."
)


@dataclass(frozen=True, slots=True)
class Etape:
    """Une étape : son adresse, son nom, son formulaire s’il y en a un."""

    cle: str
    libelle: str
    formulaire: FormulaireDEtape | None = None


ETAPES = (
    Etape("resultats", "Action et résultats", ResultatsForm),
    Etape("finances", "Compte rendu financier", FinancesForm),
    Etape("pieces", "Pièces"),
    Etape("verification", "Vérification et dépôt"),
)
PAR_CLE = {etape.cle: etape for etape in ETAPES}


class DossierDuBilan:
    """Un bilan et ses étapes. `bilan` : venu de `Bilan.objects.en_dossier()`."""

    def __init__(self, bilan: Bilan) -> None:
        self.bilan = bilan
        self.donnees = DonneesDuBilan(bilan)

    def formulaire(self, etape: Etape, valeurs: Mapping[str, Valeur] | None = None) -> FormulaireDeSaisies:
        """Le formulaire de l’étape, lié à ce qui est enregistré et, par-dessus, à `valeurs`."""
        lies = {**self.donnees.valeurs, **(valeurs or {})}
        return etape.formulaire(self.donnees, lies) if etape.formulaire else FormulaireDeSaisies(lies)

    @cached_property
    def finances(self) -> FinancesForm:
        """Le compte rendu financier enregistré."""
        return FinancesForm(self.donnees, self.donnees.valeurs)

    @cached_property
    def resultats(self) -> ResultatsForm:
        """Les résultats enregistrés."""
        return ResultatsForm(self.donnees, self.donnees.valeurs)

    @cached_property
    def manques(self) -> list[Manque]:
        """Tout ce qui empêche de déposer, étape par étape."""
        return [
            *self.resultats.manques("resultats"),
            *self.finances.manques("finances"),
            *self._manques_des_pieces(),
        ]

    def _manques_des_pieces(self) -> list[Manque]:
        return [
            Manque("pieces", f"piece-{piece.pk}", str(piece.document), defaut_de(piece.document))
            for piece in self.bilan.pieces.all()
            if not piece.document.est_utilisable
        ]

    def manques_par_etape(self) -> list[tuple[Etape, list[Manque]]]:
        """Chaque étape et ce qui lui manque, dans l’ordre."""
        return [(etape, [m for m in self.manques if m.etape == etape.cle]) for etape in ETAPES]

    def voisines(self, etape: Etape) -> tuple[Etape | None, Etape | None]:
        """L’étape d’avant et celle d’après."""
        rang = ETAPES.index(etape)
        return (ETAPES[rang - 1] if rang else None), (ETAPES[rang + 1] if rang + 1 < len(ETAPES) else None)

    def verifie(self) -> BilanVerifie:
        """Le bilan typé, à n’appeler que s’il ne lui manque rien."""
        assert not self.manques, "un bilan incomplet ne se dépose pas"  # noqa: S101 (contrat entre pièces)
        return BilanVerifie(
            version=self.bilan.version,
            lignes=self.finances.lignes_verifiees(),
            effectifs=self.resultats.effectifs(),
            indicateurs=self.resultats.mesures(),
            cout_propose=self.finances.compte_rendu.cout_eligible_propose(),
            contenu=copie_du_bilan(self.donnees, self.resultats, self.finances) | {"certifie": CERTIFIE},
        )


def defaut_de(document: Any) -> str:
    """Pourquoi ce document ne se dépose pas encore."""
    if document.est_ecarte:
        return f"Écarté\u00a0: ce fichier {document.raison} Retirez-le et joignez-en un autre."
    return "En cours de contrôle\u00a0: le bilan se dépose dès que c’est fini."


class DepotDuBilanForm(forms.Form):
    """La déclaration à accepter, et la version vérifiée."""

    use_required_attribute = False
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    certifie = forms.BooleanField(
        label=CERTIFIE, error_messages={"required": "Cochez cette déclaration pour déposer."}
    )

    def __init__(self, bilan: Bilan, data: Any = None) -> None:
        super().__init__(data, initial={"version": bilan.version})
        self.bilan = bilan

    def clean(self) -> dict[str, Any]:
        """La page et ce qui est lu maintenant sont de la même version."""
        if self.cleaned_data.get("version") != self.bilan.version:
            self.add_error(None, CHANGE)
        return self.cleaned_data
