"""Les écrans des rapports : demander, suivre, annuler, relancer, télécharger, et qui le peut."""

import io
import re
from datetime import UTC, datetime

import pypdf
import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from config.socle.travaux import EtatTravail
from financements.chiffres import version_des_donnees
from financements.models import Rapport, Volume
from projets.models import Projet
from tests.comptes.fabriques import PersonneFactory
from tests.financements.fabriques import RapportFactory
from tests.financements.rapports import PetitProgramme, petit_programme
from tests.projets.fabriques import AppelFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def dossier_prive(settings, tmp_path):
    """Les fichiers de l’essai vont dans son dossier."""
    stockage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": stockage}


@pytest.fixture
def programme() -> PetitProgramme:
    return petit_programme(slug="nord")


def page(client, role: str = "pilote"):
    """Un navigateur connecté sous ce rôle ; rend aussi la personne."""
    personne = PersonneFactory(role=role)
    client.force_login(personne)
    return personne


def termine(appel, volumes: int = 1, **champs) -> Rapport:
    """Un rapport terminé à jour, dont chaque fichier tient en quelques octets."""
    rapport = RapportFactory(
        appel=appel,
        etat=EtatTravail.TERMINE,
        **{"version_donnees": version_des_donnees(appel), **champs},
    )
    for numero in range(1, volumes + 1):
        volume = Volume(rapport=rapport, numero=numero, titre=f"Tome {numero}", pages=10 + numero, taille=2048)
        volume.produit_le = datetime(2016, 7, 1, tzinfo=UTC)
        volume.fichier.save("v.pdf", ContentFile(b"%PDF-essai"))
    return rapport


def demande(**champs) -> dict[str, str]:
    return {"appel": "nord", "portee": "axe-1", "annee_debut": "2016", "annee_fin": "2016", **champs}


def telecharge(client, rapport: Rapport, numero: int = 1):
    """La réponse et ses octets ; les lire jusqu’au bout referme le fichier."""
    reponse = client.get(reverse("financements:volume", args=[rapport.pk, numero]))
    return reponse, b"".join(reponse.streaming_content)


def messages_de(reponse) -> list[str]:
    return [str(message) for message in reponse.context["messages"]]


def test_demander_puis_telecharger(client, programme, django_capture_on_commit_callbacks):
    personne = page(client, "finances")
    with django_capture_on_commit_callbacks(execute=True):
        reponse = client.post(reverse("financements:demander_rapport"), demande())
    rapport = Rapport.objects.get()
    assert (reponse.status_code, reponse.url) == (302, rapport.get_absolute_url())
    assert (rapport.demande_par, rapport.etat, rapport.axe, rapport.periode) == (
        personne,
        EtatTravail.TERMINE,
        programme.axes[0],
        "2016",
    )
    suivi = client.get(reponse.url)
    assert messages_de(suivi) == ["La production du rapport est lancée."]
    fichier, octets = telecharge(client, rapport)
    assert fichier["Content-Disposition"] == 'attachment; filename="rapport-pluriannuel-2016-axe-1.pdf"'
    assert fichier["Content-Type"] == "application/pdf"
    lu = pypdf.PdfReader(io.BytesIO(octets))
    assert len(lu.pages) == rapport.volumes.get().pages


def test_la_meme_demande_mene_au_rapport_existant(client, programme, django_capture_on_commit_callbacks):
    page(client)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("financements:demander_rapport"), demande())
    reponse = client.post(reverse("financements:demander_rapport"), demande(), follow=True)
    assert Rapport.objects.count() == 1
    assert "Ce rapport existait déjà et ses données sont à jour : le voici." in messages_de(reponse)


def test_une_demande_en_cours_est_rejointe(client, programme):
    page(client)
    client.post(reverse("financements:demander_rapport"), demande())
    reponse = client.post(reverse("financements:demander_rapport"), demande(), follow=True)
    assert "Ce rapport est déjà en cours de production : le voici." in messages_de(reponse)


def test_des_annees_a_l_envers_sont_refusees_sans_perdre_la_saisie(client, programme):
    page(client)
    reponse = client.post(
        reverse("financements:demander_rapport"),
        demande(portee="territoire-DOU", annee_debut="2018", annee_fin="2016"),
    )
    assert (reponse.status_code, Rapport.objects.count()) == (200, 0)
    form = reponse.context["form"]
    assert form.errors == {"annee_fin": ["La dernière année vient après la première : choisir 2018 ou plus tard."]}
    html = reponse.content.decode()
    assert '<option value="territoire-DOU" selected>' in html
    assert 'href="#id_annee_fin"' in html


