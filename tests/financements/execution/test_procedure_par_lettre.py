"""Un organisme que rien n’avertit par courriel : ses lettres, la date de remise, et la décision qui l’attend."""

import io
from datetime import timedelta
from decimal import Decimal

import pypdf
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from comptes.models import Courriel
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.execution.procedures import abandonner
from financements.actions.execution.remise import noter_la_remise
from financements.models import ProcedureContradictoire
from financements.states.execution import SorteDeProcedure
from financements.views.attentes import a_faire_apres_le_vote
from tests.comptes.fabriques import PersonneFactory, ResponsableFactory
from tests.financements.execution.fabriques import engagees
from tests.financements.execution.test_procedures import decidee, engagee, entendue, finances

pytestmark = pytest.mark.django_db


def remise(procedure, remise_le=None, auteur=None, version=None):
    return noter_la_remise(
        auteur=auteur or finances(),
        procedure=procedure,
        remise_le=remise_le or timezone.localdate(),
        version=version or procedure.version,
    )


def reculer(jours):
    """La procédure, ouverte il y a `jours` jours, son délai échu d’après son ouverture seule."""
    depuis = timezone.localdate() - timedelta(days=jours)
    ProcedureContradictoire.objects.update(engagee_le=depuis, repondre_avant=depuis + timedelta(days=15))
    return ProcedureContradictoire.objects.get()


def test_la_decision_attend_la_remise_puis_le_delai_entier_depuis_elle():
    (action,) = engagees()
    engagee(action)
    assert not Courriel.objects.exists()
    procedure, jour = reculer(40), timezone.localdate()
    assert (procedure.par_lettre, procedure.attend_la_remise, procedure.est_decidable(jour)) == (True, True, False)
    with pytest.raises(PassageRefuse, match="date de remise"):
        decidee(procedure)
    champs = {"etat": "decidee", "decision": "Non.", "decidee_le": jour}
    with pytest.raises(IntegrityError, match="apres_la_remise"), transaction.atomic():
        ProcedureContradictoire.objects.update(**champs)
    procedure = remise(procedure, jour - timedelta(days=15))
    assert (procedure.repondre_avant, procedure.est_decidable(jour)) == (jour, False)
    with pytest.raises(PassageRefuse, match="la décision les attend"):
        decidee(procedure)
    procedure = remise(procedure, jour - timedelta(days=16))  # la première date était fausse
    acte = Journal.objects.filter(acte="noter_la_remise").latest("pk")
    hier = jour - timedelta(days=1)
    assert (acte.avant, acte.apres) == (
        {"remise_le": str(jour - timedelta(days=15))},
        {"remise_le": str(jour - timedelta(days=16)), "repondre_avant": str(hier)},
    )
    assert decidee(procedure).etat == "decidee"


def test_un_compte_ouvert_apres_coup_ne_lit_aucun_delai_avant_la_remise():
    (action,) = engagees()
    engagee(action)
    procedure, jour = reculer(40), timezone.localdate()
    porteur = ResponsableFactory(organisme=action.projet.organisme).personne
    (avant,) = a_faire_apres_le_vote(porteur, jour)
    assert (avant.jusqu_au, avant.est_en_retard) == (None, False)
    remise(procedure, jour - timedelta(days=16))
    (apres,) = a_faire_apres_le_vote(porteur, jour)
    assert (apres.jusqu_au, apres.est_en_retard) == (jour - timedelta(days=1), True)


def test_une_reponse_prouve_que_l_organisme_est_averti():
    (action,) = engagees()
    procedure = entendue(action)
    assert (procedure.par_lettre, decidee(procedure).etat) == (True, "decidee")


def test_la_remise_ne_se_note_que_d_une_lettre_en_cours_a_sa_date_par_qui_execute():
    (action,) = engagees()
    procedure, jour = engagee(action), timezone.localdate()
    for role in ("porteur", "instructeur", "lecture", "administrateur"):
        with pytest.raises(PermissionDenied):
            remise(procedure, auteur=PersonneFactory(role=role))
    for faux, dit in ((jour + timedelta(days=1), "pas encore venu"), (jour - timedelta(days=1), "avant l’ouverture")):
        with pytest.raises(ValidationError, match=dit):
            remise(procedure, faux)
    with pytest.raises(VersionPerimee):
        remise(procedure, version=9)
    with pytest.raises(IntegrityError, match="depuis_la_remise"), transaction.atomic():
        ProcedureContradictoire.objects.update(remise_le=jour + timedelta(days=1))
    procedure = abandonner(auteur=finances(), procedure=procedure, motif="Justifié.", version=procedure.version)
    (par_courriel,) = engagees(organisme__courriel="contact@asso.fr")
    for autre in (procedure, engagee(par_courriel)):
        with pytest.raises(PassageRefuse, match="n’attend pas"):
            remise(autre)


