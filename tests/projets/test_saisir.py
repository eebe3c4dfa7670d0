"""Ouvrir un projet et y écrire : qui le peut, dans quel état, et ce qui est gardé."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comptes.actions.organisme import verrouiller_l_organisme
from comptes.states import Role, RoleOrganisme
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from projets.actions.saisir import LONGUEUR_D_UNE_VALEUR, creer_projet
from projets.models import Projet
from projets.rules.fusion import Conflit
from projets.states import MODIFIABLES, EtatAppel, EtatProjet
from tests.comptes.fabriques import AdhesionFactory, CompteBancaireFactory, PersonneFactory
from tests.projets.dossiers import appel_ouvert, brouillon, collegue, ecrire, enregistrees, porteur
from tests.projets.fabriques import AxeFactory, ProjetFactory, ProlongationFactory

pytestmark = pytest.mark.django_db


# --- Ouvrir -------------------------------------------------------------------------------------------------
def test_un_projet_neuf_sait_deja_ce_que_l_on_sait():
    adhesion = porteur(organisme__telephone="03 20 00 00 00")
    compte = CompteBancaireFactory(organisme=adhesion.organisme)
    projet = brouillon(adhesion, intitule="  Jardin  ")
    assert (projet.etat, projet.intitule, projet.numero, projet.modifie_par) == (
        EtatProjet.BROUILLON,
        "Jardin",
        None,
        adhesion.personne,
    )
    assert enregistrees(projet) == {
        "intitule": "Jardin",
        "axe": str(projet.axe_id),
        "contact_nom": adhesion.personne.nom_complet,
        "contact_courriel": adhesion.personne.email,
        "contact_telephone": "03 20 00 00 00",
        "compte_bancaire": str(compte.pk),
    }
    ligne = Journal.objects.latest("pk")
    assert (ligne.acte, ligne.auteur, ligne.apres) == (
        "creer_projet",
        adhesion.personne,
        {"appel": projet.appel.slug, "axe": 1},
    )


def test_de_deux_comptes_bancaires_aucun_n_est_choisi_d_office():
    adhesion = porteur()
    CompteBancaireFactory(organisme=adhesion.organisme)
    CompteBancaireFactory(organisme=adhesion.organisme, iban="FR1420041010050500013M02606")
    assert "compte_bancaire" not in enregistrees(brouillon(adhesion))


def test_le_meme_envoi_deux_fois_n_ouvre_qu_un_projet():
    adhesion, appel, jeton = porteur(), appel_ouvert(), uuid4()
    deux = [brouillon(adhesion, appel, jeton=jeton) for _ in range(2)]
    assert (deux[0], Projet.objects.count()) == (deux[1], 1)


def test_le_meme_jeton_pour_un_autre_intitule_ouvre_un_autre_projet():
    adhesion, appel, jeton = porteur(), appel_ouvert(), uuid4()
    titres = [brouillon(adhesion, appel, jeton=jeton, intitule=titre).intitule for titre in ("Jardin", "Garage")]
    assert (titres, Projet.objects.count()) == (["Jardin", "Garage"], 2)


@pytest.mark.django_db(transaction=True)
def test_deux_clics_en_meme_temps_n_ouvrent_qu_un_projet():
    adhesion, appel, jeton = porteur(), appel_ouvert(), uuid4()
    depart, trouves = threading.Barrier(2), []

    def cliquer() -> None:
        depart.wait()
        trouves.append(brouillon(adhesion, appel, jeton=jeton).pk)
        connection.close()

    fils = [threading.Thread(target=cliquer) for _ in range(2)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert (len(trouves), len(set(trouves)), Projet.objects.count()) == (2, 1, 1)


@pytest.mark.parametrize("etat", [e for e in EtatAppel if e not in {EtatAppel.OUVERT, EtatAppel.PUBLIE}])
def test_on_n_ouvre_un_projet_que_sur_un_appel_qui_en_recoit(etat):
    with pytest.raises(PassageRefuse, match="ne reçoit pas de projet"):
        brouillon(appel=appel_ouvert(etat=etat))
    assert Projet.objects.count() == 0


def test_une_prolongation_ouvre_l_appel_clos_a_son_seul_organisme():
    instant = timezone.now()
    adhesion, appel = porteur(), appel_ouvert(ferme_le=instant - timedelta(hours=1))
    ProlongationFactory(appel=appel, organisme=adhesion.organisme, jusqu_au=instant + timedelta(days=1))
    assert brouillon(adhesion, appel).etat == EtatProjet.BROUILLON
    with pytest.raises(PassageRefuse):
        brouillon(appel=appel)


def test_qui_n_agit_pas_pour_l_organisme_n_ouvre_rien():
    with pytest.raises(PermissionDenied):
        brouillon(porteur(), auteur=PersonneFactory())


def test_un_axe_d_un_autre_appel_est_refuse():
    with pytest.raises(ValidationError, match="axe de cet appel"):
        brouillon(axe=AxeFactory())


def test_un_projet_sans_intitule_est_refuse():
    adhesion, appel = porteur(), appel_ouvert()
    with pytest.raises(ValidationError):
        creer_projet(
            auteur=adhesion.personne, appel=appel, organisme=adhesion.organisme, axe=appel.axes.get(), intitule="  "
        )


# --- Écrire -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", RoleOrganisme)
def test_tout_membre_de_l_organisme_ecrit(role):
    projet = brouillon()
    fait = ecrire(projet, collegue(projet, role=role), lieu="Denain")
    assert (fait.ecrits, fait.version, enregistrees(projet)["lieu"]) == (frozenset({"lieu"}), 2, "Denain")


@pytest.mark.parametrize("role", Role)
def test_personne_d_autre_n_ecrit(role):
    projet = brouillon()
    with pytest.raises(PermissionDenied):
        ecrire(projet, PersonneFactory(role=role), lieu="Denain")
    assert "lieu" not in enregistrees(projet)


@pytest.mark.parametrize("etat", EtatProjet)
def test_on_n_ecrit_que_dans_un_brouillon_ou_un_projet_a_completer(etat):
    adhesion = AdhesionFactory()
    projet = ProjetFactory(organisme=adhesion.organisme, etat=etat)
    if etat in MODIFIABLES:
        assert ecrire(projet, adhesion.personne, lieu="Denain").ecrits == {"lieu"}
    else:
        with pytest.raises(PassageRefuse, match="ne se modifie plus"):
            ecrire(projet, adhesion.personne, lieu="Denain")
    assert enregistrees(projet) == ({"lieu": "Denain"} if etat in MODIFIABLES else {})


def test_apres_la_cloture_on_ecrit_encore_dans_son_brouillon():
    projet = brouillon()
    type(projet.appel).objects.update(ferme_le=timezone.now() - timedelta(days=1))
    assert ecrire(projet, collegue(projet), lieu="Denain").ecrits == {"lieu"}


def test_une_saisie_dit_qui_quand_et_a_quelle_version():
    projet = brouillon()
    autre = collegue(projet)
    fait = ecrire(projet, autre, lieu="Denain")
    saisie, projet = projet.saisies.get(champ="lieu"), Projet.objects.get(pk=projet.pk)
    assert (saisie.auteur, saisie.version, saisie.saisie_le) == (autre, 2, fait.instant)
    assert (projet.version, projet.modifie_par, projet.modifie_le) == (2, autre, fait.instant)


def test_le_meme_envoi_deux_fois_n_ecrit_qu_une_fois():
    projet = brouillon()
    autre = collegue(projet)
    faits = [ecrire(projet, autre, lieu="Denain") for _ in range(2)]
    assert [(f.ecrits, f.version, f.conflits) for f in faits] == [(frozenset({"lieu"}), 2, []), (frozenset(), 2, [])]


def test_un_conflit_n_ecrit_rien_de_son_champ_et_laisse_ecrire_les_autres():
    projet = brouillon()
    une, autre = collegue(projet), collegue(projet)
    ecrire(projet, une, lieu="Douai")
    fait = ecrire(projet, autre, lieu="Denain", methode="Bilan")
    assert (fait.ecrits, fait.conflits) == (frozenset({"methode"}), [Conflit("lieu", "", "Denain", "Douai")])
    assert (enregistrees(projet)["lieu"], enregistrees(projet)["methode"]) == ("Douai", "Bilan")


def test_un_champ_demesure_est_refuse_seul():
    projet = brouillon()
    fait = ecrire(projet, collegue(projet), objectifs="é" * (LONGUEUR_D_UNE_VALEUR + 1), lieu="Denain")
    assert (fait.ecrits, list(fait.refuses), fait.a_revoir) == ({"lieu"}, ["objectifs"], {"objectifs"})
    assert "20001 caractères" in fait.refuses["objectifs"]
    assert ecrire(projet, collegue(projet), objectifs="é" * LONGUEUR_D_UNE_VALEUR).ecrits == {"objectifs"}


def test_la_ligne_du_projet_suit_l_intitule_et_l_axe_des_qu_ils_sont_justes():
    projet = brouillon()
    autre, second = collegue(projet), AxeFactory(appel=projet.appel, numero=2)
    lu = {"intitule": projet.intitule, "axe": str(projet.axe_id)}
    ecrire(projet, autre, lu, intitule=" ", axe="rien")
    projet.refresh_from_db()
    assert (projet.intitule, projet.axe.numero) == ("Garde d’enfants en horaires décalés", 1)
    for axe in (AxeFactory().pk, 10**30, second.pk):
        ecrire(projet, autre, enregistrees(projet), intitule="Éveil", axe=str(axe))
    projet.refresh_from_db()
    assert (projet.intitule, projet.intitule_tri, projet.axe) == ("Éveil", "eveil", second)


def test_une_liste_de_choix_se_garde_et_se_vide():
    projet = brouillon()
    autre = collegue(projet)
    ecrire(projet, autre, question_1=["Jeunes", "Parents"])
    assert enregistrees(projet)["question_1"] == ["Jeunes", "Parents"]
    ecrire(projet, autre, {"question_1": ["Jeunes", "Parents"]}, question_1=[])
    assert enregistrees(projet)["question_1"] == []


GESTES = st.lists(
    st.tuples(st.sampled_from([0, 1]), st.sampled_from(["lieu", "methode"]), st.sampled_from(["", "a", "b", "c"])),
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gestes=GESTES, relit=st.lists(st.booleans(), min_size=8, max_size=8))
def test_a_deux_dans_n_importe_quel_ordre_rien_ne_se_perd(db, gestes, relit):
    """Deux pages enregistrent tour à tour, chacune ce qu’elle a lu : ce qui disparaît a été vu, ou est en conflit."""
    projet = brouillon()
    personnes, lus = [collegue(projet), collegue(projet)], [{}, {}]
    for (qui, champ, valeur), relit_ensuite in zip(gestes, relit, strict=False):
        avant = enregistrees(projet)
        fait = ecrire(projet, personnes[qui], dict(lus[qui]), **{champ: valeur})
        apres = enregistrees(projet)
        efface = avant.get(champ, "") not in {"", apres.get(champ, "")}
        assert not efface or lus[qui].get(champ, "") == avant[champ], "écrasé sans avoir été lu"
        tapee_gardee = apres.get(champ, "") == valeur or champ in fait.a_revoir
        assert tapee_gardee or valeur == lus[qui].get(champ, ""), "tapé, et ni gardé ni montré"
        if champ in fait.ecrits:
            lus[qui][champ] = valeur
        if relit_ensuite:
            lus[qui] = {c: v for c, v in apres.items() if c in {"lieu", "methode"}}


@pytest.mark.django_db(transaction=True)
def test_un_projet_s_ouvre_pendant_que_l_organisme_est_verrouille_sans_s_interbloquer():
    adhesion, appel, ouverts = porteur(), appel_ouvert(), []

    def ouvrir():
        try:
            ouverts.append(brouillon(adhesion, appel).pk)
        finally:
            connection.close()

    fil = threading.Thread(target=ouvrir)
    with transaction.atomic():  # comme celui qui quitte l’organisme : il verrouille, puis ôtera l’adhésion
        verrouiller_l_organisme(adhesion.organisme_id)
        fil.start()
        fil.join(timeout=5)
        assert list(Projet.objects.values_list("pk", flat=True)) == ouverts != []
        adhesion.delete()
