"""La lettre notifiée : figée, en PDF balisé, lue une première fois, invisible avant l’exécutoire."""

from datetime import timedelta
from io import BytesIO
from itertools import product

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pypdf import PdfReader

from comptes.models import Courriel
from comptes.states import Role
from config.socle.models import Journal
from config.socle.travaux import EtatTravail
from financements.actions.lettres.lire import ouvrir_la_lettre
from financements.actions.lettres.regler import regler_une_lettre
from financements.chiffres.lettres import lettres_a_poster
from financements.exports.recommandes import ecrire_les_recommandes
from financements.models import (
    EnvoiDesNotifications,
    FichierDeLettre,
    LectureDeNotification,
    ModeleDeLettre,
    Notification,
)
from financements.pdf.lettres import composer_la_lettre
from financements.planning import GRACE, reprendre_les_lettres_de_decision
from financements.rules.lettres import Texte
from financements.rules.textes_des_lettres import FOURNIS
from financements.states import Choix
from financements.tasks.lettres import nom_dans_l_archive, produire_la_lettre
from projets.models import AvisInstruction
from tests.comptes.fabriques import AdhesionFactory, PersonneFactory
from tests.financements.arbitrage.pages import texte
from tests.financements.fabriques import DeliberationFactory
from tests.financements.lettres.objets import deliberation_executoire, lettre_notifiee
from tests.projets.fabriques import AppelFactory, AxeFactory, ProjetFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]


