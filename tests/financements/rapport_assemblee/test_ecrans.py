"""Les écrans du rapport à l’assemblée : écrire, voir, dater, produire, télécharger."""

import pytest

from financements.models import DocumentDeRapport, RapportALAssemblee
from tests.financements.arbitrage.pages import texte
from tests.financements.fabriques import ImputationFactory
from tests.financements.rapport_assemblee.fabriques import adopte, imputer, produit, redige

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]
ICI = "/arbitrage/arbitrage/rapport/"
DATES = {"dates-seance_le": "2016-06-13", "dates-envoye_le": "", "dates-motif_d_urgence": "", "dates-version": "2"}


def test_sans_scenario_adopte_la_page_le_dit(monde, connecter):
    page = texte(connecter(monde.pilote).get(ICI))
    assert "Aucun scénario n’est adopté" in page
    assert "Produire le rapport" not in page


def test_ecrire_le_texte_et_se_faire_corriger(monde, connecter):
    client = connecter(monde.pilote)
    page = texte(client.get(f"{ICI}texte/"))
    assert "{{ montant_2018 }} montant proposé en 2018" in page
    envoi = {"titre": "Rapport n° 4", "texte": "a\n{{ montant_2019 }} {{", "version": "0"}
    reponse = client.post(f"{ICI}texte/", envoi)
    assert "Ligne 2 : la variable « montant_2019 » n’existe pas." in texte(reponse)
    assert "Ligne 2 : « {{ » n’est pas fermé" in texte(reponse)
    assert "{{ montant_2019 }} {{</textarea>" in reponse.content.decode()
    assert client.post(f"{ICI}texte/", envoi | {"texte": "Total {{ montant_total }}"}).url == ICI
    reponse = client.post(f"{ICI}texte/", envoi | {"texte": "Tardif"})
    assert "Le rapport a changé depuis" in texte(reponse)
    assert "Tardif</textarea>" in reponse.content.decode()
    assert RapportALAssemblee.objects.get().texte == "Total {{ montant_total }}"


def test_l_apercu_montre_le_texte_rempli_les_chiffres_et_ce_qui_manque(monde, connecter):
    adopte(monde)
    imputer(monde, 1)
    redige(monde, "# Objet\nTotal <i> {{ montant_total }}")
    reponse = connecter(monde.pilote).get(ICI)
    page = texte(reponse)
    for attendu in (
        "Proposé : 27 300,03 € 2 projets",
        "Nouveau solde négatif : 9356-561 / 6574",
        "300,03 € ne s’imputent sur aucune ligne",
        "le rapport part au plus tard le 1er juin 2016",
        "Liste d’attente : 1 ; non retenus : 2.",
        "1 sans motif",
    ):
        assert attendu in page, attendu
    assert "Total &lt;i&gt; 27\u202f300,03\u00a0€" in reponse.content.decode()


def test_un_texte_qui_dit_la_seance_attend_sa_date(monde, connecter):
    adopte(monde)
    client = connecter(monde.pilote)
    client.post(f"{ICI}texte/", {"titre": "T", "texte": "Le {{ date_seance }}", "version": "0"})
    assert "Le texte dit la date de la séance : donnez-la ci-dessous." in texte(client.get(ICI))
    reponse = client.post(f"{ICI}produire/", {"version": "1"}, follow=True)
    assert "donnez d’abord la date de la séance" in texte(reponse)


def test_dater_dit_la_regle_pres_du_champ(monde, connecter):
    adopte(monde)
    redige(monde)
    produit(monde)
    client = connecter(monde.pilote)
    reponse = client.post(f"{ICI}dates/", DATES | {"dates-envoye_le": "2016-06-02"})
    assert "Envoyé 11 jours avant la séance : il faut douze jours au moins" in texte(reponse)
    assert 'href="#id_dates-envoye_le"' in reponse.content.decode()
    assert client.post(f"{ICI}dates/", DATES | {"dates-envoye_le": "2016-06-01"}).url == ICI
    page = texte(client.get(ICI))
    assert "envoyé le 1er juin 2016" in page
    assert "Écrire le texte" not in page
    assert "Produire le rapport" not in page
    assert "Le rapport a changé depuis" in texte(client.post(f"{ICI}dates/", DATES))


def test_produire_suivre_et_telecharger(monde, connecter, django_capture_on_commit_callbacks):
    adopte(monde)
    redige(monde)
    client = connecter(monde.pilote)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"{ICI}produire/", {"version": "2"}).url == ICI
    document = DocumentDeRapport.objects.get()
    assert "27 300,03 € proposés" in texte(client.get(ICI))
    assert "ODT, à modifier" in texte(client.get(f"{ICI}documents/{document.pk}/"))
    for extension, debut in (("pdf", b"%PDF"), ("odt", b"PK")):
        reponse = client.get(f"{ICI}documents/{document.pk}/{extension}/")
        assert b"".join(reponse.streaming_content).startswith(debut)
        assert f"rapport-assemblee-arbitrage.{extension}" in reponse["Content-Disposition"]
    assert client.get(f"{ICI}documents/{document.pk}/exe/").status_code == 404
    assert "déjà" not in texte(client.get(ICI))
    imputer(monde, 1)
    assert "n’est plus à jour" in texte(client.get(ICI))
    reponse = client.post(f"{ICI}produire/", {"version": "1"}, follow=True)
    assert "Cette page a changé depuis" in texte(reponse)


def test_la_page_fait_autant_de_requetes_avec_un_document_qu_avec_trois(monde, connecter, requetes):
    scenario = adopte(monde)
    rapport, client = redige(monde), connecter(monde.pilote)
    client.get(ICI)
    nombres = []
    for combien in (1, 2):
        for _ in range(combien):
            ImputationFactory(appel=monde.appel)
            DocumentDeRapport.objects.create(
                rapport=rapport, scenario=scenario, marque="m", etat="annule", demande_par=monde.pilote
            )
        with requetes() as prises:
            client.get(ICI)
        nombres.append(prises.nombre)
    assert nombres[0] == nombres[1]
