"""Un prestataire de signature local, qui parle le protocole de docs/signature-externe.md."""

import base64
import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from financements.registre.cachet import (
    CACHET,
    HORODATAGE,
    IDENTIFIANT,
    Requete,
    cachet_d_une_reponse,
    cachet_d_une_requete,
)
from tests.comptes.registre import Serveur

CLE = "une-cle-partagee-d-au-moins-trente-deux-caracteres"


@dataclass
class Prestataire:
    """Le serveur, ce qu’on y a déposé, et ce qu’il répondra de travers si l’essai le demande (`repondre`)."""

    adresse: str = ""
    depots: dict[str, dict[str, Any]] = field(default_factory=dict)  # référence → ce qui a été déposé
    sorts: dict[str, dict[str, Any]] = field(default_factory=dict)  # référence → ce que dit un relevé
    document: bytes = b""
    annulees: list[str] = field(default_factory=list)
    demandes: list[str] = field(default_factory=list)  # « POST /v1/demandes »
    repondre: Callable[["Traitement"], None] | None = None

    def signe(self, reference: str, organisme: str, departement: str, document: bytes | None = None) -> None:
        """Les deux ont signé, aux instants ISO 8601 donnés."""
        confie = base64.b64decode(self.depots[reference]["pdf"])
        self.document = confie + b"\n% vu et signe\n" if document is None else document
        self.sorts[reference] = {
            "etat": "signee",
            "empreinte": hashlib.sha256(self.document).hexdigest(),
            "signatures": {
                "organisme": {"le": organisme, "par": "Zoé Petit"},
                "departement": {"le": departement, "par": "La présidente"},
            },
        }

    def reponse(self, methode: str, chemin: str, corps: bytes) -> tuple[int, bytes]:
        """(code, corps) de ce que demande un client sans reproche."""
        if (methode, chemin) == ("POST", "/v1/demandes"):
            depot = json.loads(corps)
            self.depots.setdefault(depot["reference"], depot)
            return 201, self._json(reference=depot["reference"], identifiant=self.identifiant(depot["reference"]))
        if (methode, chemin) == ("POST", "/v1/annulations"):
            self.annulees.append(json.loads(corps)["reference"])
            return 200, self._json()
        for reference in self.depots:
            if chemin == f"/v1/demandes/{self.identifiant(reference)}":
                return 200, self._json(
                    **{"reference": reference, "etat": "en_attente"} | self.sorts.get(reference, {})
                )
            if chemin == f"/v1/demandes/{self.identifiant(reference)}/document":
                return 200, self.document
        return 404, self._json(motif="Demande inconnue.")

    @staticmethod
    def identifiant(reference: str) -> str:
        """Celui qu’il donne à la demande de cette référence."""
        return f"P-{reference}"

    @staticmethod
    def _json(**contenu: Any) -> bytes:
        return json.dumps(contenu).encode()


class Traitement(BaseHTTPRequestHandler):
    """Vérifie le cachet de la demande, la note, puis répond en scellant."""

    prestataire: Prestataire

    def _traiter(self) -> None:
        corps = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.prestataire.demandes.append(f"{self.command} {self.path}")
        requete = Requete(self.command, self.path, corps)
        juste = cachet_d_une_requete(requete, self.headers[HORODATAGE], self.headers[IDENTIFIANT])
        try:
            if self.headers[CACHET] != juste:
                self.repond(403, b"{}")
            elif self.prestataire.repondre:
                self.prestataire.repondre(self)
            else:
                self.repond(*self.prestataire.reponse(self.command, self.path, corps))
        except OSError:  # le client a raccroché
            self.close_connection = True

    def do_GET(self) -> None:
        self._traiter()

    def do_POST(self) -> None:
        self._traiter()

    def repond(self, code: int, corps: bytes, *, cachet: str | None = None, **entetes: str) -> None:
        """Ces octets, scellés, ou sous un autre `cachet`."""
        self.send_response(code)
        scelle = cachet_d_une_reponse(self.headers[IDENTIFIANT], code, corps)
        for nom, valeur in {CACHET: scelle if cachet is None else cachet, **entetes}.items():
            self.send_header(nom, valeur)
        self.end_headers()
        self.wfile.write(corps)

    def log_message(self, *_: Any) -> None:
        """Rien sur la sortie des essais."""


def servir_le_prestataire(prestataire: Prestataire) -> Serveur:
    """Lance le serveur sur un port libre de la boucle locale ; à fermer par `shutdown` puis `server_close`."""
    serveur = Serveur(("127.0.0.1", 0), type("Ici", (Traitement,), {"prestataire": prestataire}))
    prestataire.adresse = f"http://127.0.0.1:{serveur.server_port}/v1"
    threading.Thread(target=serveur.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return serveur
