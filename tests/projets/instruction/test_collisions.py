"""Deux actes contraires sur le même projet : un seul passe ; l’autre apprend lequel, de qui, et garde son texte."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from comptes.states import Role
from config.socle.journal import journaliser
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from projets.actions.classer import classer_sans_suite
from projets.actions.collisions import DejaChange, dernier_passage, derniers_passages
from projets.actions.echanges import demander_un_complement
from projets.actions.recevabilite import declarer_irrecevable, declarer_recevable
from projets.models import DemandeDeComplement, LigneDeLot, Projet
from projets.states import EtatProjet
from tests.comptes.fabriques import PersonneFactory
from tests.projets.fabriques import ProjetFactory
from tests.projets.instruction.jury import appel_en_instruction, avis_rendu, projet_instruit


def demain():
    return timezone.localdate() + timedelta(days=1)


def demander(projet, auteur, vu=None):
    return demander_un_complement(auteur=auteur, projet=projet, texte="Le RIB", echeance=demain(), vu=vu)


def classer(projet, auteur, vu=None):
    return classer_sans_suite(auteur=auteur, projet=projet, motif="Sans objet", vu=vu)


@pytest.fixture
def pilotes(db):
    return [PersonneFactory(pilote=True, prenom="Marie", nom=nom) for nom in ("Dupont", "Martin")]


@pytest.fixture
def projet(db):
    return ProjetFactory()


@pytest.mark.django_db
def test_qui_arrive_apres_apprend_ce_qui_a_ete_fait_et_par_qui(projet, pilotes):
    premier, second = pilotes
    vu = dernier_passage(projet)
    demander(projet, premier, vu)
    quand = timezone.localtime(Journal.objects.get().quand)
    with pytest.raises(DejaChange) as refus:
        classer(projet, second, vu)
    assert str(refus.value) == (
        f"Rien n’est fait\u00a0: depuis que vous avez ouvert cette page, complément demandé par Marie Dupont le "
        f"{quand:%d/%m/%Y à %H\u00a0h\u00a0%M}. Le projet est «\u00a0incomplet\u00a0». Relisez-le avant "
        "de recommencer."
    )
    assert (Projet.objects.get().etat, Journal.objects.count()) == (EtatProjet.INCOMPLET, 1)


@pytest.mark.django_db
def test_apres_relecture_l_acte_passe(projet, pilotes):
    premier, second = pilotes
    demander(projet, premier)
    assert classer(projet, second, dernier_passage(projet)).etat == EtatProjet.CLASSE


@pytest.mark.django_db
def test_un_second_clic_n_est_pas_une_collision(projet, pilotes):
    vu = dernier_passage(projet)
    assert demander(projet, pilotes[0], vu) == demander(projet, pilotes[0], vu)
    assert DemandeDeComplement.objects.count() == 1


@pytest.mark.django_db
def test_la_page_garde_le_texte_de_qui_arrive_apres_et_se_renvoie_apres_relecture(projet, pilotes, connecter):
    client, adresse = connecter(pilotes[1]), reverse("projets:classer", args=[projet.pk])
    vu = client.get(adresse).context["form"]["vu"].value()
    demander(projet, pilotes[0])
    page = client.post(adresse, {"motif": "Un motif longuement pesé", "vu": vu})
    assert "complément demandé par Marie Dupont" in page.content.decode()
    assert "Un motif longuement pesé" in page.content.decode()
    assert Projet.objects.get().etat == EtatProjet.INCOMPLET
    renvoi = {nom: page.context["form"][nom].value() for nom in ("motif", "vu")}
    assert client.post(adresse, renvoi).status_code == 302
    assert Projet.objects.get().etat == EtatProjet.CLASSE


def complement_rendu(projet, agent):
    """Un collègue demande un complément, le porteur le rend : une seconde copie, que la page ouverte ne montre pas."""
    demander(projet, agent)
    DemandeDeComplement.objects.update(repondue_le=timezone.now())
    Projet.objects.filter(pk=projet.pk).update(etat=EtatProjet.COMPLETE)
    journaliser(auteur=PersonneFactory(prenom="Zoé", nom="Porteuse"), acte="completer", objet=projet)


@pytest.mark.django_db
def test_on_ne_declare_pas_recevable_une_copie_que_l_on_n_a_pas_lue(projet, pilotes, connecter):
    client, fiche = connecter(pilotes[1]), reverse("projets:fiche_instruction", args=[projet.pk])
    envoi = {"vu": client.get(fiche).context["vu"]}
    complement_rendu(projet, pilotes[0])
    adresse = reverse("projets:recevable", args=[projet.pk])
    page = client.post(adresse, envoi, follow=True)
    assert "complément rendu par Zoé Porteuse" in page.content.decode()
    assert Projet.objects.get().etat == EtatProjet.COMPLETE
    client.post(adresse, {"vu": page.context["vu"]})
    assert Projet.objects.get().etat == EtatProjet.RECEVABLE


@pytest.mark.django_db
def test_un_lot_ne_declare_pas_recevable_une_copie_que_l_on_n_a_pas_lue(projet, pilotes, connecter):
    client, autre = connecter(pilotes[1]), ProjetFactory()
    envoi = {"acte": "declarer_recevable", "projets": [projet.pk, autre.pk]}
    page = client.post(reverse("projets:preparer_un_lot"), envoi)
    lus = {f"vu_{ligne.pk}": vu for ligne, vu, _ in page.context["lignes"]}
    assert all(f'name="{nom}" value="{vu}"' in page.content.decode() for nom, vu in lus.items())
    complement_rendu(projet, pilotes[0])
    client.post(reverse("projets:preparer_un_lot"), {**envoi, **lus, "confirme": "1"})
    lignes = {ligne.projet_id: ligne for ligne in LigneDeLot.objects.all()}
    assert (lignes[projet.pk].est_fait, lignes[autre.pk].est_fait) == (False, True)
    assert "complément rendu par Zoé Porteuse" in lignes[projet.pk].message


@pytest.mark.django_db
def test_une_saisie_fautive_du_lot_garde_ce_qui_a_ete_lu(projet, pilotes, connecter):
    client = connecter(pilotes[1])
    demander(projet, pilotes[0])
    envoi = {"acte": "demander_un_complement", "projets": [projet.pk], f"vu_{projet.pk}": "0", "confirme": "1"}
    assert client.post(reverse("projets:preparer_un_lot"), envoi).context["lignes"] == [(projet, 0, "")]


@pytest.mark.django_db
def test_on_ne_presente_pas_un_avis_que_l_on_n_a_pas_lu(pilotes, connecter):
    appel = appel_en_instruction(slug="nord")
    un, deux, trois = (projet_instruit(appel, numero=n) for n in (1, 2, 3))
    client, adresse = connecter(pilotes[1]), reverse("projets:presenter_l_appel", args=["nord"])
    page = client.get(adresse)
    lus = {f"vu_{ligne.projet.pk}": ligne.vu for ligne in page.context["prets"]}
    assert all(f'name="{nom}" value="{vu}"' in page.content.decode() for nom, vu in lus.items())
    fiche = client.get(reverse("projets:fiche_instruction", args=[trois.pk]))
    vu = fiche.context["avis"].vu
    assert (vu > 0, f'name="vu" value="{vu}"' in fiche.content.decode()) == (True, True)
    for projet in (un, trois):
        avis_rendu(projet, pilotes[0], sens="defavorable")
    client.post(adresse, {"projets": [un.pk, deux.pk], "confirme": "oui", **lus})
    client.post(reverse("projets:presenter", args=[trois.pk]), {"vu": vu})
    assert dict(Projet.objects.values_list("numero", "etat")) == {1: "instruit", 2: "presente", 3: "instruit"}


@pytest.mark.django_db
def test_les_derniers_passages_se_lisent_en_une_requete(pilotes, requetes):
    projets = [ProjetFactory() for _ in range(3)]
    demander(projets[1], pilotes[0])
    with requetes() as prises:
        lus = derniers_passages(projet.pk for projet in projets)
    assert (lus, prises.nombre) == ({projet.pk: dernier_passage(projet) for projet in projets}, 1)


def au_meme_instant(*actes):
    """Chaque acte dans son fil, tous lâchés ensemble ; rend ce que chacun a rendu ou levé."""
    depart, sorts = threading.Barrier(len(actes)), [None] * len(actes)

    def courir(rang, acte):
        try:
            depart.wait(timeout=10)
            sorts[rang] = acte()
        except PassageRefuse as refus:
            sorts[rang] = refus
        finally:
            connection.close()

    fils = [threading.Thread(target=courir, args=un) for un in enumerate(actes)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=30)
    return sorts


def recevable(projet, auteur, vu=None):
    return declarer_recevable(auteur=auteur, projet=projet, vu=vu)


def irrecevable(projet, auteur, vu=None):
    return declarer_irrecevable(auteur=auteur, projet=projet, motif="Hors sujet", vu=vu)


PAIRES = {
    "complément et classement": (demander, classer),
    "recevable et irrecevable": (recevable, irrecevable),
    "complément et recevable": (demander, recevable),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("paire", PAIRES)
def test_de_deux_actes_contraires_au_meme_instant_un_seul_passe(paire):
    projet = ProjetFactory()
    personnes = [PersonneFactory(role=Role.PILOTE, nom=nom) for nom in ("Dupont", "Martin")]
    vu = dernier_passage(projet)
    sorts = au_meme_instant(
        *(
            lambda acte=acte, personne=personne: acte(projet, personne, vu)
            for acte, personne in zip(PAIRES[paire], personnes, strict=True)
        )
    )
    refus = [sort for sort in sorts if isinstance(sort, PassageRefuse)]
    assert len(refus) == 1
    gagnant = personnes[0] if sorts[1] is refus[0] else personnes[1]
    assert str(gagnant) in str(refus[0])
    assert [ligne.auteur for ligne in Journal.objects.filter(objet_id=projet.pk)] == [gagnant]
