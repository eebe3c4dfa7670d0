"""Les pages de la notation et de l’avis : rien ne se perd, personne ne lit avant l’heure, autant de requêtes."""

import re
from decimal import Decimal

import pytest

from projets.actions.noter import enregistrer_notes
from projets.models import AvisAssocie, AvisExterne, AvisInstruction, Notation, Projet
from projets.states import EtatProjet
from tests.comptes.fabriques import PersonneFactory
from tests.projets.fabriques import AvisExterneFactory
from tests.projets.instruction.jury import (
    appel_en_instruction,
    avis_rendu,
    instructeur_de,
    projet_a_noter,
    projet_instruit,
    rendre,
    saisie,
)
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db
PHRASE = "La note de l’autre instructeur apparaîtra quand la vôtre sera complète."
HTMX = {"HX-Request": "true"}


@pytest.fixture
def projet() -> Projet:
    return projet_a_noter(appel_en_instruction(notations_attendues=2, ecart_de_troisieme_avis=20))


@pytest.fixture
def instructeur(projet):
    return instructeur_de(projet, prenom="Inès", nom="Instructrice")


def champs(projet: Projet, *valeurs: object, version: int = 0, texte: str = "Bien vu.", **autres: str) -> dict:
    """Ce que la grille envoie."""
    envoi: dict[str, object] = {"version": version, **autres}
    for critere, valeur in zip(projet.appel.criteres.order_by("ordre"), valeurs, strict=True):
        envoi |= {f"note_{critere.pk}": valeur, f"justification_{critere.pk}": texte}
    return envoi


def adresse(projet: Projet, suite: str = "notation/") -> str:
    return f"/instruction/{projet.pk}/{suite}"


def test_enregistrer_puis_rendre_sans_script(projet, instructeur, connecter):
    navigateur = connecter(instructeur)
    assert navigateur.post(adresse(projet), champs(projet, 4, "")).url == f"/instruction/{projet.pk}/#notation"
    page = navigateur.get(adresse(projet, "")).content.decode()
    assert "48\u00a0points sur 60 notés" in page
    assert "Avant de rendre&nbsp;: un critère reste à noter." in page
    refus = navigateur.post(adresse(projet), champs(projet, 4, "", version=1, rendre="1"))
    assert (refus.status_code, "La notation n’est pas rendue" in refus.content.decode()) == (200, True)
    navigateur.post(adresse(projet), champs(projet, 4, 0, version=1, rendre="1"))
    assert Notation.objects.get().rendue_le is not None
    page = navigateur.get(adresse(projet, "")).content.decode()
    assert ("48,00" in page, "Reprendre ma notation" in page, PHRASE in page) == (True, True, False)
    navigateur.post(adresse(projet, "notation/reprendre/"))
    assert Notation.objects.get().rendue_le is None


def test_reprendre_ne_se_propose_plus_quand_un_autre_a_rendu(projet, instructeur, connecter):
    navigateur = connecter(instructeur)
    rendre(projet, instructeur)
    assert "Reprendre ma notation" in navigateur.get(adresse(projet, "")).content.decode()
    rendre(projet)
    assert "Reprendre ma notation" not in navigateur.get(adresse(projet, "")).content.decode()
    refus = navigateur.post(adresse(projet, "notation/reprendre/"), follow=True).content.decode()
    assert "Un autre instructeur a rendu sa notation" in refus
    assert Notation.objects.rendues().count() == 2


def test_au_fil_de_la_frappe_seuls_la_version_et_le_total_reviennent(projet, instructeur, connecter):
    navigateur = connecter(instructeur)
    reponse = navigateur.post(adresse(projet), champs(projet, 4, ""), headers=HTMX)
    texte = reponse.content.decode()
    assert '<input type="hidden" name="version" value="1">' in texte
    assert 'hx-swap-oob="true">48\u00a0points sur 60 notés' in texte
    assert "<textarea" not in texte


