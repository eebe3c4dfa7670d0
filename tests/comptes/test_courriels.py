"""La boîte d’envoi : déposer, envoyer, reprendre à délai croissant, lire en démonstration."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError
from django.utils import timezone

from comptes.actions.deposer_courriel import deposer_courriel
from comptes.models import Courriel
from comptes.notifications.message import Message
from comptes.planning import reprendre_les_courriels
from comptes.states import EtatCourriel
from comptes.tasks import DELAIS, envoyer_courriel
from tests.comptes.fabriques import CourrielFactory, PersonneFactory

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


@pytest.mark.lent
def test_un_vrai_travailleur_envoie_le_courriel(worker_celery):
    courriel = deposer_courriel(message=MESSAGE)
    limite = timezone.now() + timedelta(seconds=20)
    while courriel.etat == EtatCourriel.A_ENVOYER and timezone.now() < limite:
        courriel.refresh_from_db()
    assert list(Courriel.objects.values_list("etat", "essais")) == [("envoye", 1)]
