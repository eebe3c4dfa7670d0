"""Les prix de la relaxation : ils refont la borne, et tiennent ce que les explications en disent."""

import time
from dataclasses import replace

import numpy as np
import pytest

from financements.rules.selection import Choix, Objectif, Ponderation
from financements.rules.selection.modele import construire
from financements.rules.selection.prix import apports
from financements.rules.selection.solveur import Conduite, Fin, relacher
from tests.mesures.candidats import tirer

OBJECTIFS = [Objectif(), Objectif(ponderation=Ponderation.PROJET), Objectif(part_note=0)]


def relaxation(pose):
    modele = construire(pose)
    return modele, relacher(modele, Conduite(time.monotonic() + 60, 1e-3))


@pytest.mark.parametrize("objectif", OBJECTIFS)
def test_les_prix_et_les_apports_refont_la_borne(objectif):
    modele, reponse = relaxation(replace(tirer(400), objectif=objectif))
    assert reponse.fin is Fin.OPTIMALE
    gagnes = np.clip(apports(modele, reponse.prix), 0, None)
    for rang, candidat in enumerate(modele.probleme.candidats):
        if candidat.choix is Choix.RETENU:
            gagnes[rang] = apports(modele, reponse.prix)[rang]
        if candidat.choix is Choix.ECARTE:
            gagnes[rang] = 0
    nombre = len(modele.lignes)
    bornes = np.where(np.isfinite(modele.lignes_bas), modele.lignes_bas, modele.lignes_haut)[:nombre]
    assert reponse.prix[:nombre] @ bornes + gagnes.sum() == pytest.approx(reponse.borne, rel=1e-7)


def test_imposer_un_projet_abaisse_la_borne_d_au_moins_l_oppose_de_son_apport():
    pose = tirer(400)
    modele, reponse = relaxation(pose)
    valeurs = apports(modele, reponse.prix)
    perdants = [rang for rang in np.argsort(valeurs) if valeurs[rang] < 0][:40:8]
    for rang in perdants:
        candidats = list(pose.candidats)
        if candidats[rang].choix is not Choix.LIBRE:
            continue
        candidats[rang] = replace(candidats[rang], choix=Choix.RETENU)
        _, impose = relaxation(replace(pose, candidats=tuple(candidats)))
        assert impose.fin is Fin.INFAISABLE or impose.borne <= reponse.borne + valeurs[rang] + 1e-6


def test_un_euro_de_plus_ajoute_son_prix_a_la_borne():
    # Pas davantage : la pente peut changer.
    pose = tirer(400)
    modele, reponse = relaxation(pose)
    rang = int(np.argmax(reponse.prix[: len(pose.territoires)]))
    cle = list(pose.territoires)[rang]
    _, desserree = relaxation(replace(pose, territoires={**pose.territoires, cle: pose.territoires[cle] + 100}))
    assert desserree.borne - reponse.borne == pytest.approx(reponse.prix[rang] / modele.echelle, rel=1e-3)
