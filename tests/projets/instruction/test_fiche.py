"""La fiche d’instruction : le délai de rejet, les onglets sans JavaScript, un nombre constant de requêtes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from projets.models import Cofinancement, DemandeDeComplement, MessageDuProjet
from projets.rules.delais import DelaiDeRejet, delai_de_rejet
from projets.rules.depot import Suspension
from projets.states import EtatProjet
from tests.comptes.fabriques import DocumentFactory, PersonneFactory
from tests.projets.fabriques import ProjetFactory, recepisse_de
from tests.projets.instruction.jury import appel_en_instruction, avis_rendu, instructeur_de, projet_a_noter, rendre
from tests.projets.pieces import depot_avec, piece_jointe
from tests.territoires.fabriques import TerritoireFactory

REQUETES_DE_LA_FICHE = 13  # session, personne, projet, parts, quatre panneaux, l’onglet
REQUETES_D_UN_PROJET_NOTE = 15  # et la grille, les notations, l’avis
ONGLETS = ("projet", "budget", "pieces", "echanges", "historique")


def texte(reponse) -> str:
    return " ".join(reponse.content.decode().replace("&nbsp;", " ").replace("\u00a0", " ").split())


# --- Le délai -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("aujourd_hui", "attendu", "proche", "passe"),
    [
        (date(2016, 6, 13), DelaiDeRejet(date(2016, 6, 28), 15, 9), True, False),
        (date(2016, 6, 12), DelaiDeRejet(date(2016, 6, 28), 16, 9), False, False),
        (date(2016, 6, 28), DelaiDeRejet(date(2016, 6, 28), 0, 9), True, False),
        (date(2016, 6, 29), DelaiDeRejet(date(2016, 6, 28), -1, 9), True, True),
    ],
)
def test_le_delai_compte_les_jours_qui_restent_et_ceux_qui_sont_suspendus(aujourd_hui, attendu, proche, passe):
    suspension = Suspension(date(2016, 5, 2), date(2016, 5, 20), date(2016, 5, 11))
    delai = delai_de_rejet(date(2016, 4, 19), [suspension], aujourd_hui)
    assert (delai, delai.est_proche, delai.est_passe) == (attendu, proche, passe)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ecoules", "phrase", "ton"),
    [
        (10, "dans", "message-warning"),
        (55, "dans", "message-error"),
        (100, "le silence a valu rejet", "message-error"),
    ],
)
def test_le_bandeau_dit_le_delai_et_change_de_ton(connecter, ecoules, phrase, ton):
    projet = ProjetFactory(depose_le=timezone.now() - timedelta(days=ecoules))
    page = texte(connecter("pilote").get(f"/instruction/{projet.pk}/"))
    assert (phrase in page, f"message {ton}" in page) == (True, True)


@pytest.mark.django_db
def test_le_bandeau_dit_la_suspension(connecter):
    projet = ProjetFactory(depose_le=datetime(2016, 4, 19, 10, tzinfo=UTC), etat=EtatProjet.COMPLETE)
    DemandeDeComplement.objects.create(
        projet=projet,
        texte="Le RIB.",
        demandee_par=PersonneFactory(),
        demandee_le=datetime(2016, 5, 2, 10, tzinfo=UTC),
        echeance=date(2016, 5, 20),
        repondue_le=datetime(2016, 5, 11, 10, tzinfo=UTC),
    )
    page = texte(connecter("pilote").get(f"/instruction/{projet.pk}/"))
    attendus = ["Rejet implicite depuis le <strong>28 juin 2016</strong>", "Délai suspendu 9 jours"]
    assert [attendu for attendu in attendus if attendu not in page] == []


# --- Les onglets --------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_chaque_onglet_est_un_lien_et_un_onglet_inconnu_est_le_premier(connecter):
    projet, navigateur = ProjetFactory(), connecter("pilote")
    montres = {
        cle: navigateur.get(f"/instruction/{projet.pk}/?onglet={cle}").context["onglet"] for cle in (*ONGLETS, "zzz")
    }
    assert montres == {**{cle: cle for cle in ONGLETS}, "zzz": "projet"}


@pytest.mark.django_db
def test_les_onglets_disent_combien_de_pieces_et_de_messages(connecter):
    projet, auteur = ProjetFactory(), PersonneFactory()
    documents = [DocumentFactory(organisme=projet.organisme) for _ in range(3)]
    depot_avec(projet, documents[0])
    depot_avec(projet, *documents[1:], version=2)
    for rang in range(3):
        MessageDuProjet.objects.create(projet=projet, auteur=auteur, texte=f"Message {rang}")
    page = connecter("pilote").get(f"/instruction/{projet.pk}/")
    assert [(cle, nombre) for cle, _, nombre in page.context["onglets"]] == [
        ("projet", None), ("budget", None), ("pieces", 2), ("echanges", 3), ("historique", None),
    ]  # fmt: skip


@pytest.mark.django_db
def test_l_onglet_des_pieces_montre_celles_de_la_derniere_copie(connecter):
    projet = ProjetFactory()
    ancien, neuf = (DocumentFactory(organisme=projet.organisme, nom=nom) for nom in ("ancien.pdf", "neuf.pdf"))
    piece_jointe(projet, DocumentFactory(organisme=projet.organisme, nom="pas-encore-rendu.pdf"))
    depot_avec(projet, ancien)
    depot_avec(projet, neuf, version=2)
    page = texte(connecter("pilote").get(f"/instruction/{projet.pk}/?onglet=pieces"))
    attendus = [f'href="/projets/{projet.pk}/depots/2/pieces/0/"', "neuf.pdf"]
    absents = ["ancien.pdf", "pas-encore-rendu.pdf"]
    assert [mot in page for mot in (*attendus, *absents)] == [True, True, False, False]


@pytest.mark.django_db
def test_l_onglet_du_projet_montre_la_copie_deposee(connecter):
    projet = ProjetFactory()
    recepisse_de(projet)
    page = texte(connecter("pilote").get(f"/instruction/{projet.pk}/"))
    assert ("Déposé le 20/04/2016" in page, "copie-fiche" in page) == (True, True)


@pytest.mark.django_db
def test_l_onglet_du_budget_montre_les_montants_et_la_fiche_l_etat_interne(connecter):
    projet = ProjetFactory(
        etat=EtatProjet.PRESENTE, budget={2016: ("2000.00", "1500.50"), 2017: ("1000.00", "250.25")}
    )
    page = connecter("pilote").get(f"/instruction/{projet.pk}/?onglet=budget").content.decode()
    attendus = ["présenté en comité", "1\u202f500,50\u00a0€", "1\u202f750,75\u00a0€", "3\u202f000,00\u00a0€"]
    assert [texte for texte in attendus if texte in page] == attendus


# --- Les requêtes -------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("onglet", ONGLETS)
def test_la_fiche_ne_compte_pas_plus_de_requetes_quand_le_projet_grossit(connecter, requetes, onglet):
    navigateur = connecter("pilote")
    val, dou = TerritoireFactory(), TerritoireFactory()
    simple = ProjetFactory(territoires={val: 100}, budget={2016: ("10", "1")})
    riche = ProjetFactory(territoires={val: 50, dou: 50})
    for projet in (simple, riche):
        recepisse_de(projet)
    depot_avec(simple, DocumentFactory(organisme=simple.organisme), version=2)
    depot_avec(riche, *(DocumentFactory(organisme=riche.organisme) for _ in range(3)), version=2)
    for rang in range(3):
        Cofinancement.objects.create(projet=riche, financeur="etat", montant=10 + rang)
        piece_jointe(riche)
        MessageDuProjet.objects.create(projet=riche, auteur=PersonneFactory(), texte=f"Message {rang}")
    comptes = []
    for projet in (simple, riche):
        with requetes() as prises:
            navigateur.get(f"/instruction/{projet.pk}/?onglet={onglet}")
        comptes.append(prises.nombre)
    assert (comptes[0] == comptes[1], comptes[0] <= REQUETES_DE_LA_FICHE) == (True, True), (comptes, prises)


@pytest.mark.django_db
@pytest.mark.parametrize("qui", ["pilote", "qui a noté", "qui n’a pas noté"])
def test_la_fiche_d_un_projet_note_lit_chaque_chose_une_fois(connecter, requetes, qui):
    seul, a_deux = (projet_a_noter(appel_en_instruction(notations_attendues=n)) for n in (1, 2))
    comptes = []
    for projet in (seul, a_deux):
        noteurs = [instructeur_de(projet) for _ in range(projet.appel.notations_attendues)]
        for noteur in noteurs:
            rendre(projet, noteur)
        avis_rendu(projet)
        recepisse_de(projet)
        tiers = PersonneFactory(pilote=True) if qui == "pilote" else instructeur_de(projet)
        navigateur = connecter(noteurs[0] if qui == "qui a noté" else tiers)
        with requetes() as prises:
            navigateur.get(f"/instruction/{projet.pk}/")
        comptes.append(prises.nombre)
    assert (comptes[0] == comptes[1], comptes[0] <= REQUETES_D_UN_PROJET_NOTE) == (True, True), (comptes, prises)
