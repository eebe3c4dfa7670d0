"""Le rapport relu depuis son fichier : chiffres, actions, balises, polices, signets."""

import re
from decimal import Decimal
from pathlib import Path

import pikepdf
import pypdf
import pytest
from django.db import transaction
from django.db.models import Sum

from financements.chiffres import Perimetre, Programme, lignes_actions
from financements.models import PartTranche
from financements.pdf.decoupage import Contenu, decouper
from tests.financements.rapports import (
    PetitProgramme,
    ecrit,
    imprime,
    numeros_de_la_liste,
    petit_programme,
    texte,
)
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme() -> PetitProgramme:
    return petit_programme()


@pytest.fixture(scope="module")
def exemplaire(django_db_setup, django_db_blocker, tmp_path_factory) -> tuple[Path, Programme]:
    """Un rapport entier produit une fois pour tout le fichier, et les chiffres qu’il doit porter."""
    chemin = tmp_path_factory.mktemp("rapport") / "rapport.pdf"
    with django_db_blocker.unblock(), transaction.atomic():
        entier = petit_programme().entier
        imprime(entier, chemin)
        chiffres = Programme(entier)
        _ = chiffres.total, chiffres.par_annee, chiffres.par_territoire, chiffres.croisement, chiffres.synthese
        transaction.set_rollback(True)
    return chemin, chiffres


@pytest.fixture
def pdf(exemplaire) -> Path:
    return exemplaire[0]


def test_le_total_imprime_est_celui_de_la_base(exemplaire):
    chemin, chiffres = exemplaire
    total = chiffres.total
    lu = texte(chemin)
    assert f"portées par 2 organismes, reçoivent {ecrit(total)} €" in lu
    assert re.search(rf"^Total 8 .* {re.escape(ecrit(total))} 100 %$", lu, re.MULTILINE)


def test_chaque_ligne_des_tableaux_est_celle_de_la_couche_de_chiffres(exemplaire):
    chemin, chiffres = exemplaire
    lu = texte(chemin)
    attendues = [
        *(" ".join([str(a.annee), *map(ecrit, (a.cp, a.vote, a.disponible))]) for a in chiffres.par_annee),
        *(
            " ".join(
                [
                    t.territoire.nom,
                    *(ecrit(chiffres.croisement.valeurs[axe.pk][t.territoire.pk]) for axe in chiffres.axes),
                    ecrit(t.vote),
                ]
            )
            for t in chiffres.par_territoire
        ),
    ]
    lignes = lu.splitlines()  # un dessin à droite du tableau allonge ses lignes
    assert [a for a in attendues if not any(ligne.startswith(a) for ligne in lignes)] == []


def test_chaque_action_figure_une_fois_sous_son_territoire_principal(pdf):
    assert numeros_de_la_liste(pdf) == [101, 102, 103, 104, 105, 106, 107, 108]


def test_l_action_partagee_nomme_l_autre_territoire_et_le_fse(pdf):
    assert "Action d’essai numéro 103 (FSE ; avec Douaisis)" in " ".join(texte(pdf).split())


def test_un_nom_avec_des_chevrons_est_imprime_tel_quel(pdf):
    assert "CCAS d’Essai & fils <b>" in texte(pdf)


def test_le_pdf_est_balise_selon_pdf_ua(pdf):
    with pikepdf.open(pdf) as document:
        racine = document.Root
        assert (racine.MarkInfo.Marked, racine.ViewerPreferences.DisplayDocTitle) == (True, True)
        assert (str(racine.Lang), str(racine.StructTreeRoot.K[0].S)) == ("fr", "/Document")
        with document.open_metadata() as meta:
            assert meta["pdfuaid:part"] == "1"
            assert meta["dc:title"] == "Rapport budgétaire pluriannuel 2016-2018, programme entier"
            assert meta["dc:creator"] == ["Département du Nord"]


def elements(noeud: pikepdf.Object, sorte: str) -> list[pikepdf.Object]:
    """Les éléments de structure d’une sorte, sous ce nœud."""
    trouves, pile = [], [noeud]
    while pile:
        courant = pile.pop()
        if isinstance(courant, pikepdf.Array):
            pile.extend(courant)
        elif isinstance(courant, pikepdf.Dictionary):
            if courant.get("/S") == sorte:
                trouves.append(courant)
            if "/K" in courant:
                pile.append(courant.K)
    return trouves


def test_chaque_dessin_a_son_alternative_et_chaque_cellule_ses_entetes(pdf):
    with pikepdf.open(pdf) as document:
        racine = document.Root.StructTreeRoot
        dessins = elements(racine, "/Figure")
        assert len(dessins) == 7
        assert [dessin for dessin in dessins if not str(dessin.get("/Alt", ""))] == []
        cellules = elements(racine, "/TD")
        assert [cellule for cellule in cellules if len(cellule.A.get("/Headers", [])) < 2] == []
        assert len(elements(racine, "/H1")) == 1


