"""La boîte d’envoi : déposer, envoyer, reprendre à délai croissant, lire en démonstration."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError
from django.utils import timezone

from comptes.actions.demandes import demander_l_entree
from comptes.actions.deposer_courriel import deposer_courriel
from comptes.actions.invitations import inviter
from comptes.models import Courriel
from comptes.notifications.message import Message
from comptes.planning import effacer, reprendre_les_courriels
from comptes.states import EtatCourriel, RoleOrganisme
from comptes.tasks import DELAIS, envoyer_courriel
from tests.comptes.fabriques import CourrielFactory, PersonneFactory, ResponsableFactory

pytestmark = pytest.mark.django_db
MESSAGE = Message("d@exemple.fr", "[Mille actions] Objet", "Bonjour,\n", "<p>Bonjour,</p>")


class EnPanne(BaseEmailBackend):
    """Un serveur de messagerie qui raccroche."""

    def send_messages(self, email_messages):
        raise SMTPServerDisconnected("raccroché")


@pytest.fixture
def en_panne(settings):
    settings.EMAIL_BACKEND = f"{__name__}.EnPanne"


def test_un_courriel_depose_part_une_fois_la_transaction_validee(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        courriel = deposer_courriel(message=MESSAGE)
        assert mail.outbox == []
    courriel.refresh_from_db()
    assert (courriel.etat, courriel.essais, courriel.erreur) == ("envoye", 1, "")
    (parti,) = mail.outbox
    assert (parti.to, parti.subject, parti.body) == (["d@exemple.fr"], "[Mille actions] Objet", "Bonjour,\n")
    assert [tuple(alternative) for alternative in parti.alternatives] == [("<p>Bonjour,</p>", "text/html")]
    assert parti.extra_headers == {"Auto-Submitted": "auto-generated"}


def test_deux_depots_de_meme_cle_ne_font_qu_un_courriel(django_capture_on_commit_callbacks):
    avec_cle = Message(MESSAGE.destinataire, MESSAGE.objet, MESSAGE.texte, MESSAGE.html, cle="rappel:1")
    with django_capture_on_commit_callbacks(execute=True):
        premier, second = deposer_courriel(message=avec_cle), deposer_courriel(message=avec_cle)
    assert (premier.pk, len(mail.outbox)) == (second.pk, 1)


def test_un_courriel_envoye_ne_repart_pas():
    courriel = CourrielFactory()
    envoyer_courriel(courriel.pk)
    envoyer_courriel(courriel.pk)
    assert len(mail.outbox) == 1


def test_les_essais_manques_s_espacent_puis_le_courriel_est_dit_echoue(en_panne, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    courriel = CourrielFactory()
    attentes = []
    for _ in range(len(DELAIS)):
        envoyer_courriel(courriel.pk)
        courriel.refresh_from_db()
        attentes.append(courriel.prochain_essai_le - timezone.now())
        assert courriel.etat == EtatCourriel.A_ENVOYER
        time_machine.move_to(courriel.prochain_essai_le, tick=False)
    assert attentes == list(DELAIS)
    envoyer_courriel(courriel.pk)
    courriel.refresh_from_db()
    assert (courriel.etat, courriel.essais) == ("echoue", 6)
    assert courriel.erreur == "SMTPServerDisconnected : raccroché"


def test_un_essai_manque_n_est_pas_refait_avant_l_heure(en_panne):
    courriel = CourrielFactory()
    envoyer_courriel(courriel.pk)
    envoyer_courriel(courriel.pk)
    courriel.refresh_from_db()
    assert courriel.essais == 1


def test_la_reprise_envoie_les_oublies_et_eux_seuls():
    passe, futur = timezone.now() - timedelta(minutes=1), timezone.now() + timedelta(minutes=1)
    oublie, _ = CourrielFactory(prochain_essai_le=passe), CourrielFactory(prochain_essai_le=futur)
    CourrielFactory(prochain_essai_le=passe, etat=EtatCourriel.ECHOUE)
    CourrielFactory(prochain_essai_le=passe, etat=EtatCourriel.ENVOYE, envoye_le=passe)
    reprendre_les_courriels()
    assert [message.to for message in mail.outbox] == [[oublie.destinataire]]


def test_la_base_refuse_un_envoi_sans_date():
    with pytest.raises(IntegrityError):
        CourrielFactory(etat=EtatCourriel.ENVOYE)


def test_un_porteur_lit_ses_courriels_et_l_administrateur_tous(connecter):
    porteur = PersonneFactory(email="p@exemple.fr")
    sien, autre = CourrielFactory(destinataire="p@exemple.fr"), CourrielFactory()
    pages = {qui: connecter(qui).get("/courriels/").context["page"].object_list for qui in ("administrateur", porteur)}
    assert [list(lignes) for lignes in pages.values()] == [[autre, sien], [sien]]
    texte = connecter(porteur).get(f"/courriels/{sien.pk}/").content.decode()
    assert '<a href="http://testserver/appels/" rel="nofollow">' in texte
    assert connecter(porteur).get(f"/courriels/{autre.pk}/").status_code == 404


def test_hors_demonstration_les_courriels_ne_se_lisent_pas(connecter, settings):
    settings.MODE_DEMONSTRATION = False
    client = connecter("administrateur")
    codes = [client.get(f"/courriels/{suite}").status_code for suite in ("", f"{CourrielFactory().pk}/")]
    assert codes == [404, 404]


def test_la_liste_fait_le_meme_nombre_de_requetes_pour_une_et_trois_lignes(connecter, requetes):
    client, nombres = connecter("administrateur"), []
    for combien in (1, 2):
        CourrielFactory.create_batch(combien)
        with requetes() as prises:
            client.get("/courriels/")
        nombres.append(prises.nombre)
    assert nombres[0] == nombres[1]


# --- Les courriels sensibles ------------------------------------------------------------------------------


def test_les_courriels_a_lien_secret_sont_sensibles_et_les_autres_non(client):
    responsable = ResponsableFactory(personne__email="r@exemple.fr")
    invite = {"email": "i@exemple.fr", "role": RoleOrganisme.REDACTEUR}
    inviter(auteur=responsable.personne, organisme=responsable.organisme, **invite)
    demander_l_entree(auteur=PersonneFactory(), organisme=responsable.organisme)
    client.post("/mot-de-passe/oublie/", {"email": "r@exemple.fr"})
    phrase = "une-phrase-bien-longue"
    neuf = {"prenom": "N", "nom": "N", "email": "n@exemple.fr", "password1": phrase, "password2": phrase}
    client.post("/inscription/", neuf)
    assert list(Courriel.objects.order_by("pk").values_list("destinataire", "est_sensible")) == [
        ("i@exemple.fr", True),
        ("r@exemple.fr", False),
        ("r@exemple.fr", True),
        ("n@exemple.fr", True),
    ]


def test_passe_le_delai_leur_texte_s_efface_et_le_reste_demeure(settings):
    settings.COURRIELS_SENSIBLES_JOURS = 3
    recent, ancien = timezone.now() - timedelta(days=2), timezone.now() - timedelta(days=3, minutes=1)
    envoye = {"etat": EtatCourriel.ENVOYE, "envoye_le": ancien}
    sorts = {
        "efface": (ancien, {"est_sensible": True, **envoye}),
        "echoue": (ancien, {"est_sensible": True, "etat": EtatCourriel.ECHOUE}),
        "ordinaire": (ancien, envoye),
        "recent": (recent, {"est_sensible": True, **envoye}),
        "en attente": (ancien, {"est_sensible": True}),
    }
    for nom, (cree_le, champs) in sorts.items():
        courriel = CourrielFactory(objet=nom, **champs)
        Courriel.objects.filter(pk=courriel.pk).update(cree_le=cree_le)
    effacer()
    vides = Courriel.objects.filter(efface_le__isnull=False).order_by("pk")
    assert list(vides.values_list("objet", "texte", "html", "etat")) == [
        ("efface", "", "", "envoye"),
        ("echoue", "", "", "echoue"),
    ]
    assert Courriel.objects.filter(texte="").count() == 2
    premiere_fois = list(Courriel.objects.values_list("efface_le", flat=True))
    effacer()
    assert list(Courriel.objects.values_list("efface_le", flat=True)) == premiere_fois


def test_la_base_refuse_un_courriel_efface_qui_garde_son_texte():
    with pytest.raises(IntegrityError):
        CourrielFactory(est_sensible=True, efface_le=timezone.now())


def test_le_courriel_sensible_n_est_lu_que_de_l_administrateur(connecter):
    porteur = PersonneFactory(email="p@exemple.fr")
    sensible = CourrielFactory(destinataire="p@exemple.fr", est_sensible=True)
    assert list(connecter(porteur).get("/courriels/").context["page"].object_list) == []
    assert connecter(porteur).get(f"/courriels/{sensible.pk}/").status_code == 404
    assert connecter("administrateur").get(f"/courriels/{sensible.pk}/").status_code == 200


def test_le_courriel_efface_dit_pourquoi(connecter):
    vide = CourrielFactory(est_sensible=True, texte="", html="", efface_le=timezone.now())
    page = connecter("administrateur").get(f"/courriels/{vide.pk}/").content.decode()
    assert "il portait un lien secret, qui ne sert plus." in page


@pytest.mark.lent
def test_un_vrai_travailleur_envoie_le_courriel(worker_celery):
    courriel = deposer_courriel(message=MESSAGE)
    limite = timezone.now() + timedelta(seconds=20)
    while courriel.etat == EtatCourriel.A_ENVOYER and timezone.now() < limite:
        courriel.refresh_from_db()
    assert list(Courriel.objects.values_list("etat", "essais")) == [("envoye", 1)]
