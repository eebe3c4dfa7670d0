"""Le déport ferme le projet partout ; un pilote le lève, jamais soi-même."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from comptes.actions.avis import grouper_les_avis, prevenir
from comptes.models import Avis
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from projets.actions.affecter import affecter
from projets.actions.deport import lever_le_deport, se_deporter
from projets.actions.echanges import demander_un_complement, ecrire_un_message
from projets.models import Affectation, Deport, Projet
from projets.permissions import echange_sur, instruit
from projets.states import Qualite
from tests.architecture.acces import lignes, lire_le_fichier
from tests.architecture.monde import monde
from tests.comptes.fabriques import AdhesionFactory, PersonneFactory
from tests.projets.fabriques import ProjetFactory, instructeur_de
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db
MOTIF = "Ma sœur préside l’association"


@pytest.fixture
def val():
    return TerritoireFactory(code="VAL", nom="Valenciennois")


@pytest.fixture
def projet(val):
    return ProjetFactory(numero=1, territoires={val: 100}, intitule="Jardin")


def test_se_deporter_ferme_le_projet_et_met_fin_a_ce_qu_on_suivait(projet, val):
    pilote, moi = PersonneFactory(pilote=True), instructeur_de(val)
    affecter(auteur=moi, projet=projet, instructeur=moi)
    assert instruit(moi, projet)
    se_deporter(auteur=moi, projet=projet, motif=f" {MOTIF} ")
    deport = Deport.objects.get()
    assert (deport.projet, deport.personne, deport.motif, deport.leve_le) == (projet, moi, MOTIF, None)
    assert (instruit(moi, projet), echange_sur(moi, projet), instruit(pilote, projet)) == (False, False, True)
    assert Affectation.objects.actives().count() == 0
    assert list(Journal.objects.order_by("pk").values_list("acte", flat=True)) == ["affecter", "se_deporter"]
    assert [(a.personne, a.texte) for a in Avis.objects.all()] == [
        (pilote, f"{moi} s’est déporté de « Jardin ». Il faut le confier à quelqu’un d’autre.")
    ]


def test_sans_motif_rien_ne_s_ecrit(projet, val):
    moi = instructeur_de(val)
    with pytest.raises(ValidationError), transaction.atomic():
        se_deporter(auteur=moi, projet=projet, motif="  ")
    assert Deport.objects.count() == 0


def test_qui_ne_voit_pas_le_projet_ne_s_en_deporte_pas(projet):
    ailleurs = instructeur_de(TerritoireFactory(code="DOU", nom="Douaisis"))
    membre = AdhesionFactory(organisme=projet.organisme).personne
    for personne in (ailleurs, membre, *(PersonneFactory(role=r) for r in ("finances", "lecture", "administrateur"))):
        with pytest.raises(PermissionDenied):
            se_deporter(auteur=personne, projet=projet, motif=MOTIF)
    assert Deport.objects.count() == 0


def test_un_pilote_leve_le_deport_d_un_autre_pour_un_motif(projet, val):
    moi, pilote = instructeur_de(val), PersonneFactory(pilote=True)
    deport = se_deporter(auteur=moi, projet=projet, motif=MOTIF)
    with pytest.raises(ValidationError), transaction.atomic():
        lever_le_deport(auteur=pilote, deport=deport, motif="")
    leve = lever_le_deport(auteur=pilote, deport=deport, motif="Elle a quitté l’association")
    assert (leve.leve_par, leve.motif_de_levee, instruit(moi, projet)) == (pilote, "Elle a quitté l’association", True)
    with pytest.raises(PassageRefuse, match="déjà levé"):
        lever_le_deport(auteur=pilote, deport=deport, motif="Encore")


def test_nul_ne_leve_son_propre_deport_ni_sans_etre_pilote(projet, val):
    pilote, moi = PersonneFactory(pilote=True), instructeur_de(val)
    du_pilote = se_deporter(auteur=pilote, projet=projet, motif=MOTIF)
    for auteur in (pilote, moi, PersonneFactory(administrateur=True)):
        with pytest.raises(PermissionDenied):
            lever_le_deport(auteur=auteur, deport=du_pilote, motif="Non")
    with pytest.raises(IntegrityError, match="deport_leve_par_autrui"), transaction.atomic():
        Deport.objects.update(leve_par=pilote, leve_le=timezone.now(), motif_de_levee="Moi-même")


def test_un_deporte_ne_recoit_ni_message_ni_affectation(projet, val):
    ecarte, collegue = instructeur_de(val), instructeur_de(val)
    membre = AdhesionFactory(organisme=projet.organisme).personne
    pilote = PersonneFactory(pilote=True)
    se_deporter(auteur=ecarte, projet=projet, motif=MOTIF)
    Avis.objects.all().delete()
    ecrire_un_message(auteur=membre, projet=projet, texte="Bonjour")
    assert [a.personne for a in Avis.objects.all()] == [collegue]
    with pytest.raises(PassageRefuse, match="déporté"):
        affecter(auteur=pilote, projet=projet, instructeur=ecarte, qualite=Qualite.ASSOCIE)
    echeance = timezone.localdate() + timedelta(days=9)
    with pytest.raises(PermissionDenied):
        demander_un_complement(auteur=ecarte, projet=projet, texte="Le RIB", echeance=echeance)


@pytest.mark.parametrize("role", ["instructeur", "pilote"])
def test_chaque_adresse_du_projet_est_un_404_pour_qui_s_en_deporte(role, client):
    objets, personnes = monde()
    personne = personnes[role]
    client.force_login(personne)
    siennes = [ligne for ligne in lignes() if "{projet}" in ligne.exemple or "{piece}" in ligne.exemple]
    ouvertes = []
    for ligne in siennes:
        reponse = client.generic(ligne.methode, ligne.exemple.format(**objets))
        lire_le_fichier(reponse)
        if ligne.methode == "GET" and reponse.status_code in (200, 302):
            ouvertes.append(ligne.exemple)
    projet = Projet.objects.get(pk=objets["projet"])
    se_deporter(auteur=personne, projet=projet, motif=MOTIF)
    codes = {}
    for ligne in siennes:
        if client.generic(ligne.methode, ligne.exemple.format(**objets)).status_code not in (403, 404, 405):
            codes[ligne.cle] = "ouverte"
        if ligne.exemple in ouvertes:
            assert client.get(ligne.exemple.format(**objets)).status_code == 404, ligne.exemple
    assert codes == {}
    assert len(ouvertes) >= 5, "sans page ouverte avant, l’essai ne prouverait rien"
    assert projet.intitule not in client.get("/instruction/").content.decode()
    assert projet.intitule not in client.get("/instruction/?q=" + projet.intitule).content.decode().replace(
        f'value="{projet.intitule}"', ""
    )


def test_se_deporter_retient_ce_qui_allait_partir_du_projet_et_rien_d_autre(projet, val):
    moi, autre = instructeur_de(val), ProjetFactory(numero=2, territoires={val: 100})
    vers = [f"/projets/{projet.pk}/", f"/instruction/{projet.pk}/?onglet=echanges#notes-internes"]
    ailleurs = [f"/projets/{autre.pk}/", f"/projets/{projet.pk}0/", "/instruction/"]
    prevenir(personnes=[moi], texte="Parti.", lien=vers[0])
    assert grouper_les_avis() == 1
    for lien in (*vers, *ailleurs):
        prevenir(personnes=[moi, instructeur_de(val)], texte="…", lien=lien)
    se_deporter(auteur=moi, projet=projet, motif=MOTIF)
    assert [a.lien for a in Avis.objects.a_grouper().filter(personne=moi)] == ailleurs
    assert Avis.objects.a_grouper().exclude(personne=moi).filter(lien__in=vers).count() == 2
    assert Avis.objects.filter(personne=moi, courriel__isnull=False).count() == 1, "l’envoyé reste"