def test_les_titres_sont_balises_et_chaque_entete_est_reconnaissable(pdf):
    with pikepdf.open(pdf) as document:
        racine = document.Root.StructTreeRoot
        assert [len(elements(racine, f"/H{niveau}")) for niveau in (1, 2, 3, 4)] == [1, 11, 8, 6]
        tableaux = elements(racine, "/Table")
        assert [tableau for tableau in tableaux if not elements(tableau, "/TH")] == []
        # WeasyPrint ne pose pas Scope : chaque cellule nomme ses en-têtes (Headers), que leur ID désigne.
        entetes = elements(racine, "/TH")
        assert [entete for entete in entetes if "/ID" not in entete] == []
        connus = {str(entete.ID) for entete in entetes}
        nommes = {str(nom) for cellule in elements(racine, "/TD") for nom in cellule.A.Headers}
        assert nommes - connus == set()


def test_aucun_texte_n_est_hors_des_balises_ni_des_artefacts(pdf):
    with pikepdf.open(pdf) as document:
        dehors = []
        for rang, page in enumerate(document.pages, start=1):
            profondeur = 0
            for _, operateur in pikepdf.parse_content_stream(page):
                nom = str(operateur)
                profondeur += (nom in {"BDC", "BMC"}) - (nom == "EMC")
                if nom in {"Tj", "TJ"} and not profondeur:
                    dehors.append(rang)
        assert dehors == []


def test_les_signets_suivent_les_niveaux(pdf):
    def noms(signets) -> list:
        return [noms(s) if isinstance(s, list) else s.title for s in signets]

    liste = ["Axe 1. Remobilisation", ["Axe 1 · Avesnois", "Axe 1 · Douaisis", "Axe 1 · Valenciennois"]]
    liste += ["Axe 2. Accompagnement", ["Axe 2 · Avesnois", "Axe 2 · Douaisis", "Axe 2 · Valenciennois"]]
    lus = noms(pypdf.PdfReader(pdf).outline)
    assert [nom for nom in lus if isinstance(nom, str)] == [
        "L’essentiel",
        "Crédits ouverts et crédits votés",
        "Crédits par axe et par exercice",
        "Crédits par territoire et prorata",
        "Insertion professionnelle et insertion sociale",
        "Crédits par territoire et par axe",
        "Fonds social européen",
        "Organismes porteurs",
        "Liste des actions",
        "Méthode et sources",
    ]
    assert lus[lus.index("Liste des actions") + 1] == liste