def texte_du_pdf(reponse):
    lignes = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(reponse.content)).pages)
    return " ".join(lignes.split())


def contient(texte, *attendus):
    return [attendu for attendu in attendus if attendu not in texte]


def test_sans_courriel_la_page_donne_les_lettres_et_prend_la_remise(connecter):
    client = connecter("finances")
    (action,) = engagees(organisme__nom="Les Sans-Adresse", organisme__representant_nom="Jeanne Ronce")
    base = f"/financements/{action.projet.appel.slug}/actions/{action.projet.numero}/execution/procedures/"
    grief = {"sorte": "reduction", "annee": "2016", "montant": "3 000", "motif": "Effectif moindre.", "delai": "20"}
    ouverte = client.post(f"{base}ouvrir/", grief, follow=True)
    assert "personne n’en reçoit de courriel\u00a0: envoyez la lettre en recommandé" in ouverte.text
    procedure = ProcedureContradictoire.objects.get()
    adresse = f"{base}{procedure.pk}/"
    assert ouverte.redirect_chain == [(adresse, 302)]
    assert contient(ouverte.text, f"{adresse}lettre/", "le délai court de sa réception", "Lettre remise le") == []
    lettre = client.get(f"{adresse}lettre/")
    assert lettre.headers["Content-Type"] == "application/pdf"
    attendus = (
        "Les Sans-Adresse",
        "Jeanne Ronce",
        "Effectif moindre.",
        "Réduction de l’aide",
        "3 000,00 €",
        "20 jours",
    )
    assert contient(texte_du_pdf(lettre), *attendus, "à compter de la réception", "L121-1", "L122-1", "L122-2") == []
    assert client.get(f"{adresse}decision/").status_code == 404
    jour = timezone.localdate()
    refusee = client.post(f"{adresse}remise/", {"remise_le": "2062-01-01", "version": 1}, follow=True)
    assert "pas encore venu" in refusee.text
    assert "JJ/MM/AAAA" in client.post(f"{adresse}remise/", {"remise_le": "hier", "version": 1}, follow=True).text
    notee = client.post(f"{adresse}remise/", {"remise_le": jour.isoformat(), "version": 1}, follow=True)
    assert "la lettre remise le" in notee.text
    procedure.refresh_from_db()
    assert (procedure.remise_le, procedure.repondre_avant) == (jour, jour + timedelta(days=20))


def test_sans_courriel_la_decision_se_dit_par_sa_lettre(connecter):
    client = connecter("finances")
    (action,) = engagees()
    engagee(action, SorteDeProcedure.REDUCTION, "3000.00", 2016)
    procedure = remise(reculer(40), timezone.localdate() - timedelta(days=16))
    slug, numero = action.projet.appel.slug, action.projet.numero
    adresse = f"/financements/{slug}/actions/{numero}/execution/procedures/{procedure.pk}/"
    corps = {"decision": "Vu le relevé de présence.", "montant_retenu": "2 000", "version": procedure.version}
    faite = client.post(adresse, {**corps, "sens": "decider"}, follow=True)
    assert "envoyez-lui la lettre en recommandé" in faite.text
    assert f"{adresse}decision/" in faite.text
    texte = texte_du_pdf(client.get(f"{adresse}decision/"))
    attendus = ("Vu le relevé de présence.", "L’action n’est plus menée.", "2 000,00 €", "3 000,00 €")
    assert contient(texte, *attendus, "deux mois", "recours gracieux", "tribunal administratif") == []
    procedure.refresh_from_db()
    assert (procedure.etat, procedure.montant_retenu) == ("decidee", Decimal(2000))


def test_une_procedure_abandonnee_a_une_lettre_sans_recours(connecter):
    (action,) = engagees()
    procedure = abandonner(auteur=finances(), procedure=engagee(action), motif="Justifié.", version=1)
    slug, numero = action.projet.appel.slug, action.projet.numero
    reponse = connecter("lecture").get(
        f"/financements/{slug}/actions/{numero}/execution/procedures/{procedure.pk}/decision/"
    )
    texte = texte_du_pdf(reponse)
    assert contient(texte, "sans suite", "Justifié.", "aucune décision n’est prise") == []
    assert "tribunal" not in texte
