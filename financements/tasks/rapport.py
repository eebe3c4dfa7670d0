"""Produire un rapport hors de la requête : une tâche le découpe en volumes, puis une tâche par volume.

Le processus peut mourir à tout moment : la tâche est livrée de nouveau (accusée seulement à la fin), ou relancée par
`financements.planning` ; les volumes déjà produits restent, celui qui ne l’était pas est repris du début.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from celery import shared_task
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from config.socle.execution import (
    PAS_ECRITURE,
    EchecDit,
    Suivi,
    conclure,
    encadrer,
    executer,
    mettre_en_file,
    verrouiller,
)
from config.socle.travaux import EtatTravail, TravailAnnule
from financements.models import Rapport, Volume
from financements.pdf.cle import cle_du_rapport, perimetre_du_rapport
from financements.pdf.contexte import Edition
from financements.pdf.decoupage import Contenu
from financements.pdf.elu import RapportTropLong
from financements.pdf.production import DonneesChangees, dire_l_etape, nom_de_fichier, plan_du_rapport, produire

VERROU_VOLUME = 59_01  # première clé du verrou consultatif de PostgreSQL, la seconde est celle du volume
DEPARTS_ADMIS = 3
FIXE = 200  # ce que coûte un volume, compté en actions, avant sa première action : pour l’avancement d’ensemble
DONNEES_CHANGEES = "Les données ont changé pendant la production : relancez pour obtenir un rapport à jour."


def lancer_rapport(pk: int) -> None:
    """Met la production dans la file. Si la file ne répond pas, la reprise périodique s’en chargera."""
    mettre_en_file(produire_rapport, pk, "le rapport")


@shared_task(name="financements.produire_rapport")
def produire_rapport(pk: int) -> None:
    """Prépare les volumes du rapport et met chacun dans la file."""
    with executer(Rapport, pk, terminer_a_la_fin=False) as en_main:
        if en_main is None:
            return
        rapport, suivi = en_main
        suivi.avancer(1, "Lecture du programme", toujours=True)
        for volume in preparer_les_volumes(rapport):
            produire_volume.delay(volume)
        conclure_si_complet(pk)


def preparer_les_volumes(rapport: Rapport) -> list[int]:
    """Crée les volumes qui manquent et rend ceux qu’il reste à produire.

    Si les données ont changé depuis la demande, le rapport prend leur nouvelle version et repart de rien.
    """
    version, contenus = plan_du_rapport(perimetre_du_rapport(rapport), rapport.sorte)
    with transaction.atomic():
        rapport = verrouiller(Rapport, rapport.pk)
        if version != rapport.version_donnees:
            adopter_la_version(rapport, version)
        if not rapport.volumes.exists():
            Volume.objects.bulk_create(
                Volume(rapport=rapport, numero=numero, titre=contenu.titre, contenu=contenu.en_json())
                for numero, contenu in enumerate(contenus, start=1)
            )
        return list(rapport.volumes.filter(produit_le=None).values_list("pk", flat=True))


def adopter_la_version(rapport: Rapport, version: str) -> None:
    """Fait porter au rapport l’état présent des données ; ses volumes d’avant disparaissent, fichiers compris.

    Lève `EchecDit` si un autre rapport produit déjà la même chose.
    """
    effacer_les_volumes(rapport)
    rapport.version_donnees = version
    rapport.cle = cle_du_rapport(perimetre_du_rapport(rapport), version, rapport.sorte)
    try:
        with transaction.atomic():
            rapport.save(update_fields=["version_donnees", "cle"])
    except IntegrityError as erreur:
        raise EchecDit("Un autre rapport de même périmètre est déjà en cours sur les mêmes données.") from erreur


def effacer_les_volumes(rapport: Rapport) -> None:
    """Supprime les volumes, et leurs fichiers une fois la transaction validée."""
    noms = [volume.fichier.name for volume in rapport.volumes.exclude(fichier="")]
    rapport.volumes.all().delete()
    transaction.on_commit(lambda: effacer_les_fichiers(noms))


def effacer_les_fichiers(noms: list[str | None]) -> None:
    """Supprime des fichiers du dossier privé ; ceux qui manquent sont ignorés."""
    for nom in filter(None, noms):
        default_storage.delete(nom)


@shared_task(name="financements.produire_volume")
def produire_volume(pk: int) -> None:
    """Produit un volume ; le dernier fini conclut le rapport. Sans effet s’il n’y a plus rien à faire."""
    volumes = Volume.objects.select_related("rapport__appel", "rapport__territoire", "rapport__axe")
    volume = volumes.filter(pk=pk, produit_le=None, rapport__etat=EtatTravail.EN_COURS).first()
    if volume is None:
        return
    with seul_sur(volume) as est_seul:
        if not est_seul:
            return  # le même message livré deux fois : l’autre processus tient le verrou tant qu’il vit
        with encadrer(Rapport, volume.rapport_id) as suivi, tempfile.TemporaryDirectory(dir=atelier()) as dossier:
            compter_le_depart(volume)
            # Le message n’est plus dans la file : sans ce signe de vie, un volume qui y a attendu serait repris.
            suivi.avancer(avancement_du_rapport(volume.rapport_id), toujours=True)
            chemin = Path(dossier, "volume.pdf")
            pages = mettre_en_page(volume, chemin, suivi)
            ranger_le_volume(volume, chemin, pages)


@contextmanager
def seul_sur(volume: Volume) -> Iterator[bool]:
    """Verrou consultatif de session : la mort du processus ferme sa connexion, donc le rend."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_try_advisory_lock(%s, %s)", [VERROU_VOLUME, volume.pk])
        est_pris = bool(curseur.fetchone()[0])
    try:
        yield est_pris
    finally:
        if est_pris:
            with connection.cursor() as curseur:
                curseur.execute("SELECT pg_advisory_unlock(%s, %s)", [VERROU_VOLUME, volume.pk])


