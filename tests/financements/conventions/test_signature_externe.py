"""Une demande de signature chez le prestataire : du dépôt au PDF signé, ce qu’il refuse, ses pannes, ses oublis."""

import json
from datetime import timedelta
from io import BytesIO

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from pypdf import PdfReader, PdfWriter

from comptes.models import Courriel
from comptes.states import Role
from config.socle.models import Journal
from financements.actions.conventions.signature.demander import annuler_la_demande, envoyer_au_prestataire
from financements.actions.conventions.signature.suivre import ESSAIS_ADMIS, SURSIS
from financements.models import Convention, DemandeDeSignature
from financements.planning import suivre_les_signatures, suivre_une_signature
from financements.states.execution import EtatConvention, EtatSignature
from tests.financements.conventions.fabriques import demande_a_l_etat, editee, finances, octets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]
MAINTENANT = timezone.localtime()
AUJOURD_HUI = MAINTENANT.date()
INSTANT = MAINTENANT.isoformat()


def suivie(demande):
    """Un pas de plus."""
    suivre_une_signature(demande.pk)
    demande.refresh_from_db()
    return demande


def actes_de(demande):
    lignes = Journal.objects.filter(objet_type="financements.DemandeDeSignature", objet_id=str(demande.pk))
    return list(lignes.order_by("pk").values_list("acte", "auteur"))


def test_deposee_signee_gardee_et_la_convention_avec(envoyer, prestataire, a_signer):
    auteur = finances()
    demande = envoyer(auteur)
    reference = str(demande.reference)
    assert (demande.etat, demande.identifiant) == (EtatSignature.EN_ATTENTE, f"P-{reference}")
    depot = prestataire.depots[reference]
    assert depot["signataires"] == {
        "organisme": {"nom": "Zoé Petit", "courriel": "contact@asso.exemple.fr"},
        "departement": {"nom": "Département du Nord", "qualite": "le président du conseil départemental"},
    }
    assert (depot["empreinte"], depot["notification"]) == (
        demande.empreinte,
        "http://testserver/signature/notifications/",
    )
    assert suivie(demande).etat == EtatSignature.EN_ATTENTE
    prestataire.signe(reference, INSTANT, INSTANT)
    demande = suivie(demande)
    assert (demande.etat, demande.signataire_organisme, octets(demande.fichier)) == (
        EtatSignature.SIGNEE,
        "Zoé Petit",
        prestataire.document,
    )
    a_signer.refresh_from_db()
    assert (a_signer.etat, a_signer.signee_organisme_le, a_signer.signee_departement_le) == (
        EtatConvention.SIGNEE,
        AUJOURD_HUI,
        AUJOURD_HUI,
    )
    assert (a_signer.transmise_le, a_signer.signataire_departement) == (AUJOURD_HUI, "La présidente")
    assert Journal.objects.get(acte="signer_une_convention").auteur == auteur
    assert actes_de(demande) == [
        ("envoyer_au_prestataire", auteur.pk),
        ("deposer_une_demande_de_signature", None),
        ("recevoir_les_signatures", None),
    ]
    demandes = len(prestataire.demandes)
    suivie(demande)
    assert len(prestataire.demandes) == demandes


@pytest.mark.parametrize(
    ("dit", "etat", "motif"),
    [
        ({"etat": "refusee", "motif": "Montant contesté."}, EtatSignature.REFUSEE, "Montant contesté."),
        ({"etat": "refusee"}, EtatSignature.REFUSEE, "Le prestataire n’en dit pas la raison."),
        ({"etat": "expiree", "motif": "Trop tard."}, EtatSignature.EXPIREE, "Trop tard."),
        ({"etat": "annulee", "motif": "Retirée."}, EtatSignature.ECHOUEE, "Annulée chez le prestataire. Retirée."),
    ],
)
def test_ce_que_dit_le_prestataire_se_garde_et_l_on_peut_renvoyer(envoyer, prestataire, a_signer, dit, etat, motif):
    demande = envoyer()
    prestataire.sorts[str(demande.reference)] = dit
    demande = suivie(demande)
    assert (demande.etat, demande.motif, demande.conclue_le is not None) == (etat, motif, True)
    a_signer.refresh_from_db()
    assert a_signer.etat == EtatConvention.EDITEE
    assert envoyer().etat == EtatSignature.EN_ATTENTE


def courriels_de(auteur):
    return list(Courriel.objects.filter(destinataire=auteur.email).order_by("pk").values_list("objet", flat=True))


