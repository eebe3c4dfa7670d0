"""Un brouillon ouvert par un porteur sur un appel ouvert, et les saisies qui le complètent."""

from datetime import timedelta

from django.utils import timezone

from comptes.models import Adhesion, Personne
from projets.actions.saisir import creer_projet, saisir
from projets.models import AppelAProjets, Projet
from projets.states import EtatAppel
from tests.comptes.fabriques import AdhesionFactory, OrganismeFactory
from tests.projets.fabriques import AppelFactory, AxeFactory


def appel_ouvert(**champs: object) -> AppelAProjets:
    """Un appel 2027-2028 qui reçoit des projets pendant encore six jours et demi, avec un axe."""
    instant = timezone.now()
    voulus = {
        "etat": EtatAppel.OUVERT,
        "annee_debut": 2027,
        "annee_fin": 2028,
        "ouvre_le": instant - timedelta(days=10),
        "ferme_le": instant + timedelta(days=6, hours=12),
    }
    appel = AppelFactory(**{**voulus, **champs})
    AxeFactory(appel=appel, numero=1)
    return appel


def porteur(**champs: object) -> Adhesion:
    """Un rédacteur d’un organisme : `.personne`, `.organisme`."""
    return AdhesionFactory(**champs)


def collegue(projet: Projet, **champs: object) -> Personne:
    """Une autre personne du même organisme."""
    return AdhesionFactory(organisme=projet.organisme, **champs).personne


def brouillon(adhesion: Adhesion | None = None, appel: AppelAProjets | None = None, **champs: object) -> Projet:
    """Un projet tout neuf."""
    adhesion = adhesion or porteur(organisme=OrganismeFactory())
    appel = appel or appel_ouvert()
    return creer_projet(
        **{
            "auteur": adhesion.personne,
            "appel": appel,
            "organisme": adhesion.organisme,
            "axe": appel.axes.first(),
            "intitule": "Garde d’enfants en horaires décalés",
            **champs,
        }
    )


def ecrire(projet: Projet, auteur: Personne, lu: dict | None = None, **saisi: object):
    """Enregistre des champs, comme une page qui aurait lu `lu`."""
    return saisir(auteur=auteur, projet=projet, lu=lu or {}, saisi=saisi)


def enregistrees(projet: Projet) -> dict[str, object]:
    """Ce que la base garde, par champ."""
    return dict(projet.saisies.values_list("champ", "valeur"))


ACTION = {
    "objectifs": "Lever le frein de la garde.",
    "description": "Un accueil à domicile.",
    "methode": "Diagnostic, accueil, bilan.",
    "debut": "2027-01-15",
    "fin": "2028-12-31",
    "lieu": "Denain",
    "etp": "2,5",
    "moyens_humains": "Deux éducatrices.",
    "resultats": "Quarante familles accueillies.",
    "indicateur_1_libelle": "Familles accueillies",
    "indicateur_1_cible": "40",
    "indicateur_1_unite": "familles",
}