def test_une_page_perimee_montre_les_deux_et_garde_ce_qui_est_tape(projet, instructeur, connecter):
    navigateur = connecter(instructeur)
    navigateur.post(adresse(projet), champs(projet, 4, 3, texte="Première page."))
    for entetes in ({}, HTMX):
        reponse = navigateur.post(adresse(projet), champs(projet, 1, 3, texte="Seconde page."), headers=entetes)
        texte = reponse.content.decode()
        assert [x in texte for x in ("Première page.", "Seconde page.", "enregistrée depuis une autre page")] == [
            True,
            True,
            True,
        ]
        assert 'name="version" value="1"' in texte, "enregistrer encore garde ce qui est tapé"
        assert reponse.get("HX-Retarget") == ("#notation" if entetes else None)
    assert list(Notation.objects.get().notes.values_list("justification", flat=True)) == ["Première page."] * 2


def test_une_note_hors_de_sa_borne_se_dit_a_cote(connecter):
    projet = projet_a_noter(appel_en_instruction(((50, "100", None),)))
    navigateur = connecter(instructeur_de(projet))
    texte = navigateur.post(adresse(projet), champs(projet, 51, texte="Trop.")).content.decode()
    assert ("inférieure ou égale à 50" in texte, "Trop." in texte, Notation.objects.count()) == (True, True, 0)


def test_une_note_envoyee_apres_le_comite_est_refusee_sans_se_perdre(projet, instructeur, connecter):
    Projet.objects.filter(pk=projet.pk).update(etat=EtatProjet.PRESENTE)
    for entetes in ({}, HTMX):
        texte = (
            connecter(instructeur)
            .post(adresse(projet), champs(projet, 4, 3, texte="Trop tard."), headers=entetes)
            .content.decode()
        )
        assert ("Ce projet ne se note pas" in texte, "Trop tard." in texte) == (True, True)
    assert Notation.objects.count() == 0


SECRETS = ("92,00", "92 points", "sous le plancher", "troisième notation")


@pytest.mark.parametrize("a_commence", [False, True])
def test_rien_de_ce_qu_un_autre_a_note_ne_se_devine_avant_d_avoir_rendu(projet, instructeur, connecter, a_commence):
    """Les mêmes octets, que l’autre ait noté ou non."""
    if a_commence:
        enregistrer_notes(auteur=instructeur, projet=projet, saisie=saisie(projet, 1, None), version=0)
    alix, zoe = (instructeur_de(projet, prenom=prenom, nom="Autre") for prenom in ("Alix", "Zoé"))
    navigateur = connecter(instructeur)
    adresses, journal = [adresse(projet, suite) for suite in ("", "notation/", "avis/")], adresse(projet, "journal/")
    onglets = [f"{adresses[0]}?onglet={cle}" for cle in ("budget", "pieces", "echanges", "historique")]

    def lues() -> list[str]:
        pages = [navigateur.get(lieu).content.decode() for lieu in (*adresses, *onglets, journal, "/instruction/")]
        export = b"".join(navigateur.get(f"{journal}export.csv").streaming_content).decode()
        return [*(sans_jeton(page) for page in pages), export]

    avant = lues()
    rendre(projet, alix, (5, 4))
    assert lues() == avant
    assert PHRASE in avant[1]
    rendre(projet, zoe, (0, 0))  # un écart de 92 points : une notation de plus est demandée
    assert lues() == avant
    assert [secret for secret in SECRETS for page in avant if secret in page] == []


def sans_jeton(page: str) -> str:
    """La page sans le jeton CSRF, qui change à chaque fois."""
    morceaux = page.split("csrfmiddlewaretoken")
    page = morceaux[0] + "".join(m[m.index(">") :] for m in morceaux[1:])
    debut = page.index("X-CSRFToken")
    return page[:debut] + page[page.index("}", debut) :]


def test_sa_notation_rendue_on_lit_les_autres_et_l_ecart(projet, instructeur, connecter):
    rendre(projet, instructeur_de(projet, prenom="Alix", nom="Autre"), (5, 5))
    rendre(projet, instructeur, (1, 1))
    page = connecter(instructeur).get(adresse(projet, "")).content.decode()
    assert [x in page for x in ("Alix Autre", "100,00", "20,00", "troisième notation demandée")] == [True] * 4
    assert "demande une notation de plus" in page, "l’avis dit ce qui manque"
    qui = "un pilote confie le projet"
    assert qui in page
    rendre(projet, valeurs=(3, 3))
    page = connecter(instructeur).get(adresse(projet, "")).content.decode()
    assert ("troisième notation rendue" in page, qui in page) == (True, False)
    pilote = connecter("pilote").get(adresse(projet, "")).content.decode()
    assert ("Alix Autre" in pilote, "Rendre la notation" in pilote) == (True, False)


