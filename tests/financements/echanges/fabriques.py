"""Fabriques des échanges."""

from financements.models import (
    Action,
    ImportDExecution,
    Imputation,
    ProfilDExport,
    Publication,
    RattachementDImputation,
)
from financements.states.echanges import SorteDeProfil
from projets.models import AppelAProjets


def publication_de(appel: AppelAProjets, **champs: object) -> Publication:
    """Un fichier préparé, pas encore en ligne."""
    valeurs = {"seuil_legal": True, "nombre": 1, "montant": 5, "empreinte": "0" * 64, **champs}
    return Publication.objects.create(appel=appel, **valeurs)


def profil_de(sorte: SorteDeProfil, *cles: str, **champs: object) -> ProfilDExport:
    """Un profil enregistré ; ses colonnes portent leur clé en en-tête, toutes à défaut."""
    valeurs = {"nom": f"profil {sorte}", "sorte": sorte, **champs}
    return ProfilDExport.objects.create(
        colonnes=[[cle, cle] for cle in cles] or ProfilDExport.par_defaut(sorte).colonnes, **valeurs
    )


def imputee(appel: AppelAProjets, **champs: object) -> Imputation:
    """Une imputation de tous les axes de l’appel, pour les personnes de droit privé."""
    valeurs = {
        "norme": "M52",
        "chapitre": "9356",
        "nature": "6574",
        "fonction": "564",
        "numero_ae": "AE2016-1",
        "libelle": "Insertion",
        "gestionnaire": "DIPLE",
        "premier_exercice": 2016,
        "dernier_exercice": 2019,
        **champs,
    }
    imputation = Imputation.objects.create(appel=appel, **valeurs)
    RattachementDImputation.objects.bulk_create(
        RattachementDImputation(imputation=imputation, axe=axe, categorie="prive") for axe in appel.axes.all()
    )
    return imputation


def echanges_de(action: Action) -> dict[str, object]:
    """Un objet de chaque sorte, pour la table des accès."""
    appel = action.projet.appel
    return {
        "organisme_aide": action.projet.organisme_id,
        "publication": publication_de(appel).pk,
        "profil": profil_de(SorteDeProfil.ENGAGEMENTS).pk,
        "retour": ImportDExecution.objects.create(appel=appel, nom_fichier="retour.csv").pk,
    }
