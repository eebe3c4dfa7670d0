"""Les écrans de la signature chez un prestataire, pour une convention et pour un avenant, et ce qu’il notifie."""

import json
import time

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from financements.actions.conventions.avenants import Demande, creer_un_avenant, editer_un_avenant
from financements.models import Avenant, DemandeDeSignature, NotificationDuPrestataire
from financements.planning import suivre_une_signature
from financements.registre.cachet import CACHET, HORODATAGE, IDENTIFIANT, Requete, cachet_d_une_requete, entetes_de
from financements.states.execution import EtatSignature
from financements.views.conventions.signature import TAILLE_D_UNE_NOTIFICATION
from tests.comptes.fabriques import AdhesionFactory
from tests.financements.conventions.fabriques import finances, signee
from tests.financements.conventions.prestataire import CLE
from tests.financements.conventions.test_vues import adresse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]
BOUTON = "Envoyer au prestataire de signature"
INSTANT = timezone.localtime().isoformat()
NOTIFICATIONS = "/signature/notifications/"


@pytest.fixture
def auteur(client):
    personne = finances()
    client.force_login(personne)
    return personne


@pytest.fixture
def envoyer(client, django_capture_on_commit_callbacks):
    """Appuie sur le bouton, et suit jusqu’à la page."""

    def faire(convention, **saisie):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(adresse("envoyer_au_prestataire", convention.action), saisie, follow=True)

    return faire


def texte(page):
    return " ".join(page.text.split())


def test_sans_reglage_aucun_bouton_et_l_adresse_n_existe_pas(client, auteur, a_signer):
    assert BOUTON not in client.get(a_signer.get_absolute_url()).text
    assert client.post(adresse("envoyer_au_prestataire", a_signer.action)).status_code == 404


def test_de_l_envoi_au_pdf_signe_par_les_ecrans(client, auteur, prestataire, a_signer, envoyer):
    assert BOUTON in client.get(a_signer.get_absolute_url()).text
    assert "en cours d’envoi" in texte(envoyer(a_signer))
    demande, page = DemandeDeSignature.objects.get(), client.get(a_signer.get_absolute_url())
    assert "en attente des signatures" in texte(page)
    boutons = (BOUTON, "Annuler la demande de signature", "Enregistrer les signatures", "Reprendre la rédaction")
    assert [bouton for bouton in boutons if bouton in page.text] == ["Annuler la demande de signature"]
    prestataire.signe(str(demande.reference), INSTANT, INSTANT)
    suivre_une_signature(demande.pk)
    page = client.get(a_signer.get_absolute_url())
    assert "signée des deux" in texte(page)
    assert "Zoé Petit" in texte(page)
    pdf = client.get(adresse("telecharger_signature", a_signer.action, demande.pk))
    assert b"".join(pdf.streaming_content) == prestataire.document
    assert f"convention-{a_signer.numero}-signee.pdf" in pdf["Content-Disposition"]


def test_un_refus_dit_son_motif_et_s_echappe(client, auteur, prestataire, a_signer, envoyer):
    envoyer(a_signer)
    demande = DemandeDeSignature.objects.get()
    prestataire.sorts[str(demande.reference)] = {"etat": "refusee", "motif": "<script>Montant</script> contesté."}
    suivre_une_signature(demande.pk)
    page = client.get(a_signer.get_absolute_url())
    assert "&lt;script&gt;Montant&lt;/script&gt; contesté." in page.text
    assert BOUTON in page.text


def test_le_panneau_se_relit_seul_tant_que_la_demande_court(client, auteur, prestataire, a_signer, envoyer):
    envoyer(a_signer)
    demande = DemandeDeSignature.objects.get()
    suivi = adresse("suivre_la_signature", a_signer.action, demande.pk)
    assert f'hx-get="{suivi}"' in client.get(a_signer.get_absolute_url()).text
    lu = client.get(suivi)
    assert (f'hx-get="{suivi}"' in lu.text, "HX-Refresh" in lu.headers) == (True, False)
    prestataire.signe(str(demande.reference), INSTANT, INSTANT)
    suivre_une_signature(demande.pk)
    lu = client.get(suivi)
    assert ("hx-get" in lu.text, lu["HX-Refresh"]) == (False, "true")


