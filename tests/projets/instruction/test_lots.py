"""Les actes en lot : chaque ligne réussit ou échoue seule, et le dit ; rien ne se fait deux fois."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from comptes.models import Courriel
from config.socle.models import Journal
from projets.actions.affecter import affecter
from projets.actions.echanges import COMPLEMENT_SANS_ADRESSE
from projets.models import Affectation, DemandeDeComplement, LigneDeLot, Lot, Projet
from projets.planning import executer_un_lot, reprendre_les_lots
from projets.states import ActeEnLot, EtatProjet
from tests.comptes.fabriques import AdhesionFactory, PersonneFactory
from tests.projets.fabriques import AffectationFactory, ProjetFactory, instructeur_de
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def val():
    return TerritoireFactory(code="VAL", nom="Valenciennois")


def resultats(lot: Lot) -> list[tuple[int, bool | None, str]]:
    return [(ligne.projet.numero, ligne.est_fait, ligne.message) for ligne in lot.lignes.select_related("projet")]


def envoi(projets: list[Projet], **champs: object) -> dict[str, object]:
    return {"projets": [projet.pk for projet in projets], "confirme": "1", "requete": "portee=tous", **champs}


def test_confier_en_lot_dit_ce_qui_est_fait_et_pourquoi_le_reste_ne_l_est_pas(connecter, val):
    camille = instructeur_de(val)
    libre = ProjetFactory(numero=1, territoires={val: 100})
    mene = ProjetFactory(numero=2, territoires={val: 100})
    decide = ProjetFactory(numero=3, territoires={val: 100}, etat=EtatProjet.RETENU)
    AffectationFactory(projet=mene, instructeur=(autre := instructeur_de(val)))
    navigateur = connecter("pilote")
    champs = {"acte": "affecter", "instructeur": camille.pk, "qualite": "chef_de_file"}
    reponse = navigateur.post("/instruction/lots/", envoi([libre, mene, decide], **champs))
    lot = Lot.objects.get()
    assert (reponse.url, lot.etat) == (f"/instruction/lots/{lot.pk}/", "termine")
    assert resultats(lot) == [
        (1, True, f"Confié à {camille}, chef de file."),
        (2, False, f"Ce projet a déjà un chef de file : {autre}."),
        (3, False, "Ce projet est « retenu » : il ne se confie plus."),
    ]
    page = navigateur.get(reponse.url)
    assert (page.context["faits"], page.context["refuses"]) == (1, 2)
    assert Journal.objects.filter(acte="creer_le_lot").get().apres["projets"] == [libre.pk, mene.pk, decide.pk]


def test_demander_un_complement_en_lot(connecter, val):
    projets = [ProjetFactory(numero=n, territoires={val: 100}, depose_le=timezone.now()) for n in (1, 2)]
    decide = ProjetFactory(numero=3, territoires={val: 100}, etat=EtatProjet.NON_RETENU)
    echeance = timezone.localdate() + timedelta(days=15)
    navigateur = connecter(instructeur_de(val))
    champs = {"acte": "demander_un_complement", "texte": "Le RIB de l’organisme", "echeance": echeance.isoformat()}
    navigateur.post("/instruction/lots/", envoi([*projets, decide], **champs))
    prevenu = AdhesionFactory(organisme=projets[0].organisme).personne
    autre = ProjetFactory(numero=4, organisme=projets[0].organisme, territoires={val: 100}, depose_le=timezone.now())
    assert [(n, fait) for n, fait, _ in resultats(Lot.objects.get())] == [(1, True), (2, True), (3, False)]
    assert {message for _, fait, message in resultats(Lot.objects.get()) if fait} == {COMPLEMENT_SANS_ADRESSE}
    navigateur.post("/instruction/lots/", envoi([autre], **champs))
    assert resultats(Lot.objects.latest("pk")) == [(4, True, f"Complément demandé pour le {echeance:%d/%m/%Y}.")]
    assert Courriel.objects.get().destinataire == prevenu.email
    assert DemandeDeComplement.objects.filter(texte="Le RIB de l’organisme").count() == 3


def test_un_lot_se_prepare_et_se_relit_en_autant_de_requetes_pour_un_projet_que_pour_trois(connecter, val, requetes):
    navigateur, nombres = connecter(instructeur_de(val)), []
    for combien in (1, 3):
        cles = [ProjetFactory(territoires={val: 100}).pk for _ in range(combien)]
        with requetes() as a_preparer:
            navigateur.post("/instruction/lots/", {"acte": "declarer_recevable", "projets": cles})
        preparer = a_preparer.nombre  # se lit avant la demande suivante
        navigateur.post("/instruction/lots/", {"acte": "declarer_recevable", "projets": cles, "confirme": "1"})
        with requetes() as a_relire:
            assert len(navigateur.get(Lot.objects.latest("pk").get_absolute_url()).context["lignes"]) == combien
        nombres.append((preparer, a_relire.nombre))
    assert nombres[0] == nombres[1]


def test_declarer_recevables_en_lot_ne_passe_que_ceux_qui_le_peuvent(connecter, val):
    depose = ProjetFactory(numero=1, territoires={val: 100})
    decide = ProjetFactory(numero=2, territoires={val: 100}, etat=EtatProjet.RETENU)
    navigateur = connecter(instructeur_de(val))
    prepare = navigateur.post("/instruction/lots/", {"acte": "declarer_recevable", "projets": [depose.pk, decide.pk]})
    assert (prepare.status_code, Lot.objects.count()) == (200, 0)
    lus = [f"{projet.reference}, {projet.organisme}</span>" in prepare.content.decode() for projet in (depose, decide)]
    assert lus == [True, True], "deux appels ont les mêmes numéros : la référence et l’organisme les distinguent"
    navigateur.post("/instruction/lots/", envoi([depose, decide], acte="declarer_recevable"))
    assert [(n, fait) for n, fait, _ in resultats(Lot.objects.get())] == [(1, True), (2, False)]
    depose.refresh_from_db()
    assert depose.etat == EtatProjet.RECEVABLE


def test_un_refus_de_la_base_reste_sur_sa_ligne(connecter, val):
    un, deux, trois = (ProjetFactory(numero=n, territoires={val: 100}) for n in (1, 2, 3))
    with connection.cursor() as curseur:  # une contrainte, un déclencheur : ce que les actes n’ont pas prévu
        curseur.execute("SET CONSTRAINTS ALL IMMEDIATE")
        curseur.execute(
            "ALTER TABLE projets_projet ADD CONSTRAINT essai_de_la_table CHECK (numero <> 1 OR etat <> 'recevable');"
            "CREATE FUNCTION essai() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION 'Le déclencheur refuse.' USING ERRCODE = 'check_violation'; END $$;"
            "CREATE CONSTRAINT TRIGGER essai AFTER UPDATE ON projets_projet DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW WHEN (NEW.numero = 2) EXECUTE FUNCTION essai()"
        )
    connecter(instructeur_de(val)).post("/instruction/lots/", envoi([un, deux, trois], acte="declarer_recevable"))
    assert resultats(Lot.objects.get()) == [
        (1, False, "La base a refusé cet acte sur ce projet. Ouvrez sa fiche, puis recommencez."),
        (2, False, "Le déclencheur refuse."),
        (3, True, "Déclaré recevable."),
    ]
    assert list(Projet.objects.order_by("numero").values_list("etat", flat=True)) == ["depose", "depose", "recevable"]


def test_une_saisie_fautive_est_rendue_telle_que_tapee_avec_ses_projets(connecter, val):
    projet = ProjetFactory(territoires={val: 100})
    champs = {"acte": "demander_un_complement", "texte": "Le RIB", "echeance": "2001-01-01"}
    reponse = connecter("pilote").post("/instruction/lots/", envoi([projet], **champs))
    page = reponse.content.decode()
    assert (reponse.status_code, Lot.objects.count()) == (200, 0)
    assert [
        texte for texte in ("Le RIB", "L’échéance est un jour à venir.", f'value="{projet.pk}"') if texte in page
    ] == [
        "Le RIB",
        "L’échéance est un jour à venir.",
        f'value="{projet.pk}"',
    ]


def test_ce_que_l_on_ne_voit_pas_n_entre_pas_dans_le_lot(connecter, val):
    moi = instructeur_de(val)
    ailleurs = ProjetFactory(numero=9, territoires={TerritoireFactory(code="DOU", nom="Douaisis"): 100})
    sien = ProjetFactory(numero=1, territoires={val: 100})
    navigateur = connecter(moi)
    champs = {"acte": "affecter", "instructeur": moi.pk, "qualite": "chef_de_file"}
    navigateur.post("/instruction/lots/", envoi([sien, ailleurs], **champs))
    assert [n for n, _, _ in resultats(Lot.objects.get())] == [1]
    reponse = navigateur.post("/instruction/lots/", envoi([ailleurs], **champs), follow=True)
    assert "Cochez au moins un projet." in reponse.content.decode()


def test_sans_case_ou_sans_acte_on_revient_a_la_file_en_le_disant(connecter, val):
    projet = ProjetFactory(territoires={val: 100})
    navigateur = connecter("pilote")
    for donnees, phrase in (
        ({"acte": "affecter", "requete": "portee=tous"}, "Cochez au moins un projet."),
        ({"acte": "rêver", "projets": [projet.pk]}, "Choisissez ce qu’il faut faire des projets cochés."),
        ({"acte": "passer", "projets": [projet.pk]}, "Choisissez ce qu’il faut faire des projets cochés."),
    ):
        assert phrase in navigateur.post("/instruction/lots/", donnees, follow=True).content.decode()
    assert Lot.objects.count() == 0


def test_un_lot_a_cinq_cents_projets_au_plus(connecter):
    champs = {"acte": "affecter", "instructeur": instructeur_de().pk, "qualite": "chef_de_file", "confirme": "1"}
    reponse = connecter("pilote").post("/instruction/lots/", {**champs, "projets": list(range(1, 502))}, follow=True)
    assert "Un lot a 500 projets au plus ; vous en avez coché 501." in reponse.content.decode()


def test_un_lot_interrompu_reprend_ou_il_en_etait_sans_rien_refaire(val):
    pilote, camille = PersonneFactory(pilote=True), instructeur_de(val)
    projets = [ProjetFactory(numero=n, territoires={val: 100}) for n in (1, 2)]
    lot = Lot.objects.create(
        acte=ActeEnLot.AFFECTER,
        demande_par=pilote,
        parametres={"instructeur": camille.pk, "qualite": "chef_de_file"},
    )
    affecter(auteur=pilote, projet=projets[0], instructeur=camille)
    LigneDeLot.objects.create(lot=lot, rang=1, projet=projets[0], est_fait=True, message="Fait avant la coupure")
    LigneDeLot.objects.create(lot=lot, rang=2, projet=projets[1])
    Lot.objects.update(demande_le=timezone.now() - timedelta(hours=1))
    reprendre_les_lots()
    executer_un_lot(lot.pk)  # le même message livré deux fois
    assert resultats(lot) == [(1, True, "Fait avant la coupure"), (2, True, f"Confié à {camille}, chef de file.")]
    assert Affectation.objects.count() == 2


def test_un_deporte_ne_lit_pas_le_projet_dans_le_compte_rendu_de_son_lot(connecter, val):
    moi = instructeur_de(val)
    projet = ProjetFactory(numero=1, territoires={val: 100}, intitule="Jardin secret")
    navigateur = connecter(moi)
    champs = {"acte": "affecter", "instructeur": moi.pk, "qualite": "chef_de_file"}
    adresse = navigateur.post("/instruction/lots/", envoi([projet], **champs)).url
    assert "Jardin secret" in navigateur.get(adresse).content.decode()
    navigateur.post(f"/instruction/{projet.pk}/deport/", {"motif": "Un proche"})
    assert "Jardin secret" not in navigateur.get(adresse).content.decode()


def test_la_passation_passe_tout_et_rend_compte(connecter, val):
    moi, collegue = instructeur_de(val), instructeur_de(val)
    suivis = [ProjetFactory(numero=n, territoires={val: 100}) for n in (1, 2)]
    decide = ProjetFactory(numero=3, territoires={val: 100}, etat=EtatProjet.RETENU)
    for projet in (*suivis, decide):
        AffectationFactory(projet=projet, instructeur=moi)
    navigateur = connecter(moi)
    assert navigateur.post("/instruction/passation/", {"a": moi.pk}).status_code == 200
    adresse = navigateur.post("/instruction/passation/", {"a": collegue.pk}).url
    assert resultats(Lot.objects.get()) == [
        (1, True, f"Passé à {collegue}, chef de file."),
        (2, True, f"Passé à {collegue}, chef de file."),
    ]
    assert navigateur.get(adresse).context["faits"] == 2
    reponse = navigateur.post("/instruction/passation/", {"a": collegue.pk})
    assert f"{moi} ne suit aucun projet." in reponse.content.decode()
