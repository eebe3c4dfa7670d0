"""Pendant un complément, le service ne voit que ce qui est déposé ; rendu, il voit tout d’un coup."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from projets.actions.deposer import completer, deposer
from projets.actions.echanges import demander_un_complement
from projets.actions.pieces import joindre_un_document
from projets.actions.retirer import retirer_projet
from projets.forms.dossier.donnees import DonneesDuProjet
from projets.forms.dossier.dossier import Dossier
from projets.forms.dossier.verification import verifier
from projets.models import Axe, Depot, PieceJointe, Projet
from tests.comptes.fabriques import DocumentFactory, PersonneFactory
from tests.projets.complets import appel_a_deposer, projet_complet, responsable_pret
from tests.projets.dossiers import ecrire, enregistrees
from tests.projets.fabriques import AxeFactory, PieceFactory, QuestionFactory
from tests.projets.test_suivi import demain

pytestmark = pytest.mark.django_db
DEPOSE, TAPE = "Garde d’enfants en horaires décalés", "Éveil musical"


@pytest.fixture
def adhesion():
    return responsable_pret()


@pytest.fixture
def autre_axe(projet) -> Axe:
    """Le second axe de l’appel."""
    return Axe.objects.exclude(pk=projet.axe_id).get(appel=projet.appel)


@pytest.fixture
def projet(adhesion) -> Projet:
    """Déposé sur l’axe 1, puis rendu au porteur pour complément."""
    appel = appel_a_deposer()
    projet = projet_complet(adhesion, appel, intitule=DEPOSE)
    AxeFactory(appel=appel, numero=2, intitule="Culture")
    deposer(auteur=adhesion.personne, projet=projet, verifie=verifie(projet))
    pilote = PersonneFactory(role="pilote")
    demander_un_complement(auteur=pilote, projet=projet, texte="Le titre est à revoir.", echeance=demain())
    return Projet.objects.get(pk=projet.pk)


@pytest.fixture
def pilote(connecter) -> Client:
    return connecter("pilote")


def verifie(projet: Projet):
    return verifier(Dossier(Projet.objects.en_dossier().get(pk=projet.pk)), declarations=[])


def taper(projet: Projet, adhesion, **champs: object) -> None:
    ecrire(projet, adhesion.personne, enregistrees(projet), **champs)


def vu_par_le_service(pilote: Client, projet: Projet, axe: Axe) -> dict[str, object]:
    """La liste, ses filtres, la recherche et la fiche."""

    def liste(**filtres: object) -> list[tuple[str, int]]:
        montres = Projet.objects.filter(pk__in=list(pilote.get("/instruction/", filtres).context["page"]))
        return [(p.intitule, p.axe.numero) for p in montres]

    fiche = pilote.get(f"/instruction/{projet.pk}/").context["projet"]
    return {
        "liste": liste(),
        "axe 1": liste(axe=projet.axe_id),
        "axe 2": liste(axe=axe.pk),
        "recherche du titre déposé": liste(q="horaires"),
        "recherche du titre tapé": liste(q="musical"),
        "fiche": (fiche.intitule, fiche.axe.numero),
    }


def test_ce_qui_se_tape_pendant_un_complement_ne_se_voit_pas_avant_d_etre_rendu(pilote, projet, adhesion, autre_axe):
    avant = vu_par_le_service(pilote, projet, autre_axe)
    assert avant == {
        "liste": [(DEPOSE, 1)],
        "axe 1": [(DEPOSE, 1)],
        "axe 2": [],
        "recherche du titre déposé": [(DEPOSE, 1)],
        "recherche du titre tapé": [],
        "fiche": (DEPOSE, 1),
    }
    taper(projet, adhesion, intitule=TAPE, axe=str(autre_axe.pk))
    assert vu_par_le_service(pilote, projet, autre_axe) == avant
    completer(auteur=adhesion.personne, projet=projet, verifie=verifie(projet))
    assert vu_par_le_service(pilote, projet, autre_axe) == {
        "liste": [(TAPE, 2)],
        "axe 1": [],
        "axe 2": [(TAPE, 2)],
        "recherche du titre déposé": [],
        "recherche du titre tapé": [(TAPE, 2)],
        "fiche": (TAPE, 2),
    }
    copies = Depot.objects.order_by("version").values_list("contenu__intitule", "contenu__axe")
    assert list(copies) == [(DEPOSE, "1. Garde d’enfants"), (TAPE, "2. Culture")]


def test_retirer_pendant_un_complement_laisse_le_titre_depose(pilote, projet, adhesion, autre_axe):
    taper(projet, adhesion, intitule=TAPE, axe=str(autre_axe.pk))
    retirer_projet(auteur=adhesion.personne, projet=projet, motif="Doublon")
    relu = Projet.objects.get(pk=projet.pk)
    assert (relu.intitule, relu.intitule_tri, relu.axe, relu.etat) == (
        DEPOSE, "garde d'enfants en horaires decales", projet.axe, "retire",
    )  # fmt: skip
    assert vu_par_le_service(pilote, projet, autre_axe)["fiche"] == (DEPOSE, 1)


def test_le_porteur_lit_ce_qu_il_tape(connecter, projet, adhesion, autre_axe):
    taper(projet, adhesion, intitule=TAPE, axe=str(autre_axe.pk))
    navigateur = connecter(adhesion.personne)
    page = navigateur.get(f"/mes-projets/{projet.pk}/publics/").content.decode()
    assert (TAPE in page, "Axe 2, Culture" in page, DEPOSE in page) == (True, True, False)
    envoi = navigateur.post(f"/mes-projets/{projet.pk}/action/enregistrer/", {"intitule": "Chorale"})
    assert envoi.json()["intitule"] == TAPE  # la page n’avait pas lu le titre tapé : c’est un conflit, rien ne change


@pytest.mark.parametrize(
    ("intitule", "axe"), [("   ", "rien"), ("x" * 301, "9" * 40), ("", ""), (["Chorale"], ["1"]), (TAPE, "0")]
)
def test_un_titre_ou_un_axe_impossible_laisse_ceux_qui_sont_deposes(projet, adhesion, intitule, axe):
    taper(projet, adhesion, intitule=intitule, axe=axe)
    donnees = DonneesDuProjet(Projet.objects.en_dossier().get(pk=projet.pk))
    assert (donnees.intitule, donnees.axe) == (TAPE if intitule == TAPE else DEPOSE, projet.axe)


def test_l_axe_d_un_autre_appel_ne_compte_pas(projet, adhesion):
    taper(projet, adhesion, axe=str(AxeFactory().pk))
    assert DonneesDuProjet(Projet.objects.en_dossier().get(pk=projet.pk)).axe == projet.axe


def test_les_pieces_et_les_questions_sont_celles_de_l_axe_tape(projet, adhesion, autre_axe):
    appel = projet.appel
    commune, ancienne, neuve = (
        PieceFactory(appel=appel, axe=axe, est_obligatoire=False) for axe in (None, projet.axe, autre_axe)
    )
    posees = [QuestionFactory(appel=appel, axe=axe) for axe in (None, projet.axe, autre_axe)]
    taper(projet, adhesion, axe=str(autre_axe.pk))
    donnees = DonneesDuProjet(Projet.objects.en_dossier().get(pk=projet.pk))
    assert (donnees.pieces, donnees.questions) == ([commune, neuve], [posees[0], posees[2]])
    document = DocumentFactory(organisme=projet.organisme)
    joindre_un_document(auteur=adhesion.personne, projet=projet, document=document, piece=neuve)
    with pytest.raises(ValidationError, match="n’est pas demandée pour ce projet"):
        joindre_un_document(auteur=adhesion.personne, projet=projet, document=document, piece=ancienne)
    assert list(PieceJointe.objects.values_list("piece", flat=True)) == [neuve.pk]