def test_un_perimetre_inconnu_est_refuse(client, programme):
    page(client)
    reponse = client.post(reverse("financements:demander_rapport"), demande(portee="axe-9", annee_fin="2031"))
    assert set(reponse.context["form"].errors) == {"portee", "annee_fin"}


def test_la_lecture_lit_mais_ne_demande_pas(client, programme):
    page(client, "lecture")
    rapport = termine(programme.appel)
    liste = client.get(reverse("financements:rapports"))
    assert (liste.status_code, "form" in liste.context) == (200, False)
    assert telecharge(client, rapport)[1] == b"%PDF-essai"
    refus = [
        client.post(reverse("financements:demander_rapport"), demande()),
        client.post(reverse("financements:rapport_a_jour", args=[rapport.pk])),
        client.post(reverse("financements:relancer_rapport", args=[rapport.pk])),
        client.post(reverse("financements:annuler_rapport", args=[rapport.pk])),
    ]
    assert [reponse.status_code for reponse in refus] == [403, 403, 403, 404]


@pytest.mark.parametrize("role", ["porteur", "instructeur"])
def test_un_porteur_et_un_instructeur_n_entrent_pas(client, programme, role):
    page(client, role)
    rapport = termine(programme.appel)
    adresses = [
        reverse("financements:rapports"),
        rapport.get_absolute_url(),
        reverse("financements:avancement_rapport", args=[rapport.pk]),
        reverse("financements:volume", args=[rapport.pk, 1]),
    ]
    assert [client.get(adresse).status_code for adresse in adresses] == [403, 403, 403, 403]


def test_les_finances_n_annulent_pas_le_rapport_d_une_autre_personne(client, programme):
    page(client, "finances")
    rapport = RapportFactory(appel=programme.appel, demande_par=PersonneFactory(pilote=True))
    assert client.post(reverse("financements:annuler_rapport", args=[rapport.pk])).status_code == 404
    rapport.refresh_from_db()
    assert rapport.etat == EtatTravail.EN_ATTENTE


def test_annuler_puis_relancer(client, programme):
    personne = page(client)
    rapport = RapportFactory(appel=programme.appel, demande_par=personne)
    reponse = client.post(reverse("financements:annuler_rapport", args=[rapport.pk]), follow=True)
    rapport.refresh_from_db()
    assert (rapport.etat, messages_de(reponse)) == (EtatTravail.ANNULE, ["La production est annulée."])
    assert "Relancer" in reponse.content.decode()
    client.post(reverse("financements:relancer_rapport", args=[rapport.pk]))
    rapport.refresh_from_db()
    assert (rapport.etat, rapport.version_donnees) == (
        EtatTravail.EN_ATTENTE,
        version_des_donnees(programme.appel),
    )


def test_annuler_un_rapport_fini_dit_pourquoi_non(client, programme):
    page(client)
    rapport = termine(programme.appel)
    reponse = client.post(reverse("financements:annuler_rapport", args=[rapport.pk]), follow=True)
    assert re.match("« annuler » n’est pas possible", messages_de(reponse)[0])


def test_un_rapport_perime_le_dit_et_se_refait(client, programme):
    page(client)
    rapport = termine(programme.appel)
    assert "données modifiées depuis" not in client.get(rapport.get_absolute_url()).content.decode()
    Projet.objects.filter(numero=101).update(intitule="Corrigé")
    suivi = client.get(rapport.get_absolute_url()).content.decode()
    assert ("données modifiées depuis" in suivi, "Produire à jour" in suivi) == (True, True)
    assert "données modifiées depuis" in client.get(reverse("financements:rapports")).content.decode()
    client.post(reverse("financements:rapport_a_jour", args=[rapport.pk]))
    assert Rapport.objects.count() == 2


def test_l_avancement_se_rafraichit_puis_recharge_la_page(client, programme):
    page(client)
    rapport = RapportFactory(appel=programme.appel, etat=EtatTravail.EN_COURS, progression=42, etape="Mise en page")
    adresse = reverse("financements:avancement_rapport", args=[rapport.pk])
    en_cours = client.get(adresse)
    html = en_cours.content.decode().replace("\u00a0", " ")
    assert (
        "HX-Refresh" in en_cours,
        f'hx-get="{adresse}"' in html,
        "42 % · Mise en page" in " ".join(html.split()),
    ) == (
        False,
        True,
        True,
    )
    Rapport.objects.update(etat=EtatTravail.TERMINE)
    assert client.get(adresse)["HX-Refresh"] == "true"


