"""Le dépôt à l’heure de pointe : 500 projets par 50 clients dans les secondes qui précèdent la clôture.

De vrais clients HTTP, un vrai gunicorn. On compte ce qui est accepté, refusé, perdu ou doublé ; en regard, le même
nombre de dépôts nus (verrou, numéro, copie) par psycopg, sans application.
"""

import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

import psycopg
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from comptes.models import Courriel
from config.embarque.lieux import RACINE
from projets.models import AppelAProjets, Depot, Projet
from tests.mesures.dossiers import CLIENTS, Client, preparer

AVANT_LA_CLOTURE = 40.0  # secondes ; ce qui arrive après est refusé
DELAI_DU_SERVEUR = 20.0
NUS = 8  # connexions du dépôt nu


@dataclass
class Recolte:
    """Ce que les clients ont vu. `durees` : secondes de chaque envoi accepté."""

    acceptes: set[int] = field(default_factory=set)
    refuses: set[int] = field(default_factory=set)
    erreurs: list[str] = field(default_factory=list)
    durees: list[float] = field(default_factory=list)
    dernier: float = 0.0


def mesurer() -> None:
    """Prépare, dépose, vérifie, imprime. Lève `AssertionError` si un dépôt est perdu, doublé ou tardif."""
    call_command("collectstatic", interactive=False, verbosity=0)
    appel, clients = preparer()
    port = _port_libre()
    serveur = _lancer(port)
    try:
        ferme_le = timezone.now() + timedelta(seconds=AVANT_LA_CLOTURE)
        AppelAProjets.objects.filter(pk=appel.pk).update(ferme_le=ferme_le)
        debut = time.perf_counter()
        recolte = _deposer_tout(port, clients)
    finally:
        serveur.terminate()
        serveur.wait()
    _verifier(appel, recolte, ferme_le)
    _imprimer(recolte, recolte.dernier - debut, _depots_nus(len(recolte.acceptes) or 1))


def _port_libre() -> int:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return int(prise.getsockname()[1])


def _lancer(port: int) -> "subprocess.Popen[bytes]":
    ligne = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "--log-level", "warning", "config.wsgi"]
    serveur = subprocess.Popen(ligne, cwd=RACINE, env={**os.environ, "PORT": str(port)})
    limite = time.monotonic() + DELAI_DU_SERVEUR
    while time.monotonic() < limite:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return serveur
    serveur.terminate()
    raise RuntimeError("le serveur web ne répond pas")


def _deposer_tout(port: int, clients: list[Client]) -> Recolte:
    recolte, verrou, depart = Recolte(), threading.Lock(), threading.Barrier(CLIENTS)

    def travailler(client: Client) -> None:
        depart.wait()
        for pk in client.projets:
            _deposer_un(port, client.session, pk, recolte, verrou)

    fils = [threading.Thread(target=travailler, args=(client,)) for client in clients]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    return recolte


def _deposer_un(port: int, session: str, pk: int, recolte: Recolte, verrou: threading.Lock) -> None:
    """Ouvre la page de vérification, coche tout, dépose ; note ce que le serveur répond."""
    try:
        page, jeton = _appeler(port, "GET", pk, {"sessionid": session})
        champs = dict(re.findall(r'name="(version|csrfmiddlewaretoken)" value="([^"]+)"', page.texte))
        cases = dict.fromkeys(re.findall(r'type="checkbox" name="(\w+)"', page.texte), "on")
        choix = dict(re.findall(r'type="radio"[^>]*? name="(\w+)"[^>]*? value="(\w+)"', page.texte))
        debut = time.perf_counter()
        biscuits = {"sessionid": session, "csrftoken": jeton}
        reponse, _ = _appeler(port, "POST", pk, biscuits, urlencode({**champs, **cases, **choix}))
        duree = time.perf_counter() - debut
    except (OSError, http.client.HTTPException) as echec:
        with verrou:
            recolte.erreurs.append(f"{pk} : {echec!r}")
        return
    with verrou:
        if reponse.code == 302:
            recolte.acceptes.add(pk)
            recolte.durees.append(duree)
            recolte.dernier = time.perf_counter()
        elif "Le dépôt est fermé" in reponse.texte:
            recolte.refuses.add(pk)
        else:
            recolte.erreurs.append(f"{pk} : réponse {reponse.code}")


