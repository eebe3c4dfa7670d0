"""Le dépôt : les déclarations à accepter, et le dossier vérifié que l’acte reçoit."""

from typing import Any

from django import forms
from django.utils import timezone

from comptes.models import CompteBancaire, Organisme
from comptes.states import PUBLIQUES, FormeJuridique
from projets.actions.deposer import CHANGE
from projets.forms.dossier.copie import copie
from projets.forms.dossier.dossier import Dossier
from projets.rules.attestations import Attestation, Declarant, Demande, attestations
from projets.rules.depot import DossierVerifie


def attestations_de(dossier: Dossier) -> list[Attestation]:
    """Celles que ce projet demande, selon la forme de l’organisme, la date de l’appel, le budget et le compte."""
    projet = dossier.projet
    return attestations(
        _declarant(projet.organisme),
        _demande(dossier),
        ouverture=timezone.localtime(projet.appel.ouvre_le).date(),
    )


def _declarant(organisme: Organisme) -> Declarant:
    """Seule une association a un numéro RNA : une structure d’insertion qui en a un en est une aussi."""
    return Declarant(
        est_association=organisme.forme_juridique == FormeJuridique.ASSOCIATION or bool(organisme.rna),
        est_public=organisme.forme_juridique in PUBLIQUES,
    )


def _demande(dossier: Dossier) -> Demande:
    etape: Any = dossier.enregistres["budget"]
    montants = {annee: etape.budget.demande(annee) for annee in dossier.donnees.annees}
    compte = _compte(dossier)
    return Demande(montants, str(compte), compte.titulaire) if compte else Demande(montants)


def _compte(dossier: Dossier) -> CompteBancaire | None:
    choisi = str(dossier.donnees.valeurs.get("compte_bancaire", ""))
    return next((c for c in dossier.donnees.comptes_bancaires if str(c.pk) == choisi), None)


class DepotForm(forms.Form):
    """Une case par déclaration, toutes à cocher, ou un choix à faire, et la version vérifiée."""

    use_required_attribute = False
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, dossier: Dossier, data: Any = None) -> None:
        super().__init__(data, initial={"version": dossier.projet.version})
        self.projet = dossier.projet
        self.attestations = attestations_de(dossier)
        for attestation in self.attestations:
            self.fields[attestation.code] = _champ(attestation)

    def clean(self) -> dict[str, Any]:
        """La page et ce qui est lu maintenant sont de la même version : on dépose ce que l’on a sous les yeux."""
        if self.cleaned_data.get("version") != self.projet.version:
            self.add_error(None, CHANGE)
        return self.cleaned_data

    def declarations(self) -> list[dict[str, str]]:
        """Ce que le dépôt garde : le texte exact de chacune, et la réponse choisie."""
        return [une.figee(str(self.cleaned_data[une.code])) for une in self.attestations]


def _champ(attestation: Attestation) -> forms.Field:
    if attestation.reponses:
        return forms.ChoiceField(
            label=attestation.texte,
            choices=attestation.reponses,
            widget=forms.RadioSelect,
            error_messages={"required": "Choisissez une réponse pour déposer."},
        )
    return forms.BooleanField(
        label=attestation.texte, error_messages={"required": "Cochez cette déclaration pour déposer."}
    )


def verifier(dossier: Dossier, declarations: list[dict[str, str]]) -> DossierVerifie:
    """Le dossier typé et ce qui a été déclaré, à n’appeler que s’il ne lui manque rien."""
    assert not dossier.manques, "un dossier incomplet ne se dépose pas"  # noqa: S101 (contrat entre pièces)
    publics: Any = dossier.enregistres["publics"]
    budget: Any = dossier.enregistres["budget"]
    return DossierVerifie(
        version=dossier.projet.version,
        intitule=dossier.donnees.intitule,
        axe=dossier.donnees.axe.pk,
        allocataires=publics.allocataires_par_an(),
        parts=publics.parts(),
        budget=budget.verifie(),
        contenu={**copie(dossier), "attestations": declarations},
    )
