"""Produire le rapport à l’assemblée hors de la requête : une lecture, un PDF, un ODT."""

import tempfile
from pathlib import Path

from celery import shared_task
from django.core.files import File

from config.socle.execution import EchecDit, Suivi, executer, mettre_en_file
from config.socle.montants import en_euros
from financements.chiffres.rapport_assemblee.annexe import RapportIncoherent
from financements.chiffres.rapport_assemblee.contenu import Contenu, lire_le_contenu
from financements.chiffres.rapport_assemblee.marque import marque_du_rapport
from financements.exports.assemblee_odt import ecrire_l_odt
from financements.models import DocumentDeRapport
from financements.pdf.assemblee import imprimer_le_rapport
from financements.pdf.document import photographie
from financements.rules.variables import TexteRefuse

DEBUT, MISE_EN_PAGE, ECRITURE, ODT = 10, 60, 70, 85  # pour cent
LIGNES_PAR_PAGE = 12  # pour l’avancement seulement


def lancer_le_rapport_a_l_assemblee(pk: int) -> None:
    """Met la production dans la file. Si la file ne répond pas, la reprise périodique s’en chargera."""
    mettre_en_file(produire_le_rapport_a_l_assemblee, pk, "le rapport à l’assemblée")


@shared_task(name="financements.produire_le_rapport_a_l_assemblee")
def produire_le_rapport_a_l_assemblee(pk: int) -> None:
    """Lit les chiffres une fois et en fait les deux fichiers. Livrée deux fois, elle ne fait rien la seconde."""
    with executer(DocumentDeRapport, pk) as en_main:
        if en_main is None:
            return
        _, suivi = en_main
        document = DocumentDeRapport.objects.select_related("rapport__appel", "scenario__appel").get(pk=pk)
        suivi.avancer(1, "Lecture des chiffres", toujours=True)
        contenu = _lire(document)
        with tempfile.TemporaryDirectory() as dossier:
            pdf, odt = Path(dossier) / "rapport.pdf", Path(dossier) / "rapport.odt"
            pages = imprimer_le_rapport(contenu, pdf, _Rappel(suivi, contenu))
            suivi.avancer(ODT, "Écriture du document à modifier (ODT)", toujours=True)
            ecrire_l_odt(contenu, odt)
            suivi.avancer(99, "Rangement des fichiers", toujours=True)
            for champ, chemin in ((document.pdf, pdf), (document.odt, odt)):
                with chemin.open("rb") as lu:
                    champ.save(chemin.name, File(lu), save=False)
        DocumentDeRapport.objects.filter(pk=pk).update(
            pdf=document.pdf.name, odt=document.odt.name, pages=pages, total=en_euros(contenu.annexe.total)
        )


def _lire(document: DocumentDeRapport) -> Contenu:
    """Lève `EchecDit` si ce qui a été demandé n’est plus ce qui est en base."""
    try:
        with photographie():
            if marque_du_rapport(document.rapport, document.scenario) != document.marque:
                raise EchecDit("Le texte, le scénario ou les imputations ont changé\u00a0: demandez-le de nouveau.")
            return lire_le_contenu(document.rapport, document.scenario)
    except TexteRefuse as refus:
        raise EchecDit(f"Le texte ne se remplit pas. {refus}") from refus
    except RapportIncoherent as refus:
        raise EchecDit("Des montants ont changé pendant la lecture\u00a0: demandez-le de nouveau.") from refus


class _Rappel:
    """Dit l’avancement de la mise en page."""

    def __init__(self, suivi: Suivi, contenu: Contenu) -> None:
        self._suivi = suivi
        lignes = sum(len(territoire.lignes) for axe in contenu.annexe.axes for territoire in axe.territoires)
        self._prevues = (
            4 + (lignes + len(contenu.ecartes.attente) + len(contenu.ecartes.non_retenus)) // LIGNES_PAR_PAGE
        )

    def __call__(self, etape: str, numero: int) -> None:
        """Voir `progression.Rappel`."""
        if etape != "page":
            self._suivi.avancer(ECRITURE, "Écriture du PDF balisé", toujours=True)
            return
        au_moins = max(self._prevues, numero)
        part = DEBUT + (MISE_EN_PAGE - DEBUT) * numero // au_moins
        self._suivi.avancer(part, f"Mise en page, page {numero} sur {au_moins} environ")
