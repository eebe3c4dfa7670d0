"""Les effectifs à l’écran : relevés, import, erreurs."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from territoires.models import Effectif, ReleveEffectifs
from tests.comptes.fabriques import PersonneFactory
from tests.financements.fabriques import releve_de
from tests.territoires.fabriques import TerritoireFactory

ILLISIBLE = "Le fichier n’est ni un classeur ni du texte lisible : enregistrez-le en XLSX, en ODS ou en CSV (UTF-8)."
FUTUR = "La date d’observation ne peut pas être à venir : donnez une date passée, ou aujourd’hui."
LISTE = "/financements/effectifs/"
SAISIE = {"date": "2016-02-29", "unite": "foyers", "source": "CAF du Nord"}


@pytest.fixture
def territoires(db):
    return [TerritoireFactory(code="VAL", nom="Valenciennois"), TerritoireFactory(code="DOU", nom="Douaisis")]


@pytest.fixture
def pilote(client, territoires):
    personne = PersonneFactory(pilote=True)
    client.force_login(personne)
    return personne


def texte(reponse):
    return " ".join(reponse.content.decode().replace("\u202f", " ").replace("\u00a0", " ").split())


def deposer(client, contenu, **saisie):
    fichier = SimpleUploadedFile("effectifs.csv", contenu.encode())
    return client.post(f"{LISTE}importer/", {**SAISIE, **saisie, "fichier": fichier}, follow=True)


def test_un_releve_depose_se_retrouve_dans_la_liste_et_sa_page(client, pilote):
    reponse = deposer(client, "territoire;allocataires\nVAL;18081\nDOU;10884\n", fictif="on")
    assert reponse.redirect_chain == [(LISTE, 302)]
    assert "Relevé importé : foyers allocataires du RSA au 29/02/2016 (fictif)." in texte(reponse)
    assert "valeurs inventées" in texte(reponse)
    page = texte(client.get(f"{LISTE}{ReleveEffectifs.objects.get().pk}/"))
    assert '<th scope="row">Valenciennois</th> <td>VAL</td> <td class="nombre">18 081</td>' in page
    assert '<td class="nombre">28 965</td>' in page
    reponse = deposer(client, "territoire;allocataires\nVAL;18081\nDOU;10884\n", fictif="on")
    assert "Ce relevé était déjà enregistré : rien n’a changé." in texte(reponse)


def test_les_erreurs_du_fichier_se_lisent_et_la_saisie_reste(client, pilote):
    reponse = deposer(client, "territoire;allocataires\nVAL;beaucoup\nDOU;1\n")
    assert reponse.status_code == 200
    page = texte(reponse)
    assert "Une erreur dans le fichier : rien n’a été écrit" in page
    assert '<td class="valeur-lue"> beaucoup </td> <td>un nombre entier, sans décimale</td>' in page
    assert 'value="CAF du Nord"' in page
    assert 'value="2016-02-29"' in page
    assert Effectif.objects.count() == 0


@pytest.mark.parametrize(
    ("contenu", "saisie", "erreurs"),
    [
        ("%PDF-1.7", {}, {"fichier": ["Ce fichier est un PDF : déposez le tableau lui-même, en XLSX, ODS ou CSV."]}),
        ("a;b\x00\n1;2\n", {}, {"fichier": [ILLISIBLE]}),
        ("territoire;allocataires\nVAL;1\nDOU;1\n", {"date": "2099-01-01"}, {"date": [FUTUR]}),
    ],
)  # fmt: skip
def test_une_saisie_fausse_se_dit_au_champ(client, pilote, contenu, saisie, erreurs):
    assert deposer(client, contenu, **saisie).context["form"].errors == erreurs
    assert ReleveEffectifs.objects.count() == 0


def test_l_administrateur_lit_la_liste_sans_le_bouton(client, territoires):
    client.force_login(PersonneFactory(administrateur=True))
    releve_de({territoires[0]: 10, territoires[1]: 20})
    page = texte(client.get(LISTE))
    assert '<td class="nombre">30</td>' in page
    assert "Importer un relevé" not in page


def test_la_liste_fait_le_meme_nombre_de_requetes(client, pilote, territoires, django_assert_num_queries):
    releve_de({territoires[0]: 10})
    client.get(LISTE)
    with django_assert_num_queries(4):
        client.get(LISTE)
    releve_de({territoires[0]: 10})
    releve_de({territoires[0]: 10})
    with django_assert_num_queries(4):
        client.get(LISTE)
