"""Les bibliothèques embarquées sont celles que dit `static/vendor/vendor.json`, octet pour octet."""

import hashlib
import json
from pathlib import Path

RACINE = Path(__file__).resolve().parents[2]
DOSSIERS = ("static/vendor", "tests/navigateur/vendor")
INVENTAIRE = json.loads((RACINE / "static/vendor/vendor.json").read_text())


def test_chaque_fichier_embarque_a_l_empreinte_inscrite():
    inscrits = {chemin: empreinte for paquet in INVENTAIRE for chemin, empreinte in paquet["fichiers"].items()}
    presents = {
        chemin.relative_to(RACINE).as_posix(): hashlib.sha256(chemin.read_bytes()).hexdigest()
        for dossier in DOSSIERS
        for chemin in (RACINE / dossier).rglob("*")
        if chemin.is_file() and chemin.name != "vendor.json"
    }
    assert presents == inscrits


def test_chaque_paquet_dit_sa_version_et_porte_le_texte_de_sa_licence():
    manques = [
        paquet["nom"]
        for paquet in INVENTAIRE
        if not all(paquet[cle] for cle in ("nom", "version", "licence", "site", "modification"))
        or not any(chemin.endswith("/LICENCE") for chemin in paquet["fichiers"])
    ]
    assert manques == []


def test_aucun_gabarit_ni_feuille_de_style_ne_charge_un_fichier_d_ailleurs():
    """Pas de CDN : ni src, ni href de ressource, ni url() vers un autre hôte."""
    import_externe = ('src="http', "src='http", 'src="//', "url(http", "url(//", "@import")
    fautifs = [
        f"{chemin.relative_to(RACINE)} : {motif}"
        for dossier in ("templates", "static/css", "static/js")
        for chemin in (RACINE / dossier).rglob("*")
        if chemin.is_file()
        for motif in import_externe
        if motif in chemin.read_text()
    ]
    assert fautifs == []
