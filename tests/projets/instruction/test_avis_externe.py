"""L’avis d’une personne sans compte : un lien signé, ce qui est partagé et rien d’autre, une réponse, une relance."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from comptes.models import Avis, Courriel
from comptes.states import Role
from config.socle.jetons import masquer
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from projets.actions.avis_externe import (
    demander_un_avis_externe,
    relancer_les_avis_externes,
    relancer_un_avis_externe,
    repondre_a_un_avis_externe,
    retirer_un_avis_externe,
)
from projets.forms.avis import AvisExterneForm
from projets.models import AvisExterne, Projet
from projets.states import NOTABLES, EtatProjet, SensDeLAvis
from projets.views.instruction.avis_externe import ESSAIS_PAR_HEURE
from tests.comptes.fabriques import AdhesionFactory, DocumentFactory, PersonneFactory
from tests.projets.fabriques import deport_de, recepisse_de
from tests.projets.instruction.jury import ailleurs, avis_rendu, instructeur_de, projet_a_noter, rendre
from tests.projets.pieces import depot_avec, piece_jointe

pytestmark = pytest.mark.django_db


@pytest.fixture
def projet() -> Projet:
    return projet_a_noter(intitule="Garde d’enfants")


def dans(jours: int):
    return timezone.localdate() + timedelta(days=jours)


def demander(projet: Projet, auteur=None, documents=(), **champs) -> AvisExterne:
    auteur = auteur or instructeur_de(projet)
    voulus = {"nom": "Zoé Martin", "email": "zoe@exemple.fr", "question": "Est-ce réaliste ?", "echeance": dans(10)}
    avis = AvisExterne(**{"projet": projet, **voulus, **champs})
    return demander_un_avis_externe(auteur=auteur, avis=avis, documents=list(documents))


def jours_plus_tard(avis: AvisExterne, jours: int) -> AvisExterne:
    """Comme si la demande avait été faite et devait être rendue `jours` plus tôt."""
    recule = timedelta(days=jours)
    AvisExterne.objects.filter(pk=avis.pk).update(demande_le=avis.demande_le - recule, echeance=avis.echeance - recule)
    return AvisExterne.objects.get(pk=avis.pk)


def adresse(avis: AvisExterne) -> str:
    return f"/avis/{avis.jeton}/"


def test_demander_envoie_un_lien_que_rien_d_autre_ne_garde(projet):
    auteur = instructeur_de(projet)
    avis = demander(projet, auteur, email=" Zoe@Exemple.fr ")
    (courriel,) = Courriel.objects.all()
    assert (courriel.destinataire, courriel.est_sensible, avis.jeton.split(":")[0] in courriel.texte) == (
        "zoe@exemple.fr",
        True,
        True,
    )
    ligne = Journal.objects.get()
    assert (ligne.acte, ligne.auteur, ligne.objet_id) == ("demander_un_avis_externe", auteur, str(projet.pk))
    assert ligne.apres == {
        "avis": avis.pk,
        "nom": "Zoé Martin",
        "email": "zoe@exemple.fr",
        "question": "Est-ce réaliste ?",
        "echeance": dans(10).isoformat(),
        "partage": ["intitule"],
    }


def test_le_jeton_ne_va_pas_aux_journaux():
    lignes = ["GET /avis/MQ:1abc-DEF:xyz/ HTTP/1.1", "Gone: /avis/MQ:1abc/documents/3/", "/invitation/Ab:cd:ef/"]
    assert [masquer(ligne) for ligne in lignes] == [
        "GET /avis/…/ HTTP/1.1",
        "Gone: /avis/…/documents/3/",
        "/invitation/…/",
    ]
    sans_jeton = "/instruction/12/avis/associe/ /mot-de-passe/oublie/envoye/"
    assert masquer(sans_jeton) == sans_jeton
    assert masquer("/mot-de-passe/oublie/1a-c0ffee12/") == "/mot-de-passe/oublie/…/"


@pytest.mark.parametrize("etat", sorted(set(EtatProjet) - {EtatProjet.RECEVABLE, EtatProjet.INSTRUIT}))
def test_hors_de_l_instruction_on_ne_demande_rien(projet, etat):
    auteur = PersonneFactory(pilote=True)
    Projet.objects.filter(pk=projet.pk).update(etat=etat)
    with pytest.raises(PermissionDenied if etat == EtatProjet.BROUILLON else PassageRefuse):
        demander(projet, auteur)


def test_seule_l_instruction_du_projet_demande_relance_et_retire(projet):
    avis = demander(projet)
    porteur = AdhesionFactory(organisme=projet.organisme).personne
    fermes = [PersonneFactory(role=role) for role in (Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR)]
    for personne in (porteur, ailleurs(), *fermes):
        with pytest.raises(PermissionDenied):
            demander(projet, personne, email="autre@exemple.fr")
        for acte in (relancer_un_avis_externe, retirer_un_avis_externe):
            with pytest.raises(PermissionDenied):
                acte(auteur=personne, avis=avis)


def test_une_adresse_n_est_sollicitee_qu_une_fois_et_dix_au_plus(projet):
    auteur = instructeur_de(projet)
    demander(projet, auteur)
    with pytest.raises(ValidationError, match="déjà demandé à cette adresse"):
        demander(projet, auteur)
    for rang in range(9):
        demander(projet, auteur, email=f"n{rang}@exemple.fr")
    with pytest.raises(PassageRefuse, match="10 avis"):
        demander(projet, auteur, email="trop@exemple.fr")


def test_la_page_montre_la_question_et_rien_qui_ne_soit_partage(projet):
    recepisse_de(projet)
    piece_jointe(projet)
    rendre(projet)
    avis_rendu(projet, motif="Secret de l’avis.")
    page = Client().get(adresse(demander(projet, montre_intitule=False)))
    texte = page.content.decode()
    assert page.status_code == 200
    assert (page["X-Robots-Tag"], page["Referrer-Policy"]) == ("noindex, nofollow", "same-origin")
    assert "Est-ce réaliste ?" in texte
    for secret in (projet.intitule, projet.organisme.nom, "Secret", "10\u202f000", "Documents", "72,00"):
        assert secret not in texte


def test_la_page_montre_ce_que_l_instructeur_choisit(projet):
    recepisse_de(projet)
    jointe = piece_jointe(projet)
    avis = demander(projet, montre_organisme=True, documents=[jointe.document])
    texte = Client().get(adresse(avis)).content.decode()
    chemin = f"documents/{jointe.document_id}/"
    assert [x in texte for x in (projet.intitule, projet.organisme.nom, chemin)] == [True, True, True]
    reponse = Client().get(adresse(avis) + chemin)
    assert (reponse.status_code, b"".join(reponse.streaming_content)[:4]) == (200, b"%PDF")


def test_un_document_qui_n_est_pas_partage_est_un_404(projet):
    jointe = piece_jointe(projet)
    avis = demander(projet)
    assert Client().get(f"{adresse(avis)}documents/{jointe.document_id}/").status_code == 404


def test_repondre_une_fois_previent_l_instructeur(projet):
    auteur = instructeur_de(projet)
    avis = demander(projet, auteur)
    client = Client()
    vide = client.post(adresse(avis), {"reponse": "Sans choix."})
    assert "Sans choix." in vide.content.decode()
    assert AvisExterne.objects.get().repondu_le is None
    reponse = client.post(adresse(avis), {"sens": "reserve", "reponse": " Trop court. "})
    assert reponse.status_code == 200
    recu = AvisExterne.objects.get()
    assert (recu.sens, recu.reponse, recu.situation) == ("reserve", "Trop court.", "rendu")
    assert list(Avis.objects.values_list("personne", "lien")) == [(auteur.pk, f"/projets/{projet.pk}/")]
    ligne = Journal.objects.get(acte="repondre_a_un_avis_externe")
    assert (ligne.auteur, ligne.apres) == (
        None,
        {"avis": avis.pk, "nom": "Zoé Martin", "situation": "rendu", "sens": "reserve"},
    )
    encore = client.post(adresse(avis), {"sens": "favorable", "reponse": "Je change."})
    assert (encore.status_code, "déjà" in encore.content.decode() or "une seule fois" in encore.content.decode()) == (
        410,
        True,
    )
    with pytest.raises(PassageRefuse):
        repondre_a_un_avis_externe(avis=avis, sens=SensDeLAvis.FAVORABLE, reponse="x")
    with pytest.raises(IntegrityError, match="ne se modifie"), transaction.atomic():
        AvisExterne.objects.update(reponse="x")


def test_un_lien_faux_expire_ou_retire_le_dit(projet):
    auteur = instructeur_de(projet)
    expire = jours_plus_tard(demander(projet, auteur, email="a@exemple.fr"), 11)
    retire = demander(projet, auteur, email="b@exemple.fr")
    retirer_un_avis_externe(auteur=auteur, avis=retire)
    pages = [Client().get(chemin) for chemin in ("/avis/faux/", adresse(expire), adresse(retire))]
    assert [page.status_code for page in pages] == [404, 410, 410]
    assert [
        phrase in page.content.decode() for page, phrase in zip(pages, ("fausse", "passée", "retiré"), strict=True)
    ]
    assert "n’est plus demandé" in Courriel.objects.latest("pk").objet
    with pytest.raises(PassageRefuse, match="retiré"):
        retirer_un_avis_externe(auteur=auteur, avis=retire)
    with pytest.raises(PassageRefuse, match="expiré"):
        relancer_un_avis_externe(auteur=auteur, avis=expire)


def test_un_lien_sert_jusqu_a_la_fin_du_dernier_jour(projet):
    assert jours_plus_tard(demander(projet), 10).est_ouvert


def test_relancer_a_la_main_une_fois_par_jour(projet):
    auteur = instructeur_de(projet)
    avis = demander(projet, auteur)
    with pytest.raises(PassageRefuse, match="aujourd’hui"):
        relancer_un_avis_externe(auteur=auteur, avis=avis)
    relancer_un_avis_externe(auteur=auteur, avis=jours_plus_tard(avis, 1))
    assert [
        (c.objet.startswith("[Mille actions] Rappel"), c.est_sensible) for c in Courriel.objects.order_by("pk")
    ] == [
        (False, True),
        (True, True),
    ]


def test_la_relance_automatique_part_deux_jours_avant_une_seule_fois(projet):
    auteur = instructeur_de(projet)
    proche = jours_plus_tard(demander(projet, auteur, email="a@exemple.fr"), 8)
    demander(projet, auteur, email="b@exemple.fr")
    faites = [relancer_les_avis_externes(timezone.now()) for _ in range(2)]
    assert faites == [1, 0]
    assert Courriel.objects.latest("pk").destinataire == proche.email
    assert Journal.objects.get(acte="relancer_un_avis_externe").auteur is None


def test_trop_d_envois_sont_arretes_et_le_texte_reste(projet):
    avis = demander(projet)
    cache.delete(f"avis-externe-{avis.pk}")
    client = Client()
    for _ in range(ESSAIS_PAR_HEURE):
        client.post(adresse(avis), {"reponse": ""})
    page = client.post(adresse(avis), {"sens": "favorable", "reponse": "Mon texte."}).content.decode()
    assert ("Trop d’envois" in page, "Mon texte." in page, AvisExterne.objects.get().repondu_le) == (True, True, None)
    cache.delete(f"avis-externe-{avis.pk}")


@pytest.mark.parametrize("etat", sorted(set(EtatProjet) - NOTABLES - {EtatProjet.BROUILLON}))
def test_un_projet_sorti_de_l_instruction_ferme_ses_avis(projet, etat):
    auteur = instructeur_de(projet)
    jointe = piece_jointe(projet)
    avis = jours_plus_tard(demander(projet, auteur, documents=[jointe.document]), 8)
    partis = Courriel.objects.count()
    Projet.objects.filter(pk=projet.pk).update(etat=etat)
    assert (relancer_les_avis_externes(timezone.now()), Courriel.objects.count()) == (0, partis)
    page = Client().get(adresse(avis))
    assert (page.status_code, "L’examen du projet est terminé" in page.content.decode()) == (410, True)
    assert Client().get(f"{adresse(avis)}documents/{jointe.document_id}/").status_code == 410
    with pytest.raises(PassageRefuse, match="ne sert plus"):
        repondre_a_un_avis_externe(avis=avis, sens=SensDeLAvis.FAVORABLE, reponse="Oui.")
    with pytest.raises(PassageRefuse, match="clos"):
        relancer_un_avis_externe(auteur=PersonneFactory(pilote=True), avis=avis)
    assert list(AvisExterne.objects.en_attente()) == []


def test_la_reponse_ne_dit_rien_a_qui_s_est_deporte(projet):
    demandeur, collegue = instructeur_de(projet), instructeur_de(projet)
    avis = demander(projet, demandeur)
    deport_de(demandeur, projet)
    repondre_a_un_avis_externe(avis=avis, sens=SensDeLAvis.FAVORABLE, reponse="Oui.")
    assert [a.personne for a in Avis.objects.all()] == [collegue]


def test_seul_ce_qui_est_depose_se_partage(projet):
    """Ce que le porteur joint après le dépôt, ou ce que le complément a remplacé, ne se propose pas."""
    premier, second = (
        DocumentFactory(organisme=projet.organisme, contenu=octets) for octets in (b"%PDF 1", b"%PDF 2")
    )
    depot_avec(projet, premier)
    depot_avec(projet, second, version=2)
    piece_jointe(projet)
    assert list(AvisExterneForm(projet).fields["documents"].queryset) == [second]


def test_sans_depot_rien_ne_se_partage(projet):
    piece_jointe(projet)
    assert "documents" not in AvisExterneForm(projet).fields
