"""Les écrans des affectations : le panneau de la fiche, la charge, la répartition lue puis faite, les absences."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from comptes.models import Avis
from config.socle.transitions import PassageRefuse
from projets.actions.absence import declarer_une_absence, terminer_l_absence
from projets.actions.repartir import proposer, repartir
from projets.chiffres.candidats import candidats
from projets.models import Absence, Affectation, Deport
from projets.states import EtatProjet
from tests.comptes.fabriques import PersonneFactory
from tests.projets.fabriques import (
    AffectationFactory,
    AxeFactory,
    ProjetFactory,
    absence_de,
    deport_de,
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


@pytest.fixture
def pilote():
    return PersonneFactory(pilote=True)


def attributions(plan) -> list[tuple[int, int, str]]:
    return [(a.projet.numero, a.instructeur.pk, a.qualite) for a in plan.attributions]


def test_la_plus_grande_part_mene_les_autres_territoires_s_associent(pilote, val, dou):
    de_val, de_dou = instructeur_de(val), instructeur_de(dou)
    ProjetFactory(numero=1, territoires={val: 40, dou: 60})
    ProjetFactory(numero=2, territoires={val: 100})
    for numero, etat in enumerate((EtatProjet.RETENU, EtatProjet.PRESENTE, EtatProjet.LISTE_ATTENTE), 3):
        ProjetFactory(numero=numero, territoires={val: 100}, etat=etat)  # plus rien à y instruire
    plan = proposer(auteur=pilote)
    assert attributions(plan) == [
        (1, de_dou.pk, "chef_de_file"),
        (2, de_val.pk, "chef_de_file"),
        (1, de_val.pk, "associe"),
    ]
    assert [(ligne.personne, ligne.avant, ligne.apres) for ligne in plan.lignes] == [(de_val, 0, 2), (de_dou, 0, 1)]
    assert Affectation.objects.count() == 0


def test_ni_absent_ni_deporte_et_au_moins_charge(pilote, val):
    absent, ecarte, charge, libre = (instructeur_de(val) for _ in range(4))
    absence_de(absent)
    AffectationFactory(projet=ProjetFactory(territoires={val: 100}, numero=90), instructeur=charge)
    projet = ProjetFactory(numero=1, territoires={val: 100})
    deport_de(ecarte, projet)
    assert attributions(proposer(auteur=pilote)) == [
        (1, min(libre, ecarte, key=lambda p: p is ecarte).pk, "chef_de_file")
    ]


def test_qui_couvre_les_deux_territoires_n_a_pas_d_associe_et_un_territoire_sans_personne_passe_la_main(
    pilote, val, dou
):
    des_deux = instructeur_de(val, dou)
    vide = TerritoireFactory(code="VID", nom="Vide")
    ProjetFactory(numero=1, territoires={val: 60, dou: 40})
    ProjetFactory(numero=2, territoires={vide: 60, dou: 40})
    orphelin = ProjetFactory(numero=3, territoires={vide: 100})
    plan = proposer(auteur=pilote)
    assert attributions(plan) == [(1, des_deux.pk, "chef_de_file"), (2, des_deux.pk, "chef_de_file")]
    assert plan.sans_personne == [orphelin]


def test_limiter_a_un_axe_ou_a_un_territoire(pilote, val, dou):
    instructeur_de(val, dou)
    axe = AxeFactory(numero=1)
    ProjetFactory(numero=1, axe=axe, territoires={val: 60, dou: 40})
    ProjetFactory(numero=2, territoires={dou: 100})
    assert [n for n, _, _ in attributions(proposer(auteur=pilote, axe=axe))] == [1]
    assert [n for n, _, _ in attributions(proposer(auteur=pilote, territoire=dou))] == [2]


def test_on_fait_ce_qu_on_a_lu_et_rien_si_cela_a_change(pilote, val):
    camille = instructeur_de(val)
    projet = ProjetFactory(numero=1, territoires={val: 100})
    lue = proposer(auteur=pilote).empreinte
    ProjetFactory(numero=2, territoires={val: 100})
    with pytest.raises(PassageRefuse, match="a changé"), transaction.atomic():
        repartir(auteur=pilote, empreinte=lue)
    assert Affectation.objects.count() == 0
    repartir(auteur=pilote, empreinte=proposer(auteur=pilote).empreinte)
    assert Affectation.objects.actives().filter(instructeur=camille, territoire=val).count() == 2
    assert [a.texte for a in Avis.objects.filter(personne=camille)] == [f"2 projets vous sont confiés par {pilote}."]
    assert proposer(auteur=pilote).attributions == []
    assert projet.affectations.get().affecte_par == pilote


def test_seul_le_pilote_repartit(val):
    for personne in (
        instructeur_de(val),
        *(PersonneFactory(role=r) for r in ("porteur", "lecture", "administrateur")),
    ):
        for acte in (lambda p=personne: proposer(auteur=p), lambda p=personne: repartir(auteur=p, empreinte="")):
            with pytest.raises(PermissionDenied):
                acte()


def test_la_page_montre_le_plan_puis_le_fait(connecter, requetes, val):
    camille = instructeur_de(val)
    ProjetFactory(numero=1, territoires={val: 100})
    navigateur = connecter("pilote")
    page = navigateur.get("/instruction/affectations/repartir/")
    empreinte = page.context["plan"].empreinte
    assert "0 → 1" in page.content.decode()
    refus = navigateur.post("/instruction/affectations/repartir/", {"empreinte": "vieille"})
    assert (refus.status_code, Affectation.objects.count()) == (200, 0)
    reponse = navigateur.post("/instruction/affectations/repartir/", {"empreinte": empreinte})
    assert (reponse.url, Affectation.objects.get().instructeur) == ("/instruction/affectations/", camille)


def test_les_pages_du_pilote_font_le_meme_nombre_de_requetes(connecter, requetes, val, dou):
    navigateur = connecter("pilote")
    comptes = {adresse: [] for adresse in ("/instruction/affectations/", "/instruction/affectations/repartir/")}
    for _ in range(3):
        AffectationFactory(projet=ProjetFactory(territoires={val: 100}), instructeur=instructeur_de(val, dou))
        deport_de(instructeur_de(dou), ProjetFactory(territoires={val: 50, dou: 50}))
        absence_de(instructeur_de(val), remplacant=instructeur_de(dou))
        for adresse, lus in comptes.items():
            with requetes() as prises:
                navigateur.get(adresse)
            lus.append(prises.nombre)
    assert all(len(set(lus)) == 1 and lus[0] <= 15 for lus in comptes.values()), comptes


def test_le_panneau_de_la_fiche_prend_confie_rend_et_deporte(connecter, val):
    moi, collegue = instructeur_de(val), instructeur_de(val)
    projet = ProjetFactory(numero=1, territoires={val: 100})
    fiche = f"/instruction/{projet.pk}/"
    navigateur = connecter(moi)
    assert "Prendre ce projet" in navigateur.get(fiche).content.decode()
    navigateur.post(f"{fiche}prendre/")
    page = navigateur.get(fiche).content.decode()
    assert ("Prendre ce projet" in page, "Confier…" in page) == (False, True)
    navigateur.post(f"{fiche}confier/", {"instructeur": collegue.pk, "qualite": "associe"})
    assert [(a.instructeur, a.qualite) for a in Affectation.objects.actives()] == [
        (moi, "chef_de_file"),
        (collegue, "associe"),
    ]
    mienne = Affectation.objects.actives().get(instructeur=moi)
    sans_motif = navigateur.post(f"/affectations/{mienne.pk}/retirer/", {"motif": ""})
    assert sans_motif.status_code == 200
    navigateur.post(f"/affectations/{mienne.pk}/retirer/", {"motif": "Trop de projets"})
    reponse = navigateur.post(f"{fiche}deport/", {"motif": "Un proche y travaille"})
    assert (reponse.url, navigateur.get(fiche).status_code) == ("/instruction/", 404)
    deport = Deport.objects.get()
    pilote = connecter("pilote")
    assert f"/deports/{deport.pk}/lever/" in pilote.get(fiche).content.decode()
    pilote.post(f"/deports/{deport.pk}/lever/", {"motif": "Parti de l’association"})
    assert navigateur.get(fiche).status_code == 200


def test_confier_a_un_nouveau_chef_remplace_l_ancien(connecter, val):
    un, deux = instructeur_de(val), instructeur_de(val)
    projet = ProjetFactory(territoires={val: 100})
    AffectationFactory(projet=projet, instructeur=un)
    reponse = connecter("pilote").post(
        f"/instruction/{projet.pk}/confier/", {"instructeur": deux.pk, "qualite": "chef_de_file"}
    )
    assert reponse.status_code == 302
    assert [a.instructeur for a in Affectation.objects.actives()] == [deux]


def test_chacun_declare_la_sienne_le_pilote_pour_tous(connecter, val):
    moi, collegue = instructeur_de(val), instructeur_de(val)
    du = timezone.localdate() + timedelta(days=3)
    jours = {"du": du.isoformat(), "au": (du + timedelta(days=4)).isoformat()}
    navigateur = connecter(moi)
    navigateur.post("/instruction/absences/", {**jours, "remplacant": collegue.pk})
    absence = Absence.objects.get()
    assert (absence.personne, absence.remplacant, absence.du) == (moi, collegue, du)
    assert Avis.objects.get().personne == collegue
    page = connecter("pilote").post("/instruction/absences/", jours)
    assert "personne" in page.context["form"].errors
    navigateur.post(f"/instruction/absences/{absence.pk}/terminer/")
    assert Absence.objects.count() == 0  # pas encore commencée : annulée


def test_les_absences_refusees(val):
    moi, collegue, pilote = instructeur_de(val), instructeur_de(val), PersonneFactory(pilote=True)
    jour = timezone.localdate()
    with pytest.raises(PermissionDenied):
        declarer_une_absence(auteur=collegue, personne=moi, du=jour, au=jour)
    with pytest.raises(PassageRefuse, match="n’instruit pas"):
        declarer_une_absence(auteur=pilote, personne=moi, du=jour, au=jour, remplacant=pilote)
    with pytest.raises(ValidationError), transaction.atomic():
        declarer_une_absence(auteur=moi, personne=moi, du=jour, au=jour - timedelta(days=1))
    with pytest.raises(ValidationError), transaction.atomic():
        declarer_une_absence(auteur=moi, personne=moi, du=jour, au=jour, remplacant=moi)
    absence = absence_de(moi)
    with pytest.raises(PermissionDenied):
        terminer_l_absence(auteur=collegue, absence=absence)
    terminer_l_absence(auteur=pilote, absence=absence)
    absence.refresh_from_db()
    assert absence.au == jour - timedelta(days=1)
    with pytest.raises(PassageRefuse, match="déjà passée"):
        terminer_l_absence(auteur=pilote, absence=absence)


def proposes(page) -> list[str]:
    return [libelle.replace("\u00a0", " ") for _, libelle in page.context["form"].fields["instructeur"].choices][1:]


def nomme(territoire, nom: str):
    personne = PersonneFactory(instructeur=True, prenom="", nom=nom)
    personne.territoires.add(territoire)
    return personne


def test_confier_ne_propose_que_qui_peut_prendre_le_projet_et_dit_les_absents(connecter, pilote, val, dou):
    projet = ProjetFactory(territoires={val: 100})
    chef, ecarte, absent = nomme(val, "Alix"), nomme(val, "Bora"), nomme(val, "Cléo")
    nomme(dou, "Dana")
    remplacant = nomme(dou, "Elie")
    AffectationFactory(projet=projet, instructeur=chef)
    deport_de(ecarte, projet)
    au = absence_de(absent).au
    absence_de(chef, remplacant=remplacant)
    adresse, fin = f"/instruction/{projet.pk}/confier/", f"absent jusqu’au {au:%d/%m/%Y}"
    a_tous = [
        "Elie (Douaisis)",
        f"Alix (Valenciennois) : {fin}",
        f"Cléo (Valenciennois) : {fin}",
        "Dana (Douaisis) : d’un autre territoire",
    ]
    assert proposes(connecter(pilote).get(adresse)) == a_tous
    assert (
        proposes(connecter(chef).get(adresse)) == a_tous[:3]
    )  # Dana ne voit pas le projet, Elie le temps de l’absence


def test_un_lot_dit_qui_est_deporte_ou_d_ailleurs_et_de_combien(connecter, pilote, val, dou, requetes):
    projets = [ProjetFactory(territoires={val: 100}), ProjetFactory(territoires={dou: 100})]
    tout = nomme(val, "Alix")
    tout.territoires.add(dou)
    ecarte, ferme = nomme(val, "Bora"), nomme(val, "Cléo")
    deport_de(ecarte, projets[0])
    for projet in projets:
        deport_de(ferme, projet)
    page = connecter(pilote).post("/instruction/lots/", {"acte": "affecter", "projets": [p.pk for p in projets]})
    assert proposes(page) == [
        "Alix (Douaisis, Valenciennois)",
        "Bora (Valenciennois) : déporté de 1 sur 2, 1 sur 2 hors de ses territoires",
    ]
    with requetes() as prises:
        candidats([projet.pk for projet in projets], pilote)
    assert prises.nombre == 6, prises
