"""Les écrans de l’exécution : la file filtrée, la liquidation en lot, l’action, la clôture, le portail."""

import io
from decimal import Decimal

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from comptes.states import Role
from financements.actions.execution.solder import arreter_le_solde
from financements.chiffres.execution.decompte import Decompte
from financements.models import ProcedureContradictoire, RegleDeVersement, ReportDeCredits, Versement
from financements.states.execution import EtatBilan
from tests.comptes.fabriques import AdhesionFactory, CompteBancaireFactory, DocumentFactory, PersonneFactory
from tests.financements.execution.fabriques import bilan, du, engagees, payer, programme, regle
from tests.socle.fichiers_d_essai import pdf

pytestmark = pytest.mark.django_db


def file_de(action, suite=""):
    return f"/financements/{action.projet.appel.slug}/versements/{suite}"


def execution_de(action, suite=""):
    return f"/financements/{action.projet.appel.slug}/actions/{action.projet.numero}/execution/{suite}"


@pytest.fixture
def finances(client):
    client.force_login(PersonneFactory(role="finances"))
    return client


@pytest.mark.parametrize(
    ("requete", "attendus"),
    [
        ("", 6),
        ("exercice=2017", 2),
        ("etat=paye", 1),
        ("pret=prets", 1),
        ("pret=bloques", 4),
        ("pret=attend_pieces&exercice=2019", 1),
        ("axe=99", 6),
        ("etat=inconnu", 6),
    ],
)
def test_la_file_se_filtre_par_exercice_etat_et_obstacle(finances, requete, attendus):
    (action,) = engagees()
    payer(action)
    bilan(action, etat=EtatBilan.VALIDE)
    reponse = finances.get(file_de(action, f"?{requete}"))
    assert reponse.context["page"].paginator.count == attendus


def test_la_file_se_filtre_par_organisme_axe_et_territoire(finances):
    une, autre = engagees(2)
    (part,) = une.projet.parts.select_related("territoire")
    for requete, attendus in (
        (f"q={autre.projet.numero}", 6),
        (f"axe={une.projet.axe.numero}", 12),
        (f"territoire={part.territoire.code}", 12),
    ):
        assert finances.get(file_de(une, f"?{requete}")).context["page"].paginator.count == attendus


@pytest.mark.parametrize(("suite", "attendu"), [("", 12), ("?pret=prets", 12), ("credits/", 14)])
def test_les_listes_font_les_memes_requetes_pour_une_action_et_trois(finances, requetes, suite, attendu):
    nombres = []
    for nombre in (1, 3):
        action = engagees(nombre)[0]
        with requetes() as lues:
            finances.get(file_de(action, suite))
        nombres.append(lues.nombre)
    assert nombres == [attendu, attendu]


def test_le_lot_liquide_les_prets_et_rend_compte(finances):
    une, autre = engagees(2)
    autre.projet.organisme.comptes_bancaires.all().delete()

    def liquider(filtre: str = "", **corps: object) -> list[str]:
        reponse = finances.post(file_de(une, f"liquider/{filtre}"), corps, follow=True)
        assert reponse.redirect_chain == [(file_de(une, filtre), 302)]  # recharger la page ne refait rien
        return [str(message) for message in reponse.context["messages"]]

    assert liquider(quoi="coches") == ["Cochez au moins un versement."]
    assert liquider("?exercice=2016") == ["1 versement liquidé sur 1, 8\u202f000,00\u00a0€."]
    assert (du(une).etat, du(autre).etat) == ("liquide", "prevu")
    assert liquider(quoi="coches", versement=[du(autre).pk]) == [
        "Aucun versement n’est liquidé.",
        f"{du(autre).reference} n’est pas liquidé. L’organisme n’a pas de compte bancaire (RIB).",
    ]
    assert liquider("?exercice=2019") == ["Aucun versement de cette liste n’est prêt à liquider."]
    CompteBancaireFactory(organisme=autre.projet.organisme)
    Versement.objects.filter(pk=du(autre).pk).update(montant=1)
    assert liquider(quoi="coches", versement=[du(autre).pk, du(une).pk]) == [
        "1 versement liquidé sur 2, 1,00\u00a0€.",
        f"{du(une).reference} n’est pas liquidé. Le versement est déjà « liquidé ».",
    ]


