"""Confier, changer de chef de file, rendre, passer : qui le peut, dans quel état, et ce qui s’écrit."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from comptes.models import Avis
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from projets.actions.affecter import affecter, changer_de_chef_de_file, passer, retirer_l_affectation
from projets.models import Affectation, Deport
from projets.states import NON_DECIDES, EtatProjet, Qualite
from tests.comptes.fabriques import PersonneFactory
from tests.projets.fabriques import AffectationFactory, ProjetFactory, instructeur_de
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db
DECIDES = [EtatProjet.IRRECEVABLE, EtatProjet.RETENU, EtatProjet.NON_RETENU]


@pytest.fixture
def val():
    return TerritoireFactory(code="VAL", nom="Valenciennois")


@pytest.fixture
def projet(val):
    return ProjetFactory(numero=1, territoires={val: 100}, intitule="Jardin")


@pytest.fixture
def pilote():
    return PersonneFactory(pilote=True)


def suivi(projet) -> list[tuple[int, str]]:
    lignes = Affectation.objects.actives().filter(projet=projet).order_by("pk")
    return [(a.instructeur_id, a.qualite) for a in lignes]


def actes(projet) -> list[str]:
    return list(Journal.objects.filter(objet_id=str(projet.pk)).order_by("pk").values_list("acte", flat=True))


def test_le_pilote_confie_le_journal_le_dit_et_la_personne_est_prevenue(projet, pilote, val):
    camille = instructeur_de(val)
    affecter(auteur=pilote, projet=projet, instructeur=camille)
    assert suivi(projet) == [(camille.pk, "chef_de_file")]
    assert actes(projet) == ["affecter"]
    avis = Avis.objects.get()
    assert (avis.personne, avis.texte, avis.lien) == (
        camille,
        f"{pilote} vous confie « Jardin » (chef de file).",
        f"/projets/{projet.pk}/",
    )


def test_confier_deux_fois_n_ecrit_qu_une_fois(projet, pilote, val):
    camille = instructeur_de(val)
    une = affecter(auteur=pilote, projet=projet, instructeur=camille)
    assert affecter(auteur=pilote, projet=projet, instructeur=camille) == une
    assert (len(suivi(projet)), actes(projet)) == (1, ["affecter"])


def test_un_instructeur_prend_pour_lui_et_associe_un_collegue_du_territoire(projet, val):
    moi, collegue = instructeur_de(val), instructeur_de(val)
    affecter(auteur=moi, projet=projet, instructeur=moi)
    affecter(auteur=moi, projet=projet, instructeur=collegue, qualite=Qualite.ASSOCIE)
    assert suivi(projet) == [(moi.pk, "chef_de_file"), (collegue.pk, "associe")]
    assert Avis.objects.count() == 1


def test_un_second_chef_de_file_est_refuse_par_l_acte_et_par_la_base(projet, pilote, val):
    un, deux = instructeur_de(val), instructeur_de(val)
    affecter(auteur=pilote, projet=projet, instructeur=un)
    with pytest.raises(PassageRefuse, match="déjà un chef de file"):
        affecter(auteur=pilote, projet=projet, instructeur=deux)
    with pytest.raises(IntegrityError, match="affectation_un_chef_de_file"), transaction.atomic():
        AffectationFactory(projet=projet, instructeur=deux)


@pytest.mark.parametrize("etat", DECIDES)
def test_un_projet_decide_ne_se_confie_plus(val, pilote, etat):
    decide = ProjetFactory(territoires={val: 100}, etat=etat)
    with pytest.raises(PassageRefuse, match="ne se confie plus"):
        affecter(auteur=pilote, projet=decide, instructeur=instructeur_de(val))


@pytest.mark.parametrize("etat", sorted(NON_DECIDES))
def test_un_projet_pas_encore_decide_se_confie(val, pilote, etat):
    ouvert = ProjetFactory(territoires={val: 100}, etat=etat)
    affecter(auteur=pilote, projet=ouvert, instructeur=instructeur_de(val))
    assert len(suivi(ouvert)) == 1


def test_qui_n_instruit_pas_ou_plus_ne_recoit_rien(projet, pilote, val):
    for personne in (PersonneFactory(), PersonneFactory(pilote=True), instructeur_de(val, is_active=False)):
        with pytest.raises(PassageRefuse, match="n’instruit pas"):
            affecter(auteur=pilote, projet=projet, instructeur=personne)


def test_qui_ne_peut_pas_confier(projet, val):
    dou = TerritoireFactory(code="DOU", nom="Douaisis")
    moi, ailleurs = instructeur_de(val), instructeur_de(dou)
    cas = {
        "un collègue sans être chef de file": (moi, instructeur_de(val)),
        "d’un autre territoire": (ailleurs, ailleurs),
        "porteur": (PersonneFactory(), moi),
        "finances": (PersonneFactory(finances=True), moi),
        "lecture": (PersonneFactory(lecture=True), moi),
        "administrateur": (PersonneFactory(administrateur=True), moi),
    }
    refuses = []
    for qui, (auteur, pour) in cas.items():
        try:
            affecter(auteur=auteur, projet=projet, instructeur=pour)
        except PermissionDenied:
            refuses.append(qui)
    assert (refuses, suivi(projet)) == (list(cas), [])
    affecter(auteur=moi, projet=projet, instructeur=moi)
    with pytest.raises(PermissionDenied):  # chef de file, mais le collègue n’est pas du territoire
        affecter(auteur=moi, projet=projet, instructeur=ailleurs, qualite=Qualite.ASSOCIE)


def test_confier_hors_de_son_territoire_ouvre_le_projet_et_lui_seul(connecter, projet, pilote, val):
    dou = TerritoireFactory(code="DOU", nom="Douaisis")
    autre = ProjetFactory(numero=2, territoires={val: 100})
    ailleurs = instructeur_de(dou)
    affecter(auteur=pilote, projet=projet, instructeur=ailleurs)
    navigateur = connecter(ailleurs)
    assert [navigateur.get(f"/instruction/{p.pk}/").status_code for p in (projet, autre)] == [200, 404]


def test_changer_de_chef_de_file(projet, pilote, val):
    un, deux = instructeur_de(val), instructeur_de(val)
    affecter(auteur=pilote, projet=projet, instructeur=un)
    affecter(auteur=pilote, projet=projet, instructeur=deux, qualite=Qualite.ASSOCIE)
    changer_de_chef_de_file(auteur=pilote, projet=projet, instructeur=deux, motif="Congé de un")
    assert suivi(projet) == [(deux.pk, "chef_de_file")]
    finies = Affectation.objects.filter(fin__isnull=False).order_by("pk")
    assert [(a.instructeur, a.motif_de_fin) for a in finies] == [(un, "Congé de un"), (deux, "Congé de un")]
    ligne = Journal.objects.filter(objet_id=str(projet.pk)).latest("pk")
    assert (ligne.acte, ligne.avant, ligne.apres) == (
        "affecter",
        {"instructeur": str(un), "qualite": "chef_de_file"},
        {"instructeur": str(deux), "qualite": "chef_de_file", "motif": "Congé de un"},
    )
    assert Avis.objects.get(personne=un, texte__contains="que vous suiviez").texte == (
        f"{pilote} confie « Jardin », que vous suiviez, à {deux}\u00a0: Congé de un."
    )


def test_qui_laisse_lui_meme_sa_place_n_en_est_pas_prevenu(projet, val):
    moi, collegue = instructeur_de(val), instructeur_de(val)
    affecter(auteur=moi, projet=projet, instructeur=moi)
    changer_de_chef_de_file(auteur=moi, projet=projet, instructeur=collegue, motif="")
    assert [avis.personne for avis in Avis.objects.all()] == [collegue]


def test_donner_un_chef_de_file_a_un_projet_qui_n_en_a_pas(projet, pilote, val):
    un = instructeur_de(val)
    changer_de_chef_de_file(auteur=pilote, projet=projet, instructeur=un, motif="")
    assert (suivi(projet), Journal.objects.get().avant) == ([(un.pk, "chef_de_file")], None)


def test_un_associe_ne_chasse_pas_le_chef_de_file(projet, pilote, val):
    un, deux = instructeur_de(val), instructeur_de(val)
    affecter(auteur=pilote, projet=projet, instructeur=un)
    with pytest.raises(PermissionDenied):
        changer_de_chef_de_file(auteur=deux, projet=projet, instructeur=deux, motif="")
    assert suivi(projet) == [(un.pk, "chef_de_file")]


def test_rendre_un_projet_demande_un_motif_et_d_en_etre_charge(projet, pilote, val):
    moi, autre = instructeur_de(val), instructeur_de(val)
    affectation = affecter(auteur=pilote, projet=projet, instructeur=moi)
    with pytest.raises(PermissionDenied):
        retirer_l_affectation(auteur=autre, affectation=affectation, motif="Non")
    with pytest.raises(PassageRefuse, match="pourquoi"):
        retirer_l_affectation(auteur=moi, affectation=affectation, motif=" ")
    retirer_l_affectation(auteur=moi, affectation=affectation, motif="Trop de projets")
    retirer_l_affectation(auteur=moi, affectation=affectation, motif="Second clic")
    affectation.refresh_from_db()
    assert (affectation.motif_de_fin, suivi(projet), actes(projet)) == (
        "Trop de projets",
        [],
        ["affecter", "retirer_l_affectation"],
    )


def test_passer_garde_le_titre_et_le_territoire(projet, pilote, val):
    moi, collegue = instructeur_de(val), instructeur_de(val)
    affecter(auteur=pilote, projet=projet, instructeur=moi, territoire=val)
    passer(auteur=moi, projet=projet, de=moi, a=collegue)
    prise = Affectation.objects.actives().get()
    assert (prise.instructeur, prise.qualite, prise.territoire) == (collegue, "chef_de_file", val)
    ligne = Journal.objects.filter(objet_id=str(projet.pk)).latest("pk")
    assert (ligne.avant, ligne.apres["motif"]) == (
        {"instructeur": str(moi), "qualite": "chef_de_file"},
        f"passé à {collegue}",
    )
    with pytest.raises(PassageRefuse, match="ne suit pas"):
        passer(auteur=moi, projet=projet, de=moi, a=collegue)


def test_passer_a_qui_suit_deja_ne_le_double_pas(projet, pilote, val):
    chef, associe = instructeur_de(val), instructeur_de(val)
    affecter(auteur=pilote, projet=projet, instructeur=chef)
    affecter(auteur=pilote, projet=projet, instructeur=associe, qualite=Qualite.ASSOCIE)
    passer(auteur=pilote, projet=projet, de=associe, a=chef)
    assert suivi(projet) == [(chef.pk, "chef_de_file")]
    assert actes(projet) == ["affecter", "affecter", "retirer_l_affectation"]


def test_on_ne_passe_pas_les_projets_d_un_autre_ni_hors_du_territoire(projet, pilote, val):
    moi, voisin = instructeur_de(val), instructeur_de(val)
    ailleurs = instructeur_de(TerritoireFactory(code="DOU", nom="Douaisis"))
    affecter(auteur=pilote, projet=projet, instructeur=moi)
    for auteur, a in ((voisin, voisin), (moi, ailleurs)):
        with pytest.raises(PermissionDenied):
            passer(auteur=auteur, projet=projet, de=moi, a=a)
    passer(auteur=pilote, projet=projet, de=moi, a=ailleurs)
    assert suivi(projet) == [(ailleurs.pk, "chef_de_file")]


def test_la_base_refuse_d_affecter_qui_s_est_deporte(projet, val):
    moi = instructeur_de(val)
    Deport.objects.create(projet=projet, personne=moi, motif="Ma sœur y travaille")
    with pytest.raises(IntegrityError, match="déportée"), transaction.atomic():
        AffectationFactory(projet=projet, instructeur=moi)


def test_la_base_refuse_une_fin_sans_motif(projet):
    affectation = AffectationFactory(projet=projet)
    with pytest.raises(IntegrityError, match="affectation_finie_avec_un_motif"), transaction.atomic():
        Affectation.objects.filter(pk=affectation.pk).update(motif_de_fin="sans fin")
