"""Les écrans des conventions : liste, page, actes, modèle, portail du porteur."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from comptes.states import Role
from financements.actions.conventions.lots import demander_un_lot
from financements.actions.conventions.rediger import preparer
from financements.actions.conventions.tirages import demander_le_tirage_du_lot
from financements.models import Action, Convention, Deliberation, LotDeConventions, ModeleDeConvention
from financements.states.execution import EtatConvention, SorteDeTirage
from tests.comptes.fabriques import AdhesionFactory, PersonneFactory
from tests.financements.conventions.fabriques import action_a_conventionner, editee, finances, signee, votee_ici
from tests.financements.execution.fabriques import convention, programme
from tests.financements.fabriques import action_votee

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]


@pytest.fixture
def auteur(client):
    personne = finances()
    client.force_login(personne)
    return personne


def adresse(nom, action, *suite):
    return reverse(f"financements:{nom}", args=[action.projet.appel.slug, action.projet.numero, *suite])


def messages_de(reponse):
    return [str(message) for message in reponse.context["messages"]]


def test_la_liste_compte_filtre_et_cherche(client, auteur):
    une, deux, trois = (votee_ici(action) for action in programme(3, "25000.00", cp="200000.00"))
    trois.projet.numero = 90_210  # dans le nom d’aucun organisme d’essai
    trois.projet.save(update_fields=["numero"])
    preparer(auteur=auteur, action=deux)
    Convention.objects.update(caduque_le=timezone.localdate(), etat="preparation")
    liste = reverse("financements:conventions", args=[une.projet.appel.slug])
    page = client.get(liste)
    assert [ligne.action for ligne in page.context["lignes"]] == [une, deux, trois]
    assert {cle: nombre for cle, _, nombre in page.context["comptes"] if nombre} == {"a_faire": 2, "preparation": 1}
    for requete, attendues in (
        ("?filtre=a_faire", [une, trois]),
        ("?filtre=preparation", [deux]),
        ("?filtre=inconnu", [une, deux, trois]),
        (f"?q={trois.projet.numero}", [trois]),
        (f"?q={deux.projet.organisme.siret}", [deux]),
        ("?q=introuvable", []),
    ):
        assert [ligne.action for ligne in client.get(liste + requete).context["lignes"]] == attendues, requete


def test_la_liste_fait_autant_de_requetes_pour_une_ligne_que_pour_trois(client, auteur, requetes):
    action = votee_ici(programme(1, "25000.00", cp="300000.00")[0])
    liste = reverse("financements:conventions", args=[action.projet.appel.slug])
    with requetes() as une:
        client.get(liste)
    territoire = action.projet.parts.get().territoire
    for _ in range(2):
        autre = action_votee(axe=action.projet.axe, parts={territoire: 100}, montants={2016: "30000.00"})
        preparer(auteur=auteur, action=votee_ici(autre))
    with requetes() as trois:
        client.get(liste)
    assert len(trois) == len(une) == 12


def test_du_rien_a_la_convention_signee_par_les_ecrans(client, auteur, django_capture_on_commit_callbacks):
    action = action_a_conventionner()
    page = client.get(adresse("convention", action))
    assert "Convention obligatoire" in page.text
    assert "Préparer la convention" in page.text
    client.post(adresse("preparer_convention", action))
    convention = Convention.objects.get()
    page = client.get(convention.get_absolute_url())
    assert page.text.count("Article 4. Contribution du Département") == 1
    reglages = {"debut_le": "2016-02-01", "fin_le": "2018-12-31", "caduque_le": "", "taux": "45,5", "version": "1"}
    fautive = client.post(adresse("regler_convention", action), reglages | {"fin_le": "2015-01-01"})
    assert "prend fin après" in fautive.text
    assert client.post(adresse("regler_convention", action), reglages).status_code == 302
    perimee = client.post(adresse("regler_convention", action), reglages)
    assert "a changé depuis" in perimee.text
    with django_capture_on_commit_callbacks(execute=True):
        client.post(adresse("agir_sur_convention", action, "editer"))
    page = client.get(convention.get_absolute_url())
    assert "Télécharger le PDF (4 pages)" in " ".join(page.text.split())
    pdf = client.get(adresse("telecharger_convention", action))
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")
    convention.refresh_from_db()
    jour = timezone.localdate()
    saisie = {"organisme_le": jour, "departement_le": jour + timedelta(days=1), "version": convention.version}
    refusee = client.post(adresse("signer_convention", action), saisie)
    assert refusee.context["form"].errors.keys() == {"departement_le"}
    client.post(adresse("signer_convention", action), saisie | {"departement_le": jour})
    convention.refresh_from_db()
    assert (convention.etat, convention.taux) == ("signee", 45.5)
    client.post(adresse("agir_sur_convention", action, "notifier"))
    assert Convention.objects.get().notifiee_le == jour


def test_une_fin_se_confirme(client, auteur):
    une = signee(auteur)
    fin = adresse("finir_convention", une.action, "resilier")
    saisie = {"le": timezone.localdate(), "motif": "Manquement.", "version": une.version}
    assert client.post(fin, saisie).context["form"].errors.keys() == {"sur"}
    client.post(fin, saisie | {"sur": "on"})
    assert Convention.objects.get().etat == "resiliee"
    assert client.get(adresse("finir_convention", une.action, "inconnu")).status_code == 404
    assert client.post(adresse("agir_sur_convention", une.action, "inconnu")).status_code == 404


def test_le_modele_se_regle_et_refuse_une_variable_inconnue(client, auteur):
    action = action_a_conventionner()
    modele = reverse("financements:modele_de_convention", args=[action.projet.appel.slug])
    form = client.get(modele).context["form"]
    saisie = {nom: form[nom].value() or "" for nom in form.fields}
    fautive = client.post(modele, saisie | {"texte_3": "{{ intitle }} {{ intitule }}"})
    assert "Vouliez-vous dire" in fautive.text
    assert fautive.context["form"].errors.keys() == {"texte_3"}
    sans_montant = client.post(modele, saisie | {"texte_6": "Rien."})
    assert any("{{ montant }}" in faute for faute in sans_montant.context["form"].non_field_errors())
    assert client.post(modele, saisie | {"titre_17": "", "texte_17": "", "mois_de_caducite": "18"}).status_code == 302
    enregistre = ModeleDeConvention.objects.get()
    assert (len(enregistre.articles), enregistre.mois_de_caducite, enregistre.version) == (16, 18, 2)
    assert "a changé depuis" in client.post(modele, saisie).text


def test_un_lot_part_de_la_liste(client, auteur, django_capture_on_commit_callbacks):
    action = action_a_conventionner()
    slug = action.projet.appel.slug
    lots = reverse("financements:lot_de_conventions", args=[slug])
    with django_capture_on_commit_callbacks(execute=True):
        reponse = client.post(lots, {"deliberation": action.deliberation_id}, follow=True)
    assert LotDeConventions.objects.get().faites == 1
    assert "1 éditée" in " ".join(reponse.text.split())
    encore = client.post(lots, {"deliberation": action.deliberation_id}, follow=True)
    assert any("rien à faire" in texte for texte in messages_de(encore))
    assert client.post(lots, {"deliberation": "999999"}).status_code == 404


def offertes(page) -> dict[int, tuple[bool, bool, bool]]:
    """Délibération → (éditer, enregistrer les signatures, dire qu’un lot avance), sur la page des conventions."""
    blocs = page.text.split('<strong class="me-auto">Délibération ')[1:]
    return {
        pk: ("Éditer 1" in bloc, "Enregistrer les signatures" in bloc, "Un lot est en cours" in bloc)
        for (pk, *_), bloc in zip(page.context["deliberations"], blocs, strict=True)
    }


def test_un_lot_en_cours_n_arrete_que_sa_deliberation(client, auteur):
    une, deux, trois, quatre = (votee_ici(action) for action in programme(4, "25000.00", cp="200000.00"))
    a = une.deliberation
    b = Deliberation.objects.create(appel=a.appel, reference="B", adoptee_le=a.adoptee_le, publiee_le=a.publiee_le)
    Action.objects.filter(pk__in=(trois.pk, quatre.pk)).update(deliberation=b)
    for action in (deux, quatre):
        convention(action, EtatConvention.EDITEE)
    page = reverse("financements:conventions", args=[a.appel.slug])
    tout, rien = (True, True, False), (False, False, True)
    assert offertes(client.get(page)) == {a.pk: tout, b.pk: tout}
    lot_de_a = demander_un_lot(auteur=auteur, deliberation=a)
    assert offertes(client.get(page)) == {a.pk: rien, b.pk: tout}
    lot_de_b = demander_un_lot(auteur=auteur, deliberation=b)
    assert offertes(client.get(page)) == {a.pk: rien, b.pk: rien}
    LotDeConventions.objects.filter(pk=lot_de_b.pk).update(etat="annule")
    lue = client.get(page)
    assert offertes(lue) == {a.pk: rien, b.pk: tout}
    assert lue.context["lots"] == [lot_de_b, lot_de_a]  # celui qui avance se suit et s’annule toujours


def test_un_pdf_fini_recharge_la_page_de_sa_convention(client, auteur, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        une = editee(auteur)
    suivi = client.get(
        reverse("financements:avancement_tirage", args=[une.action.projet.appel.slug, une.tirages.get().pk])
    )
    assert suivi["HX-Refresh"] == "true"
    assert "<form" not in suivi.text
    assert "Télécharger" not in suivi.text  # l’adresse des lots ne rend pas ce fichier : la page rechargée l’offre


def test_qui_ne_conventionne_pas_suit_un_tirage_sans_pouvoir_l_annuler(client, auteur):
    une = editee(auteur)
    slug = une.action.projet.appel.slug
    lot = demander_le_tirage_du_lot(
        auteur=auteur, deliberation=une.action.deliberation, sorte=SorteDeTirage.IMPRESSION
    )
    suivi = reverse("financements:avancement_tirage", args=[slug, lot.pk])
    annuler = reverse("financements:conduire_tirage", args=[slug, lot.pk, "annuler"])
    assert annuler in client.get(suivi).text
    client.force_login(PersonneFactory(role=Role.LECTURE))
    assert annuler not in client.get(suivi).text


def test_le_porteur_lit_la_sienne_une_fois_editee_et_la_decision_dite(client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        une = editee(finances())
    projet = une.action.projet
    porteur = AdhesionFactory(organisme=projet.organisme, personne=PersonneFactory(role=Role.PORTEUR)).personne
    client.force_login(porteur)
    mienne = reverse("financements:ma_convention", args=[projet.pk])
    suivi = reverse("projets:mon_projet", args=[projet.pk])
    assert b"".join(client.get(mienne).streaming_content).startswith(b"%PDF")
    assert "Convention à signer" in client.get(suivi).text
    type(projet).objects.update(decision_reservee=True)
    assert client.get(mienne).status_code == 404
    assert "Convention à signer" not in client.get(suivi).text
    type(projet).objects.update(decision_reservee=False)
    client.force_login(AdhesionFactory(personne=PersonneFactory(role=Role.PORTEUR)).personne)
    assert client.get(mienne).status_code == 404