def test_un_versement_se_liquide_se_constate_et_dit_ce_qui_manque(finances):
    (action,) = engagees()
    versement, solde = du(action), du(action, rang=2)
    refus = finances.post(file_de(action, f"{solde.pk}/liquider/"), {"version": 1})
    assert "Le bilan de 2016 n’est pas validé." in refus.content.decode()
    fait = finances.post(file_de(action, f"{versement.pk}/liquider/"), {"version": 1})
    assert (fait.status_code, du(action).etat) == (302, "liquide")
    incomplet = finances.post(file_de(action, f"{versement.pk}/constater/"), {"acte": "mandater", "version": 2})
    assert "Donnez le numéro du mandat." in incomplet.content.decode()
    retour = {"acte": "mandater", "mandat": "M1", "mandate_le": "2016-09-12", "version": 2}
    finances.post(file_de(action, f"{versement.pk}/constater/"), retour)
    perime = finances.post(file_de(action, f"{versement.pk}/constater/"), {**retour, "acte": "payer"})
    assert "a changé depuis" in perime.content.decode()
    assert du(action).etat == "mandate"
    vue = finances.get(file_de(action, f"{versement.pk}/"))
    assert "Le versement est liquidé." in incomplet.content.decode()
    assert "Le retour est enregistré\u00a0: versement mandaté." in perime.content.decode()
    offerts = [acte for acte, _ in vue.context["form_retour"].fields["acte"].widget.choices]
    assert offerts == ["payer", "rejeter"]
    decompte = finances.get(file_de(action, f"{solde.pk}/")).context["decompte"]
    assert (decompte.deja_verse, decompte.deja) == (Decimal("8000.00"), [versement])


def test_le_decompte_d_un_versement_ne_compte_que_ceux_d_avant_lui():
    (action,) = engagees()
    premier = payer(action)
    bilan(action, etat=EtatBilan.VALIDE, cout_reel=Decimal("20000.00"))
    arreter_le_solde(auteur=None, bilan=action.bilans.get())
    du(action, rang=2).pieces.update(verifiee_par=PersonneFactory(role="finances"))
    second = payer(action, rang=2)
    avance = payer(action, annee=2017)
    lus = [Decompte(un) for un in (premier, second, avance)]
    assert [un.deja for un in lus] == [[], [premier], [premier, second]]
    assert [(un.deja_verse, un.apres, un.reste) for un in lus] == [
        (Decimal("0.00"), Decimal("8000.00"), Decimal("22000.00")),
        (Decimal("8000.00"), Decimal("10000.00"), Decimal("20000.00")),
        (Decimal("10000.00"), Decimal("18000.00"), Decimal("12000.00")),
    ]
    assert Decompte(du(action, annee=2017, rang=2)).deja == [premier, second, avance]  # pas encore liquidé : tous


def test_le_decompte_tient_en_une_page_et_n_est_que_pour_les_finances(finances, connecter):
    (action,) = engagees()
    versement = payer(action)
    adresse = file_de(action, f"{versement.pk}/")
    assert finances.get(file_de(action, f"{du(action, rang=2).pk}/decompte/")).status_code == 404
    reponse = finances.get(f"{adresse}decompte/")
    assert reponse.headers["Content-Disposition"] == f'attachment; filename="decompte-{versement.reference}.pdf"'
    (page,) = pypdf.PdfReader(io.BytesIO(reponse.content)).pages
    texte = page.extract_text()
    assert "Premier paiement" in texte
    assert versement.compte.iban_lisible.replace("\u00a0", " ") in texte
    assert versement.compte.iban_lisible in finances.get(adresse).content.decode()
    pilote = connecter(Role.PILOTE)
    assert versement.compte.iban_masque in pilote.get(adresse).content.decode()
    assert pilote.get(f"{adresse}decompte/").status_code == 403


def test_l_execution_d_une_action_arrete_un_solde_et_ouvre_une_procedure(finances):
    (action,) = engagees(organisme__courriel="contact@asso.fr")
    payer(action)
    bilan(action, etat=EtatBilan.VALIDE, cout_reel=Decimal("10000.00"))
    vue = finances.get(execution_de(action)).context["vue"]
    assert [un.annee for un in vue.soldes_a_arreter] == [2016]
    finances.post(execution_de(action, "soldes/2016/"))
    vue = finances.get(execution_de(action)).context["vue"]
    assert ([solde.trop_verse for solde in vue.soldes], vue.soldes_a_arreter) == ([Decimal("3000.00")], [])
    griefs = {"sorte": "reversement", "annee": "2016", "montant": "3 000,00", "motif": "Trop-perçu.", "delai": "15"}
    trop = finances.post(execution_de(action, "procedures/ouvrir/"), {**griefs, "montant": "9 000"})
    assert "Il faut un montant en jeu" in trop.content.decode()
    assert "procedures/ouvrir/" in finances.get(execution_de(action)).text
    assert finances.post(execution_de(action, "procedures/ouvrir/"), griefs).status_code == 302
    assert "procedures/ouvrir/" not in finances.get(execution_de(action)).text  # une à la fois
    procedure = ProcedureContradictoire.objects.get()
    page = finances.post(
        execution_de(action, f"procedures/{procedure.pk}/"),
        {"decision": "Vu.", "montant_retenu": "3 000", "version": 1, "sens": "decider"},
    )
    assert "la décision les attend" in page.content.decode()