def test_le_journal_montre_les_notations_que_l_on_peut_lire(projet, instructeur, connecter):
    rendre(projet, instructeur_de(projet, prenom="Alix", nom="Autre"), (5, 4))
    lecteurs = {qui: connecter(qui) for qui in ("pilote", "administrateur")} | {"elle": connecter(instructeur)}

    def lus() -> dict[str, int]:
        pages = {qui: n.get(adresse(projet, "journal/")).content.decode() for qui, n in lecteurs.items()}
        return {qui: page.count("Notation rendue") for qui, page in pages.items()}

    assert lus() == {"pilote": 1, "administrateur": 1, "elle": 0}
    rendre(projet, instructeur, (1, 1))
    assert lus() == {"pilote": 2, "administrateur": 2, "elle": 2}


def test_le_plancher_se_dit(connecter):
    projet = projet_a_noter(appel_en_instruction(((5, "60", 3), (5, "40", None))))
    rendre(projet, valeurs=(2, 5))
    page = connecter("pilote").get(adresse(projet, "")).content.decode()
    assert ("sous le plancher" in page, "64,00" in page) == (True, True)


def avis_saisi(projet: Projet, version: int = 0, motif: str = "Projet solide.", **autres: str) -> dict:
    envoi = {"version": version, "sens": "favorable", "motif": motif, "conditions": ""}
    for e in projet.exercices.all():
        envoi |= {f"cout_{e.annee}": "20 000,00", f"montant_{e.annee}": "5 000,00"}
    return envoi | autres


@pytest.fixture
def note() -> Projet:
    projet = projet_a_noter()
    rendre(projet)
    return projet


def test_rendre_l_avis_par_la_page_puis_une_version(note, connecter):
    navigateur = connecter(instructeur_de(note))
    assert navigateur.post(adresse(note, "avis/"), avis_saisi(note)).url == f"/instruction/{note.pk}/#avis"
    navigateur.post(adresse(note, "avis/"), avis_saisi(note, 1, "Autre motif."))
    page = navigateur.get(adresse(note, "")).content.decode()
    assert [x in page for x in ("Autre motif.", "Projet solide.", "Versions remplacées (1)")] == [True] * 3


def test_le_bouton_attend_les_notations(projet, instructeur, connecter):
    page = connecter(instructeur).get(adresse(projet, "")).content.decode()
    assert 'disabled aria-describedby="avis-manque"' in page
    refus = connecter(instructeur).post(adresse(projet, "avis/"), avis_saisi(projet, motif="Motif gardé."))
    assert (
        "des notations sont encore attendues" in refus.content.decode(),
        "Motif gardé." in refus.content.decode(),
    ) == (
        True,
        True,
    )
    assert AvisInstruction.objects.count() == 0


def test_un_montant_trop_grand_se_dit_a_cote_et_rien_n_est_ecrit(note, connecter):
    navigateur = connecter(instructeur_de(note))
    texte = navigateur.post(adresse(note, "avis/"), avis_saisi(note, montant_2017="10 000,01")).content.decode()
    assert ("ne dépasse pas le montant demandé" in texte, 'href="#id_montant_2017"' in texte) == (True, True)
    assert AvisInstruction.objects.count() == 0


@pytest.mark.parametrize(
    ("sens", "montants", "proposes"),
    [
        ("defavorable", ["", "", ""], [0, 0, 0]),
        ("defavorable", ["0", "", "0,00"], [0, 0, 0]),
        ("defavorable", ["", "1", ""], None),
        ("reserve", ["", "1", ""], None),
        ("favorable", ["", "1", ""], None),
    ],
)
def test_seul_un_avis_defavorable_laisse_les_montants_vides(note, connecter, sens, montants, proposes):
    par_annee = {f"montant_{annee}": montant for annee, montant in zip((2016, 2017, 2018), montants, strict=True)}
    connecter(instructeur_de(note)).post(adresse(note, "avis/"), avis_saisi(note, sens=sens, **par_annee))
    rendus = [[p.montant for p in avis.propositions.all()] for avis in AvisInstruction.objects.all()]
    assert rendus == ([proposes] if proposes else [])