def test_l_organisme_lit_le_pdf_signe_et_n_imprime_pas_ce_qui_se_signe_en_ligne(
    client, connecter, auteur, prestataire, a_signer, envoyer
):
    projet = a_signer.action.projet
    porteur = connecter(AdhesionFactory(organisme=projet.organisme).personne)
    page, pdf = (
        reverse("projets:mon_projet", args=[projet.pk]),
        reverse("financements:ma_convention", args=[projet.pk]),
    )
    assert "Imprimez-la en deux exemplaires" in texte(porteur.get(page))
    edite = b"".join(porteur.get(pdf).streaming_content)
    client.force_login(auteur)
    envoyer(a_signer)
    porteur.force_login(AdhesionFactory(organisme=projet.organisme).personne)
    lue = texte(porteur.get(page))
    assert ("Imprimez-la" in lue, "Elle se signe en ligne" in lue) == (False, True)
    demande = DemandeDeSignature.objects.get()
    prestataire.signe(str(demande.reference), INSTANT, INSTANT)
    suivre_une_signature(demande.pk)
    assert "Télécharger la convention signée (PDF)" in texte(porteur.get(page))
    recu = porteur.get(pdf)
    assert b"".join(recu.streaming_content) == prestataire.document != edite
    assert f"convention-{a_signer.numero}-signee.pdf" in recu["Content-Disposition"]


def test_annuler_puis_renvoyer(client, auteur, prestataire, a_signer, envoyer, django_capture_on_commit_callbacks):
    envoyer(a_signer)
    annuler = adresse("annuler_signature", a_signer.action, DemandeDeSignature.objects.get().pk)
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(annuler, follow=True)
    assert "personne ne signera plus" in page.text
    assert len(prestataire.annulees) == 1
    assert "n’est pas possible" in client.post(annuler, follow=True).text
    envoyer(a_signer)
    assert list(DemandeDeSignature.objects.values_list("etat", flat=True)) == ["en_attente", "annulee"]


def test_la_demande_d_une_autre_convention_n_est_pas_la(client, auteur, prestataire, a_signer, envoyer):
    envoyer(a_signer)
    ailleurs = signee(auteur)
    for nom, verbe in (("annuler_signature", client.post), ("telecharger_signature", client.get)):
        assert verbe(adresse(nom, ailleurs.action, DemandeDeSignature.objects.get().pk)).status_code == 404


def test_un_avenant_se_signe_aussi(client, auteur, prestataire, envoyer, django_capture_on_commit_callbacks):
    une = signee(auteur)
    with django_capture_on_commit_callbacks(execute=True):
        demande = Demande("Six mois de plus.", fin_le=une.fin_le.replace(year=une.fin_le.year + 1))
        avenant = editer_un_avenant(
            auteur=auteur, avenant=creer_un_avenant(auteur=auteur, convention=une, demande=demande)
        )
    sa_page = adresse("avenant", une.action, 1)
    assert BOUTON in client.get(sa_page).text
    page = envoyer(une, avenant="1")
    assert (page.request["PATH_INFO"], "en cours d’envoi" in texte(page)) == (sa_page, True)
    confiee = DemandeDeSignature.objects.get()
    for geste in ("reprendre", "abandonner"):
        refus = client.post(adresse("agir_sur_avenant", une.action, 1, geste), follow=True)
        assert "annulez d’abord cette demande" in refus.text
    prestataire.signe(str(confiee.reference), INSTANT, INSTANT)
    suivre_une_signature(confiee.pk)
    avenant, confiee = Avenant.objects.get(pk=avenant.pk), DemandeDeSignature.objects.get()
    assert (confiee.etat, confiee.motif, avenant.etat) == (EtatSignature.SIGNEE, "", "signe")
    assert avenant.signe_departement_le == timezone.localdate()
    projet = une.action.projet
    client.force_login(AdhesionFactory(organisme=projet.organisme).personne)
    pdf = reverse("financements:mon_avenant", args=[projet.pk, 1])
    assert f'href="{pdf}"' in client.get(reverse("projets:mon_projet", args=[projet.pk])).text
    pdf = client.get(pdf)
    assert b"".join(pdf.streaming_content) == prestataire.document
    client.force_login(auteur)
    refus = envoyer(une, avenant="1")
    assert "Seul un avenant édité" in refus.text
    for rang in ("2", "-1", "x", "٣", "9" * 30):
        assert envoyer(une, avenant=rang).status_code == 404


