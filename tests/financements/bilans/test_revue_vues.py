"""La file et la revue : qui voit quoi, filtres, actes, réglages, requêtes constantes."""

from decimal import Decimal

import pytest

from financements.models import Bilan, IndicateurDAppel, ReglageDesBilans
from tests.comptes.fabriques import PersonneFactory
from tests.financements.bilans.scenes import bilan_ouvert, deposer, relu, responsable_de
from tests.financements.fabriques import action_votee
from tests.projets.fabriques import AxeFactory
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db


def adresse(bilan, suite=""):
    projet = bilan.action.projet
    return f"/financements/{projet.appel.slug}/bilans/{projet.numero}/2016/{suite}"


def montres(client, slug, requete=""):
    page = client.get(f"/financements/{slug}/bilans/{requete}")
    return [bilan.pk for bilan in page.context["page"]]


def test_la_file_se_filtre_et_l_instructeur_n_y_voit_que_ses_territoires(connecter):
    bilan = bilan_ouvert()
    appel = bilan.action.projet.appel
    autre = Bilan.objects.create(
        action=action_votee(axe=AxeFactory(appel=appel)), annee=2017, etat="a_remplir", du_le="2999-06-30"
    )
    client = connecter("pilote")
    assert montres(client, appel.slug) == [bilan.pk, autre.pk]
    assert montres(client, appel.slug, "?annee=2017") == [autre.pk]
    assert montres(client, appel.slug, "?etat=retard") == [bilan.pk]
    assert montres(client, appel.slug, "?etat=depose") == []
    assert montres(client, appel.slug, f"?q={bilan.action.projet.organisme.siret}") == [bilan.pk]
    assert montres(client, appel.slug, "?annee=1900&etat=rien") == [bilan.pk, autre.pk]
    personne = PersonneFactory(instructeur=True)
    instructeur = connecter(personne)
    assert montres(instructeur, appel.slug) == []
    assert instructeur.get(adresse(bilan)).status_code == 404
    personne.territoires.add(bilan.action.projet.parts.get().territoire)
    assert montres(instructeur, appel.slug) == [bilan.pk]
    assert instructeur.get(adresse(bilan)).status_code == 200


def test_la_file_fait_le_meme_nombre_de_requetes_pour_une_et_trois_lignes(connecter, requetes):
    axe, territoire = AxeFactory(), TerritoireFactory()
    client = connecter("pilote")

    def compter():
        Bilan.objects.create(action=action_votee(axe=axe, parts={territoire: 100}), annee=2016, du_le="2017-06-30")
        with requetes() as prises:
            client.get(f"/financements/{axe.appel.slug}/bilans/")
        return prises.nombre

    premier = compter()
    compter()
    assert compter() == premier


def test_l_instructeur_va_aux_bilans_par_la_barre(connecter):
    bilan = bilan_ouvert()
    personne = PersonneFactory(instructeur=True)
    client = connecter(personne)
    assert "Aucun bilan n’est encore ouvert" in client.get("/bilans/").content.decode()
    personne.territoires.add(bilan.action.projet.parts.get().territoire)
    page = client.get("/bilans/", follow=True)
    assert page.request["PATH_INFO"] == f"/financements/{bilan.action.projet.appel.slug}/bilans/"
    assert [entree.libelle for entree in page.context["navigation"] if entree.est_courante] == ["Bilans"]


@pytest.mark.parametrize("role", ["finances", "pilote", "lecture"])
def test_la_revue_montre_ce_qui_est_depose(connecter, role):
    bilan = bilan_ouvert()
    client = connecter(role)
    assert "pas encore déposé" in client.get(adresse(bilan)).content.decode()
    deposer(bilan)
    page = client.get(adresse(bilan)).content.decode()
    assert "Un poste resté vacant quatre mois." in page
    assert "805\xa0€" in page  # 16 100 € pour 20 personnes
    assert ("Demander une correction" in page) is (role != "lecture")
    assert "Rouvrir" not in page


