"""Un fichier se contrôle sans retenir personne, et ce qui a changé pendant ce temps se vérifie de nouveau."""

import threading
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from comptes.models import Adhesion, Document
from config.socle.transitions import PassageRefuse
from projets.actions.pieces import envoyer_et_joindre
from projets.actions.saisir import saisir
from projets.models import PieceJointe, Projet
from tests.projets.dossiers import brouillon, porteur
from tests.socle.fichiers_d_essai import pdf

pytestmark = pytest.mark.django_db(transaction=True)
DELAI = 20.0  # secondes


class FichierLent(SimpleUploadedFile):
    """Son contrôle commence, puis attend le feu vert de l’essai."""

    def __init__(self) -> None:
        super().__init__("statuts.pdf", pdf())
        self.commence, self.feu_vert = threading.Event(), threading.Event()

    def seek(self, *args: Any) -> int:
        """La première chose que fait un contrôle."""
        self.commence.set()
        assert self.feu_vert.wait(DELAI)
        return self.file.seek(*args)


class Envoi:
    """Un envoi dans un fil à part, arrêté au milieu du contrôle de son fichier."""

    def __init__(self, adhesion: Adhesion, projet: Projet) -> None:
        self.adhesion, self.projet, self.fichier = adhesion, projet, FichierLent()
        self.leve: list[Exception] = []
        self.fil = threading.Thread(target=self._envoyer)

    def _envoyer(self) -> None:
        try:
            envoyer_et_joindre(auteur=self.adhesion.personne, projet=self.projet, piece=None, recu=self.fichier)
        except Exception as refus:
            self.leve.append(refus)
        finally:
            connection.close()

    def __enter__(self) -> "Envoi":
        self.fil.start()
        assert self.fichier.commence.wait(DELAI)
        return self

    def __exit__(self, *_: object) -> None:
        self.fichier.feu_vert.set()
        self.fil.join(DELAI)


@pytest.fixture
def adhesion():
    return porteur()


@pytest.fixture
def projet(adhesion):
    return brouillon(adhesion)


def test_pendant_le_controle_d_un_fichier_un_collegue_enregistre(adhesion, projet):
    with Envoi(adhesion, projet) as envoi, transaction.atomic():
        with connection.cursor() as curseur:
            curseur.execute("SET LOCAL lock_timeout = '2s'")
        saisir(auteur=adhesion.personne, projet=projet, lu={"objectifs": ""}, saisi={"objectifs": "Accueillir."})
    assert (envoi.leve, projet.saisies.get(champ="objectifs").valeur) == ([], "Accueillir.")
    assert PieceJointe.objects.get().document.nom == "statuts.pdf"


def test_un_projet_depose_pendant_le_controle_ne_recoit_plus_rien(adhesion, projet):
    with Envoi(adhesion, projet) as envoi:
        Projet.objects.filter(pk=projet.pk).update(etat="depose", numero=7)
    assert [type(refus) for refus in envoi.leve] == [PassageRefuse]
    assert (PieceJointe.objects.count(), Document.objects.count()) == (0, 0)


def test_qui_quitte_l_organisme_pendant_le_controle_ne_joint_plus_rien(adhesion, projet):
    with Envoi(adhesion, projet) as envoi:
        Adhesion.objects.all().delete()
    assert [type(refus) for refus in envoi.leve] == [PermissionDenied]
    assert (PieceJointe.objects.count(), Document.objects.count()) == (0, 0)


def test_rien_ne_se_controle_pour_qui_n_a_pas_le_droit(projet):
    fichier = FichierLent()
    with pytest.raises(PermissionDenied):
        envoyer_et_joindre(auteur=porteur().personne, projet=projet, piece=None, recu=fichier)
    assert fichier.commence.is_set() is False