@dataclass(frozen=True)
class Reponse:
    """Le code et le texte d’une réponse."""

    code: int
    texte: str


def _appeler(
    port: int, methode: str, pk: int, biscuits: dict[str, str], corps: str | None = None
) -> tuple[Reponse, str]:
    """La réponse, et le jeton CSRF qu’elle pose."""
    liaison = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        entetes = {"Cookie": "; ".join(f"{nom}={valeur}" for nom, valeur in biscuits.items())}
        if corps is not None:
            entetes["Content-Type"] = "application/x-www-form-urlencoded"
        liaison.request(methode, f"/mes-projets/{pk}/verification/", corps, entetes)
        reponse = liaison.getresponse()
        pose = re.search(r"csrftoken=(\w+)", reponse.headers.get("Set-Cookie", ""))
        return Reponse(reponse.status, reponse.read().decode()), pose[1] if pose else ""
    finally:
        liaison.close()


def _verifier(appel: AppelAProjets, recolte: Recolte, ferme_le: datetime) -> None:
    """Rien de perdu, rien de doublé, des numéros de suite, rien après l’instant."""
    deposes = Projet.objects.filter(appel=appel, numero__isnull=False)
    numeros = list(deposes.order_by("numero").values_list("numero", flat=True))
    depots = Depot.objects.filter(projet__appel=appel)
    cles = [f"recepisse-{pk}-0" for pk in depots.values_list("pk", flat=True)]
    constats = {
        "erreurs": recolte.erreurs[:5],
        "perdus": sorted(recolte.acceptes - set(deposes.values_list("pk", flat=True))),
        "acceptés sans que le client le sache": sorted(set(deposes.values_list("pk", flat=True)) - recolte.acceptes),
        "trous ou doublons": [] if numeros == list(range(1, len(numeros) + 1)) else numeros,
        "tardifs": list(deposes.filter(depose_le__gte=ferme_le).values_list("pk", flat=True)),
        "copies": depots.count() - len(numeros),
        "courriels": Courriel.objects.filter(cle__in=cles).count() - len(numeros),
    }
    assert not any(constats.values()), constats


def _depots_nus(nombre: int) -> float:
    """Dépôts nus par seconde : verrou d’une ligne, dernier numéro, copie insérée."""
    dsn = connection.get_connection_params()
    adresse = {cle: dsn[cle] for cle in ("host", "port", "user", "password", "dbname") if dsn.get(cle)}
    with psycopg.connect(**adresse, autocommit=True) as liaison:
        liaison.execute("DROP TABLE IF EXISTS depot_nu")
        liaison.execute("CREATE TABLE depot_nu (numero int UNIQUE, contenu jsonb, le timestamptz)")

    def deposer(combien: int) -> None:
        with psycopg.connect(**adresse) as liaison:
            for _ in range(combien):
                with liaison.transaction():
                    liaison.execute("SELECT pg_advisory_xact_lock(59)")
                    liaison.execute(
                        "INSERT INTO depot_nu SELECT coalesce(max(numero), 0) + 1, '{}', now() FROM depot_nu"
                    )

    debut = time.perf_counter()
    fils = [threading.Thread(target=deposer, args=(max(1, nombre // NUS),)) for _ in range(NUS)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    return max(1, nombre // NUS) * NUS / (time.perf_counter() - debut)


def _imprimer(recolte: Recolte, duree: float, nus: float) -> None:
    debit = len(recolte.acceptes) / duree if duree else 0
    ordonnees = sorted(recolte.durees)
    print(f"\nDépôt, {CLIENTS} clients, clôture {AVANT_LA_CLOTURE:.0f} s après le départ")  # noqa: T201 (c’est le but)
    print(  # noqa: T201
        f"  acceptés {len(recolte.acceptes)}, refusés après l’instant {len(recolte.refuses)}, "
        f"perdus 0, doublés 0, numéros sans trou\n"
        f"  {debit:.1f} dépôts/s ; un envoi : médiane {statistics.median(ordonnees) * 1000:.0f} ms, "
        f"95 % sous {ordonnees[int(len(ordonnees) * 0.95)] * 1000:.0f} ms\n"
        f"  dépôt nu (verrou, numéro, copie vide, {NUS} connexions) : {nus:.0f} par seconde, {nus / debit:.1f} ×"
    )
