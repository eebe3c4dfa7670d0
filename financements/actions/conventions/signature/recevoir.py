"""Recevoir le PDF signé des deux : le contrôler, le garder, et enregistrer les signatures."""

import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import transaction

from config.socle.fichiers.antivirus import AntivirusInjoignable, exiger_sain
from config.socle.fichiers.controle import controler
from config.socle.fichiers.defauts import FichierRefuse
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.conventions.avenants import signer_un_avenant
from financements.actions.conventions.commun import verrouiller
from financements.actions.conventions.signature.conclure import echouer, franchir
from financements.actions.conventions.signer import Signatures, signer
from financements.imports.retours import codes_des_pages, le_notre
from financements.models import Avenant, Convention, DemandeDeSignature
from financements.registre.client import PrestataireMuet, rapporter
from financements.registre.lecture import Releve

TAILLE_MAXIMALE = 60  # Mo
SANS_DROIT = "la personne qui l’a demandée n’en a plus le droit."
A_LA_MAIN = "Vérifiez le PDF signé, puis enregistrez les signatures à la main."


def recevoir(demande: DemandeDeSignature, releve: Releve) -> None:
    """Rapporte le PDF, le contrôle, puis signe avec les deux dates, au nom de qui a demandé la signature.

    Ce qui s’y oppose met la demande en échec, et le dit. Lève `PrestataireMuet`, `PrestataireRefuse`.
    """
    signatures = _signatures(releve)
    corps = rapporter(demande.identifiant, releve.empreinte)
    try:
        _controler(demande, corps)
    except FichierRefuse as refus:
        if isinstance(refus.__cause__, AntivirusInjoignable):
            raise PrestataireMuet("l’antivirus ne répond pas, le PDF signé attend") from refus
        echouer(demande, f"Signée des deux, mais le PDF signé n’est pas reçu. {' '.join(refus.messages)}")
        return
    demande.fichier.save("signee.pdf", ContentFile(corps), save=False)
    recus = {
        "fichier": demande.fichier.name,
        "empreinte_signee": releve.empreinte,
        "signee_organisme_le": signatures.organisme_le,
        "signee_departement_le": signatures.departement_le,
        "signataire_organisme": signatures.par_organisme,
        "signataire_departement": signatures.par_departement,
    }
    try:
        conclue = _signer(demande, signatures, recus)
    except (PassageRefuse, PermissionDenied, ValidationError, VersionPerimee) as refus:
        conclue = echouer(
            demande, f"Signée des deux, mais rien n’est enregistré\u00a0: {_dit(refus)} {A_LA_MAIN}", **recus
        )
    if conclue is None:  # annulée pendant qu’on la recevait
        demande.fichier.storage.delete(str(recus["fichier"]))


@transaction.atomic
def _signer(demande: DemandeDeSignature, signatures: Signatures, recus: dict[str, Any]) -> DemandeDeSignature | None:
    """La convention verrouillée avant la demande, comme partout."""
    auteur = demande.demandee_par
    convention = verrouiller(auteur, demande.convention)
    conclue = franchir(demande, "signer", acte="recevoir_les_signatures", **recus)
    if conclue is None:
        return None
    if demande.avenant_id is None:
        signer(auteur=auteur, convention=convention, signatures=signatures, version=convention.version)
        return conclue
    avenant = Avenant.objects.select_related("convention").get(pk=demande.avenant_id)
    signer_un_avenant(auteur=auteur, avenant=avenant, signatures=signatures, version=avenant.version)
    return conclue


def _signatures(releve: Releve) -> Signatures:
    if releve.organisme is None or releve.departement is None:
        raise PrestataireMuet("signée, sans les deux signatures")
    return Signatures(releve.organisme.le, releve.departement.le, releve.organisme.par, releve.departement.par)


def _controler(demande: DemandeDeSignature, corps: bytes) -> None:
    """Un PDF sans piège, sain, où chaque page de ce que l’on a confié porte son code. Lève `FichierRefuse`."""
    flux = BytesIO(corps)
    fiche = controler(
        flux, f"{demande.convention.numero} signée.pdf", formats=("pdf",), taille_maximale=TAILLE_MAXIMALE
    )
    exiger_sain(flux, fiche.nom)
    objet = demande.avenant or demande.convention
    with tempfile.TemporaryDirectory() as dossier:
        chemin = Path(dossier) / "signee.pdf"
        chemin.write_bytes(corps)
        manquent = _pages_manquantes(objet, chemin, fiche.nom)
    if manquent:
        pages = ", ".join(map(str, manquent))
        raise FichierRefuse(f"«\u00a0{fiche.nom}\u00a0» n’a pas toutes les pages confiées\u00a0: il manque {pages}.")


def _pages_manquantes(objet: Convention | Avenant, chemin: Path, nom: str) -> list[int]:
    """Celles dont aucune page du PDF ne porte le code : un autre document, ou un texte repris depuis."""
    try:
        lus = [le_notre(codes)[1] for _, codes in codes_des_pages(chemin, "pdf")]
    except (OSError, RuntimeError, ValueError) as erreur:
        raise FichierRefuse(f"«\u00a0{nom}\u00a0» ne se laisse pas lire.") from erreur
    vues = {lu[1] for lu in lus if lu and lu[0] == objet.jeton}
    return [page for page in range(1, (objet.pages or 0) + 1) if page not in vues]


def _dit(refus: Exception) -> str:
    if isinstance(refus, PermissionDenied):
        return SANS_DROIT
    if isinstance(refus, ValidationError):
        return " ".join(refus.messages)
    return str(refus)
