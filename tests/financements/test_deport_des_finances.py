"""Qui s’est déporté d’un projet n’en lit ni n’en conduit l’argent : convention, versements, bilan, procédure."""

import pytest

from financements.actions.conventions.lots import a_signer
from financements.actions.conventions.rediger import editer, preparer
from financements.actions.execution.liquider import liquider_en_lot
from financements.chiffres import Perimetre, Programme
from financements.chiffres.lettres import lettres_choisies
from financements.models import LotDeLettres, Versement
from projets.models import Projet
from tests.architecture.acces import lignes, lire_le_fichier
from tests.architecture.monde import monde
from tests.financements.conventions.fabriques import finances, votee_ici
from tests.financements.execution.fabriques import affecter, programme, versement
from tests.financements.lettres.objets import deliberation_executoire, lettre_notifiee
from tests.projets.fabriques import ProjetFactory, deport_de

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]
PAGES = (
    "/financements/nord/actions/1/",
    "/financements/nord/conventions/1/",
    "/financements/nord/versements/{versement}/",
    "/financements/nord/bilans/1/",
    "/bilans/{bilan_depose}/",
)
FERMEES = {403, 404, 405}


@pytest.mark.parametrize("role", ["instructeur", "pilote", "finances"])
def test_l_argent_d_un_projet_est_ferme_a_qui_s_en_deporte(role, client):
    objets, personnes = monde()
    client.force_login(personnes[role])
    siennes = [ligne for ligne in lignes() if ligne.exemple.startswith(PAGES)]
    ouvertes = []
    for ligne in siennes:
        if ligne.methode == "GET":
            reponse = client.get(ligne.exemple.format(**objets))
            lire_le_fichier(reponse)
            if reponse.status_code == 200:
                ouvertes.append(ligne.exemple)
    assert ouvertes, "sans page ouverte avant, l’essai ne prouverait rien"
    deport_de(personnes[role], Projet.objects.get(pk=objets["projet"]))
    codes = {(un.methode, un.exemple): client.generic(un.methode, un.exemple.format(**objets)) for un in siennes}
    assert [cle for cle, reponse in codes.items() if reponse.status_code not in FERMEES] == []


def test_listes_fichiers_et_lots_taisent_un_projet_ferme_que_les_totaux_comptent(client):
    moi = finances()
    lue, fermee = (votee_ici(action) for action in programme(2, montant="30000.00", cp="200000.00"))
    affecter(lue, "180000.00")
    for action in (lue, fermee):
        editer(auteur=moi, convention=preparer(auteur=moi, action=action), avec_le_pdf=False)
        versement(action, "100.00", reference=f"V-{action.pk}")
    appel, deliberation = lue.projet.appel, lue.deliberation
    programme_avant = Programme(Perimetre.entier(appel)).total
    deport_de(moi, fermee.projet)
    client.force_login(moi)
    racine = f"/financements/{appel.slug}"
    pages = [f"{racine}/{une}/" for une in ("actions", "conventions", "versements")]
    for page in (*pages, deliberation.get_absolute_url()):
        ecran = client.get(page).text
        assert "Un projet dont vous vous êtes déporté" in ecran, page
        assert [une.projet.organisme.nom in ecran for une in (lue, fermee)] == [True, False], page
    fichier = b"".join(client.post(f"{racine}/actions/exporter/csv/").streaming_content).decode("utf-8-sig")
    assert [ligne.split(";")[0] for ligne in fichier.splitlines()[1:]] == [str(lue.projet.numero)]
    assert list(a_signer(moi, deliberation, seulement_revenues=False)) == [lue]
    issues = liquider_en_lot(auteur=moi, appel=appel, cles=Versement.objects.values_list("pk", flat=True))
    assert [issue.versement.action for issue in issues] == [lue]
    assert Programme(Perimetre.entier(appel)).total == programme_avant == 180_000


def test_le_fichier_d_un_autre_ne_se_lit_pas_s_il_peut_contenir_un_projet_ferme():
    moi, autre = finances(), finances()
    ferme = ProjetFactory()
    lettre = lettre_notifiee(deliberation_executoire(ferme.appel, "D/1"), ferme)
    deliberation = lettre.decision.deliberation
    lots = [
        LotDeLettres.objects.create(deliberation=deliberation, sorte="archive", choix=choix, demande_par=qui)
        for choix, qui in (("", moi), ("non_retenu", autre), ("retenu", None))
    ]
    assert set(LotDeLettres.objects.visibles_par(moi)) == set(lots)
    deport_de(moi, ferme)
    assert list(LotDeLettres.objects.visibles_par(moi)) == [lots[0]]
    assert set(LotDeLettres.objects.visibles_par(autre)) == set(lots)
    assert list(lettres_choisies(deliberation, "", moi)) == []
    assert list(lettres_choisies(deliberation, "", autre)) == [lettre]


def test_les_donnees_ouvertes_disent_tout_ce_que_la_loi_publie(client):
    moi, action = finances(), votee_ici(programme(1)[0])
    client.force_login(moi)
    adresse = f"/financements/{action.projet.appel.slug}/exporter/donnees-ouvertes/"
    avant = client.get(adresse).context["subventions"].nombre
    deport_de(moi, action.projet)
    assert (avant, client.get(adresse).context["subventions"].nombre) == (1, 1)
