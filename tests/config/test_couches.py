"""Le contrat des couches place tout ce qui compose les apps au-dessus d’elles."""

import tomllib

from config.embarque.lieux import RACINE


def test_tout_module_de_config_est_au_sommet_des_couches():
    reglages = tomllib.loads((RACINE / "pyproject.toml").read_text(encoding="utf-8"))
    couches = reglages["tool"]["importlinter"]["contracts"][0]["layers"]
    sommet = {nom.strip("() ") for nom in couches[0].split(" : ")}
    presents = {f"config.{fichier.stem}" for fichier in (RACINE / "config").glob("*.py")} - {"config.__init__"}
    assert sorted(presents - sommet) == []
    assert couches[1:] == ["financements", "projets", "comptes", "territoires", "config.socle"]