def test_l_avis_rendu_montre_ses_totaux(note, connecter):
    navigateur = connecter(instructeur_de(note))
    navigateur.post(adresse(note, "avis/"), avis_saisi(note, montant_2017="0,01"))
    rendu = AvisInstruction.objects.get()
    assert rendu.totaux == (
        sum(e.montant_demande for e in note.exercices.all()), Decimal("60000.00"), Decimal("10000.01"),
    )  # fmt: skip
    pied = re.search(r"<tfoot>.*?</tfoot>", navigateur.get(adresse(note, "")).content.decode(), re.DOTALL).group()
    assert "10 000,01 €" in pied.replace("\u202f", " ").replace("\xa0", " ")


def test_un_autre_avis_vient_d_etre_rendu_les_deux_se_montrent(note, connecter):
    avis_rendu(note, instructeur_de(note, prenom="Anne", nom="Lambert"), motif="Motif d’Anne.")
    navigateur = connecter(instructeur_de(note))
    reponse = navigateur.post(adresse(note, "avis/"), avis_saisi(note, motif="Le mien."))
    texte = reponse.content.decode()
    attendus = ("Anne Lambert vient de rendre un avis", "Motif d’Anne.", "Le mien.", 'name="version" value="1"')
    assert [x in texte for x in attendus] == [True] * 4
    assert AvisInstruction.objects.count() == 1
    navigateur.post(adresse(note, "avis/"), avis_saisi(note, 1, motif="Le mien."))
    assert list(AvisInstruction.objects.values_list("version", "motif")) == [(1, "Motif d’Anne."), (2, "Le mien.")]


def test_l_avis_d_un_territoire_se_donne_par_la_page(connecter):
    ici, la = TerritoireFactory(), TerritoireFactory()
    projet = projet_a_noter(territoires={ici: 60, la: 40})
    associe = PersonneFactory(instructeur=True)
    associe.territoires.add(la)
    navigateur = connecter(associe)
    refus = navigateur.post(adresse(projet, "avis/associe/"), {"associe-territoire": la.pk, "associe-motif": "Gardé."})
    assert ("Choisissez" in refus.content.decode(), "Gardé." in refus.content.decode()) == (True, True)
    envoi = {"associe-territoire": la.pk, "associe-sens": "reserve", "associe-motif": "Doublon."}
    assert navigateur.post(adresse(projet, "avis/associe/"), envoi).status_code == 302
    assert AvisAssocie.objects.get().motif == "Doublon."
    assert navigateur.post(adresse(projet, "avis/associe/"), envoi | {"associe-territoire": ici.pk}).status_code == 200


def test_demander_un_avis_par_la_page(note, connecter):
    navigateur = connecter(instructeur_de(note))
    envoi = {"nom": "Zoé", "email": "zoe@exemple.fr", "question": "Réaliste ?", "echeance": "2001-01-01"}
    assert "jour à venir" in navigateur.post(adresse(note, "avis/demander/"), envoi).content.decode()
    futur = AvisExterneFactory.echeance.function()
    assert navigateur.post(adresse(note, "avis/demander/"), envoi | {"echeance": futur}).status_code == 302
    demande = AvisExterne.objects.get()
    page = navigateur.get(adresse(note, "")).content.decode()
    assert [x in page for x in ("Zoé", "Réaliste ?", "attendu", "Retirer la demande")] == [True] * 4
    assert (
        "déjà demandé à cette adresse"
        in navigateur.post(adresse(note, "avis/demander/"), envoi | {"echeance": futur}).content.decode()
    )
    for geste in ("relancer", "retirer"):
        assert navigateur.post(f"/instruction/avis-exterieurs/{demande.pk}/{geste}/").status_code == 302
    assert AvisExterne.objects.get().situation == "retiré"