# --- Ce que le prestataire notifie ------------------------------------------------------------------------


def notifier(client, corps, **autres):
    """La notification scellée, `autres` en-têtes remplacés."""
    entetes = entetes_de(Requete("POST", NOTIFICATIONS, corps)) | autres
    return client.post(NOTIFICATIONS, corps, content_type="application/json", headers=entetes).status_code


def test_une_notification_fait_relever_aussitot(client, prestataire, a_signer, auteur, envoyer, csrf_verifie):
    envoyer(a_signer)
    demande = DemandeDeSignature.objects.get()
    prestataire.sorts[str(demande.reference)] = {"etat": "refusee", "motif": "Non."}
    corps = json.dumps({"identifiant": demande.identifiant, "etat": "signee"}).encode()
    assert csrf_verifie(corps) == 204
    demande.refresh_from_db()
    assert (demande.etat, demande.motif) == (EtatSignature.REFUSEE, "Non.")


@pytest.fixture
def csrf_verifie(django_capture_on_commit_callbacks):
    """Notifie sans session, par un client qui vérifie le jeton CSRF comme un vrai serveur."""

    def faire(corps):
        with django_capture_on_commit_callbacks(execute=True):
            return notifier(Client(enforce_csrf_checks=True), corps)

    return faire


def test_une_demande_inconnue_ne_se_devine_pas(client, prestataire):
    assert notifier(client, b'{"identifiant": "P-inconnue"}') == 204
    assert prestataire.demandes == []


def test_un_message_ne_sert_qu_une_fois(client, prestataire):
    corps, entetes = b'{"identifiant": "P-1"}', entetes_de(Requete("POST", NOTIFICATIONS, b'{"identifiant": "P-1"}'))
    assert [notifier(client, corps, **entetes) for _ in range(2)] == [204, 409]
    assert NotificationDuPrestataire.objects.count() == 1


def test_vieux_il_est_refuse_meme_oublie(client, prestataire):
    corps, quand = b'{"identifiant": "P-1"}', str(int(time.time()) - 3600)
    scelle = cachet_d_une_requete(Requete("POST", NOTIFICATIONS, corps), quand, "message-0001")
    assert notifier(client, corps, **{HORODATAGE: quand, IDENTIFIANT: "message-0001", CACHET: scelle}) == 403


@pytest.mark.parametrize(
    ("corps", "autres", "code"),
    [
        (b'{"identifiant": "P-1"}', {CACHET: "0" * 64}, 403),
        (b'{"identifiant": "P-1"}', {HORODATAGE: "hier"}, 403),
        (b"", {}, 400),
        (b"[]", {}, 400),
        (b"[" * 10_000, {}, 400),
        (b'{"identifiant": "../P"}', {}, 400),
        (b'{"identifiant": 12}', {}, 400),
        (b" " * (TAILLE_D_UNE_NOTIFICATION + 1), {}, 413),
    ],
)
def test_un_message_faux_mal_forme_ou_trop_gros_est_refuse(client, prestataire, corps, autres, code):
    assert notifier(client, corps, **autres) == code
    assert not NotificationDuPrestataire.objects.exists()


def test_eteinte_l_adresse_n_existe_pas_allumee_elle_ne_se_lit_pas(client, settings):
    settings.SIGNATURE_CLE = CLE  # la clé sans l’adresse ne suffit pas
    assert notifier(client, b'{"identifiant": "P-1"}') == 404
    settings.SIGNATURE_URL = "https://signature.exemple.fr"
    assert client.get(reverse("financements:notification_de_signature")).status_code == 405
