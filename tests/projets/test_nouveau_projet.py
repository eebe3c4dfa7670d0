"""Ouvrir un projet : d’où, sur quel appel, pour quel organisme."""

from datetime import timedelta

import pytest
from django.utils import timezone

from comptes.states import Role
from projets.models import Projet
from tests.comptes.fabriques import AdhesionFactory, PersonneFactory
from tests.projets.dossiers import appel_ouvert, porteur
from tests.projets.fabriques import AxeFactory, ProlongationFactory

pytestmark = pytest.mark.django_db
PAGE = "/mes-projets/nouveau/"


@pytest.fixture
def adhesion():
    return porteur()


@pytest.fixture
def navigateur(connecter, adhesion):
    return connecter(adhesion.personne)


def test_le_seul_appel_ouvert_et_le_seul_organisme_sont_deja_choisis(navigateur, adhesion):
    appel = appel_ouvert()
    appel_ouvert(ouvre_le=timezone.now() + timedelta(days=1))
    form = navigateur.get(PAGE).context["form"]
    assert (form.appel, form["organisme"].value()) == (appel, adhesion.organisme_id)


def test_entre_deux_organismes_et_deux_appels_on_choisit(navigateur, adhesion):
    un, deux = appel_ouvert(), appel_ouvert()
    second = AdhesionFactory(personne=adhesion.personne).organisme
    page = navigateur.get(PAGE)
    assert (page.context["appels"], "form" in page.context) == ([un, deux], False)
    form = navigateur.get(f"{PAGE}?appel={deux.slug}").context["form"]
    assert (form.appel, form["organisme"].value()) == (deux, None)
    assert list(form.fields["organisme"].queryset) == [adhesion.organisme, second]
    assert list(form.fields["axe"].queryset) == list(deux.axes.all())


def test_ouvrir_mene_a_la_premiere_etape(navigateur, adhesion):
    appel = appel_ouvert()
    axe = AxeFactory(appel=appel, numero=2)
    envoi = {"organisme": adhesion.organisme_id, "axe": axe.pk, "intitule": "Jardin"}
    reponse = navigateur.post(f"{PAGE}?appel={appel.slug}", envoi)
    projet = Projet.objects.get()
    assert reponse.url == f"/mes-projets/{projet.pk}/organisme/"
    assert (projet.appel, projet.axe, projet.organisme, projet.intitule) == (appel, axe, adhesion.organisme, "Jardin")


def test_deux_clics_sur_ouvrir_n_ouvrent_qu_un_projet(navigateur, adhesion):
    appel = appel_ouvert()
    jeton = navigateur.get(PAGE).context["form"]["jeton"].value()
    envoi = {"organisme": adhesion.organisme_id, "axe": appel.axes.get().pk, "intitule": "Jardin", "jeton": str(jeton)}
    adresses = {navigateur.post(f"{PAGE}?appel={appel.slug}", envoi).url for _ in range(2)}
    assert adresses == {f"/mes-projets/{Projet.objects.get().pk}/organisme/"}


def test_ce_qui_manque_se_dit_et_le_reste_reste_tape(navigateur, adhesion):
    appel = appel_ouvert()
    page = navigateur.post(f"{PAGE}?appel={appel.slug}", {"organisme": adhesion.organisme_id, "intitule": "Jardin"})
    form = page.context["form"]
    assert (page.status_code, form.errors, form["intitule"].value()) == (
        200,
        {"axe": ["Ce champ est obligatoire."]},
        "Jardin",
    )
    assert Projet.objects.count() == 0


def test_l_organisme_ou_l_axe_d_autrui_sont_refuses(navigateur):
    appel = appel_ouvert()
    envoi = {"organisme": porteur().organisme_id, "axe": AxeFactory().pk, "intitule": "Jardin"}
    erreurs = navigateur.post(f"{PAGE}?appel={appel.slug}", envoi).context["form"].errors
    assert sorted(erreurs) == ["axe", "organisme"]


def test_un_appel_clos_entre_la_page_et_l_envoi_renvoie_au_choix(navigateur, adhesion):
    appel = appel_ouvert(ferme_le=timezone.now() - timedelta(seconds=1))
    envoi = {"organisme": adhesion.organisme_id, "axe": appel.axes.get().pk, "intitule": "Jardin"}
    page = navigateur.post(f"{PAGE}?appel={appel.slug}", envoi)
    assert (page.status_code, Projet.objects.count()) == (200, 0)
    assert "Aucun appel ne reçoit de projet en ce moment" in page.content.decode()


def test_un_appel_clos_reste_ouvert_a_l_organisme_prolonge_et_a_lui_seul(navigateur, adhesion, connecter):
    instant = timezone.now()
    appel = appel_ouvert(ferme_le=instant - timedelta(hours=1))
    AdhesionFactory(personne=adhesion.personne)
    ProlongationFactory(appel=appel, organisme=adhesion.organisme, jusqu_au=instant + timedelta(hours=1))
    form = navigateur.get(PAGE).context["form"]
    assert (form.appel, list(form.fields["organisme"].queryset)) == (appel, [adhesion.organisme])
    assert connecter(porteur().personne).get(PAGE).context["appels"] == []


def test_sans_organisme_la_page_dit_quoi_faire(connecter):
    appel_ouvert()
    page = connecter("porteur").get(PAGE).content.decode()
    assert "Un projet est porté par un organisme" in page
    assert 'href="/mon-organisme/rejoindre/"' in page


def lien_vers_nouveau(navigateur, adresse: str, suite: str = "") -> bool:
    return f'href="{PAGE}{suite}"' in navigateur.get(adresse).content.decode()


def test_le_bouton_est_la_ou_on_le_cherche(navigateur):
    appel = appel_ouvert()
    assert [
        lien_vers_nouveau(navigateur, "/"),
        lien_vers_nouveau(navigateur, "/mes-projets/"),
        lien_vers_nouveau(navigateur, f"/appels/{appel.slug}/", f"?appel={appel.slug}"),
    ] == [True, True, True]


def test_la_page_d_un_appel_ferme_ou_lue_par_un_agent_n_a_pas_le_bouton(navigateur, connecter, client):
    ouvert, clos = appel_ouvert(), appel_ouvert(ferme_le=timezone.now() - timedelta(hours=1))
    vus = {
        "clos": lien_vers_nouveau(navigateur, f"/appels/{clos.slug}/", f"?appel={clos.slug}"),
        "anonyme": lien_vers_nouveau(client, f"/appels/{ouvert.slug}/", f"?appel={ouvert.slug}"),
    }
    for role in (Role.PILOTE, Role.INSTRUCTEUR):
        agent = connecter(PersonneFactory(role=role))
        vus[role] = lien_vers_nouveau(agent, f"/appels/{ouvert.slug}/", f"?appel={ouvert.slug}")
    assert set(vus.values()) == {False}