def test_corriger_valider_rouvrir_par_les_ecrans(connecter):
    bilan = bilan_ouvert()
    membre = responsable_de(bilan)
    deposer(bilan, membre)
    client = connecter("finances")
    vue = {"version": relu(bilan).version}
    vide = client.post(adresse(bilan, "correction/"), vue)
    assert vide.context["form"].errors.keys() == {"motif"}
    client.post(adresse(bilan, "correction/"), vue | {"motif": "Le 64."})
    assert relu(bilan).etat == "a_corriger"
    deposer(bilan, membre)
    vue = {"version": relu(bilan).version}
    sans_motif = client.post(adresse(bilan, "valider/"), vue | {"cout_reel": "16 000"})
    assert sans_motif.context["form"].errors.keys() == {"motif"}
    client.post(adresse(bilan, "valider/"), vue | {"cout_reel": "16 000,50", "motif": "Arrondi."})
    assert (relu(bilan).etat, relu(bilan).cout_reel) == ("valide", Decimal("16000.50"))
    assert client.get(adresse(bilan, "valider/")).url == adresse(bilan)
    client.post(adresse(bilan, "rouvrir/"), {"version": relu(bilan).version, "motif": "Oubli."})
    assert relu(bilan).etat == "a_corriger"


def test_une_page_de_revue_perimee_garde_le_texte_et_le_dit(connecter):
    bilan = bilan_ouvert()
    deposer(bilan)
    page = connecter("pilote").post(adresse(bilan, "correction/"), {"version": 1, "motif": "Mon texte."})
    assert "Cette page a changé" in page.content.decode()
    assert "Mon texte." in page.content.decode()
    assert relu(bilan).etat == "depose"


def test_regler_les_bilans_puis_en_ouvrir(connecter):
    action = action_votee(axe=AxeFactory())
    appel = action.projet.appel
    client = connecter("pilote")
    page = f"/financements/{appel.slug}/bilans/reglages/"
    assert client.get(page).status_code == 200
    envoi = {
        "version": "1",
        "seuil_pourcent": "10",
        "seuil_montant": "250,50",
        "indicateurs-TOTAL_FORMS": "2",
        "indicateurs-INITIAL_FORMS": "0",
        "indicateurs-0-libelle": "Entrées en formation",
        "indicateurs-0-unite": "personnes",
        "indicateurs-0-est_un_effectif": "on",
        "indicateurs-1-libelle": "",
    }
    assert client.post(page, envoi).status_code == 302
    reglage = ReglageDesBilans.objects.get(appel=appel)
    assert (reglage.seuil_pourcent, reglage.seuil_montant, reglage.version) == (10, Decimal("250.50"), 2)
    assert list(IndicateurDAppel.objects.values_list("libelle", "est_un_effectif")) == [("Entrées en formation", True)]
    perime = client.post(page, envoi)
    assert "a changé" in perime.content.decode()
    ouvrir = f"/financements/{appel.slug}/bilans/ouvrir/"
    client.post(ouvrir, {"annee": "2015"})
    assert not Bilan.objects.exists()
    client.post(ouvrir, {"annee": "2016"})
    assert Bilan.objects.get().indicateurs.count() == 1


@pytest.mark.parametrize("champ", [{"seuil_pourcent": "101"}, {"seuil_montant": "beaucoup"}, {"seuil_pourcent": ""}])
def test_un_reglage_faux_se_dit_pres_du_champ(connecter, champ):
    appel = AxeFactory().appel
    vide = {"version": "1", "indicateurs-TOTAL_FORMS": "0", "indicateurs-INITIAL_FORMS": "0"}
    envoi = vide | {"seuil_pourcent": "20", "seuil_montant": "500"} | champ
    page = connecter("pilote").post(f"/financements/{appel.slug}/bilans/reglages/", envoi)
    assert page.status_code == 200
    assert not ReglageDesBilans.objects.exists()
