"""« Mes projets » : ceux de ses organismes, et rien qui trahisse un avis."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from comptes.states import Role
from projets.models import AppelAProjets, DemandeDeComplement, Irrecevabilite, Projet
from projets.states import LIBELLES_PUBLICS, TONS, EtatProjet
from tests.comptes.fabriques import AdhesionFactory, OrganismeFactory, PersonneFactory
from tests.projets.complets import projet_complet
from tests.projets.fabriques import AxeFactory, ProjetFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def porteur():
    return PersonneFactory(role=Role.PORTEUR)


@pytest.fixture
def organisme(porteur):
    return AdhesionFactory(personne=porteur).organisme


def montres(reponse) -> list[int]:
    return [projet.pk for projet, _ in reponse.context["lignes"]]


def test_on_voit_les_projets_de_tous_ses_organismes_et_aucun_autre(connecter, porteur, organisme):
    second = AdhesionFactory(personne=porteur).organisme
    AdhesionFactory(organisme=organisme)  # un collègue du même organisme ne double pas les lignes
    les_siens = [
        ProjetFactory(organisme=organisme, numero=None, etat=EtatProjet.BROUILLON),
        ProjetFactory(organisme=organisme, numero=1),
        ProjetFactory(organisme=second, numero=2),
    ]
    autre = ProjetFactory(numero=4)
    navigateur = connecter(porteur)
    assert montres(navigateur.get("/mes-projets/")) == [projet.pk for projet in les_siens]
    assert [navigateur.get(f"/mes-projets/{p.pk}/").status_code for p in (*les_siens, autre)] == [302, 200, 200, 404]


def test_les_montants_demandes_se_lisent_par_annee(connecter, porteur, organisme):
    axe = AxeFactory()
    un = ProjetFactory(organisme=organisme, axe=axe, numero=1, budget={2016: ("9000", "4500.50"), 2018: ("1", "0.50")})
    deux = ProjetFactory(organisme=organisme, axe=axe, numero=2, budget={2017: ("9000", "1000")})
    contexte = connecter(porteur).get("/mes-projets/").context
    assert contexte["annees"] == [2016, 2017, 2018]
    assert [(p.pk, montants, p.montant_demande) for p, montants in contexte["lignes"]] == [
        (un.pk, {2016: Decimal("4500.50"), 2018: Decimal("0.50")}, Decimal("4501.00")),
        (deux.pk, {2017: Decimal("1000.00")}, Decimal("1000.00")),
    ]


def test_un_brouillon_montre_ce_qu_il_demande_deja(connecter):
    projet = projet_complet()
    contexte = connecter(projet.organisme.adhesions.get().personne).get("/mes-projets/").context
    par_an = dict.fromkeys((2027, 2028, 2029), Decimal("60000.00"))
    assert [(p.pk, montants) for p, montants in contexte["lignes"]] == [(projet.pk, par_an)]
    assert contexte["brouillons"][projet.pk].demande == Decimal("180000.00")


@pytest.mark.parametrize(
    ("etat", "lu"),
    [
        (EtatProjet.DEPOSE, "déposé"),
        (EtatProjet.COMPLETE, "déposé, complété"),
        (EtatProjet.RECEVABLE, "en instruction"),
        (EtatProjet.INSTRUIT, "en instruction"),
        (EtatProjet.PRESENTE, "en instruction"),
        (EtatProjet.RETENU, "retenu"),
    ],
)
def test_le_porteur_lit_l_etat_public(connecter, porteur, organisme, etat, lu):
    projet = ProjetFactory(organisme=organisme, etat=etat)
    navigateur = connecter(porteur)
    for adresse in ("/mes-projets/", f"/mes-projets/{projet.pk}/"):
        page = navigateur.get(adresse).content.decode()
        assert f">{lu}</span>" in page
        if etat in LIBELLES_PUBLICS:
            assert f">{projet.get_etat_display()}</span>" not in page


@pytest.mark.parametrize("etat", [etat for etat in EtatProjet if etat != EtatProjet.BROUILLON])
def test_avant_la_decision_le_porteur_lit_ce_qui_est_prevu_ensuite(connecter, porteur, organisme, etat):
    jours = {"comite_le": timezone.localdate(), "deliberation_le": timezone.localdate() + timedelta(days=30)}
    projet = ProjetFactory(organisme=organisme, etat=etat)
    AppelAProjets.objects.filter(pk=projet.appel_id).update(**jours)
    page = connecter(porteur).get(f"/mes-projets/{projet.pk}/")
    lu = " ".join(page.content.decode().split())
    prevu = f'délibération de l’assemblée le <time datetime="{jours["deliberation_le"]}">'
    attend = etat in {"depose", "incomplet", "complete", "recevable", "instruit", "presente", "liste_attente"}
    assert ([nom for nom, _ in page.context["etapes_prevues"]], prevu in lu) == (
        ["comité de sélection", "délibération de l’assemblée"] if attend else [], attend,
    )  # fmt: skip


def test_deux_etats_de_meme_libelle_public_ont_le_meme_ton():
    tons: dict[str, set[str]] = {}
    for etat in EtatProjet:
        tons.setdefault(Projet(etat=etat).etat_public, set()).add(TONS.get(etat, ""))
    assert {libelle: len(choix) for libelle, choix in tons.items() if len(choix) != 1} == {}


def test_la_recherche_ignore_les_accents_et_garde_le_texte_tape(connecter, porteur, organisme):
    trouve = ProjetFactory(organisme=organisme, intitule="Mobilité à l’Épicerie")
    ProjetFactory(organisme=organisme, intitule="Jardin")
    reponse = connecter(porteur).get("/mes-projets/?q=epicerie MOBILITE")
    assert montres(reponse) == [trouve.pk]
    assert 'value="epicerie MOBILITE"' in reponse.content.decode()


def test_on_trie_par_montant_dans_les_deux_sens_et_un_tri_inconnu_est_ignore(connecter, porteur, organisme):
    petit = ProjetFactory(organisme=organisme, numero=1, budget={2016: ("10", "1")})
    grand = ProjetFactory(organisme=organisme, numero=2, budget={2016: ("10", "9")})
    navigateur = connecter(porteur)
    assert [montres(navigateur.get(f"/mes-projets/?tri={tri}")) for tri in ("montant", "-montant", "password")] == [
        [petit.pk, grand.pk],
        [grand.pk, petit.pk],
        [petit.pk, grand.pk],
    ]


def test_la_pagination_garde_la_recherche(connecter, porteur, organisme):
    for numero in range(1, 27):
        ProjetFactory(organisme=organisme, numero=numero, intitule=f"Atelier {numero}")
    navigateur = connecter(porteur)
    premiere = navigateur.get("/mes-projets/?q=atelier")
    assert [len(montres(premiere)), len(montres(navigateur.get("/mes-projets/?q=atelier&page=2")))] == [25, 1]
    assert 'href="?q=atelier&amp;page=2"' in premiere.content.decode()


def test_autant_de_requetes_pour_un_projet_que_pour_trois(connecter, porteur, organisme, requetes):
    navigateur = connecter(porteur)
    comptes = []
    for _ in range(3):
        ProjetFactory(organisme=organisme)
        with requetes() as prises:
            navigateur.get("/mes-projets/")
        comptes.append(prises.nombre)
    # session, personne, compte, page, exercices, demandes, irrecevabilités, votes
    assert comptes == [8, 8, 8], prises


def attendu(organisme, *, jours: int, etat: str, close: bool = False) -> Projet:
    """Un projet de cet organisme dont le service attend un complément, ou qu’il a refusé et qui se complète encore."""
    projet = ProjetFactory(organisme=organisme, etat=etat)
    jour, hier = timezone.localdate() + timedelta(days=jours), timezone.now() - timedelta(days=9)
    service = PersonneFactory(pilote=True)
    if etat == EtatProjet.IRRECEVABLE:
        Irrecevabilite.objects.create(
            projet=projet,
            motif="Comptes non signés.",
            contenu={},
            prononcee_par=service,
            prononcee_le=hier,
            completable_jusqu_au=jour,
        )
    else:
        DemandeDeComplement.objects.create(
            projet=projet,
            texte="Le RIB.",
            demandee_par=service,
            demandee_le=hier,
            echeance=jour,
            repondue_le=timezone.now() if close else None,
        )
    return projet


def test_ce_que_le_service_attend_se_lit_dans_la_liste_et_a_l_accueil(connecter, porteur, organisme):
    incomplet, irrecevable = EtatProjet.INCOMPLET, EtatProjet.IRRECEVABLE
    plus_tard = attendu(organisme, jours=9, etat=incomplet)
    bientot = attendu(organisme, jours=2, etat=irrecevable)
    en_retard = attendu(organisme, jours=-1, etat=incomplet)
    attendu(organisme, jours=-1, etat=irrecevable)  # le délai est passé : rien à reprendre
    attendu(organisme, jours=4, etat=EtatProjet.COMPLETE, close=True)
    attendu(OrganismeFactory(), jours=4, etat=incomplet)  # d’un autre organisme
    navigateur = connecter(porteur)
    accueil, liste = navigateur.get("/"), navigateur.get("/mes-projets/")
    lues = [(a.projet.pk, a.est_repris, a.est_en_retard) for a in accueil.context["attentes"]]
    assert lues == [
        (en_retard.pk, True, True), (bientot.pk, False, False), (plus_tard.pk, True, False),
    ]  # fmt: skip
    assert set(liste.context["attentes"]) == {plus_tard.pk, bientot.pk, en_retard.pk}
    assert [page.content.decode().count("complément à rendre") for page in (accueil, liste)] == [2, 2]
    assert "prêt à déposer" not in liste.content.decode()


def test_un_porteur_sans_organisme_a_une_liste_vide(connecter, porteur):
    ProjetFactory(organisme=OrganismeFactory())
    reponse = connecter(porteur).get("/mes-projets/")
    assert montres(reponse) == []
    assert "Aucun projet" in reponse.content.decode()
