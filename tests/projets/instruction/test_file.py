"""La file d’instruction : chacun son périmètre, des filtres qui se gardent, un nombre constant de requêtes."""

import re

import pytest

from projets.states import EtatProjet
from tests.comptes.fabriques import OrganismeFactory, PersonneFactory
from tests.projets.fabriques import AppelFactory, AxeFactory, ProjetFactory
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db


def montres(reponse) -> list[int]:
    return list(reponse.context["page"])


@pytest.fixture
def val():
    return TerritoireFactory(code="VAL", nom="Valenciennois")


@pytest.fixture
def dou():
    return TerritoireFactory(code="DOU", nom="Douaisis")


@pytest.fixture
def instructeur(val):
    personne = PersonneFactory(instructeur=True)
    personne.territoires.add(val)
    return personne


def test_l_instructeur_voit_ses_territoires_meme_en_partie_et_jamais_un_brouillon(connecter, instructeur, val, dou):
    visibles = [
        ProjetFactory(numero=1, territoires={val: 100}),
        ProjetFactory(numero=2, territoires={val: 10, dou: 90}),
    ]
    caches = [
        ProjetFactory(numero=3, territoires={dou: 100}),
        ProjetFactory(numero=None, territoires={val: 100}, etat=EtatProjet.BROUILLON),
    ]
    navigateur = connecter(instructeur)
    assert montres(navigateur.get("/instruction/")) == [projet.pk for projet in visibles]
    codes = [navigateur.get(f"/instruction/{projet.pk}/").status_code for projet in (*visibles, *caches)]
    assert codes == [200, 200, 404, 404]


def test_le_pilote_voit_tout_ce_qui_est_depose(connecter, val, dou):
    deposes = [ProjetFactory(numero=1, territoires={val: 100}), ProjetFactory(numero=2, territoires={dou: 100})]
    brouillon = ProjetFactory(numero=None, etat=EtatProjet.BROUILLON)
    navigateur = connecter("pilote")
    assert montres(navigateur.get("/instruction/")) == [projet.pk for projet in deposes]
    assert navigateur.get(f"/instruction/{brouillon.pk}/").status_code == 404


def test_chaque_filtre_restreint_et_ils_se_cumulent(connecter, val, dou):
    appel = AppelFactory()
    un, deux = AxeFactory(appel=appel, numero=1), AxeFactory(appel=appel, numero=2)
    poste = OrganismeFactory(nom="La Poste solidaire")
    a = ProjetFactory(axe=un, numero=98764, territoires={val: 100}, etat=EtatProjet.RECEVABLE, intitule="Éveil")
    b = ProjetFactory(axe=deux, numero=98765, territoires={val: 60, dou: 40}, organisme=poste, intitule="Jardin")
    c = ProjetFactory(axe=deux, numero=98766, territoires={dou: 100}, etat=EtatProjet.RECEVABLE, intitule="Éveil")
    ailleurs = ProjetFactory(numero=98767, territoires={val: 100})
    navigateur = connecter("pilote")

    def trouves(filtre: str) -> list[int]:
        return montres(navigateur.get(f"/instruction/?{filtre}"))

    assert {
        "appel": trouves(f"appel={appel.pk}"),
        "axe": trouves(f"axe={deux.pk}"),
        "territoire": trouves(f"territoire={dou.pk}"),
        "état": trouves("etat=recevable"),
        "texte": trouves("q=eveil"),
        "organisme": trouves("q=poste"),
        "numéro": trouves("q=98765"),
        "SIRET": trouves(f"q={poste.siret[:9]} {poste.siret[9:]}"),
        "cumul": trouves(f"q=eveil&territoire={val.pk}"),
        "rien": trouves("q=introuvable"),
    } == {
        "appel": [a.pk, b.pk, c.pk],
        "axe": [b.pk, c.pk],
        "territoire": [b.pk, c.pk],
        "état": [a.pk, c.pk],
        "texte": [a.pk, c.pk],
        "organisme": [b.pk],
        "numéro": [b.pk],
        "SIRET": [b.pk],
        "cumul": [a.pk],
        "rien": [],
    }
    assert ailleurs.pk not in trouves(f"appel={appel.pk}")


def test_les_filtres_offrent_les_territoires_de_l_instructeur_et_jamais_le_brouillon(connecter, instructeur, dou):
    formulaire = connecter(instructeur).get("/instruction/").context["form"]
    assert [libelle for _, libelle in formulaire.fields["territoire"].choices] == ["Tous", "Valenciennois"]
    assert EtatProjet.BROUILLON not in dict(formulaire.fields["etat"].choices)


def test_un_filtre_qui_n_existe_pas_ne_casse_rien(connecter, dou):
    projet = ProjetFactory()
    reponse = connecter("pilote").get("/instruction/?axe=999999&etat=rêve&page=zzz&tri=secret")
    assert reponse.status_code == 200
    assert montres(reponse) == [projet.pk]


def test_le_tri_par_organisme_est_francais(connecter):
    noms = ["Zone", "éclair", "Eau", "Étoile"]
    for numero, nom in enumerate(noms, 1):
        ProjetFactory(numero=numero, organisme=OrganismeFactory(nom=nom))
    page = connecter("pilote").get("/instruction/?tri=organisme").content.decode()
    assert re.findall(r"<td>(Zone|éclair|Eau|Étoile)</td>", page) == ["Eau", "éclair", "Étoile", "Zone"]


def test_le_filtre_se_garde_d_une_page_a_l_autre_et_dans_le_tri(connecter):
    organisme = OrganismeFactory()
    for numero in range(1, 52):
        ProjetFactory(numero=numero, organisme=organisme, intitule=f"Atelier {numero}")
    page = connecter("pilote").get("/instruction/?q=atelier&tri=-numero").content.decode()
    assert 'href="?q=atelier&amp;tri=-numero&amp;page=2"' in page
    assert 'href="?q=atelier&amp;tri=intitule"' in page
    assert '<input type="hidden" name="tri" value="-numero">' in page


def test_autant_de_requetes_pour_un_projet_que_pour_trois(connecter, requetes, val, dou):
    navigateur = connecter("pilote")
    comptes = []
    for _ in range(3):
        ProjetFactory(territoires={val: 50, dou: 50})
        with requetes() as prises:
            navigateur.get("/instruction/")
        comptes.append(prises.nombre)
    # session, personne, vues, comptes, clés, lignes, puis les quatre listes de choix des filtres
    assert comptes == [10, 10, 10], prises
