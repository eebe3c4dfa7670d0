"""Le retour d’exemplaires signés : chaque page est reconnue, ce qui manque ou cloche est dit."""

from datetime import timedelta
from io import BytesIO

import pypdfium2
import pytest
import segno
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader, PdfWriter

from comptes.models import Courriel
from comptes.states import Role
from config.socle.execution import EchecDit
from config.socle.fichiers.defauts import FichierRefuse
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from config.socle.travaux import EtatTravail
from financements.actions.conventions.caducite import alerter_de_la_caducite
from financements.actions.conventions.rediger import editer, preparer, reprendre
from financements.actions.conventions.retours import (
    ETRANGER,
    ILLISIBLE,
    PERIME,
    deposer_un_retour,
    lire_le_retour,
    rattacher_une_page,
)
from financements.models import Convention, ExemplaireSigne, PageDeRetour, RetourSigne
from financements.planning import lire_un_retour_signe
from tests.comptes.fabriques import PersonneFactory
from tests.financements.conventions.fabriques import SansSuivi, editee, finances, octets, signee, votee_ici
from tests.financements.execution.fabriques import versement
from tests.financements.fabriques import action_votee

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]


@pytest.fixture
def auteur():
    return finances()


@pytest.fixture
def une(auteur, django_capture_on_commit_callbacks):
    """Une convention à signer, son PDF de quatre pages produit."""
    with django_capture_on_commit_callbacks(execute=True):
        convention = editee(auteur)
    convention.refresh_from_db()
    return convention


def numeriser(convention, pages, *, tourner=(), effacer=()):
    """Le PDF tel qu’un scanneur le rendrait : des images à 150 points par pouce, dans l’ordre de `pages`."""
    document = pypdfium2.PdfDocument(octets(convention.fichier))
    images = [document[page - 1].render(scale=150 / 72, grayscale=True).to_pil() for page in pages]
    document.close()
    images = [
        image.rotate(180) if rang in tourner else Image.new("L", image.size, 255) if rang in effacer else image
        for rang, image in enumerate(images)
    ]
    sortie = BytesIO()
    images[0].save(sortie, "PDF", save_all=True, append_images=images[1:])
    sortie.seek(0)
    return sortie


def deposer(auteur, convention, flux, nom="retour.pdf"):
    return deposer_un_retour(auteur=auteur, appel=convention.action.projet.appel, fichier=flux, nom=nom)


def lu(auteur, convention, flux):
    retour = deposer(auteur, convention, flux)
    lire_un_retour_signe(retour.pk)
    retour.refresh_from_db()
    assert retour.etat == EtatTravail.TERMINE, retour.message
    return retour


def pages_de(retour):
    return [(page.rang, page.convention, page.page, page.defaut) for page in retour.pages.order_by("rang")]


def test_un_exemplaire_entier_melange_et_retourne_se_range(auteur, une):
    retour = lu(auteur, une, numeriser(une, [3, 1, 4, 2], tourner={0, 2}))
    assert pages_de(retour) == [(1, une, 3, ""), (2, une, 1, ""), (3, une, 4, ""), (4, une, 2, "")]
    exemplaire = ExemplaireSigne.objects.get()
    assert (exemplaire.convention, exemplaire.est_complet) == (une, True)
    assert len(PdfReader(BytesIO(octets(exemplaire.fichier))).pages) == 4


def test_pages_manquantes_doubles_et_illisibles_se_disent(auteur, une):
    retour = lu(auteur, une, numeriser(une, [1, 2, 2, 4], effacer={3}))
    assert pages_de(retour) == [(1, une, 1, ""), (2, une, 2, ""), (3, une, 2, ""), (4, None, None, ILLISIBLE)]
    exemplaire = ExemplaireSigne.objects.get()
    assert (exemplaire.manquantes, exemplaire.en_double, exemplaire.est_complet) == ([3, 4], [2], False)


def test_un_depot_de_plusieurs_conventions_se_repartit(auteur, une, django_capture_on_commit_callbacks):

    projet = une.action.projet
    territoire = projet.parts.get().territoire
    autre_action = votee_ici(action_votee(axe=projet.axe, parts={territoire: 100}, montants={2016: "30000.00"}))

    with django_capture_on_commit_callbacks(execute=True):
        autre = editer(auteur=auteur, convention=preparer(auteur=auteur, action=autre_action))
    autre.refresh_from_db()
    tout = PdfWriter()
    for flux in (numeriser(autre, [1, 2]), numeriser(une, [1, 2, 3, 4]), numeriser(autre, [3, 4])):
        tout.append(flux)
    sortie = BytesIO()
    tout.write(sortie)
    sortie.seek(0)
    retour = lu(auteur, une, sortie)
    complets = {exemplaire.convention: exemplaire.est_complet for exemplaire in ExemplaireSigne.objects.all()}
    assert complets == {une: True, autre: True}
    intact = ExemplaireSigne.objects.get(convention=autre)
    page = retour.pages.get(convention=une, page=1)
    rattacher_une_page(auteur=auteur, page=page, convention=une, avenant=None, numero=2)
    assert ExemplaireSigne.objects.get(convention=autre) == intact
    rattacher_une_page(auteur=auteur, page=page, convention=autre, avenant=None, numero=1)
    defauts = {
        exemplaire.convention: exemplaire.en_double or exemplaire.manquantes
        for exemplaire in ExemplaireSigne.objects.all()
    }
    assert defauts == {une: [1], autre: [1]}


