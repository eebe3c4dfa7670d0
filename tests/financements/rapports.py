"""Un petit programme, et de quoi relire un PDF produit."""

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pdfplumber
from django.core.files.storage import default_storage
from django.utils import timezone

from config.socle.montants import format_nombre
from financements.actions.rapport import demander_rapport
from financements.chiffres import Perimetre, version_des_donnees
from financements.models import Rapport
from financements.pdf.contexte import Edition
from financements.pdf.decoupage import Contenu
from financements.pdf.production import produire
from projets.models import AppelAProjets, Axe
from projets.states import Volet
from territoires.models import Territoire
from tests.comptes.fabriques import OrganismeFactory
from tests.financements.fabriques import action_votee, enveloppe_repartie
from tests.projets.fabriques import AppelFactory, AxeFactory
from tests.territoires.fabriques import TerritoireFactory

ENTIER = Contenu("Rapport complet", 0, est_synthese=True, est_liste=True)


@dataclass(frozen=True)
class PetitProgramme:
    """Trois territoires, deux axes, huit actions dont une partagée et une avec du FSE."""

    appel: AppelAProjets
    axes: list[Axe]
    territoires: list[Territoire]

    @property
    def entier(self) -> Perimetre:
        return Perimetre.entier(self.appel)


def petit_programme(**appel: object) -> PetitProgramme:
    """8 actions numérotées 101 à 108, 4 par axe."""
    champs = {"part_pro_cible": Decimal(59), "annee_reference": 2015, "part_pro_reference": Decimal(34), **appel}
    programme = AppelFactory(est_fictif=True, **champs)
    axes = [
        AxeFactory(appel=programme, numero=1, intitule="Remobilisation"),
        AxeFactory(appel=programme, numero=2, intitule="Accompagnement", volet=Volet.SOCIAL),
    ]
    avesnois, douaisis, valenciennois = territoires = [
        TerritoireFactory(code=code, nom=nom)
        for code, nom in (("AVE", "Avesnois"), ("DOU", "Douaisis"), ("VAL", "Valenciennois"))
    ]
    parts = [{avesnois: 100}, {douaisis: 100}, {valenciennois: 60, douaisis: 40}, {valenciennois: 100}]
    organismes = [OrganismeFactory(nom=nom) for nom in ("Régie de l’Écluse", "CCAS d’Essai & fils <b>")]
    for rang in range(8):
        action_votee(
            axe=axes[rang // 4],
            parts=parts[rang % 4],
            montants={annee: f"{1000 * (rang + 1) + annee - 2000}.{rang}7" for annee in programme.annees},
            montant_fse="500.00" if rang == 2 else None,
            numero=101 + rang,
            organisme=organismes[rang % 2],
            intitule=f"Action d’essai numéro {101 + rang}",
        )
    enveloppe_repartie(
        programme, dict.fromkeys(programme.annees, "40000.00"), {avesnois: 100, douaisis: 200, valenciennois: 301}
    )
    return PetitProgramme(programme, axes, territoires)


def sans_rappel(_etape: str, _numero: int) -> None:
    """Personne ne suit la mise en page."""


def imprime(perimetre: Perimetre, cible: Path, contenu: Contenu = ENTIER) -> int:
    """Produit le PDF et rend son nombre de pages."""
    edition = Edition(timezone.localtime(), version_des_donnees(perimetre.appel))
    return produire(perimetre, contenu, edition, cible, sans_rappel)


def texte(chemin: Path) -> str:
    """Tout le texte, espaces insécables devenues ordinaires."""
    with pdfplumber.open(chemin) as pdf:
        brut = "\n".join(page.extract_text() for page in pdf.pages)
    return normaliser(brut)


def normaliser(brut: str) -> str:
    return re.sub(r"[\u202f\u00a0]", " ", brut)


def ecrit(montant: Decimal) -> str:
    """Un montant comme le PDF l’écrit."""
    return normaliser(format_nombre(montant, 2))


def numeros_de_la_liste(chemin: Path) -> list[int]:
    """Les numéros d’action lus dans la première colonne des pages de liste, dans l’ordre du document."""
    numeros: list[int] = []
    with pdfplumber.open(chemin) as pdf:
        for page in pdf.pages:
            mots = page.extract_words()
            entetes = [mot for mot in mots if mot["text"] == "N°"]
            if not entetes:
                continue
            gauche = entetes[0]["x0"]
            premier = min(mot["bottom"] for mot in entetes)
            numeros += [
                int(mot["text"])
                for mot in mots
                if abs(mot["x0"] - gauche) < 2 and mot["top"] > premier and mot["text"].isdigit()
            ]
    return numeros


def demander(perimetre, auteur=None) -> Rapport:
    """Demande sans produire : l’essai dit quand la tâche s’exécute."""
    return demander_rapport(auteur=auteur, perimetre=perimetre).rapport


def fichiers_en_cours() -> list[str]:
    """Ce qui reste dans l’atelier."""
    return sorted(default_storage.listdir("rapports/en-cours")[0])