def test_un_rapport_inacheve_ne_se_telecharge_pas(client, programme):
    page(client)
    rapport = termine(programme.appel)
    Rapport.objects.update(etat=EtatTravail.EN_COURS)
    assert client.get(reverse("financements:volume", args=[rapport.pk, 1])).status_code == 404


def test_un_fichier_disparu_ou_un_volume_inconnu_est_un_404(client, programme):
    page(client)
    rapport = termine(programme.appel)
    rapport.volumes.get().fichier.storage.delete(rapport.volumes.get().fichier.name)
    codes = [client.get(reverse("financements:volume", args=[rapport.pk, n])).status_code for n in (1, 7)]
    assert codes == [404, 404]


def test_plusieurs_volumes_se_telechargent_sous_des_noms_distincts(client, programme):
    page(client)
    rapport = termine(programme.appel, volumes=2, territoire=programme.territoires[1])
    dispositions = [telecharge(client, rapport, numero)[0]["Content-Disposition"] for numero in (1, 2)]
    assert dispositions == [f'attachment; filename="rapport-pluriannuel-2016-2018-dou-volume-{n}.pdf"' for n in (1, 2)]


def test_la_liste_coute_le_meme_nombre_de_requetes(client, programme, requetes):
    page(client)

    def compter() -> int:
        with requetes() as prises:
            assert client.get(reverse("financements:rapports")).status_code == 200
        return prises.nombre

    termine(programme.appel)
    RapportFactory(appel=programme.appel, demande_par=PersonneFactory())
    une = compter()
    for rang in range(3):
        autre = AppelFactory(slug=f"autre-{rang}")
        termine(autre, volumes=2, demande_par=PersonneFactory(), territoire=programme.territoires[rang])
        RapportFactory(appel=autre, demande_par=PersonneFactory(), axe=None)
    assert compter() == une


def test_la_liste_est_paginee(client, programme):
    page(client)
    for _ in range(21):
        RapportFactory(appel=programme.appel, etat=EtatTravail.ANNULE)
    assert len(client.get(reverse("financements:rapports")).context["vus"]) == 20
    assert len(client.get(reverse("financements:rapports"), {"page": 2}).context["vus"]) == 1


def test_une_liste_vide_le_dit(client):
    page(client, "lecture")
    assert "Aucun rapport pour l’instant" in client.get(reverse("financements:rapports")).content.decode()


def test_sans_appel_la_demande_ramene_a_la_liste(client):
    page(client)
    reponse = client.get(reverse("financements:demander_rapport"))
    assert (reponse.status_code, reponse.url) == (302, reverse("financements:rapports"))


def test_lire_n_ecrit_rien(client, programme, requetes):
    page(client)
    rapport = termine(programme.appel)
    for adresse in (
        reverse("financements:rapports"),
        reverse("financements:demander_rapport"),
        rapport.get_absolute_url(),
    ):
        with requetes() as prises:
            client.get(adresse)
        assert prises.ecritures == []


def test_la_liste_mene_au_fichier_ou_a_la_page_quand_il_y_en_a_plusieurs(client, programme):
    page(client, "lecture")
    seul, tomes = termine(programme.appel), termine(programme.appel, volumes=3, annee_fin=2017)
    RapportFactory(appel=programme.appel, etat=EtatTravail.ECHOUE)
    contenu = client.get(reverse("financements:rapports")).content.decode()
    cellules = re.findall(r'<td class="text-nowrap">(.*?)</td>', contenu, re.DOTALL)
    fichiers = [re.findall(r'href="([^"#]+)"', cellule) for cellule in cellules]
    textes = [" ".join(re.sub("<.*?>", " ", cellule).replace("\xa0", " ").split()) for cellule in cellules]
    assert fichiers == [[], [tomes.get_absolute_url()], [reverse("financements:volume", args=[seul.pk, 1])]]
    assert [texte.split(" ,")[0] for texte in textes] == ["", "3 PDF, 6,0 Kio", "PDF, 2,0 Kio"]
    assert "3 rapports" in " ".join(contenu.split())
    assert telecharge(client, seul)[0].status_code == 200
