"""Les écrans de réglage : saisie gardée, conflits montrés, fichiers contrôlés, nombre de requêtes constant."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from projets.models import AppelAProjets, Critere, PieceDemandee, Question
from projets.states import EtatAppel, SorteDeQuestion
from tests.comptes.fabriques import OrganismeFactory
from tests.projets.fabriques import (
    PDF_D_ESSAI,
    AppelFactory,
    AxeFactory,
    CritereFactory,
    PieceFactory,
    QuestionFactory,
    appel_pret,
)

pytestmark = pytest.mark.django_db
SAISIE = {
    "intitule": "Insertion 2027-2029",
    "slug": "",
    "annee_debut": 2027,
    "annee_fin": 2029,
    "ouvre_le": "2027-02-01T09:00",
    "ferme_le": "2027-03-12T17:00",
    "montant_total": "1 234 567,89 €",
    "part_pro_cible": "59",
    "notations_attendues": "2",
    "contact": "insertion@exemple.fr",
    "service": "Direction de l’insertion",
    "service_adresse": "1 rue d’Essai, 59000 Lille",
    "service_telephone": "03 20 00 00 00",
    "charge_du_dossier": "Claire Martin, chargée de mission",
    "comite_le": "2027-04-20",
    "deliberation_le": "2027-05-17",
    "tribunal": "tribunal administratif de Lille",
    "presentation": "Présentation",
    "qui_peut_repondre": "Tous",
}
REGLAGES = "/appels/essai/reglages/"


@pytest.fixture
def navigateur(connecter):
    return connecter("pilote")


@pytest.fixture
def appel():
    return AppelFactory(slug="essai", etat=EtatAppel.BROUILLON)


def pdf(nom="reglement.pdf", contenu=PDF_D_ESSAI):
    return SimpleUploadedFile(nom, contenu)


def code(reponse) -> int:
    """Le code d’une réponse, son fichier lu jusqu’au bout et refermé."""
    list(getattr(reponse, "streaming_content", ()))
    return reponse.status_code


def erreurs(reponse) -> dict[str, list[str]]:
    return {nom: list(textes) for nom, textes in reponse.context["form"].errors.items()}


def test_creer_donne_un_brouillon_a_l_heure_de_paris(navigateur):
    reponse = navigateur.post("/appels/nouveau/", SAISIE)
    appel = AppelAProjets.objects.get()
    assert reponse.url == "/appels/insertion-2027-2029/reglages/"
    assert (appel.etat, str(appel.montant_total), f"{appel.ouvre_le:%H:%M}", f"{appel.ferme_le:%H:%M}") == (
        "brouillon", "1234567.89", "08:00", "16:00",
    )  # fmt: skip


def test_le_comite_la_deliberation_et_l_agent_s_enregistrent_et_se_corrigent_apres_publication(navigateur):
    navigateur.post("/appels/nouveau/", SAISIE)
    lus = AppelAProjets.objects.values_list("comite_le", "deliberation_le", "charge_du_dossier")
    avant = lus.get()
    AppelAProjets.objects.update(etat=EtatAppel.EXECUTION)
    adresse = "/appels/insertion-2027-2029/reglages/presentation/"
    saisie = {**SAISIE, "deliberation_le": "", "comite_le": "2027-04-27", "version": 1}
    navigateur.post(adresse, saisie)
    assert [avant, lus.get()] == [
        (date(2027, 4, 20), date(2027, 5, 17), "Claire Martin, chargée de mission"),
        (date(2027, 4, 27), None, "Claire Martin, chargée de mission"),
    ]
    trop_tot = navigateur.post(adresse, saisie | {"comite_le": "2027-03-12", "version": 2})
    assert erreurs(trop_tot) == {"__all__": ["Le comité se réunit après le jour de la clôture."]}
    assert 'value="2027-03-12"' in trop_tot.content.decode()


def test_deux_dates_en_conflit_se_lisent_en_francais(navigateur, appel):
    saisie = {**SAISIE, "slug": "essai", "version": 1}
    navigateur.post(f"{REGLAGES}presentation/", saisie)
    reponse = navigateur.post(f"{REGLAGES}presentation/", saisie | {"comite_le": "2027-04-27"})
    lignes = [(d.libelle, d.enregistre, d.saisi) for d in reponse.context["form"].conflit]
    assert lignes == [("Comité de sélection", "20/04/2027", "27/04/2027")]


@pytest.mark.parametrize(
    ("champs", "attendu"),
    [
        (
            {"ferme_le": "2027-03-28T02:30"},
            {"ferme_le": ["Le 28/03/2027, l’heure d’été commence : il n’est jamais 02 h 30. "
                          "Choisissez avant 2 h ou à partir de 3 h."]},
        ),
        (
            {"ferme_le": "2027-10-31T02:30"},
            {"ferme_le": ["Le 31/10/2027, l’heure d’hiver commence : il est deux fois 02 h 30. "
                          "Choisissez avant 2 h ou à partir de 3 h."]},
        ),
        ({"slug": "nouveau"}, {"slug": ["Cette adresse est réservée."]}),
        ({"annee_debut": 27}, {"annee_debut": ["Une année entre 2000 et 2100."]}),
        ({"ferme_le": "2027-01-01T09:00"}, {"__all__": ["La clôture vient après l’ouverture."]}),
    ],
)  # fmt: skip
def test_une_saisie_fausse_est_gardee_et_dite(navigateur, champs, attendu):
    reponse = navigateur.post("/appels/nouveau/", {**SAISIE, **champs})
    assert erreurs(reponse) == attendu
    assert "Insertion 2027-2029" in reponse.content.decode()
    assert AppelAProjets.objects.count() == 0


def test_l_ancienne_date_francaise_tapee_a_la_main_est_comprise(navigateur):
    navigateur.post("/appels/nouveau/", {**SAISIE, "ferme_le": "12/03/2027 17:00"})
    assert f"{AppelAProjets.objects.get().ferme_le:%d/%m/%Y %H:%M}" == "12/03/2027 16:00"


def test_deux_pilotes_voient_les_deux_versions_et_rien_n_est_perdu(navigateur, appel):
    critere = CritereFactory(appel=appel, intitule="Qualité", poids=20)
    adresse = f"{REGLAGES}criteres/{critere.pk}/"
    saisie = {"intitule": "Qualité", "aide": "", "note_maximale": 5, "poids": "20", "note_plancher": "", "version": 1}
    navigateur.post(adresse, saisie | {"poids": "30"})
    reponse = navigateur.post(adresse, saisie | {"poids": "40", "aide": "La mienne"})
    form = reponse.context["form"]
    lignes = [(d.libelle, d.enregistre, d.saisi) for d in form.conflit]
    assert lignes == [("Aide", "vide", "La mienne"), ("Poids (%)", "30.00", "40")]
    assert (Critere.objects.get().poids, form["version"].value()) == (30, "2")
    assert "La mienne" in reponse.content.decode()
    navigateur.post(adresse, saisie | {"poids": "40", "version": form["version"].value()})
    assert (Critere.objects.get().poids, Critere.objects.get().version) == (40, 3)


def test_une_question_a_choix_garde_ses_choix_dans_l_ordre(navigateur, appel):
    saisie = {"intitule": "Public", "aide": "", "axe": "", "sorte": "choix_unique", "est_obligatoire": "on"}
    un_seul = navigateur.post(f"{REGLAGES}questions/ajouter/", saisie | {"choix": "Jeunes\n\n"})
    double = navigateur.post(f"{REGLAGES}questions/ajouter/", saisie | {"choix": "Jeunes\njeunes"})
    navigateur.post(f"{REGLAGES}questions/ajouter/", saisie | {"choix": "Tous\r\n Jeunes \r\n"})
    assert [erreurs(un_seul), erreurs(double)] == [
        {"choix": ["Proposez au moins deux choix, un par ligne."]},
        {"choix": ["Deux lignes sont les mêmes."]},
    ]
    assert list(Question.objects.values_list("choix", flat=True)) == [["Tous", "Jeunes"]]


def test_l_axe_d_un_autre_appel_n_est_pas_offert(navigateur, appel):
    ailleurs = AxeFactory()
    saisie = {"intitule": "Q", "axe": ailleurs.pk, "sorte": "date", "choix": ""}
    assert list(erreurs(navigateur.post(f"{REGLAGES}questions/ajouter/", saisie))) == ["axe"]


def test_le_reglement_est_un_vrai_pdf(navigateur, appel):
    refuses = {
        "déguisé": pdf("virus.pdf", b"MZ\x90\x00"),
        "vide": pdf("vide.pdf", b""),
        "mal nommé": pdf("reglement.docx"),
    }
    page = f"{REGLAGES}reglement/"
    rendus = {nom: erreurs(navigateur.post(page, {"version": 1, "reglement": f})) for nom, f in refuses.items()}
    assert rendus == {
        "déguisé": {
            "reglement": [
                "«\u00a0virus.pdf\u00a0» n’est pas d’un format admis\u00a0: c’est un programme. "
                "Formats admis\u00a0: PDF."
            ]
        },
        "vide": {"reglement": ["Ce fichier est vide."]},
        "mal nommé": {
            "reglement": [
                "«\u00a0reglement.docx\u00a0» est au format PDF et son nom ne le dit pas. "
                "Renommez-le pour qu’il finisse par «\u00a0.pdf\u00a0»."
            ]
        },
    }
    assert navigateur.post(page, {"version": 1, "reglement": pdf("../Règlement 2027.pdf")}).status_code == 302
    assert AppelAProjets.objects.get().reglement_nom == "Règlement 2027.pdf"
    perime = navigateur.post(page, {"version": 1, "reglement": pdf()})
    assert erreurs(perime) == {
        "__all__": ["Cette page a changé depuis que vous l’avez ouverte. Rechargez-la, puis recommencez."]
    }


def test_un_fichier_trop_gros_est_refuse(navigateur, appel, monkeypatch):
    monkeypatch.setattr("config.socle.fichiers.controle.MO", 1)
    reponse = navigateur.post(f"{REGLAGES}reglement/", {"version": 1, "reglement": pdf()})
    assert erreurs(reponse) == {
        "reglement": [
            "«\u00a0reglement.pdf\u00a0» pèse 210,0\u00a0Mo, la limite est de 20\u00a0Mo. "
            "Réduisez-le (finesse de la numérisation, images) ou coupez-le en plusieurs fichiers."
        ]
    }


def test_le_reglement_se_telecharge_en_piece_jointe_une_fois_publie(client, connecter):
    appel = appel_pret(slug="essai", reglement_nom="Règlement.pdf")
    lecteurs = {"anonyme": client, "pilote": connecter("pilote"), "porteur": connecter("porteur")}
    avant = {nom: code(qui.get("/appels/essai/reglement/")) for nom, qui in lecteurs.items()}
    assert avant == {"anonyme": 404, "pilote": 200, "porteur": 404}
    AppelAProjets.objects.filter(pk=appel.pk).update(etat=EtatAppel.PUBLIE)
    reponse = client.get("/appels/essai/reglement/")
    assert b"".join(reponse.streaming_content) == PDF_D_ESSAI
    entetes = ("Content-Type", "Content-Disposition", "X-Content-Type-Options")
    assert [reponse[nom] for nom in entetes] == [
        "application/pdf",
        "attachment; filename*=utf-8''R%C3%A8glement.pdf",
        "nosniff",
    ]


def test_le_modele_d_une_piece_se_joint_se_retire_et_se_telecharge(navigateur, appel, client):
    saisie = {"intitule": "Fiche", "aide": "", "axe": "", "formats": ["pdf", "docx"], "taille_maximale": 5}
    navigateur.post(f"{REGLAGES}pieces/ajouter/", saisie | {"modele": pdf("fiche.pdf")})
    piece = PieceDemandee.objects.get()
    assert (piece.modele_nom, piece.formats, piece.est_obligatoire) == ("fiche.pdf", ["pdf", "docx"], False)
    adresse = f"/appels/essai/modeles/{piece.pk}/"
    assert (code(client.get(adresse)), code(navigateur.get(adresse))) == (404, 200)
    navigateur.post(f"{REGLAGES}pieces/{piece.pk}/", saisie | {"version": 1, "retirer_le_modele": "on"})
    piece.refresh_from_db()
    assert (piece.modele.name, piece.modele_nom, piece.version) == ("", "", 2)


def test_le_pdf_est_admis_d_office_pour_une_piece_neuve(navigateur, appel):
    form = navigateur.get(f"{REGLAGES}pieces/ajouter/").context["form"]
    assert form["formats"].value() == ["pdf"]


def test_publie_les_formulaires_n_offrent_que_les_textes(navigateur):
    appel = appel_pret(slug="essai", etat=EtatAppel.PUBLIE)
    critere = appel.criteres.first()
    champs = navigateur.get(f"{REGLAGES}criteres/{critere.pk}/").context["form"].fields
    assert sorted(champs) == ["aide", "intitule", "version"]
    saisie = {"intitule": "Corrigé", "aide": "", "poids": "99", "version": 1}
    assert navigateur.post(f"{REGLAGES}criteres/{critere.pk}/", saisie).status_code == 302
    critere.refresh_from_db()
    assert (critere.intitule, critere.poids) == ("Corrigé", 50)


def test_publier_refuse_dit_pourquoi_sur_la_page(navigateur, appel):
    page = navigateur.post(f"{REGLAGES}publier/", follow=True).content.decode()
    assert "L’appel n’est pas prêt." in page
    assert AppelAProjets.objects.get().etat == "brouillon"


def test_prolonger_par_siret_ou_rna_et_un_numero_inconnu_est_dit(navigateur):
    appel_pret(slug="essai", etat=EtatAppel.OUVERT, ouvre_le=AppelFactory.ouvre_le)
    organisme = OrganismeFactory(rna="W591234567")
    saisie = {"identifiant": "w59 1234567", "jusqu_au": "2099-01-01T10:00", "motif": "Inondation"}
    inconnu = navigateur.post(f"{REGLAGES}prolongations/", saisie | {"identifiant": "123"})
    assert erreurs(inconnu) == {"identifiant": ["Aucun organisme connu n’a ce numéro."]}
    navigateur.post(f"{REGLAGES}prolongations/", saisie)
    ligne = navigateur.get(f"{REGLAGES}prolongations/").context["prolongations"].get()
    assert (ligne.organisme, ligne.retiree_le) == (organisme, None)
    navigateur.post(f"{REGLAGES}prolongations/{ligne.pk}/retirer/")
    ligne.refresh_from_db()
    assert ligne.retiree_le is not None


def test_l_apercu_montre_chaque_sorte_de_question_sans_rien_a_saisir(navigateur, appel):
    axe = AxeFactory(appel=appel, numero=1)
    for ordre, sorte in enumerate(SorteDeQuestion, 1):
        choix = ["A", "B"] if sorte.startswith("choix") else []
        QuestionFactory(appel=appel, ordre=ordre, sorte=sorte, choix=choix, axe=axe if ordre % 2 else None)
    contexte = navigateur.get(f"{REGLAGES}apercu/").context
    formulaires = [contexte["commun"], *(form for _, form in contexte["par_axe"])]
    assert [len(form.fields) for form in formulaires] == [4, 4]
    assert {champ.disabled for form in formulaires for champ in form.fields.values()} == {True}


def test_la_page_publique_dit_tout_ce_qu_il_faut(client):
    appel = appel_pret(slug="essai", etat=EtatAppel.PUBLIE)
    PieceFactory(appel=appel, intitule="Statuts", est_obligatoire=False, ordre=1)
    page = client.get("/appels/essai/").content.decode()
    attendus = ["Les associations.", "Statuts", "(facultative)", "Critère", "50,00\u00a0%", "reglement.pdf", "publié"]
    assert [texte for texte in attendus if texte in page] == attendus


@pytest.mark.parametrize("page", ["axes/", "pieces/", "questions/", "criteres/", "apercu/", ""])
def test_autant_de_requetes_pour_un_element_que_pour_trois(navigateur, appel, requetes, page):
    comptes = []
    for numero in (1, 2, 3):
        axe = AxeFactory(appel=appel, numero=numero)
        for fabrique in (PieceFactory, QuestionFactory):
            fabrique(appel=appel, axe=axe, ordre=numero)
        CritereFactory(appel=appel, ordre=numero, poids=10)
        with requetes() as prises:
            navigateur.get(REGLAGES + page)
        comptes.append(prises.nombre)
    assert comptes == comptes[:1] * 3, prises


def test_la_page_publique_ne_compte_pas_plus_de_requetes_quand_l_appel_grossit(client, requetes):
    appel = appel_pret(slug="essai")
    comptes = []
    for numero in (2, 3):
        AppelAProjets.objects.update(etat=EtatAppel.BROUILLON)
        PieceFactory(appel=appel, axe=AxeFactory(appel=appel, numero=numero), ordre=numero)
        AppelAProjets.objects.update(etat=EtatAppel.PUBLIE)
        with requetes() as prises:
            client.get("/appels/essai/")
        comptes.append(prises.nombre)
    assert comptes == [4, 4], prises


def test_les_brouillons_ne_paraissent_que_pour_qui_les_regle(client, connecter, appel):
    listes = {
        "anonyme": client.get("/appels/").context.get("brouillons"),
        "porteur": connecter("porteur").get("/appels/").context.get("brouillons"),
        "pilote": list(connecter("pilote").get("/appels/").context["brouillons"]),
    }
    assert listes == {"anonyme": None, "porteur": None, "pilote": [appel]}
