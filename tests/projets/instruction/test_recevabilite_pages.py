"""Les pages de la recevabilité : contrôler, conclure, ce que lit le porteur."""

import pytest

from projets.actions.recevabilite import (
    Reponse,
    controler_la_recevabilite,
)
from projets.states import EtatProjet
from tests.architecture.acces import lire_le_fichier
from tests.comptes.fabriques import AdhesionFactory
from tests.projets.fabriques import PointFactory
from tests.projets.instruction.recevabilites import MOTIF, demande, mettre


@pytest.mark.django_db
def test_le_panneau_controle_et_conclut(connecter, projet, instructeur):
    un, deux = (PointFactory(appel=projet.appel, intitule=nom) for nom in ("Délai", "Complétude"))
    navigateur, adresse = connecter(instructeur), f"/instruction/{projet.pk}/"
    saisie = {f"reponse_{un.pk}": "oui", f"reponse_{deux.pk}": "non", f"precision_{deux.pk}": ""}
    refusee = navigateur.post(f"{adresse}recevabilite/", saisie)
    assert (refusee.status_code, refusee.context["form"].errors) == (
        200,
        {f"precision_{deux.pk}": ["Dites ce qui ne convient pas."]},
    )
    assert navigateur.post(f"{adresse}recevable/", follow=True).context["projet"].etat == "depose"
    saisie |= {f"reponse_{deux.pk}": "sans_objet"}
    assert navigateur.post(f"{adresse}recevabilite/", saisie).url == adresse
    page = navigateur.post(f"{adresse}recevable/", follow=True)
    assert (page.context["projet"].etat, page.context["repondus"]) == ("recevable", 2)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reponse", "precision", "attendu"),
    [
        ("oui", "Le RIB manque.", ("oui", "")),
        ("sans_objet", "Le RIB manque.", ("sans_objet", "")),
        ("oui", "Reçu le 3 juin.", ("oui", "Reçu le 3 juin.")),
        ("non", "Le RIB manque.", ("non", "Le RIB manque.")),
    ],
)
def test_la_precision_d_un_non_ne_reste_pas_sous_un_oui(connecter, projet, instructeur, reponse, precision, attendu):
    point = projet.appel.points_de_recevabilite.create(ordre=40, intitule="Pièces")
    controler_la_recevabilite(auteur=instructeur, projet=projet, reponses={point.pk: Reponse("non", "Le RIB manque.")})
    envoi = {f"reponse_{point.pk}": reponse, f"precision_{point.pk}": precision}
    envoi |= {f"lu_{point.pk}": "non", f"precision_lue_{point.pk}": "Le RIB manque."}
    connecter(instructeur).post(f"/instruction/{projet.pk}/recevabilite/", envoi)
    assert projet.controles.values_list("reponse", "precision").get() == attendu


def test_rouvrir_dit_ou_cela_mene(connecter, projet, instructeur):
    mettre(projet, EtatProjet.IRRECEVABLE)
    navigateur = connecter(instructeur)
    assert "le projet redevient « complété »" in navigateur.get(f"/instruction/{projet.pk}/").content.decode()
    page = navigateur.get(f"/instruction/{projet.pk}/rouvrir/").content.decode()
    assert "le projet redevient « complété » : sa recevabilité se contrôle de nouveau" in page