def test_toutes_les_polices_sont_embarquees_et_sont_les_notres(pdf):
    noms = set()
    for page in pypdf.PdfReader(pdf).pages:
        for police in page["/Resources"].get("/Font", {}).values():
            descendante = police.get_object()["/DescendantFonts"][0].get_object()
            descripteur = descendante["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(descripteur)
            noms.add(str(descripteur["/FontName"]).split("+")[1].rstrip(","))
    assert noms == {"Source-Sans-3", "Source-Sans-3-Semi-Bold", "Source-Sans-3-Bold"}


def test_chaque_page_dit_la_demonstration_la_version_et_son_numero(pdf):
    pages = pypdf.PdfReader(pdf).pages
    pieds = [page.extract_text() for page in pages[1:]]
    for rang, pied in enumerate(pieds, start=2):
        assert f"{rang} / {len(pages)}" in pied
        assert "Données de démonstration · état au" in pied


def test_un_programme_reel_ne_dit_pas_demonstration(programme, tmp_path):
    programme.appel.est_fictif = False
    programme.appel.save()
    chemin = tmp_path / "reel.pdf"
    imprime(programme.entier, chemin)
    assert "émonstration" not in texte(chemin)


ENTIERE = "dans la liste, il est entier, sous le territoire qui en reçoit la plus grande part"
A_SA_PART = (
    "compte dans ce rapport pour la seule part votée pour Douaisis, dans les tableaux comme dans la liste",
    "Douaisis en reçoit la part en pour cent que le projet lui donne",
)
DU_DEPARTEMENT = (
    "En 2015, 34 % des crédits de tout le Département allaient à l’insertion professionnelle. "
    "Le programme, tous territoires ensemble, vise 59 %. Le voté pour Douaisis y consacre",
)
DE_L_AXE = "la somme des territoires est exactement celle de l’axe"
DU_PROGRAMME = "la somme des territoires est exactement celle du programme"


def vrai(phrases):
    return dict.fromkeys(phrases, True)


def test_la_methode_du_rapport_entier_dit_le_partage_et_la_liste(pdf):
    suivi = " ".join(texte(pdf).split())
    phrases = (ENTIERE, DU_PROGRAMME, "En 2015, 34 % des crédits allaient à l’insertion professionnelle.")
    assert {phrase: phrase in suivi for phrase in phrases} == vrai(phrases)
    assert {phrase: phrase in suivi for phrase in (*A_SA_PART, *DU_DEPARTEMENT)} == dict.fromkeys(
        (*A_SA_PART, *DU_DEPARTEMENT), False
    )


def test_le_rapport_d_un_territoire_ne_porte_que_sa_part(programme, tmp_path):
    douaisis = programme.territoires[1]
    perimetre = Perimetre(programme.appel, (2016, 2017), territoire=douaisis)
    chemin = tmp_path / "douaisis.pdf"
    imprime(perimetre, chemin)
    lu = texte(chemin)
    total = Programme(perimetre).total
    assert (
        total
        == PartTranche.objects.filter(territoire=douaisis, tranche__annee__lt=2018).aggregate(s=Sum("montant"))["s"]
    )
    assert f"reçoivent {ecrit(total)} €" in lu
    assert numeros_de_la_liste(chemin) == [102, 103, 106, 107]
    assert "(FSE ; avec Valenciennois)" in " ".join(lu.split())
    assert "2018 (€)" not in lu
    assert "Crédits par territoire et par axe" not in lu
    suivi = " ".join(lu.split())
    assert {phrase: phrase in suivi for phrase in (ENTIERE, *A_SA_PART)} == {ENTIERE: False, **vrai(A_SA_PART)}
    assert {phrase: phrase in suivi for phrase in DU_DEPARTEMENT} == vrai(DU_DEPARTEMENT)
    assert ("(Département)" in suivi, "(constaté)" in suivi) == (True, False)


def test_le_rapport_d_un_axe_ne_compare_pas_au_prorata(programme, tmp_path):
    chemin = tmp_path / "axe.pdf"
    imprime(Perimetre(programme.appel, (2016, 2017, 2018), axe=programme.axes[1]), chemin)
    lu = texte(chemin)
    assert numeros_de_la_liste(chemin) == [105, 106, 107, 108]
    assert "Dotation au prorata (€)" not in lu
    assert "Insertion professionnelle et insertion sociale" not in lu
    suivi = " ".join(lu.split())
    assert {phrase: phrase in suivi for phrase in (ENTIERE, DE_L_AXE)} == vrai((ENTIERE, DE_L_AXE))


def test_un_perimetre_sans_action_donne_un_rapport_lisible(programme, tmp_path):
    chemin = tmp_path / "vide.pdf"
    imprime(Perimetre(programme.appel, (2016,), territoire=TerritoireFactory(code="ZZ", nom="Vide")), chemin)
    assert "Aucune action financée dans ce périmètre." in texte(chemin)


def test_les_volumes_se_partagent_les_actions_sans_doublon(programme, tmp_path):
    lignes = lignes_actions(programme.entier)
    volumes = decouper(lignes, 2)
    assert [(v.titre, v.actions) for v in volumes] == [
        ("Synthèse", 0),
        ("Avesnois", 2),
        ("Douaisis", 2),
        ("Valenciennois, partie 1 sur 2", 2),
        ("Valenciennois, partie 2 sur 2", 2),
    ]
    relus = [Contenu.de_json({**volume.en_json(), "departs": 1}) for volume in volumes]
    assert [[ligne.numero for ligne in volume.lignes(programme.entier)] for volume in relus] == [
        [],
        [101, 105],
        [102, 106],
        [103, 104],
        [107, 108],
    ]
    chemin = tmp_path / "volume.pdf"
    imprime(programme.entier, chemin, relus[4])
    assert numeros_de_la_liste(chemin) == [107, 108]


def test_jusqu_au_seuil_un_seul_volume(programme):
    assert decouper(lignes_actions(programme.entier), 8) == [
        Contenu("Rapport complet", 8, est_synthese=True, est_liste=True)
    ]


def test_les_sous_totaux_de_la_liste_font_le_total(exemplaire):
    chemin, chiffres = exemplaire
    sous_totaux = [ligne for ligne in texte(chemin).splitlines() if re.match(r"\d actions?, [A-Z]\w+ \d", ligne)]
    assert len(sous_totaux) == 6
    totaux = [re.findall(r"\d{1,3}(?: \d{3})*,\d\d", ligne)[-1] for ligne in sous_totaux]
    assert sum(Decimal(total.replace(" ", "").replace(",", ".")) for total in totaux) == chiffres.total