def test_qui_l_a_demandee_apprend_la_suite_par_courriel(envoyer, prestataire, a_signer):
    auteur = finances()
    refusee = envoyer(auteur)
    assert courriels_de(auteur) == []
    prestataire.sorts[str(refusee.reference)] = {"etat": "refusee", "motif": "Montant contesté."}
    suivie(refusee)
    numero = a_signer.numero
    assert courriels_de(auteur) == [f"[Mille actions] Signature refusée : Convention {numero}"]
    assert "Montant contesté." in Courriel.objects.get(destinataire=auteur.email).texte
    signee = envoyer(auteur)
    prestataire.signe(str(signee.reference), INSTANT, INSTANT)
    suivie(signee)
    suivie(signee)
    assert courriels_de(auteur)[1:] == [f"[Mille actions] Signature signée des deux : Convention {numero}"]
    recu = Courriel.objects.filter(destinataire=auteur.email).latest("pk").texte
    assert f"http://testserver{a_signer.get_absolute_url()}" in recu
    assert "Il reste à notifier la convention à l’organisme." in recu


def test_un_compte_ferme_et_une_annulation_n_ecrivent_a_personne(envoyer, prestataire):
    auteur = finances()
    demande = envoyer(auteur)
    annuler_la_demande(auteur=auteur, demande=demande)
    suivie(demande)
    refusee = envoyer(auteur)
    type(auteur).objects.filter(pk=auteur.pk).update(is_active=False)
    prestataire.sorts[str(refusee.reference)] = {"etat": "refusee"}
    assert suivie(refusee).etat == EtatSignature.REFUSEE
    assert courriels_de(auteur) == []


def test_des_dates_qui_ne_se_peuvent_pas_n_enregistrent_rien_et_gardent_le_pdf(envoyer, prestataire, a_signer):
    demande = envoyer()
    demain = (MAINTENANT + timedelta(days=1)).isoformat()
    prestataire.signe(str(demande.reference), INSTANT, demain)
    demande = suivie(demande)
    assert (demande.etat, demande.motif) == (
        EtatSignature.ECHOUEE,
        f"Signée des deux, mais rien n’est enregistré\u00a0: Il faut un jour entre le {AUJOURD_HUI:%d/%m/%Y} et "
        "aujourd’hui. Vérifiez le PDF signé, puis enregistrez les signatures à la main.",
    )
    assert (octets(demande.fichier), demande.signee_departement_le) == (
        prestataire.document,
        AUJOURD_HUI + timedelta(days=1),
    )
    a_signer.refresh_from_db()
    assert (a_signer.etat, a_signer.signee_organisme_le) == (EtatConvention.EDITEE, None)


def test_qui_a_demande_et_n_en_a_plus_le_droit_ne_signe_rien(envoyer, prestataire, a_signer):
    auteur = finances()
    demande = envoyer(auteur)
    auteur.role = Role.LECTURE
    auteur.save()
    prestataire.signe(str(demande.reference), INSTANT, INSTANT)
    assert "n’en a plus le droit" in suivie(demande).motif
    a_signer.refresh_from_db()
    assert a_signer.etat == EtatConvention.EDITEE


def sans_la_derniere_page(pdf):
    sortie, ecrit = PdfWriter(), BytesIO()
    for page in PdfReader(BytesIO(pdf)).pages[:-1]:
        sortie.add_page(page)
    sortie.write(ecrit)
    return ecrit.getvalue()


def avec_un_fichier_joint(pdf):
    sortie, ecrit = PdfWriter(clone_from=BytesIO(pdf)), BytesIO()
    sortie.add_attachment("joint.txt", b"joint")
    sortie.write(ecrit)
    return ecrit.getvalue()


@pytest.mark.parametrize(
    ("abimer", "dit"),
    [
        (lambda _: b"<h1>Pas un PDF</h1>", "n’est pas d’un format admis"),
        (lambda pdf: pdf[:500], "c’est un PDF coupé"),
        (avec_un_fichier_joint, "contient des fichiers joints"),
        (sans_la_derniere_page, "il manque 4."),
    ],
    ids=["pas un PDF", "tronqué", "fichier joint", "page manquante"],
)
def test_un_pdf_signe_qui_n_est_pas_le_notre_n_est_pas_recu(envoyer, prestataire, a_signer, abimer, dit):
    demande = envoyer()
    prestataire.signe(str(demande.reference), INSTANT, INSTANT, abimer(octets(a_signer.fichier)))
    demande = suivie(demande)
    assert dit in demande.motif
    assert (demande.etat, demande.fichier.name) == (EtatSignature.ECHOUEE, "")
    a_signer.refresh_from_db()
    assert a_signer.etat == EtatConvention.EDITEE


def test_un_document_d_une_autre_empreinte_se_redemande(envoyer, prestataire):
    demande = envoyer()
    prestataire.signe(str(demande.reference), INSTANT, INSTANT)
    prestataire.document += b"de plus"
    demande = suivie(demande)
    assert (demande.etat, demande.essais) == (EtatSignature.EN_ATTENTE, 1)
    assert demande.defaut == "le PDF n’a pas l’empreinte annoncée"
    prestataire.document = prestataire.document.removesuffix(b"de plus")
    assert (suivie(demande).etat, demande.essais, demande.defaut) == (EtatSignature.SIGNEE, 0, "")


