"""La file, telle que chacun la règle : portées, colonnes, filtres retenus, vues ; et d’un projet à l’autre."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from projets.models import DemandeDeComplement, Projet, VueEnregistree
from projets.states import EtatAppel, EtatProjet
from tests.comptes.fabriques import PersonneFactory
from tests.projets.fabriques import (
    AffectationFactory,
    AppelFactory,
    AxeFactory,
    ProjetFactory,
    absence_de,
    instructeur_de,
)
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def val():
    return TerritoireFactory(code="VAL", nom="Valenciennois")


@pytest.fixture
def dou():
    return TerritoireFactory(code="DOU", nom="Douaisis")


def il_y_a(jours: int):
    return timezone.now() - timedelta(days=jours)


def portees(reponse) -> dict[str, int]:
    return {portee.cle: nombre for portee, nombre in reponse.context["portees"]}


def montres(reponse) -> list[int]:
    return list(reponse.context["page"])


def test_les_portees_et_leurs_comptes(connecter, val, dou):
    moi, collegue = instructeur_de(val), instructeur_de(val)
    mien = ProjetFactory(numero=1, territoires={val: 100}, depose_le=il_y_a(10))
    voisin = ProjetFactory(numero=2, territoires={val: 100}, depose_le=il_y_a(55))
    ailleurs = ProjetFactory(numero=3, territoires={dou: 100}, depose_le=il_y_a(10))
    confie = ProjetFactory(numero=4, territoires={dou: 100}, etat=EtatProjet.RETENU)
    for projet, qui in ((mien, moi), (voisin, collegue), (confie, moi)):
        AffectationFactory(projet=projet, instructeur=qui)
    navigateur = connecter(moi)
    adresse = "/instruction/?appel=tous&portee="
    lues = {cle: montres(navigateur.get(f"{adresse}{cle}")) for cle in ("mes", "territoire", "retard")}
    assert lues == {"mes": [mien.pk, confie.pk], "territoire": [voisin.pk, mien.pk], "retard": [voisin.pk]}
    reponse = navigateur.get("/instruction/?appel=tous")
    assert (reponse.context["portee"], portees(reponse)) == (
        "mes",
        {"mes": 2, "territoire": 2, "retard": 1, "tous": 3},
    )
    assert ailleurs.pk not in montres(navigateur.get("/instruction/?portee=tous"))


def test_par_defaut_le_territoire_quand_on_ne_suit_rien_et_tout_pour_le_pilote(connecter, val):
    ProjetFactory(territoires={val: 100})
    assert connecter(instructeur_de(val)).get("/instruction/").context["portee"] == "territoire"
    reponse = connecter("pilote").get("/instruction/?portee=territoire")
    assert (reponse.context["portee"], list(portees(reponse))) == ("tous", ["mes", "retard", "tous"])


def test_par_defaut_ce_qui_reste_a_decider_et_tous_les_appels_si_on_le_demande(connecter, val):
    """Un appel en cours se montre en entier ; d’un appel voté, seulement ce qui n’est pas décidé."""
    vote = AxeFactory(appel=AppelFactory(), numero=1)
    en_cours = AxeFactory(appel=AppelFactory(annee_debut=2019, annee_fin=2021, etat=EtatAppel.INSTRUCTION), numero=1)
    decide = ProjetFactory(axe=vote, numero=1, territoires={val: 100}, etat=EtatProjet.RETENU)
    attend = ProjetFactory(axe=vote, numero=2, territoires={val: 100}, etat=EtatProjet.LISTE_ATTENTE)
    depose = ProjetFactory(axe=en_cours, numero=3, territoires={val: 100})
    classe = ProjetFactory(axe=en_cours, numero=4, territoires={val: 100}, etat=EtatProjet.CLASSE)
    navigateur = connecter("pilote")

    def lus(demande: str = "") -> list[int]:
        return sorted(montres(navigateur.get(f"/instruction/?tri=numero{demande}")))

    assert lus() == [attend.pk, depose.pk, classe.pk]
    assert lus("&appel=tous") == [decide.pk, attend.pk, depose.pk, classe.pk]
    assert lus(f"&appel={vote.appel_id}") == [decide.pk, attend.pk]
    choix = navigateur.post("/instruction/filtrer/", {"appel": "tous"})
    assert (choix.url, navigateur.get("/instruction/").url) == ("/instruction/?appel=tous", "/instruction/?appel=tous")


def test_l_axe_se_choisit_parmi_ceux_de_l_appel(connecter):
    vote = AxeFactory(appel=AppelFactory(), numero=1)
    en_cours = AxeFactory(appel=AppelFactory(annee_debut=2019, annee_fin=2021, etat=EtatAppel.INSTRUCTION), numero=1)
    projet = ProjetFactory(axe=en_cours)
    navigateur = connecter("pilote")

    def axes(demande: str) -> list[str]:
        form = navigateur.get(f"/instruction/?{demande}").context["form"]
        return [str(pk) for pk, _ in form.fields["axe"].choices][1:]

    assert axes("portee=tous") == [str(en_cours.pk)]
    assert axes("appel=tous") == [str(en_cours.pk), str(vote.pk)]
    assert axes(f"appel={vote.appel_id}") == [str(vote.pk)]
    # L’axe resté de l’appel d’avant ne compte plus, et l’adresse ne le dit plus.
    reponse = navigateur.get(f"/instruction/?appel={en_cours.appel_id}&axe={vote.pk}")
    requete = f"appel={en_cours.appel_id}&portee=tous&tri=rejet"
    assert (montres(reponse), reponse.context["requete"], reponse.context["form"].errors) == ([projet.pk], requete, {})


def test_mon_territoire_et_tous_ne_se_montrent_pas_deux_fois(connecter, val, dou):
    moi = instructeur_de(val)
    ProjetFactory(territoires={val: 100})
    navigateur = connecter(moi)
    assert list(portees(navigateur.get("/instruction/"))) == ["mes", "territoire", "retard"]
    assert list(portees(navigateur.get("/instruction/?portee=tous"))) == ["mes", "retard", "tous"]
    AffectationFactory(projet=ProjetFactory(territoires={dou: 100}), instructeur=moi)
    assert list(portees(navigateur.get("/instruction/"))) == ["mes", "territoire", "retard", "tous"]


def test_en_retard(connecter, val):
    aujourd_hui = timezone.localdate()
    cas = {
        "loin du rejet": {"depose_le": il_y_a(30)},
        "à quinze jours": {"depose_le": il_y_a(50)},
        "passé": {"depose_le": il_y_a(90)},
        "décidé": {"depose_le": il_y_a(90), "etat": EtatProjet.RETENU},
        "complément attendu": {"depose_le": il_y_a(20), "etat": EtatProjet.INCOMPLET},
        "complément en retard": {"depose_le": il_y_a(20), "etat": EtatProjet.INCOMPLET},
    }
    projets = {nom: ProjetFactory(territoires={val: 100}, intitule=nom, **champs) for nom, champs in cas.items()}
    for nom, jours in (("complément attendu", 3), ("complément en retard", -2)):
        DemandeDeComplement.objects.create(
            projet=projets[nom],
            texte="Le RIB",
            demandee_par=PersonneFactory(pilote=True),
            demandee_le=il_y_a(10),
            echeance=aujourd_hui + timedelta(days=jours),
        )
    page = montres(connecter("pilote").get("/instruction/?portee=retard"))
    noms = sorted(Projet.objects.filter(pk__in=page).values_list("intitule", flat=True))
    assert noms == ["complément en retard", "passé", "à quinze jours"]


def test_les_etats_se_comptent_dans_la_portee_et_les_filtres(connecter, val, dou):
    ProjetFactory(numero=1, territoires={val: 100})
    ProjetFactory(numero=2, territoires={val: 100}, etat=EtatProjet.RECEVABLE)
    ProjetFactory(numero=3, territoires={dou: 100}, etat=EtatProjet.RECEVABLE)
    navigateur = connecter("pilote")
    reponse = navigateur.get("/instruction/?etat=recevable")
    assert reponse.context["etats"] == [("depose", "déposé", 1), ("recevable", "recevable", 2)]
    assert portees(reponse) == {"mes": 0, "retard": 0, "tous": 2}
    reponse = navigateur.get(f"/instruction/?territoire={val.pk}")
    assert reponse.context["etats"] == [("depose", "déposé", 1), ("recevable", "recevable", 1)]


def test_le_remplacant_voit_les_projets_de_l_absent_le_temps_de_l_absence(connecter, val, dou):
    absent, remplacant = instructeur_de(val), instructeur_de(dou)
    projet = ProjetFactory(territoires={val: 100})
    AffectationFactory(projet=projet, instructeur=absent)
    navigateur = connecter(remplacant)
    assert navigateur.get(f"/instruction/{projet.pk}/").status_code == 404
    absence = absence_de(absent, remplacant=remplacant)
    assert montres(navigateur.get("/instruction/?portee=mes")) == [projet.pk]
    assert navigateur.get(f"/instruction/{projet.pk}/").status_code == 200
    absence.du, absence.au = absence.du - timedelta(days=9), absence.du - timedelta(days=1)
    absence.save()
    assert navigateur.get(f"/instruction/{projet.pk}/").status_code == 404


def entetes(reponse) -> list[str]:
    return [colonne.cle for colonne in reponse.context["colonnes"]]


def test_les_colonnes_se_choisissent_se_retiennent_et_se_disent_dans_l_adresse(connecter, val):
    moi = instructeur_de(val)
    ProjetFactory(territoires={val: 100})
    navigateur = connecter(moi)
    reponse = navigateur.post(
        "/instruction/colonnes/", {"colonne": ["etat", "montant", "rêve"], "requete": "tri=etat"}
    )
    assert reponse.url == "/instruction/?tri=etat&colonnes=intitule,montant,etat"
    assert entetes(navigateur.get("/instruction/?portee=tous")) == ["intitule", "montant", "etat"]
    assert entetes(navigateur.get("/instruction/?portee=tous&colonnes=numero")) == ["numero", "intitule"]
    assert "numero" in entetes(connecter(instructeur_de(val)).get("/instruction/"))  # chacun les siennes


def test_le_jour_du_rejet_se_dit_en_mots(connecter, val):
    ProjetFactory(numero=1, territoires={val: 100}, depose_le=il_y_a(90))
    page = connecter("pilote").get("/instruction/").content.decode()
    assert re.search(r'<span class="etat etat-defavorable">passé de \d+\xa0jours</span>', page)


def test_les_filtres_se_retiennent_sauf_ce_que_l_on_cherche(connecter, val):
    ProjetFactory(territoires={val: 100}, intitule="Jardin")
    navigateur = connecter("pilote")
    reponse = navigateur.post("/instruction/filtrer/", {"q": "jardin", "etat": "depose", "tri": "-numero", "axe": ""})
    assert reponse.url == "/instruction/?q=jardin&etat=depose&tri=-numero"
    assert navigateur.get("/instruction/").url == "/instruction/?etat=depose&tri=-numero"
    assert navigateur.post("/instruction/filtrer/", {}).url == "/instruction/"
    assert navigateur.get("/instruction/").status_code == 200


def test_une_vue_s_enregistre_s_ouvre_se_renomme_et_se_supprime(connecter, val):
    moi = instructeur_de(val)
    navigateur = connecter(moi)
    envoi = {"nom": "Urgences", "requete": "portee=retard&tri=rejet&page=4", "colonnes": "numero,intitule,rejet"}
    reponse = navigateur.post("/instruction/vues/", envoi)
    assert reponse.url == "/instruction/?portee=retard&tri=rejet&colonnes=numero,intitule,rejet"
    vue = VueEnregistree.objects.get()
    assert (vue.personne, vue.nom, vue.parametres) == (moi, "Urgences", "portee=retard&tri=rejet")
    page = navigateur.get("/instruction/").content.decode()
    assert 'href="/instruction/?portee=retard&amp;tri=rejet&amp;colonnes=numero,intitule,rejet"' in page
    refuse = navigateur.post("/instruction/vues/", envoi)  # nom déjà pris : rien n’est perdu de ce qui est tapé
    assert (refuse.status_code, refuse.context["nom"], refuse.context["requete"]) == (
        200,
        "Urgences",
        envoi["requete"],
    )
    navigateur.post(f"/instruction/vues/{vue.pk}/renommer/", {"nom": "Rejets"})
    vue.refresh_from_db()
    assert vue.nom == "Rejets"
    assert connecter(instructeur_de(val)).post(f"/instruction/vues/{vue.pk}/supprimer/").status_code == 404
    navigateur.post(f"/instruction/vues/{vue.pk}/supprimer/")
    assert VueEnregistree.objects.count() == 0


def test_apres_un_acte_la_fiche_retrouve_la_file_d_ou_l_on_venait(connecter, val):
    un, autre = (ProjetFactory(numero=numero, territoires={val: 100}) for numero in (1, 2))
    navigateur = connecter("pilote")
    suite = "file=portee%3Dtous"
    venue = {"headers": {"referer": f"http://testserver/instruction/{un.pk}/?onglet=echanges&{suite}"}}
    reponse = navigateur.get(f"/instruction/{un.pk}/?onglet=echanges", **venue)
    assert (reponse.status_code, reponse.url) == (302, f"/instruction/{un.pk}/?onglet=echanges&{suite}")
    assert navigateur.get(reponse.url, **venue).context["parcours"]["sur"] == 2
    # D’un autre projet, on ne vient pas de cette file-là ; sans file, il n’y a rien à retrouver.
    assert navigateur.get(f"/instruction/{autre.pk}/", **venue).context["parcours"] is None
    sans = {"headers": {"referer": f"http://testserver/instruction/{un.pk}/"}}
    assert navigateur.get(f"/instruction/{un.pk}/", **sans).context["parcours"] is None


DU_CONTROLE = {"complement": "demander_une_piece", "irrecevable": "declarer_irrecevable"}


@pytest.mark.parametrize("page", ["complement", "irrecevable", "classement", "avis/demander", "confier", "journal"])
def test_une_page_a_part_garde_la_file_et_la_rend_a_la_fiche(connecter, val, page):
    projet = ProjetFactory(numero=1, territoires={val: 100})
    navigateur, suite = connecter("pilote"), "?file=portee%3Dtous"
    fiche, adresse = f"/instruction/{projet.pk}/", f"/instruction/{projet.pk}/{page}/{suite}"
    if page in DU_CONTROLE:  # un bouton, qui garde d’abord le contrôle coché
        controle = navigateur.post(f"/instruction/{projet.pk}/recevabilite/{suite}", {"suite": DU_CONTROLE[page]})
        assert (controle.status_code, controle.url) == (302, adresse)
    elif page != "avis/demander":  # l’avis se demande d’un projet recevable
        onglet = "&onglet=historique" if page == "journal" else ""
        assert f'href="{adresse}"' in navigateur.get(f"{fiche}{suite}{onglet}").content.decode()
    assert navigateur.get(adresse).status_code == 200
    retour = navigateur.get(fiche, headers={"referer": f"http://testserver{adresse}"})
    assert (retour.status_code, retour.url) == (302, f"{fiche}{suite}")


def test_retirer_une_affectation_rend_la_file(connecter, val):
    projet = ProjetFactory(numero=1, territoires={val: 100})
    affectation = AffectationFactory(projet=projet, instructeur=instructeur_de(val))
    navigateur, suite = connecter("pilote"), "?file=portee%3Dtous"
    adresse = f"/affectations/{affectation.pk}/retirer/{suite}"
    assert f'href="{adresse}"' in navigateur.get(f"/instruction/{projet.pk}/{suite}").content.decode()
    fait = navigateur.post(adresse, {"motif": "Change de poste"})
    retour = navigateur.get(fait.url.partition("#")[0], headers={"referer": f"http://testserver{adresse}"})
    assert retour.url == f"/instruction/{projet.pk}/{suite}"


def test_un_projet_sorti_de_la_selection_mene_au_premier_qui_y_reste(connecter, val):
    sorti = ProjetFactory(numero=1, territoires={val: 100}, etat=EtatProjet.RECEVABLE)
    premier = ProjetFactory(numero=2, territoires={val: 100})
    ProjetFactory(numero=3, territoires={val: 100})
    suite = "?file=portee%3Dtous%26etat%3Ddepose%26tri%3Dnumero"
    parcours = connecter("pilote").get(f"/instruction/{sorti.pk}/{suite}").context["parcours"]
    suivant = f"/instruction/{premier.pk}/{suite}"
    assert (parcours["rang"], parcours["sur"], parcours["precedent"], parcours["suivant"]) == (None, 2, "", suivant)


def test_passer_d_un_projet_a_l_autre_garde_la_selection(connecter, requetes, val):
    axe = AxeFactory(appel=AppelFactory(), numero=1)
    projets = [ProjetFactory(axe=axe, numero=numero, territoires={val: 100}) for numero in (1, 2, 3)]
    navigateur = connecter("pilote")
    page = navigateur.get("/instruction/?tri=-numero").content.decode()
    adresse = f"/instruction/{projets[1].pk}/?file=portee%3Dtous%26tri%3D-numero"
    assert f'href="{adresse.removeprefix("/instruction/")}"' in page
    suite = "?file=portee%3Dtous%26tri%3D-numero"
    assert navigateur.get(adresse).context["parcours"] == {
        "rang": 2,
        "sur": 3,
        "retour": "/instruction/?portee=tous&tri=-numero",
        "precedent": f"/instruction/{projets[2].pk}/{suite}",
        "suivant": f"/instruction/{projets[0].pk}/{suite}",
    }
    fiche = navigateur.get(adresse).content.decode()
    assert "?onglet=budget" not in fiche  # les onglets gardent la file
    assert navigateur.get(f"/instruction/{projets[1].pk}/").context["parcours"] is None
    comptes = []
    for file in ("portee%3Dtous", "portee%3Dtous%26etat%3Drecevable"):  # trois projets, aucun
        with requetes() as prises:
            reponse = navigateur.get(f"/instruction/{projets[1].pk}/?file={file}")
        comptes.append(prises.nombre)
    assert reponse.context["parcours"]["rang"] is None
    assert comptes[0] == comptes[1]


def test_une_selection_insensee_ne_casse_rien_et_n_ouvre_rien(connecter, val, dou):
    cache = ProjetFactory(numero=2, territoires={dou: 100})
    visible = ProjetFactory(numero=1, territoires={val: 100})
    navigateur = connecter(instructeur_de(val))
    for file in ("portee%3Dtous", "axe%3D999%26tri%3Drêve%26portee%3Dzzz", "%25%00"):
        parcours = navigateur.get(f"/instruction/{visible.pk}/?file={file}").context["parcours"]
        assert str(cache.pk) not in (parcours["precedent"] + parcours["suivant"]).split("/")


def test_une_page_de_cinquante_pese_moins_de_soixante_kilooctets_en_douze_requetes(connecter, requetes, val, dou):
    axe = AxeFactory(appel=AppelFactory(prefixe="AAP16"), numero=1)
    collegue = instructeur_de(val)
    for numero in range(1, 56):
        projet = ProjetFactory(
            axe=axe,
            numero=numero,
            territoires={val: 60, dou: 40},
            intitule="Accompagnement vers l’emploi des allocataires du RSA, chantier d’insertion et ateliers " * 1,
            depose_le=il_y_a(50),
        )
        AffectationFactory(projet=projet, instructeur=collegue)
    navigateur = connecter("pilote")
    adresse = f"/instruction/?portee=retard&axe={axe.pk}&territoire={val.pk}&q=chantiers&tri=-montant"
    with requetes() as prises:
        reponse = navigateur.get(adresse)
    assert len(montres(reponse)) == 50
    assert (prises.nombre <= 12, len(reponse.content) <= 60_000) == (True, True), (prises.nombre, len(reponse.content))
