"""Les pages du suivi : écrire, demander un complément, retirer, copier. Qui entre, ce qui se dit, ce qui se garde."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from comptes.models import Adhesion, Avis, Courriel, Personne
from comptes.states import Role, RoleOrganisme
from config.socle.jours import jour
from projets.actions.deposer import deposer
from projets.actions.echanges import demander_un_complement
from projets.models import DemandeDeComplement, MessageDuProjet, PieceJointe, Projet, Saisie
from projets.states import EtatProjet
from projets.tasks import produire_le_recepisse
from tests.comptes.fabriques import AdhesionFactory, DocumentFactory, PersonneFactory
from tests.projets.fabriques import AppelFactory, AxeFactory, PieceFactory, QuestionFactory
from tests.projets.pieces import piece_jointe
from tests.projets.test_deposer import appel_ouvert, brouillon, verifie
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db
# Un complément lit à qui l’écrire deux fois : dans l’acte, et pour dire s’il n’y a personne.
REQUETES_D_UNE_PAGE, REQUETES_D_UN_ENVOI, REQUETES_D_UNE_COPIE = 15, 18, 27


@pytest.fixture
def territoire():
    return TerritoireFactory()


@pytest.fixture
def depose(territoire):
    """Un projet déposé sur le territoire, et son responsable."""
    projet, responsable = brouillon()
    deposer(auteur=responsable, projet=projet, verifie=verifie(projet, territoire=territoire))
    return Projet.objects.get(pk=projet.pk), responsable


@pytest.fixture
def projet(depose):
    return depose[0]


@pytest.fixture
def porteur(connecter, depose) -> Client:
    return connecter(depose[1])


@pytest.fixture
def instructeur(territoire) -> Personne:
    personne = PersonneFactory(role=Role.INSTRUCTEUR)
    personne.territoires.add(territoire)
    return personne


@pytest.fixture
def service(connecter, instructeur) -> Client:
    return connecter(instructeur)


def texte(reponse) -> str:
    return " ".join(reponse.content.decode().split())


def etat(projet: Projet) -> str:
    return Projet.objects.get(pk=projet.pk).etat


def dans(jours: int) -> str:
    return f"{timezone.localdate() + timedelta(days=jours):%Y-%m-%d}"


# --- Messages -----------------------------------------------------------------------------------------------
def test_chacun_ecrit_et_lit_l_autre_sur_sa_fiche(porteur, service, projet):
    adresse = f"/projets/{projet.pk}/messages/"
    retours = [porteur.post(adresse, {"texte": "Bonjour."}).url, service.post(adresse, {"texte": "Bien reçu."}).url]
    fiches = [f"/mes-projets/{projet.pk}/", f"/instruction/{projet.pk}/?onglet=echanges"]
    assert retours == [f"{fiche}#messages-du-projet" for fiche in fiches]
    lus = [
        [str(m.texte) for m in c.get(f).context["fil_des_messages"]]
        for c, f in zip((porteur, service), fiches, strict=True)
    ]
    assert lus == [["Bonjour.", "Bien reçu."]] * 2


@pytest.mark.parametrize(("tape", "erreur"), [("", "Ce champ est obligatoire."), ("x" * 5001, "5001")])
def test_un_message_refuse_est_rendu_tel_que_tape_avec_l_erreur_a_cote(porteur, projet, tape, erreur):
    page = porteur.post(f"/projets/{projet.pk}/messages/", {"texte": tape})
    champ = page.context["form"]["texte"]
    assert (page.status_code, champ.value(), len(champ.errors), erreur in champ.errors[0]) == (200, tape, 1, True)
    assert ('href="#id_texte"' in texte(page), MessageDuProjet.objects.count()) == (True, 0)


def test_un_second_clic_n_ecrit_pas_deux_fois_le_message(porteur, projet, instructeur):
    for _ in range(2):
        porteur.post(f"/projets/{projet.pk}/messages/", {"texte": "Bonjour."})
    assert (MessageDuProjet.objects.count(), Avis.objects.filter(personne=instructeur).count()) == (1, 1)


def test_sans_instructeur_sur_le_territoire_le_message_va_aux_pilotes(porteur, projet):
    pilotes = [PersonneFactory(role=Role.PILOTE), PersonneFactory(role=Role.PILOTE, is_active=False)]
    PersonneFactory(role=Role.INSTRUCTEUR)
    porteur.post(f"/projets/{projet.pk}/messages/", {"texte": "Bonjour."})
    assert list(Avis.objects.values_list("personne", flat=True)) == [pilotes[0].pk]


def test_un_pilote_deja_intervenu_est_prevenu_avec_l_instructeur(connecter, porteur, projet, instructeur):
    intervenu, _muet = PersonneFactory(role=Role.PILOTE), PersonneFactory(role=Role.PILOTE)
    connecter(intervenu).post(f"/projets/{projet.pk}/messages/", {"texte": "Une question."})
    Avis.objects.all().delete()
    porteur.post(f"/projets/{projet.pk}/messages/", {"texte": "Une réponse."})
    assert set(Avis.objects.values_list("personne", flat=True)) == {instructeur.pk, intervenu.pk}


@pytest.mark.parametrize(
    ("role", "attendus"),
    [
        (Role.PORTEUR, [404, 404, 403, 404, 404]),
        (Role.INSTRUCTEUR, [404, 404, 404, 403, 403]),
        (Role.LECTURE, [403, 403, 403, 403, 403]),
        (Role.FINANCES, [403, 403, 403, 403, 403]),
        (Role.ADMINISTRATEUR, [403, 403, 403, 403, 403]),
    ],
)
def test_qui_ne_suit_pas_ce_projet_n_y_fait_rien(connecter, projet, role, attendus):
    client = connecter(role)  # porteur d’un autre organisme, instructeur d’un autre territoire
    codes = [
        client.get(f"/projets/{projet.pk}/").status_code,
        client.post(f"/projets/{projet.pk}/messages/", {"texte": "Bonjour."}).status_code,
        client.post(f"/instruction/{projet.pk}/complement/", {"texte": "Le RIB", "echeance": dans(5)}).status_code,
        client.post(f"/mes-projets/{projet.pk}/retirer/", {"motif": "Parce que"}).status_code,
        client.post(f"/mes-projets/{projet.pk}/copier/", {"intitule": "Copie"}).status_code,
    ]
    assert (codes, etat(projet), MessageDuProjet.objects.count()) == (attendus, "depose", 0)


# --- Complément ---------------------------------------------------------------------------------------------
def test_demander_un_complement_par_la_page(service, porteur, projet):
    retour = service.post(f"/instruction/{projet.pk}/complement/", {"texte": "Le RIB manque.", "echeance": dans(15)})
    dans_quinze_jours = jour(timezone.localdate() + timedelta(days=15))
    assert (retour.url, etat(projet)) == (f"/instruction/{projet.pk}/", "incomplet")
    fiche = texte(porteur.get(f"/mes-projets/{projet.pk}/"))
    attendus = ["Le RIB manque.", f"au plus tard le {dans_quinze_jours}", "Compléter le projet"]
    assert [attendu for attendu in attendus if attendu not in fiche] == []


@pytest.mark.parametrize(
    ("envoi", "champ", "message"),
    [
        ({"texte": "", "echeance": dans(5)}, "texte", "Ce champ est obligatoire."),
        ({"texte": "Le RIB", "echeance": "2999-01-01"}, "echeance", "L’échéance est dans 60 jours au plus."),
        ({"texte": "Le RIB", "echeance": "2016-01-01"}, "echeance", "L’échéance est un jour à venir."),
        ({"texte": "Le RIB", "echeance": "demain"}, "echeance", "Saisissez une date valide."),
        ({"texte": "Le RIB", "echeance": ""}, "echeance", "Ce champ est obligatoire."),
    ],
)
def test_une_demande_fausse_garde_la_saisie_et_dit_l_erreur_a_cote(service, projet, envoi, champ, message):
    page = service.post(f"/instruction/{projet.pk}/complement/", envoi)
    form = page.context["form"]
    assert (page.status_code, form.errors, form["texte"].value()) == (200, {champ: [message]}, envoi["texte"])
    assert (f'href="#id_{champ}"' in texte(page), etat(projet)) == (True, "depose")


def test_une_demande_que_personne_ne_recevra_le_dit(service, projet):
    Adhesion.objects.filter(organisme=projet.organisme).delete()
    envoi = {"texte": "Le RIB manque.", "echeance": dans(15)}
    page = service.post(f"/instruction/{projet.pk}/complement/", envoi, follow=True)
    assert "personne n’en est prévenu. Écrivez-lui par courrier." in texte(page)


def test_un_second_clic_ne_demande_pas_deux_complements(service, projet):
    envoi = {"texte": "Le RIB manque.", "echeance": dans(15)}
    codes = [service.post(f"/instruction/{projet.pk}/complement/", envoi).status_code for _ in range(2)]
    envoyes = Courriel.objects.filter(objet__contains="Complément demandé").count()
    assert (codes, DemandeDeComplement.objects.count(), envoyes) == ([302, 302], 1, 1)


def test_une_autre_demande_sur_un_projet_deja_a_completer_se_refuse_sans_perdre_le_texte(service, projet):
    service.post(f"/instruction/{projet.pk}/complement/", {"texte": "Le RIB manque.", "echeance": dans(15)})
    page = service.post(f"/instruction/{projet.pk}/complement/", {"texte": "Les statuts.", "echeance": dans(9)})
    assert (page.status_code, page.context["form"]["texte"].value()) == (200, "Les statuts.")
    assert len(page.context["form"].non_field_errors()) == 1
    retour = service.get(f"/instruction/{projet.pk}/complement/", follow=True)
    assert "Ce projet ne peut pas se compléter : il est « incomplet »." in texte(retour)


def test_la_fiche_dit_le_jour_du_rejet_implicite_suspension_comprise(service, porteur, projet, instructeur):
    def jours() -> list[date | None]:
        delai = service.get(f"/instruction/{projet.pk}/").context["delai"]
        return [delai and delai.rejet_le, porteur.get(f"/mes-projets/{projet.pk}/").context["rejet_le"]]

    avant = jours()
    echeance = timezone.localdate() + timedelta(days=15)
    demander_un_complement(auteur=instructeur, projet=projet, texte="Le RIB.", echeance=echeance)
    assert jours() == [avant[0] + timedelta(days=15)] * 2
    Projet.objects.filter(pk=projet.pk).update(etat=EtatProjet.RETENU)
    assert jours() == [None, None]


# --- Retrait ------------------------------------------------------------------------------------------------
def test_retirer_un_projet_depose_previent_l_instruction_et_clot_la_demande(porteur, depose, instructeur):
    projet, responsable = depose
    echeance = timezone.localdate() + timedelta(days=5)
    demander_un_complement(auteur=instructeur, projet=projet, texte="Le RIB.", echeance=echeance)
    Avis.objects.all().delete()
    retour = porteur.post(f"/mes-projets/{projet.pk}/retirer/", {"motif": "Changement de cap"}, follow=True)
    assert (etat(projet), DemandeDeComplement.objects.filter(repondue_le=None).count()) == ("retire", 0)
    attendus = ["Projet retiré.", "Changement de cap", "retiré par le porteur"]
    assert [attendu for attendu in attendus if attendu not in texte(retour)] == []
    assert list(Avis.objects.values_list("personne", "texte")) == [
        (instructeur.pk, f"{responsable} a retiré « {projet.intitule} ».")
    ]


@pytest.mark.parametrize(("motif", "message"), [("", "Ce champ est obligatoire."), ("x" * 2001, "2001")])
def test_un_motif_faux_reste_a_l_ecran_avec_son_erreur(porteur, projet, motif, message):
    page = porteur.post(f"/mes-projets/{projet.pk}/retirer/", {"motif": motif})
    champ = page.context["form"]["motif"]
    assert (page.status_code, champ.value(), message in champ.errors[0], etat(projet)) == (200, motif, True, "depose")


def test_un_redacteur_retire_un_brouillon_et_pas_un_projet_depose(connecter, projet):
    redacteur = AdhesionFactory(organisme=projet.organisme, role=RoleOrganisme.REDACTEUR).personne
    neuf = Projet.objects.create(appel=projet.appel, axe=projet.axe, organisme=projet.organisme, intitule="Neuf")
    client = connecter(redacteur)
    codes = [client.post(f"/mes-projets/{p.pk}/retirer/", {"motif": "Non"}).status_code for p in (projet, neuf)]
    assert (codes, etat(projet), etat(neuf)) == ([403, 302], "depose", "retire")


def test_un_brouillon_se_copie_et_se_retire_depuis_sa_derniere_etape(porteur, projet, service):
    neuf = Projet.objects.create(appel=projet.appel, axe=projet.axe, organisme=projet.organisme, intitule="Neuf")
    page = texte(porteur.get(f"/mes-projets/{neuf.pk}/verification/"))
    liens = [f"/mes-projets/{neuf.pk}/copier/", f"/mes-projets/{neuf.pk}/retirer/"]
    assert [lien for lien in liens if f'href="{lien}"' not in page] == []
    retour = porteur.post(liens[1], {"motif": "Plus besoin"}, follow=True)
    assert (retour.status_code, etat(neuf)) == (200, "retire")
    assert service.get(f"/instruction/{neuf.pk}/").status_code == 404  # jamais déposé : le service n’en sait rien


@pytest.mark.parametrize("etat_final", [EtatProjet.RETENU, EtatProjet.NON_RETENU, EtatProjet.RETIRE])
def test_un_projet_decide_ou_retire_ne_se_retire_plus_et_la_fiche_le_dit(porteur, projet, etat_final):
    Projet.objects.filter(pk=projet.pk).update(etat=etat_final)
    for envoi in (porteur.get, porteur.post):
        retour = envoi(f"/mes-projets/{projet.pk}/retirer/", {"motif": "Trop tard"}, follow=True)
        assert f"Ce projet ne peut pas se retirer : il est « {etat_final.label} »." in texte(retour)
    assert etat(projet) == etat_final


# --- Copie --------------------------------------------------------------------------------------------------
def test_copier_mene_au_brouillon_neuf_et_un_second_clic_au_meme(porteur, projet):
    envoi = {"axe": projet.axe_id, "intitule": "La suite", "jeton": uuid4()}
    retours = [porteur.post(f"/mes-projets/{projet.pk}/copier/", envoi).url for _ in range(2)]
    copie = Projet.objects.get(intitule="La suite")
    assert (retours, copie.etat, copie.organisme) == (
        [f"/mes-projets/{copie.pk}/organisme/"] * 2, "brouillon", projet.organisme,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("decalage", "meme_titre", "est_propose"), [(5, True, True), (0, False, True), (5, False, False)]
)
def test_la_copie_propose_l_axe_de_meme_titre_ou_de_meme_numero(porteur, projet, decalage, meme_titre, est_propose):
    source, instant = projet.axe, timezone.now()
    type(projet.appel).objects.filter(pk=projet.appel_id).update(ferme_le=instant - timedelta(seconds=1))
    jours = {"ouvre_le": instant - timedelta(days=1), "ferme_le": instant + timedelta(days=1)}
    suivant = AppelFactory(etat="ouvert", annee_debut=2030, annee_fin=2032, **jours)
    AxeFactory(appel=suivant, numero=source.numero + 9, intitule="Ni l’un ni l’autre")
    titre = source.intitule.upper() if meme_titre else "Tout autre chose"
    axe = AxeFactory(appel=suivant, numero=source.numero + decalage, intitule=titre)
    propose = porteur.get(f"/mes-projets/{projet.pk}/copier/").context["form"]["axe"].value()
    assert propose == (axe.pk if est_propose else None)


def test_un_brouillon_retire_mene_a_ce_qui_y_etait_ecrit(porteur, projet):
    neuf = Projet.objects.create(appel=projet.appel, axe=projet.axe, organisme=projet.organisme, intitule="Neuf")
    page = porteur.post(f"/mes-projets/{neuf.pk}/retirer/", {"motif": "Plus besoin"}, follow=True)
    ecrit = f"/mes-projets/{neuf.pk}/imprimer/"
    assert ('id="budget"' in texte(page), f'href="{ecrit}"' in texte(page)) == (False, True)
    assert porteur.get(ecrit).status_code == 200
    assert 'id="budget"' in texte(porteur.get(f"/mes-projets/{projet.pk}/"))


def test_la_fiche_guette_le_recepisse_dix_minutes(porteur, projet, monkeypatch):
    page = f"/mes-projets/{projet.pk}/"
    assert f'hx-get="{page}"' in texte(porteur.get(page))
    plus_tard = timezone.now() + timedelta(minutes=11)
    monkeypatch.setattr("django.utils.timezone.now", lambda: plus_tard)
    assert (f'hx-get="{page}"' in texte(porteur.get(page)), "PDF en préparation" in texte(porteur.get(page))) == (
        False,
        True,
    )
    monkeypatch.undo()
    produire_le_recepisse(projet.depots.get().pk)
    assert f'hx-get="{page}"' not in texte(porteur.get(page))


@pytest.mark.parametrize(
    ("champ", "valeur"), [("axe", ""), ("axe", "999999"), ("axe", "abc"), ("intitule", ""), ("intitule", "x" * 301)]
)
def test_une_copie_fausse_garde_la_saisie_et_dit_l_erreur_a_cote(porteur, projet, champ, valeur):
    envoi = {"axe": str(projet.axe_id), "intitule": "La suite", "jeton": uuid4(), champ: valeur}
    page = porteur.post(f"/mes-projets/{projet.pk}/copier/", envoi)
    form = page.context["form"]
    assert (page.status_code, list(form.errors), form["intitule"].value()) == (200, [champ], envoi["intitule"])
    assert Projet.objects.count() == 1


def test_sans_appel_ouvert_rien_ne_se_copie_et_la_page_le_dit(porteur, projet):
    type(projet.appel).objects.update(ferme_le=timezone.now() - timedelta(seconds=1))
    page = porteur.get(f"/mes-projets/{projet.pk}/copier/")
    assert "Aucun appel ne reçoit de projet de votre organisme en ce moment." in texte(page)
    envoi = {"axe": projet.axe_id, "intitule": "La suite", "jeton": uuid4()}
    assert porteur.post(f"/mes-projets/{projet.pk}/copier/", envoi).status_code == 200
    assert Projet.objects.count() == 1


def test_la_copie_laisse_les_documents_archives_ou_ecartes(porteur, projet):
    appel = appel_ouvert(prefixe="AAP28")
    axe, piece = AxeFactory(appel=appel), PieceFactory(appel=appel, intitule="Statuts")
    ancienne = PieceFactory(appel=projet.appel, intitule="Statuts")
    for champs in ({}, {"est_archive": True}, {"etat": "infecte"}):
        piece_jointe(projet, DocumentFactory(organisme=projet.organisme, **champs), ancienne)
    bon = projet.pieces_jointes.first().document
    porteur.post(f"/mes-projets/{projet.pk}/copier/", {"axe": axe.pk, "intitule": "La suite", "jeton": uuid4()})
    copie = Projet.objects.get(intitule="La suite")
    assert list(PieceJointe.objects.filter(projet=copie).values_list("document", "piece")) == [(bon.pk, piece.pk)]


def test_dans_le_meme_appel_chaque_reponse_reste_a_sa_question(porteur, projet):
    axes = [projet.axe, AxeFactory(appel=projet.appel)]
    questions = [QuestionFactory(appel=projet.appel, axe=axe, intitule="Pourquoi ?") for axe in axes]
    for rang, question in enumerate(questions):
        Saisie.objects.create(
            projet=projet, champ=f"question_{question.pk}", valeur=f"Raison {rang}", saisie_le=timezone.now()
        )
    porteur.post(f"/mes-projets/{projet.pk}/copier/", {"axe": axes[1].pk, "intitule": "La suite", "jeton": uuid4()})
    reprises = Projet.objects.get(intitule="La suite").saisies.filter(champ__startswith="question_")
    assert dict(reprises.values_list("champ", "valeur")) == {
        f"question_{question.pk}": f"Raison {rang}" for rang, question in enumerate(questions)
    }


# --- Nombre de requêtes -------------------------------------------------------------------------------------
def test_les_fiches_prennent_un_nombre_fixe_de_requetes(porteur, service, projet, requetes, depose, instructeur):
    comptes = []
    for tour in range(2):
        for client, auteur in ((porteur, depose[1]), (service, instructeur)):
            for rang in range(1 + 3 * tour):
                client.post(f"/projets/{projet.pk}/messages/", {"texte": f"{auteur} {tour} {rang}"})
        with requetes() as la_mienne:
            porteur.get(f"/mes-projets/{projet.pk}/")
        with requetes() as instruction:
            service.get(f"/instruction/{projet.pk}/?onglet=echanges")
        comptes.append((la_mienne.nombre, instruction.nombre))
    assert (comptes[0] == comptes[1], max(comptes[0]) <= REQUETES_D_UNE_PAGE) == (True, True), (comptes, la_mienne)


def test_les_envois_prennent_peu_de_requetes(porteur, service, projet, requetes):
    for _ in range(3):
        AxeFactory(appel=projet.appel)
    envois = (
        (porteur, f"/projets/{projet.pk}/messages/", {"texte": "Bonjour."}),
        (porteur, f"/mes-projets/{projet.pk}/copier/", {"axe": projet.axe_id, "intitule": "Suite", "jeton": uuid4()}),
        (service, f"/instruction/{projet.pk}/complement/", {"texte": "Le RIB", "echeance": dans(5)}),
        (porteur, f"/mes-projets/{projet.pk}/retirer/", {"motif": "Non"}),
    )
    comptes = []
    for client, adresse, envoi in envois:
        with requetes() as prises:
            assert client.post(adresse, envoi).status_code == 302
        comptes.append(prises.nombre)
    copie = comptes.pop(1)
    assert (max(comptes) <= REQUETES_D_UN_ENVOI, copie <= REQUETES_D_UNE_COPIE) == (True, True), (comptes, copie)