def test_presenter_un_projet_puis_tout_un_appel(connecter, requetes):
    appel = appel_en_instruction(slug="nord")
    un, deux, trois = (projet_instruit(appel, numero=numero) for numero in (1, 2, 3))
    a_finir = projet_a_noter(appel, numero=4)
    projet_a_noter(appel, numero=5, etat=EtatProjet.DEPOSE)
    navigateur = connecter("pilote")
    assert navigateur.post(adresse(un, "presenter/")).status_code == 302
    page = navigateur.get("/instruction/appels/nord/presenter/")
    assert [ligne.projet.pk for ligne in page.context["prets"]] == [deux.pk, trois.pk]
    assert [(projet.pk, raison) for projet, raison in page.context["a_finir"]] == [
        (a_finir.pk, "il manque une notation sur 1")
    ]
    assert (page.context["avant"], page.context["presentes"]) == ([("depose", "déposé", 1)], 1)
    assert 'aria-label="Présenter' in page.content.decode()
    assert page.context["coches"] == []  # rien n’est coché d’avance : l’acte ne se défait pas
    envoi = {"projets": [un.pk, deux.pk, a_finir.pk]}
    sans_confirmer = navigateur.post("/instruction/appels/nord/presenter/", envoi)
    assert ("Confirmez en cochant la case" in sans_confirmer.content.decode(), sans_confirmer.context["coches"]) == (
        True, envoi["projets"],
    )  # fmt: skip
    assert Projet.objects.get(pk=deux.pk).etat == "instruit"
    envoi |= {"confirme": "oui"}
    bilan = navigateur.post("/instruction/appels/nord/presenter/", envoi, follow=True).content.decode()
    assert ("Un projet présenté." in bilan, bilan.count("présenter » n’est pas possible")) == (True, 2)
    etats = dict(Projet.objects.values_list("numero", "etat"))
    assert etats == {1: "presente", 2: "presente", 3: "instruit", 4: "recevable", 5: "depose"}


def test_une_case_trafiquee_est_ignoree(connecter):
    appel_en_instruction(slug="nord")
    envoi = {"projets": ["9" * 30, "un", "-1"], "confirme": "oui"}
    page = connecter("pilote").post("/instruction/appels/nord/presenter/", envoi, follow=True).content.decode()
    assert "Aucun projet n’était coché." in page


def test_la_page_du_comite_ne_compte_pas_plus_de_requetes_pour_trois(connecter, requetes):
    appel = appel_en_instruction(slug="nord")
    navigateur, comptes = connecter("pilote"), []
    for numero in range(1, 4):
        projet_instruit(appel, numero=numero)
        projet_a_noter(appel, numero=numero + 10)
        with requetes() as prises:
            navigateur.get("/instruction/appels/nord/presenter/")
        comptes.append(prises.nombre)
    # session, personne, appel ; projets prêts, leurs notes, leur dernier passage, leurs montants ;
    # à finir, leurs notes ; deux comptes
    assert comptes == [11, 11, 11], prises


def test_les_panneaux_ne_comptent_pas_plus_de_requetes_quand_ils_se_remplissent(connecter, requetes):
    ici, la = TerritoireFactory(), TerritoireFactory()
    appel = appel_en_instruction()
    simple, riche = (projet_a_noter(appel, territoires={ici: 50, la: 50}) for _ in range(2))
    instructeur = instructeur_de(simple)
    for projet, combien in ((simple, 1), (riche, 3)):
        rendre(projet, instructeur)
        for _ in range(combien):
            rendre(projet)
            avis_rendu(projet, instructeur)
            AvisExterneFactory(projet=projet)
    comptes = []
    for projet in (simple, riche):
        with requetes() as prises:
            connecter(instructeur).get(adresse(projet, ""))
        comptes.append(prises.nombre)
    assert comptes[0] == comptes[1], prises


def test_les_statistiques_sont_au_pilote_et_dessinees(connecter, requetes):
    projet = projet_a_noter()
    navigateur, comptes = connecter("pilote"), []
    assert "Aucune notation rendue" in navigateur.get("/instruction/notations/").content.decode()
    for rang, valeurs in enumerate(((5, 5), (1, 1), (3, 3))):
        rendre(projet, instructeur_de(projet, prenom="Paul", nom=f"Numéro{rang}"), valeurs)
        with requetes() as prises:
            page = navigateur.get(f"/instruction/notations/?appel={projet.appel_id}&axe={projet.axe_id}")
        comptes.append(prises.nombre)
    assert comptes[0] == comptes[1] == comptes[2], prises
    texte = page.content.decode()
    assert [x in texte for x in ("Paul Numéro1", "−60,0", "+60,0", "<svg")] == [True] * 4
    assert navigateur.get("/instruction/notations/?appel=zzz&axe=999999").status_code == 200