def en_texte(octets: bytes) -> str:
    pages = PdfReader(BytesIO(octets)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u00a0", " ").split())


def test_la_lettre_d_un_retenu_dit_tout_et_celle_d_un_refus_tait_le_motif_interne_de_l_avis(notifie):
    retenu, refus = en_texte(composer_la_lettre(notifie.lettre(1).contenu)), notifie.lettre(4)
    for attendu in (
        "Projet retenu : AAP16-0001",
        "1 rue des Essais",
        "59300 Valenciennes",
        "DLES/2016/131 du 13 juin 2016 de l’assemblée départementale, exécutoire le 22 juin 2016",
        "27 000,00 €",
        "2016 9 000,00 €",
        "Total 27 000,00 €",
        "convention",
        "tribunal administratif de Lille",
        "R421-1",
        "L411-2",
        "Anne Leroy, chargée de mission",
    ):
        assert attendu in retenu, attendu
    assert "algorithmique" not in retenu
    motif = AvisInstruction.objects.filter(projet=notifie.monde.projets[4]).latest("version").motif
    ecrite = en_texte(composer_la_lettre(refus.contenu))
    assert (motif in ecrite, "Les crédits votés ne permettent pas" in ecrite) == (False, True)
    assert not Courriel.objects.filter(texte__contains=motif).exists()
    assert refus.lettre["destinataire"] == {
        "nom": notifie.monde.projets[4].organisme.nom,
        "representant": "",
        "siret": notifie.monde.projets[4].organisme.siret,
        "rue": "4 rue des Essais",
        "code_postal": "59300",
        "ville": "Valenciennes",
    }


def test_la_mention_algorithmique_parait_quand_un_calcul_a_servi(vote):
    with connection.cursor() as curseur:
        curseur.execute("SET LOCAL session_replication_role = replica")
        curseur.execute("UPDATE financements_scenario SET origine = 'calcul'")
        curseur.execute("SET LOCAL session_replication_role = origin")
    lettre = vote.notifier().lettre(1).lettre
    titres = [bloc["texte"] for bloc in lettre["blocs"] if bloc["genre"] == "titre"]
    assert "Traitement algorithmique" in titres


def test_le_pdf_est_balise_garde_et_produit_une_fois(notifie):
    lettre = notifie.lettre(1)
    produire_la_lettre(lettre.pk)
    produire_la_lettre(lettre.pk)
    garde = FichierDeLettre.objects.get()
    with garde.fichier.open("rb") as lu:
        lecteur = PdfReader(BytesIO(lu.read()))
    racine = lecteur.trailer["/Root"]
    assert (bool(racine["/MarkInfo"]["/Marked"]), "/StructTreeRoot" in racine, racine["/Lang"]) == (True, True, "fr")
    assert (len(lecteur.pages), lecteur.metadata.title) == (garde.pages, lettre.lettre["objet"])
    with pytest.raises(IntegrityError, match="ne change pas"), transaction.atomic():
        FichierDeLettre.objects.update(pages=9)


def test_la_lettre_ne_change_plus_quand_le_modele_change(notifie):
    avant = notifie.lettre(4).contenu
    regler_une_lettre(
        auteur=notifie.monde.pilote,
        appel=notifie.monde.appel,
        sens=Choix.NON_RETENU,
        texte=Texte("Tout autre {{ reference }}", FOURNIS[Choix.NON_RETENU].corps),
    )
    assert notifie.lettre(4).contenu == avant
    with pytest.raises(IntegrityError, match="ne change pas"), transaction.atomic():
        Notification.objects.update(contenu={})


def test_la_lettre_et_le_courriel_portent_le_texte_du_departement(vote):
    corps = FOURNIS[Choix.RETENU].corps + "\n\n# Mot du président\n\nBravo à <{{ organisme }}>."
    texte_neuf = Texte("Gagné {{ reference }}", corps)
    regler_une_lettre(auteur=vote.monde.pilote, appel=vote.monde.appel, sens=Choix.RETENU, texte=texte_neuf)
    lettre = vote.notifier().lettre(1)
    assert (lettre.lettre["objet"], lettre.lettre["version"]) == ("Gagné AAP16-0001", 1)
    assert lettre.destinataires == [vote.adhesions[1].personne.email]
    courriel = Courriel.objects.get(destinataire=vote.adhesions[1].personne.email)
    nom = vote.monde.projets[1].organisme.nom
    assert courriel.objet == "[Mille actions] Gagné AAP16-0001"
    assert f"Bravo à <{nom}>." in courriel.texte
    assert "&lt;" in courriel.html
    assert f"<{nom}>" not in courriel.html


def test_un_modele_devenu_faux_arrete_l_envoi_et_le_dit(vote):
    ModeleDeLettre.objects.create(
        appel=vote.monde.appel, sens="retenu", objet="o", corps="{{ disparue }}", modifie_par=vote.monde.pilote
    )
    vote.notifier()
    envoi = EnvoiDesNotifications.objects.get()
    assert (envoi.etat, Notification.objects.count()) == (EtatTravail.ECHOUE, 0)
    assert envoi.message.startswith("Le modèle de lettre «\u00a0retenu\u00a0» est à corriger. Ligne 1")


def test_rien_ne_se_lit_avant_la_notification(vote, connecter):
    porteur = connecter(vote.adhesions[1].personne)
    projet = vote.monde.projets[1].pk
    assert "Lettre" not in texte(porteur.get(f"/mes-projets/{projet}/"))
    with pytest.raises(IntegrityError, match="exécutoire"), transaction.atomic():
        Notification.objects.create(decision=vote.deliberation.decisions.first(), contenu={"lettre": {}})
    suivante = (Notification.objects.order_by("pk").values_list("pk", flat=True).last() or 0) + 1
    for suite in ("", "pdf/"):
        assert porteur.get(f"/mes-projets/{projet}/lettres/{suivante}/{suite}").status_code == 404
        assert connecter(vote.monde.pilote).get(vote.adresse(f"lettres/{suivante}/{suite}")).status_code == 404
    assert connecter(vote.monde.pilote).get(vote.adresse("lettres/")).context["comptes"]["toutes"] == 0


JOURS = (None, -3, 0, 1)  # écart à aujourd’hui ; None : pas encore transmise, ou pas encore publiée


@pytest.mark.parametrize(("transmise", "publiee"), list(product(JOURS, JOURS)))
def test_aucune_lettre_n_existe_avant_l_executoire_quelles_que_soient_les_dates(transmise, publiee):
    appel, aujourd_hui = AppelFactory(), timezone.localdate()
    transmise_le, publiee_le = (
        None if ecart is None else aujourd_hui + timedelta(days=ecart) for ecart in (transmise, publiee)
    )
    deliberation = DeliberationFactory(appel=appel, transmise_le=transmise_le, publiee_le=publiee_le)
    projet = ProjetFactory(axe=AxeFactory(appel=appel), appel=appel, numero=1)
    est_permise = None not in {transmise, publiee} and 1 not in {transmise, publiee}
    try:
        with transaction.atomic():
            lettre_notifiee(deliberation, projet, avec_fichier=False)
    except IntegrityError as refus:
        assert "exécutoire" in str(refus)  # noqa: PT017 (le refus attendu dépend des dates)
    assert Notification.objects.exists() == est_permise == deliberation.est_executoire(aujourd_hui)


def test_la_premiere_ouverture_fait_preuve_et_les_suivantes_ne_changent_rien(notifie, connecter):
    lettre, premiere = notifie.lettre(1), notifie.adhesions[1].personne
    seconde = AdhesionFactory(organisme=notifie.monde.projets[1].organisme).personne
    adresse = f"/mes-projets/{notifie.monde.projets[1].pk}/lettres/{lettre.pk}/"
    client = connecter(premiere)
    assert "Ouvrir la lettre" in texte(client.get(f"/mes-projets/{notifie.monde.projets[1].pk}/"))
    fermee = client.get(adresse)
    assert (fermee.context["lettre"], "Contester" in texte(fermee)) == (None, False)
    assert client.get(f"{adresse}pdf/").headers["Location"] == adresse
    assert not LectureDeNotification.objects.exists()  # lire n’écrit rien
    assert "Contester cette décision" in texte(client.post(f"{adresse}ouvrir/", follow=True))
    connecter(seconde).post(f"{adresse}ouvrir/")
    lecture = LectureDeNotification.objects.get()
    assert (lecture.notification, lecture.personne) == (lettre, premiere)
    assert Journal.objects.filter(acte="ouvrir_la_lettre").count() == 1
    assert client.get(f"{adresse}pdf/").status_code == 404  # pas encore produit
    produire_la_lettre(lettre.pk)
    pdf = client.get(f"{adresse}pdf/")
    assert pdf.headers["Content-Disposition"] == f'attachment; filename="{nom_dans_l_archive(lettre)}"'
    assert "Contester cette décision" in en_texte(b"".join(pdf.streaming_content))
    with pytest.raises(IntegrityError, match="preuve de lecture ne change pas"), transaction.atomic():
        LectureDeNotification.objects.all().delete()


def test_nul_autre_que_l_organisme_ne_fait_preuve(notifie, connecter):
    lettre = notifie.lettre(1)
    autres = [notifie.adhesions[4].personne, *(PersonneFactory(role=role) for role in Role)]
    for personne in autres:
        with pytest.raises(PermissionDenied):
            ouvrir_la_lettre(auteur=personne, notification=lettre)
    projet = notifie.monde.projets[1].pk
    adresse = f"/mes-projets/{projet}/lettres/{lettre.pk}/"
    assert connecter(notifie.adhesions[4].personne).get(adresse).status_code == 404
    autre_projet = f"/mes-projets/{notifie.monde.projets[4].pk}/lettres/{lettre.pk}/"
    assert connecter(notifie.adhesions[4].personne).get(autre_projet).status_code == 404
    assert not LectureDeNotification.objects.exists()


def test_l_agent_voit_qui_a_lu_et_filtre_ce_qui_ne_l_est_pas(notifie, connecter, requetes):
    client = connecter(PersonneFactory(role=Role.LECTURE))
    page = client.get(notifie.adresse("?sens=non_lues"))
    assert [decision.projet.numero for decision in page.context["page"]] == [1, 4]
    personne = notifie.adhesions[1].personne
    ouvrir_la_lettre(auteur=personne, notification=notifie.lettre(1))
    page = client.get(notifie.adresse("?sens=non_lues"))
    assert [decision.projet.numero for decision in page.context["page"]] == [4]
    assert f"par {personne}" in texte(client.get(notifie.adresse("?sens=retenu")))
    lettre = client.get(notifie.adresse(f"lettres/{notifie.lettre(1).pk}/"))
    assert f"par {personne}" in texte(lettre)
    assert "Saisir le recommandé" not in texte(client.get(notifie.adresse(f"lettres/{notifie.lettre(2).pk}/")))


def test_les_lettres_que_la_file_a_oubliees_sont_reprises(notifie):
    reprendre_les_lettres_de_decision()
    assert FichierDeLettre.objects.count() == 0  # la file a encore le temps
    with time_machine.travel(timezone.now() + GRACE, tick=False):
        reprendre_les_lettres_de_decision()
    assert FichierDeLettre.objects.count() == 5


def test_les_pages_coutent_toujours_autant_de_requetes(connecter, requetes):
    appel = AppelFactory(slug="compte", prefixe="CPT16")
    axe, client = AxeFactory(appel=appel, numero=1), connecter(PersonneFactory(role=Role.FINANCES))
    deliberation = deliberation_executoire(appel, "D/1")
    racine = f"/financements/compte/deliberations/{deliberation.pk}/"
    pages = ("", "?sens=non_lues", "lettres/", "recommandes/")
    nombres = []
    for numeros in ((1,), (2, 3)):
        for numero in numeros:
            projet = ProjetFactory(axe=axe, appel=appel, numero=numero)
            lettre_notifiee(deliberation, projet, avec_fichier=False)
            lettre_notifiee(deliberation_executoire(appel, f"D/{numero + 1}"), projet, avec_fichier=False)
            autre = ProjetFactory(axe=axe, appel=appel, numero=numero + 10)
            lettre_notifiee(deliberation, autre, a_un_compte=False, avec_fichier=False)
        releve = {}
        for page in pages:
            with requetes() as prises:
                assert client.get(racine + page).status_code == 200
            releve[page] = prises.nombre
        nombres.append(releve)
    assert nombres[0] == nombres[1]
    assert max(nombres[0].values()) <= 15


def test_le_csv_coute_toujours_autant_de_requetes(requetes):
    appel = AppelFactory(slug="compte", prefixe="CPT16")
    deliberation = deliberation_executoire(appel, "D/1")
    lecteur, nombres = PersonneFactory(role="finances"), []
    for rang, numeros in ((1, (1,)), (3, (2, 3))):
        for numero in numeros:
            projet = ProjetFactory(axe=AxeFactory(appel=appel, numero=numero), appel=appel, numero=numero)
            lettre_notifiee(deliberation, projet, a_un_compte=False, avec_fichier=False)
        with requetes() as prises:
            fichier = BytesIO()
            ecrire_les_recommandes(fichier, lettres_a_poster(deliberation, lecteur), rang)
            assert len(fichier.getvalue().splitlines()) == rang + 1
        nombres.append(prises.nombre)
    assert nombres == [1, 1]
