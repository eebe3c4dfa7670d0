"""La section « Exécution » du rapport : les chiffres de l’écran, et rien tant que rien n’est engagé."""

from datetime import date

import pytest

from comptes.states import Role
from config.socle.montants import format_pourcent
from financements.chiffres import Perimetre, Programme, version_des_donnees
from financements.chiffres.execution.programme import Execution
from financements.models import Versement
from financements.states.execution import EtatVersement
from tests.financements.execution.fabriques import engager
from tests.financements.rapports import ecrit, imprime, normaliser, petit_programme, texte
from tests.financements.suivi.scenes import execute

pytestmark = pytest.mark.django_db
COLONNES = ("attribue", "engage", "mandate", "paye", "reste_a_mandater")


def test_le_rapport_dit_les_chiffres_de_l_ecran(tmp_path, connecter):
    actions = execute()
    cible = tmp_path / "rapport.pdf"
    imprime(Perimetre.entier(actions[0].projet.appel), cible)
    lu = " ".join(texte(cible).split())
    vue = connecter(Role.LECTURE).get("/financements/essai/suivi/").context["execution"]
    manquent = [
        " ".join(nombres)
        for ligne in (*vue.par_exercice, *vue.par_axe, *vue.par_territoire, *vue.par_imputation)
        if " ".join(nombres := [ecrit(getattr(ligne.chiffres, nom)) for nom in COLONNES]) not in lu
    ]
    assert manquent == []
    taux = [normaliser(format_pourcent(ligne.taux_de_realisation)) for ligne in vue.par_exercice]
    assert ([un for un in taux if un not in lu], "Ancienneté des restes à mandater" in lu) == ([], True)


def test_un_rapport_de_territoire_dit_sa_part_sans_credits(tmp_path):
    actions = execute()
    appel = actions[0].projet.appel
    sud = actions[2].projet.parts.get().territoire
    cible = tmp_path / "rapport.pdf"
    imprime(Perimetre(appel, (2016, 2017), territoire=sud), cible)
    total = Execution(Programme(Perimetre(appel, (2016, 2017), territoire=sud))).total
    lu = " ".join(texte(cible).split())
    assert " ".join(ecrit(getattr(total, nom)) for nom in COLONNES) in lu
    assert "CP votés" not in lu


def test_rien_d_engage_pas_de_section(tmp_path):
    programme = petit_programme()
    cible = tmp_path / "rapport.pdf"
    imprime(programme.entier, cible)
    assert "Ancienneté des restes" not in texte(cible)


def test_chaque_ecriture_de_l_execution_change_l_empreinte():
    (une, *_) = execute()
    appel = une.projet.appel
    vues = {version_des_donnees(appel)}
    Versement.objects.filter(action=une, etat=EtatVersement.PREVU).update(prevu_le=date(2016, 12, 2))
    vues.add(version_des_donnees(appel))
    Versement.objects.filter(etat=EtatVersement.LIQUIDE).update(
        etat=EtatVersement.MANDATE, mandate_le=date(2017, 2, 1), numero_de_mandat="M"
    )
    vues.add(version_des_donnees(appel))
    assert len(vues) == 3
    autre = petit_programme(slug="autre")
    avant = version_des_donnees(autre.appel)
    engager(autre.appel.projets.first().action)
    assert version_des_donnees(autre.appel) != avant