def test_une_photo_se_lit_et_un_texte_repris_ne_se_reconnait_plus(auteur, une):
    document = pypdfium2.PdfDocument(octets(une.fichier))
    photo = BytesIO()
    document[0].render(scale=200 / 72).to_pil().save(photo, "JPEG", quality=60)
    document.close()
    photo.seek(0)
    reprendre(auteur=auteur, convention=une)
    retour = deposer(auteur, une, photo, "photo.jpg")
    lire_le_retour(retour, SansSuivi())
    assert pages_de(retour) == [(1, None, None, PERIME)]


def test_un_code_d_ailleurs_se_dit(auteur, une):
    code, image = BytesIO(), BytesIO()
    segno.make("https://ailleurs.exemple.fr").save(code, kind="png", scale=8)
    page = Image.new("L", (1240, 1754), 255)
    page.paste(Image.open(code).convert("L"), (900, 60))
    page.save(image, "PNG")
    image.seek(0)
    retour = deposer(auteur, une, image, "page.png")
    lire_le_retour(retour, SansSuivi())
    assert pages_de(retour) == [(1, None, None, ETRANGER)]


def test_une_page_se_rattache_a_la_main_et_l_exemplaire_se_refait(auteur, une):
    retour = lu(auteur, une, numeriser(une, [1, 2, 3, 4], effacer={3}))
    page = retour.pages.get(rang=4)
    with pytest.raises(PassageRefuse, match="n’en est pas"):
        rattacher_une_page(auteur=auteur, page=page, convention=une, avenant=None, numero=5)
    with pytest.raises(PassageRefuse, match="de cet appel"):
        rattacher_une_page(auteur=auteur, page=page, convention=editee(auteur), avenant=None, numero=1)
    rattacher_une_page(auteur=auteur, page=page, convention=une, avenant=None, numero=4)
    assert ExemplaireSigne.objects.get().est_complet
    lire_le_retour(retour, SansSuivi())
    assert PageDeRetour.objects.get(rang=4).a_la_main
    assert ExemplaireSigne.objects.get().est_complet


def test_un_fichier_se_depose_une_fois_et_se_controle(auteur, une):
    deposer(auteur, une, numeriser(une, [1]))
    with pytest.raises(PassageRefuse, match="déjà été déposé"):
        deposer(auteur, une, numeriser(une, [1]))
    with pytest.raises(FichierRefuse, match="format"):
        deposer(auteur, une, BytesIO(b"MZ rien de tout cela"), "programme.exe")
    with pytest.raises(FichierRefuse, match="vide"):
        deposer(auteur, une, BytesIO(b""), "vide.pdf")
    assert RetourSigne.objects.count() == 1


def test_un_fichier_devenu_illisible_echoue_en_le_disant(auteur, une):
    retour = deposer(auteur, une, numeriser(une, [1]))
    with retour.fichier.storage.open(retour.fichier.name, "wb") as abime:
        abime.write(b"%PDF-1.7 rien")
    with pytest.raises(EchecDit, match="ne se laisse pas lire"):
        lire_le_retour(retour, SansSuivi())


@pytest.mark.parametrize("role", sorted(set(Role.values) - {"pilote", "finances"}))
def test_deposer_et_rattacher_sont_au_pilote_et_aux_finances(auteur, une, role):
    personne = PersonneFactory(role=role)
    with pytest.raises(PermissionDenied):
        deposer(personne, une, BytesIO(b"x"))
    retour = deposer(auteur, une, numeriser(une, [1]))
    page = PageDeRetour.objects.create(retour=retour, rang=1)
    with pytest.raises(PermissionDenied):
        rattacher_une_page(auteur=personne, page=page, convention=une, avenant=None, numero=1)


def test_l_alerte_de_caducite_part_une_fois_soixante_jours_avant(auteur):
    une = signee(auteur)
    jour = timezone.localdate()
    Convention.objects.update(caduque_le=jour + timedelta(days=61))
    assert alerter_de_la_caducite(jour=jour) == 0
    Convention.objects.update(caduque_le=jour + timedelta(days=60))
    assert [alerter_de_la_caducite(jour=jour) for _ in range(2)] == [1, 0]
    assert "contact@asso.exemple.fr" in [courriel.destinataire for courriel in Courriel.objects.all()]
    assert Journal.objects.filter(acte="alerter_de_la_caducite").count() == 1
    Convention.objects.update(alerte_le=None)
    versement(une.action, "1.00", "prevu")
    assert alerter_de_la_caducite(jour=jour) == 1
