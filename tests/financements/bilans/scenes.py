"""Un bilan ouvert, rempli, déposé : de quoi essayer chaque acte."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from comptes.models import Personne
from comptes.states import RoleOrganisme
from financements.actions.bilans.deposer import deposer_le_bilan
from financements.actions.bilans.ouvrir import ouvrir_les_bilans
from financements.actions.bilans.saisir import saisir_le_bilan
from financements.forms.bilans.dossier import DossierDuBilan
from financements.models import Bilan, CopieDeBilan
from projets.models import LigneBudget, Projet
from projets.models.budget import Cote
from tests.comptes.fabriques import AdhesionFactory, PersonneFactory
from tests.financements.fabriques import action_votee
from tests.projets.fabriques import AxeFactory
from tests.territoires.fabriques import TerritoireFactory

PREVUES = {
    (Cote.CHARGE, "601", 0, ""): "2000",
    (Cote.CHARGE, "641", 0, ""): "15000",
    (Cote.CHARGE, "645", 0, ""): "3000",
    (Cote.PRODUIT, "74dep", 0, ""): "10000",
    (Cote.PRODUIT, "74com", 1, "Denain"): "4000",
    (Cote.PRODUIT, "RP", 0, ""): "6000",
}
SAISIES = {
    "c_601_2016": "2 100",
    "c_641_2016": "11000",
    "c_645_2016": "3000",
    "c_74dep_2016": "10000",
    "c_74com_1_2016": "4000",
    "c_RP_2016": "2100",
    "explication_64": "Un poste resté vacant quatre mois.",
    "explication_RP": "Moins de charges à couvrir.",
    "realisation": "Ateliers et accompagnement toute l’année.",
    "resultats": "Les objectifs sont tenus.",
    "effectif_accompagnes": "20",
    "effectif_sexe_femmes": "12",
    "effectif_sexe_hommes": "8",
    "effectif_sortie_durable": "3",
}


def budget(projet: Projet, annee: int = 2016) -> None:
    """Un budget équilibré de 20 000 €."""
    with transaction.atomic():
        LigneBudget.objects.bulk_create(
            LigneBudget(
                projet=projet,
                annee=annee,
                cote=cote,
                compte=compte,
                rang=rang,
                precision=precision,
                montant=Decimal(montant),
            )
            for (cote, compte, rang, precision), montant in PREVUES.items()
        )


def bilan_ouvert(*, detaille: bool = True, **projet: object) -> Bilan:
    """Le bilan 2016 d’une action de 10 000 € par an."""
    action = action_votee(axe=AxeFactory(), parts={TerritoireFactory(): 100}, **projet)
    if detaille:
        budget(action.projet)
    ouvrir_les_bilans(annee=2016, auteur=None, appel=action.projet.appel)
    return Bilan.objects.get(action=action)


def responsable_de(bilan: Bilan, role: RoleOrganisme = RoleOrganisme.RESPONSABLE) -> Personne:
    """Une personne qui signe pour l’organisme du bilan."""
    organisme = bilan.action.projet.organisme
    return AdhesionFactory(personne=PersonneFactory(), organisme=organisme, role=role).personne


def relu(bilan: Bilan) -> Bilan:
    """Le bilan tel que les écrans le lisent."""
    return Bilan.objects.en_dossier().get(pk=bilan.pk)


def remplir(bilan: Bilan, auteur: Personne, **autres: str) -> Bilan:
    """Tape tout ce qu’il faut pour déposer."""
    lu = dict(bilan.saisies.values_list("champ", "valeur"))
    saisir_le_bilan(auteur=auteur, bilan=bilan, lu=lu, saisi={**SAISIES, **autres})
    return relu(bilan)


def deposer(bilan: Bilan, auteur: Personne | None = None) -> CopieDeBilan:
    """Remplit et dépose."""
    auteur = auteur or responsable_de(bilan)
    rempli = remplir(bilan, auteur)
    return deposer_le_bilan(auteur=auteur, bilan=rempli, verifie=DossierDuBilan(rempli).verifie())


JUIN = date(2017, 6, 30)
