"""Les gabarits : aucun orphelin, aucun chargement inutile, rien que la politique de sécurité du contenu refuserait."""

import re
from importlib import import_module
from pathlib import Path

from allauth import account
from django.template.backends.django import get_installed_libraries

from tests.architecture.depot import RACINE, fichiers, gabarits, lire, pythons

PAR_CONVENTION = {"400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"}
GABARITS_D_ALLAUTH = Path(account.__file__).parents[1] / "templates"
EXTERNE = re.compile(r"""(?:src|href|action|url\()\s*=?\s*["']?(?:https?:)?//""", re.IGNORECASE)
EN_LIGNE = re.compile(r"\sstyle\s*=|\son[a-z]+\s*=|javascript:", re.IGNORECASE)
CHARGE_D_AILLEURS = re.compile(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//[^)]*")
# Une balise de lien vers une page (<a>) n’est pas une ressource chargée.
RESSOURCE = re.compile(r"<(?:script|link|img|iframe|use|source|video|audio|object|embed|form)\b[^>]*>", re.IGNORECASE)


def hors_pdf_et_courriels() -> list[Path]:
    return [c for c in gabarits() if "pdf" not in c.parts and not {"email", "mails"} & set(c.parts)]


def nom(chemin: Path) -> str:
    return chemin.relative_to("templates").as_posix()


def noms_calcules(source: str) -> list[str]:
    """Les motifs des noms composés dans le code : `f"pdf/_{ancre}.html"` vaut `pdf/_[\\w-]+\\.html`."""
    composes = re.findall(r'f"([\w/{}.-]+/[\w.-]*{[^{}"]+}[\w.-]*\.(?:html|txt))"', source)
    return [r"[\w-]+".join(map(re.escape, re.split(r"{[^{}]+}", compose))) for compose in composes]


def test_aucun_gabarit_n_est_orphelin():
    sources = [lire(c) for c in (*pythons(), *gabarits())]
    calcules = [motif for source in sources for motif in noms_calcules(source)]
    orphelins = []
    for chemin in gabarits():
        attendu = nom(chemin)
        if attendu in PAR_CONVENTION or (GABARITS_D_ALLAUTH / attendu).exists():
            continue
        # Un courriel d’allauth a sa version HTML à côté de sa version texte.
        if (GABARITS_D_ALLAUTH / attendu).with_suffix(".txt").exists():
            continue
        if any(re.fullmatch(motif, attendu) for motif in calcules):
            continue
        if not any(f'"{attendu}"' in source or f"'{attendu}'" in source for source in sources):
            orphelins.append(attendu)
    assert orphelins == []


def test_chaque_chargement_de_balises_sert():
    bibliotheques = get_installed_libraries()
    inutiles = []
    for chemin in gabarits():
        texte = lire(chemin)
        for chargement in re.findall(r"{%\s*load\s+([^%]+?)\s*%}", texte):
            for bibliotheque in chargement.split():
                registre = import_module(bibliotheques[bibliotheque]).register
                balises = any(re.search(r"{%-?\s*" + re.escape(b) + r"\b", texte) for b in registre.tags)
                filtres = any(re.search(r"\|" + re.escape(f) + r"\b", texte) for f in registre.filters)
                if not balises and not filtres:
                    inutiles.append(f"{nom(chemin)} : {bibliotheque}")
    assert inutiles == []


def test_ni_script_ni_style_en_ligne():
    fautes = []
    for chemin in hors_pdf_et_courriels():
        texte = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", lire(chemin), flags=re.DOTALL)
        if re.search(r"<style\b", texte, re.IGNORECASE):
            fautes.append(f"{nom(chemin)} : <style>")
        balises = re.findall(r"<[a-zA-Z][^>]*>", texte)
        fautes += [f"{nom(chemin)} : {balise}" for balise in balises if EN_LIGNE.search(balise)]
        for attributs, contenu in re.findall(r"<script\b([^>]*)>(.*?)</script>", texte, re.IGNORECASE | re.DOTALL):
            if contenu.strip() or "src" not in attributs:
                fautes.append(f"{nom(chemin)} : script en ligne")
    assert fautes == []


def test_aucune_ressource_ne_vient_d_ailleurs():
    fautes = []
    for chemin in gabarits():
        fautes += [f"{nom(chemin)} : {b}" for b in RESSOURCE.findall(lire(chemin)) if EXTERNE.search(b)]
    for chemin in fichiers():
        if chemin.parts[0] == "static" and chemin.suffix == ".css":
            fautes += [
                f"{chemin} : {u}" for u in re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//[^)]*", lire(chemin))
            ]
    assert fautes == []


def test_chaque_image_de_gabarit_a_une_alternative():
    sans = [f"{nom(c)} : {b}" for c in gabarits() for b in re.findall(r"<img\b[^>]*>", lire(c)) if " alt=" not in b]
    assert sans == []


def test_chaque_cellule_d_en_tete_dit_sa_portee():
    sans = [
        f"{nom(c)} : {balise}"
        for c in gabarits()
        for balise in re.findall(r"<th\b[^>]*>", lire(c))
        if "scope=" not in balise and "id=" not in balise
    ]
    assert sans == []


def test_les_documents_nomment_leur_langue():
    sans = [nom(c) for c in gabarits() if "<html" in lire(c) and not re.search(r'<html[^>]* lang="fr"', lire(c))]
    assert sans == []
    assert (RACINE / "templates" / "base.html").exists()
