"""La section « Exécution » du rapport : les chiffres de l’écran, et rien tant que rien n’est engagé."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from comptes.states import Role
from config.socle.montants import format_euros_signe, format_pourcent, format_pourcent_signe
from financements.chiffres import Perimetre, Programme, version_des_donnees
from financements.chiffres.execution.comparaison import LigneComparee
from financements.chiffres.execution.organismes import aides_par_organisme
from financements.chiffres.execution.programme import Execution
from financements.chiffres.execution.tableaux import Chiffres
from financements.models import Action, Versement
from financements.states.execution import EtatVersement
from tests.financements.execution.fabriques import engager, versement
from tests.financements.fabriques import action_votee, enveloppe_repartie
from tests.financements.rapports import ecrit, imprime, normaliser, petit_programme, texte
from tests.financements.suivi.scenes import execute
from tests.projets.fabriques import AppelFactory, AxeFactory
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db
D = Decimal
COLONNES = ("attribue", "engage", "mandate", "paye", "reste_a_mandater")


def test_le_rapport_dit_les_chiffres_de_l_ecran(tmp_path, connecter):
    actions = execute()
    programme_d_avant()
    cible = tmp_path / "rapport.pdf"
    imprime(Perimetre.entier(actions[0].projet.appel), cible)
    brut = texte(cible)
    lu = " ".join(brut.split())
    ecran = connecter(Role.LECTURE).get("/financements/essai/suivi/").context
    vue = ecran["execution"]
    manquent = [
        " ".join(nombres)
        for ligne in (*vue.par_exercice, *vue.par_axe, *vue.par_territoire, *vue.par_imputation)
        if " ".join(nombres := [ecrit(getattr(ligne.chiffres, nom)) for nom in COLONNES]) not in lu
    ]
    assert manquent == []
    taux = [normaliser(format_pourcent(ligne.taux_de_realisation)) for ligne in vue.par_exercice]
    assert ([un for un in taux if un not in lu], "Ancienneté des restes à mandater" in lu) == ([], True)
    comparaison = ecran["comparaison"]
    attendues = [*comparaison.annees, *comparaison.programmes]
    assert [(ligne.exercice, ligne.reference) for ligne in attendues] == [(2017, 2016), (2016, 2014), (2017, 2015)]
    assert lignes_comparees(lu) == [compare(ligne) for ligne in attendues]

    organismes = connecter(Role.LECTURE).get("/financements/essai/organismes/").context
    attendus = [*((ligne.nom, ligne.chiffres) for ligne in organismes["lignes"]), ("Total", vue.total)]
    assert rangees_des_organismes(brut) == [rangee(*un) for un in attendus]


def entre(lu: str, debut: str, fin: str) -> str:
    return lu.partition(debut)[2].partition(fin)[0]


def rangee(nom: str, chiffres: Chiffres) -> str:
    return " ".join([nom, *(ecrit(getattr(chiffres, colonne)) for colonne in COLONNES)])


def rangees_des_organismes(lu: str) -> list[str]:
    """Les rangées imprimées de l’exécution par organisme, de l’en-tête à la note."""
    apres = entre(lu, "Exécution par organisme, du plus aidé", "Un organisme est son SIREN")
    return [ligne for ligne in apres.splitlines() if re.search(r"(?: [\d ]+,\d\d){5}$", ligne)]


def compare(ligne: LigneComparee) -> str:
    """Une rangée de la comparaison comme le PDF l’écrit : les écarts en euros, puis en pour cent."""
    euros = " ".join(format_euros_signe(ecart.difference) for ecart in ligne.ecarts)
    taux = " ".join(format_pourcent_signe(ecart.en_pourcent) or "–" for ecart in ligne.ecarts)
    return normaliser(f"{ligne.exercice} {ligne.reference} {euros} {taux}")


def lignes_comparees(lu: str) -> list[str]:
    """Les rangées imprimées des deux comparaisons, dans l’ordre."""
    corps = entre(lu, "D’une année à l’autre", "Ancienneté des restes")
    return re.findall(r"20\d\d 20\d\d(?: [+−]?[\d ]+,\d\d €){4}(?: (?:[+−]?[\d ]+,\d %|–)){4}", corps)


def programme_d_avant() -> Action:
    """Le programme 2014-2015, en partie payé : les années d’après se comparent aux siennes."""
    avant = AppelFactory(slug="avant", annee_debut=2014, annee_fin=2015)
    territoire = TerritoireFactory(code="EST", nom="Est")
    enveloppe_repartie(avant, {2014: "500.00", 2015: "500.00"}, {territoire: 1})
    action = action_votee(
        axe=AxeFactory(appel=avant), parts={territoire: 100}, montants={2014: "400.00", 2015: "300.00"}
    )
    engager(action)
    versement(action, "90.00", EtatVersement.PAYE, annee=2014, exercice=2014)
    return action


def test_l_execution_du_programme_precedent_change_l_empreinte():
    appel = execute()[0].projet.appel
    vues = [version_des_donnees(appel)]
    ancienne = programme_d_avant()
    vues.append(version_des_donnees(appel))
    versement(ancienne, "10.00", EtatVersement.PAYE, annee=2015, exercice=2015)
    vues.append(version_des_donnees(appel))
    assert len(set(vues)) == 3
    avant = version_des_donnees(ancienne.projet.appel)
    est = {ancienne.projet.parts.get().territoire: 100}
    engager(action_votee(axe=appel.axes.get(numero=1), numero=9, parts=est, montants={2016: "1.00"}))
    assert version_des_donnees(appel) != vues[-1]
    assert version_des_donnees(ancienne.projet.appel) == avant


def test_au_dela_d_une_limite_les_moins_aides_font_une_rangee_et_le_total_reste_entier():
    perimetre = Perimetre.entier(execute()[0].projet.appel)
    entier = Execution(Programme(perimetre)).total
    with CaptureQueriesContext(connection) as requetes:
        aides = aides_par_organisme(perimetre, 1, au=date(2017, 1, 1))
    assert len(requetes) == 1
    assert ([ligne.nom for ligne in aides.lignes], aides.autres) == (["Les Amis"], 1)
    assert (autres := aides.chiffres_des_autres) == Chiffres(
        attribue=D("200.00"), engage=D("200.00"), prevu=D("120.00"), liquide=D("50.00"), mandate=D("50.00")
    )
    assert aides.total.chiffres == entier == aides.lignes[0].chiffres + autres
    ecrite = render_to_string("financements/pdf/_execution_par_organisme.html", {"aides": aides})
    assert re.findall(r'scope="row">([^<]+)<', ecrite) == ["Les Amis", "1 autre organisme", "Total"]


def test_une_seule_annee_ne_se_compare_a_rien(tmp_path):
    actions = execute()
    cible = tmp_path / "rapport.pdf"
    imprime(Perimetre(actions[0].projet.appel, (2016,)), cible)
    lu = texte(cible)
    assert ("Ancienneté des restes" in lu, "D’une année à l’autre" in lu) == (True, False)


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
    lu = texte(cible)
    titres = ("Ancienneté des restes", "D’une année à l’autre", "Exécution par organisme")
    assert [titre for titre in titres if titre in lu] == []


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