def test_un_depot_sans_reponse_se_reprend_puis_echoue_et_s_annule(envoyer, prestataire, a_signer):
    prestataire.repondre = lambda traitement: traitement.repond(503, b"")
    demande = envoyer()
    assert (demande.etat, demande.essais, demande.defaut) == (EtatSignature.A_ENVOYER, 1, "code 503")
    DemandeDeSignature.objects.update(prochain_essai_le=timezone.now())
    suivre_les_signatures()
    demande.refresh_from_db()
    assert (demande.essais, demande.prochain_essai_le > timezone.now() + timedelta(minutes=3)) == (2, True)
    suivre_les_signatures()  # pas encore l’heure
    demande.refresh_from_db()
    assert demande.essais == 2
    DemandeDeSignature.objects.update(essais=ESSAIS_ADMIS - 1)
    demande = suivie(demande)
    assert (demande.etat, demande.annulation_a_dire) == (EtatSignature.ECHOUEE, True)
    assert demande.motif.startswith("Le prestataire ne répond pas (code 503)")
    prestataire.repondre = None
    assert (suivie(demande).annulation_a_dire, prestataire.annulees) == (False, [str(demande.reference)])


def test_un_depot_refuse_dit_le_motif(envoyer, prestataire):
    prestataire.repondre = lambda traitement: traitement.repond(422, b'{"motif": "Courriel inconnu."}')
    demande = envoyer()
    assert (demande.etat, demande.motif) == (
        EtatSignature.ECHOUEE,
        "Le prestataire refuse la demande. Courriel inconnu.",
    )


def test_annuler_se_dit_au_prestataire_meme_plus_tard(envoyer, prestataire, django_capture_on_commit_callbacks):
    demande, auteur = envoyer(), finances()
    prestataire.repondre = lambda traitement: traitement.repond(500, b"")
    with django_capture_on_commit_callbacks(execute=True):
        annuler_la_demande(auteur=auteur, demande=demande)
    demande.refresh_from_db()
    assert (demande.etat, demande.annulation_a_dire, demande.essais) == (EtatSignature.ANNULEE, True, 1)
    prestataire.repondre = None
    assert (suivie(demande).annulation_a_dire, prestataire.annulees) == (False, [str(demande.reference)])


@pytest.mark.django_db(transaction=True)
def test_annulee_pendant_le_depot_l_annulation_reste_a_dire(prestataire):
    """L’annulation s’écrit pendant que le prestataire reçoit le dépôt ; il l’apprend au pas suivant."""
    une, auteur = editee(finances()), finances()
    une.refresh_from_db()

    def repondre(traitement):
        prestataire.repondre = None
        annuler_la_demande(auteur=auteur, demande=DemandeDeSignature.objects.get())
        connection.close()
        reference = str(DemandeDeSignature.objects.get().reference)
        connection.close()
        traitement.repond(201, json.dumps({"reference": reference, "identifiant": "P-1"}).encode())

    prestataire.repondre = repondre
    demande = envoyer_au_prestataire(auteur=auteur, convention=une)
    demande.refresh_from_db()
    assert (demande.etat, demande.identifiant, demande.annulation_a_dire, demande.suivie_jusqu_a) == (
        EtatSignature.ANNULEE,
        "P-1",
        True,
        None,
    )
    assert (suivie(demande).annulation_a_dire, prestataire.annulees) == (False, [str(demande.reference)])


def test_une_demande_que_le_prestataire_oublie_expire_d_elle_meme(envoyer, prestataire):
    demande = envoyer()
    DemandeDeSignature.objects.update(expire_le=AUJOURD_HUI - SURSIS - timedelta(days=1))
    demande = suivie(demande)
    assert (demande.etat, demande.annulation_a_dire) == (EtatSignature.EXPIREE, True)


@pytest.mark.django_db(transaction=True)
def test_le_prestataire_est_interroge_hors_de_toute_transaction(prestataire):
    """Le prestataire regarde la base : aucune de ses connexions n’attend, transaction ouverte."""
    demande = demande_a_l_etat(EtatSignature.EN_ATTENTE)
    base, ouvertes = connection.get_connection_params(), []

    def repondre(traitement):
        with psycopg.connect(host=base["host"], port=base["port"], user=base["user"], dbname=base["dbname"]) as lien:
            requete = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND state LIKE 'idle in transaction%%'"
            ouvertes.append(lien.execute(requete, [base["dbname"]]).fetchone())
        traitement.repond(200, b"{}")

    prestataire.repondre = repondre
    suivre_une_signature(demande.pk)
    assert ouvertes == [(0,)]
    assert Convention.objects.get().etat == EtatConvention.EDITEE
