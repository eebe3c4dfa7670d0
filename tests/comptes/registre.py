"""Un registre des entreprises local, qui parle le format de l’API Recherche d’entreprises."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PATIENCE = 20.0  # secondes qu’un essai laisse à un serveur d’à côté, quand il n’éprouve pas le délai lui-même
Repondre = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Registre:
    """Le serveur, ce qu’il répond (`repondre`), et ce qu’on lui a demandé."""

    adresse: str = ""
    repondre: Repondre = field(default=lambda _: None)
    demandes: list[tuple[str, dict[str, list[str]], str]] = field(default_factory=list)

    def repond(self, *entreprises: dict[str, Any]) -> None:
        """Une réponse normale, avec ces entreprises."""
        nombre = len(entreprises)
        page = {"results": list(entreprises), "total_results": nombre, "page": 1, "per_page": 1, "total_pages": nombre}
        self.repond_octets(json.dumps(page).encode())

    def repond_octets(self, corps: bytes, code: int = 200, **entetes: str) -> None:
        """Ces octets, avec ce code."""

        def repondre(traitement: BaseHTTPRequestHandler) -> None:
            traitement.send_response(code)
            for nom, valeur in ({"Content-Type": "application/json"} | entetes).items():
                traitement.send_header(nom.replace("_", "-"), valeur)
            traitement.end_headers()
            traitement.wfile.write(corps)

        self.repondre = repondre


class Traitement(BaseHTTPRequestHandler):
    """Note la demande, puis répond ce que l’essai a choisi."""

    registre: Registre

    def do_GET(self) -> None:
        adresse = urlsplit(self.path)
        self.registre.demandes.append((adresse.path, parse_qs(adresse.query), self.headers["User-Agent"]))
        try:
            self.registre.repondre(self)
        except OSError:  # le client a raccroché
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Rien sur la sortie des essais."""


class Serveur(ThreadingHTTPServer):
    """Un fil par requête, que rien n’attend à la fin."""

    daemon_threads = True
    block_on_close = False


def servir(registre: Registre) -> Serveur:
    """Lance le serveur sur un port libre de la boucle locale ; à fermer par `shutdown` puis `server_close`."""
    serveur = Serveur(("127.0.0.1", 0), type("Ici", (Traitement,), {"registre": registre}))
    registre.adresse = f"http://127.0.0.1:{serveur.server_port}"
    threading.Thread(target=serveur.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return serveur


def lieu(siret: str, **ecarts: Any) -> dict[str, Any]:
    """Un établissement, tel que l’API le décrit."""
    return {
        "siret": siret,
        "adresse": "19 RUE DE LA POSTE 59300 VALENCIENNES",
        "code_postal": "59300",
        "commune": "59606",
        "libelle_commune": "VALENCIENNES",
        "est_siege": True,
        "etat_administratif": "A",
        "date_fermeture": None,
        "liste_enseignes": None,
        "nom_commercial": None,
    } | ecarts


def entreprise(siret: str, **ecarts: Any) -> dict[str, Any]:
    """Une unité légale d’un seul établissement, son siège ; `ecarts` remplace des champs."""
    return {
        "siren": siret[:9],
        "nom_complet": "la ressourcerie (LR)",
        "nom_raison_sociale": "LA RESSOURCERIE",
        "sigle": "LR",
        "etat_administratif": "A",
        "nature_juridique": "9220",
        "siege": lieu(siret),
        "matching_etablissements": [lieu(siret)],
        "complements": {"identifiant_association": "W591234567", "est_association": True, "est_siae": False},
    } | ecarts