def test_declarer_recevable_garde_d_abord_ce_qui_vient_d_etre_coche(connecter, projet, instructeur):
    un, deux = (PointFactory(appel=projet.appel, intitule=nom) for nom in ("Délai", "Complétude"))
    navigateur, adresse = connecter(instructeur), f"/instruction/{projet.pk}/recevable/"
    page = navigateur.post(adresse, {f"reponse_{un.pk}": "oui"}, follow=True)
    assert (page.context["projet"].etat, page.context["repondus"]) == ("depose", 1)  # refusé, la réponse est gardée
    sans_motif = navigateur.post(adresse, {f"reponse_{deux.pk}": "non"})
    assert sans_motif.context["form"].errors == {f"precision_{deux.pk}": ["Dites ce qui ne convient pas."]}
    assert f'formaction="{adresse}"' in sans_motif.content.decode()
    page = navigateur.post(adresse, {f"reponse_{deux.pk}": "oui"}, follow=True)
    assert (page.context["projet"].etat, page.context["repondus"]) == ("recevable", 2)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("suite", "page"), [("demander_une_piece", "complement"), ("declarer_irrecevable", "irrecevable"), ("autre", "")]
)
def test_demander_ou_refuser_garde_d_abord_ce_qui_vient_d_etre_coche(connecter, projet, instructeur, suite, page):
    un, deux = (PointFactory(appel=projet.appel, intitule=nom) for nom in ("Délai", "Complétude"))
    navigateur, fiche = connecter(instructeur), f"/instruction/{projet.pk}/"
    saisie = {f"reponse_{un.pk}": "oui", f"reponse_{deux.pk}": "non", "suite": suite}
    sans_motif = navigateur.post(f"{fiche}recevabilite/", saisie)
    assert sans_motif.context["form"].errors == {f"precision_{deux.pk}": ["Dites ce qui ne convient pas."]}
    saisie |= {f"precision_{deux.pk}": "Comptes non signés."}
    reponse = navigateur.post(f"{fiche}recevabilite/", saisie)
    assert reponse.url == (f"{fiche}{page}/" if page else fiche)
    depuis_la_file = navigateur.post(f"{fiche}recevabilite/?file=portee%3Dmes", saisie)
    assert depuis_la_file.url == (f"{fiche}{page}/?file=portee%3Dmes" if page else fiche)
    gardes = projet.controles.order_by("point").values_list("point", "reponse", "precision")
    assert list(gardes) == [(un.pk, "oui", ""), (deux.pk, "non", "Comptes non signés.")]


@pytest.mark.django_db
def test_la_demande_de_complement_part_des_points_refuses(connecter, projet, instructeur):
    un, deux, trois = (PointFactory(appel=projet.appel, intitule=nom) for nom in ("Délai", "Complétude", "Budget"))
    reponses = {
        un.pk: Reponse("oui", "Le 3 juin."),
        deux.pk: Reponse("non", "RIB."),
        trois.pk: Reponse("non", "Déséquilibré."),
    }
    controler_la_recevabilite(auteur=instructeur, projet=projet, reponses=reponses)
    page = connecter(instructeur).get(f"/instruction/{projet.pk}/complement/")
    assert page.context["form"]["texte"].value() == "Complétude\u00a0: RIB.\nBudget\u00a0: Déséquilibré."


@pytest.mark.django_db
@pytest.mark.parametrize(("jours", "statut"), [(1, 302), (0, 302), (-1, 200)])
def test_la_page_de_l_irrecevabilite_ne_s_ouvre_pas_avant_l_echeance(connecter, projet, instructeur, jours, statut):
    demande(mettre(projet, EtatProjet.INCOMPLET), jours=jours)
    page = connecter(instructeur).get(f"/instruction/{projet.pk}/irrecevable/")
    assert (page.status_code, page.get("Location")) == (
        statut,
        f"/instruction/{projet.pk}/" if statut == 302 else None,
    )


@pytest.mark.django_db
def test_le_porteur_lit_le_motif_et_la_lettre_pas_le_voisin(
    connecter, projet, instructeur, django_capture_on_commit_callbacks
):
    porteur, voisin = AdhesionFactory(organisme=projet.organisme).personne, AdhesionFactory().personne
    with django_capture_on_commit_callbacks(execute=True):
        connecter(instructeur).post(f"/instruction/{projet.pk}/irrecevable/", {"motif": MOTIF})
    lettre = f"/projets/{projet.pk}/irrecevabilite/{projet.irrecevabilites.get().pk}/"
    page = connecter(porteur).get(f"/mes-projets/{projet.pk}/").content.decode()
    assert (MOTIF in page, lettre in page) == (True, True)
    reponses = [connecter(personne).get(lettre) for personne in (porteur, voisin, instructeur)]
    for reponse in reponses:
        lire_le_fichier(reponse)
    assert [reponse.status_code for reponse in reponses] == [200, 404, 200]