def test_clore_un_exercice_demande_d_avoir_lu(finances):
    (action,) = engagees()
    adresse = file_de(action, "credits/clore/2016/")
    marque = finances.get(adresse).context["vue"].marque
    payer(action)
    corps = {"montant": "92 000", "motif": "Clôture", "marque": marque}
    assert "a changé depuis" in finances.post(adresse, corps).content.decode()
    lue = finances.get(adresse).context["vue"].marque
    fait = finances.post(adresse, {**corps, "marque": lue}, follow=True).content.decode()
    assert "L’exercice 2016 est clos" in fait
    assert ReportDeCredits.objects.get().montant == Decimal("92000.00")
    attend = finances.get(file_de(action, "credits/clore/2018/"))
    assert (attend.context["vue"].apres, "Clore 2017" in attend.content.decode()) == (2017, True)


def test_une_regle_se_cree_d_un_modele_se_corrige_et_dit_ses_defauts(finances):
    (action,) = engagees()
    etape = {"e0-nature": "avance", "e0-part": "70", "e0-mois": "3", "e0-decalage": "0"}
    faux = finances.post(file_de(action, "regles/nouvelle/"), {"nom": "Trop peu", **etape})
    assert "Les parts font 70\u00a0%" in faux.content.decode()
    pieces = {"e0-part": "100", "e0-pieces": "Décompte\n\nAttestation"}
    assert (
        finances.post(file_de(action, "regles/nouvelle/"), {"nom": "Une fois", **etape, **pieces}).status_code == 302
    )
    creee = RegleDeVersement.objects.get(nom="Une fois")
    assert list(creee.etapes.values_list("nature", "part", "pieces")) == [
        ("avance", Decimal("100.00"), ["Décompte", "Attestation"])
    ]
    finances.post(file_de(action, f"regles/{creee.pk}/par-defaut/"))
    assert RegleDeVersement.objects.get(est_par_defaut=True) == creee
    depart = finances.get(file_de(action, "regles/nouvelle/?modele=50-30-20")).context["lignes"]
    assert [ligne.initial.get("part") for ligne in depart[:4]] == ["50", "30", "20", None]


def test_une_action_pas_engagee_choisit_sa_regle(finances):
    (action,) = programme(1)
    choisie = regle(action.projet.appel, "annuel", est_par_defaut=False)
    page = finances.get(execution_de(action))
    assert [nom for _, nom in page.context["form_regle"].fields["regle"].choices] == [
        "celle de l’appel, par défaut",
        choisie.nom,
    ]
    refus = finances.post(execution_de(action, "regle/"), {"regle": "999999"}, follow=True)
    assert "Choisissez une règle de cet appel." in refus.content.decode()
    fait = finances.post(execution_de(action, "regle/"), {"regle": choisie.pk}, follow=True)
    assert f"Règle de versement\u00a0: {choisie.nom}." in fait.content.decode()
    assert fait.context["form_regle"].initial == {"regle": choisie.pk}


def test_le_porteur_lit_ses_versements_depose_une_piece_et_repond(client, dossier_prive):
    (action,) = engagees()
    (autre,) = engagees()
    porteur = AdhesionFactory(organisme=action.projet.organisme, personne=PersonneFactory(role="porteur")).personne
    client.force_login(porteur)
    adresse = f"/mes-versements/{action.projet_id}/"
    assert client.get(f"/mes-versements/{autre.projet_id}/").status_code == 404
    page = client.get(adresse).content.decode()
    assert "Décompte des dépenses de l’année" in page
    piece = du(action, rang=2).pieces.get()
    texte = SimpleUploadedFile("decompte.txt", b"du texte", content_type="text/plain")
    refuse = client.post(f"{adresse}pieces/{piece.pk}/", {"fichier": texte})
    assert refuse.status_code == 200
    piece.refresh_from_db()
    assert piece.recue_le is None
    vide = client.post(f"{adresse}pieces/{piece.pk}/").content.decode()
    assert (f'href="#fichier-{piece.pk}"' in vide, f'id="fichier-{piece.pk}"' in vide) == (True, True)
    assert "Choisissez un fichier." in vide
    recue = client.post(
        f"{adresse}pieces/{piece.pk}/", {"fichier": SimpleUploadedFile("decompte.pdf", pdf())}, follow=True
    )
    assert "pièce reçue" in recue.content.decode()
    assert Versement.objects.filter(action=action).count() == 6


def test_une_piece_encore_a_l_examen_ne_s_offre_pas_a_verifier(finances):
    """Le bouton mènerait à un refus."""
    (action,) = engagees()
    versement = du(action, rang=2)
    document = DocumentFactory(organisme=action.projet.organisme, etat="en_analyse")
    versement.pieces.update(document=document, recue_le="2017-02-01")
    page = file_de(action, f"{versement.pk}/")
    assert "Vérifiée" not in finances.get(page).text
    type(document).objects.update(etat="sain")
    assert "Vérifiée" in finances.get(page).text