def compter_le_depart(volume: Volume) -> None:
    """Lève `EchecDit` au départ de trop : un volume qui tue son processus ne doit pas être relivré sans fin."""
    departs = volume.contenu.get("departs", 0) + 1
    volume.contenu = {**volume.contenu, "departs": departs}
    volume.save(update_fields=["contenu"])
    if departs > DEPARTS_ADMIS:
        raise EchecDit(f"Le volume {volume.numero} a été interrompu {DEPARTS_ADMIS} fois : production abandonnée.")


def atelier() -> Path:
    """Où s’écrivent les fichiers en cours : à côté des fichiers finis, pour que les ranger soit un renommage."""
    dossier = Path(default_storage.path("rapports/en-cours"))
    dossier.mkdir(parents=True, exist_ok=True)
    return dossier


def mettre_en_page(volume: Volume, chemin: Path, suivi: Suivi) -> int:
    """Écrit le PDF dans `chemin` ; rend son nombre de pages."""
    rapport, contenu = volume.rapport, Contenu.de_json(volume.contenu)
    volumes = rapport.volumes.count()
    edition = Edition(timezone.localtime(rapport.commence_le), rapport.version_donnees, volume.numero, volumes)
    avancement = AvancementVolume(volume, volumes, suivi)
    try:
        return produire(perimetre_du_rapport(rapport), contenu, edition, chemin, avancement)
    except DonneesChangees as erreur:
        raise EchecDit(DONNEES_CHANGEES) from erreur
    except RapportTropLong as erreur:
        raise EchecDit("Le rapport de l’élu ne tient pas sur deux pages : produire le rapport entier.") from erreur


class AvancementVolume:
    """Reçoit les étapes d’un volume et dit l’avancement de tout le rapport. Lève `TravailAnnule`."""

    def __init__(self, volume: Volume, volumes: int, suivi: Suivi) -> None:
        self._volume, self._volumes, self._suivi = volume, volumes, suivi
        self._contenu = Contenu.de_json(volume.contenu)
        self._dernier = 0.0

    def __call__(self, etape: str, numero: int) -> None:
        """Rappel de `financements.pdf` ; n’écrit pas plus de deux fois par seconde."""
        maintenant = time.monotonic()
        if etape == "page" and maintenant - self._dernier < PAS_ECRITURE:
            return
        self._dernier = maintenant
        part, texte = dire_l_etape(self._contenu, etape, numero)
        if self._volumes > 1:
            texte = f"Volume {self._volume.numero} sur {self._volumes} ({self._volume.titre}). {texte}"
        Volume.objects.filter(pk=self._volume.pk).update(progression=part)
        self._suivi.avancer(avancement_du_rapport(self._volume.rapport_id), texte, toujours=True)


def avancement_du_rapport(pk: int) -> int:
    """Moyenne des volumes, pesés par leur nombre d’actions."""
    volumes = Volume.objects.filter(rapport=pk).values_list("progression", "contenu__actions")
    poids = [(progression, FIXE + (actions or 0)) for progression, actions in volumes]
    return sum(progression * masse for progression, masse in poids) // (sum(masse for _, masse in poids) or 1)


class FichierPret(File):  # type: ignore[type-arg]
    """Un fichier déjà écrit : le stockage le renomme au lieu de le copier, il n’existe donc jamais à moitié."""

    def temporary_file_path(self) -> str:
        """Le nom que Django attend."""
        return str(self.name)


def ranger_le_volume(volume: Volume, chemin: Path, pages: int) -> None:
    """Range le fichier et conclut le rapport si c’était le dernier. Lève `TravailAnnule` si l’on n’en veut plus."""
    with transaction.atomic():
        rapport = verrouiller(Rapport, volume.rapport_id)
        if rapport.etat != EtatTravail.EN_COURS or rapport.annulation_demandee:
            raise TravailAnnule
        volume.pages, volume.taille = pages, chemin.stat().st_size
        nom = nom_de_fichier(perimetre_du_rapport(rapport), volume.numero, 2, rapport.sorte)
        with chemin.open("rb") as fichier:
            volume.fichier.save(nom, FichierPret(fichier, name=str(chemin)), save=False)
        volume.progression, volume.produit_le = 100, timezone.now()
        volume.save()
    conclure_si_complet(volume.rapport_id)


def conclure_si_complet(pk: int) -> None:
    """Termine le rapport si tous ses volumes sont produits. Le verrou fait qu’un seul des derniers le conclut."""
    with transaction.atomic():
        rapport = verrouiller(Rapport, pk)
        restent = rapport.volumes.filter(produit_le=None).exists()
        if rapport.etat == EtatTravail.EN_COURS and rapport.volumes.exists() and not restent:
            conclure(Rapport, pk, "terminer")
