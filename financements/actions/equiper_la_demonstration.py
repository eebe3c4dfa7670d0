"""Ce que le service financier a réglé dans la démonstration : ses profils d’échange, des opérations du FSE."""

from datetime import date
from decimal import Decimal

from comptes.models import Personne
from comptes.states import Role
from financements.actions.exports.profils import ajouter_un_profil
from financements.actions.fse.operations import Operation, enregistrer_une_operation, etablir_l_attestation
from financements.demonstration.echanges import OPERATIONS_DU_FSE, PROFILS, TAUX_DU_FSE, colonnes_de
from financements.models import Action, OperationFse, ProfilDExport
from projets.models import AppelAProjets


def equiper_la_demonstration(appel: AppelAProjets) -> None:
    """Par les actes du service financier ; sans effet sans lui, ni une seconde fois."""
    finances = Personne.objects.filter(role=Role.FINANCES).order_by("pk").first()
    if finances is None:
        return
    if not ProfilDExport.objects.exists():
        for nom, sorte, voulues, encodage in PROFILS:
            saisie = {"nom": nom, "colonnes": colonnes_de(sorte, voulues), "encodage": encodage.value}
            ajouter_un_profil(auteur=finances, sorte=sorte, saisie=saisie)
    if not OperationFse.objects.filter(contrepartie__action__projet__appel=appel).exists():
        _operations(appel, finances)


def _operations(appel: AppelAProjets, finances: Personne) -> None:
    """Pour les premières actions cofinancées : l’aide de deux ans y est la contrepartie. L’une a son attestation."""
    cofinancees = Action.objects.filter(projet__appel=appel, contrepartie_fse__isnull=False)
    lues = cofinancees.select_related("projet__appel", "projet__organisme", "projet__axe").order_by("projet__numero")
    for rang, action in enumerate(lues[:OPERATIONS_DU_FSE], start=1):
        mobilise = action.contrepartie_fse.montant_mobilise or _deux_ans(action)
        donnees = Operation(
            numero=f"2016{rang:05d}",
            cout_eligible=mobilise * 100 / (100 - TAUX_DU_FSE),
            taux=Decimal(TAUX_DU_FSE),
            debut_le=date(appel.annee_debut, 1, 1),
            fin_le=date(appel.annee_debut + 1, 12, 31),
            montant_mobilise=mobilise,
        )
        operation = enregistrer_une_operation(auteur=finances, action=action, donnees=donnees)
        if rang == 1:
            etablir_l_attestation(auteur=finances, action=action, operation=operation)


def _deux_ans(action: Action) -> Decimal:
    """Ce que le département verse à l’action ses deux premières années (euros)."""
    montants = action.tranches.order_by("annee").values_list("montant", flat=True)
    return sum(montants[:2], Decimal(0))
