"""Douze jours avant la séance, ou un jour franc en urgence."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from financements.rules.delai_de_seance import DelaiTropCourt, dernier_envoi, verifier_l_envoi
from financements.rules.modele_du_rapport import TEXTE
from financements.rules.variables import analyser

SEANCE = date(2016, 6, 13)


@pytest.mark.parametrize(
    ("envoi", "est_urgent", "refus"),
    [
        (date(2016, 6, 1), False, ""),
        (date(2016, 6, 2), False, "Envoyé 11 jours avant la séance\u00a0: il faut douze jours au moins"),
        (date(2016, 6, 11), True, ""),
        (date(2016, 6, 12), True, "Envoyé 1 jour avant la séance\u00a0: il faut en urgence, un jour franc au moins"),
        (date(2016, 6, 14), True, "Envoyé après la séance"),
    ],
)
def test_le_delai(envoi, est_urgent, refus):
    if not refus:
        verifier_l_envoi(envoi, SEANCE, est_urgent=est_urgent)
        return
    with pytest.raises(DelaiTropCourt) as trop_court:
        verifier_l_envoi(envoi, SEANCE, est_urgent=est_urgent)
    assert str(trop_court.value).startswith(refus)
    dernier = "11/06/2016" if est_urgent else "01/06/2016"
    assert str(trop_court.value).endswith(f"Pour le 13/06/2016, le dernier jour est le {dernier}.")


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-30, 30), st.booleans())
def test_le_dernier_jour_convient_et_pas_le_suivant(seance, ecart, est_urgent):
    envoi = seance - timedelta(days=ecart)
    convient = envoi <= dernier_envoi(seance, est_urgent=est_urgent)
    assert convient == (ecart >= (2 if est_urgent else 12))
    try:
        verifier_l_envoi(envoi, seance, est_urgent=est_urgent)
    except DelaiTropCourt:
        assert not convient
    else:
        assert convient


def test_le_texte_propose_n_emploie_que_des_variables_de_tout_appel():
    toujours = {
        "appel", "departement", "periode", "nombre_projets", "nombre_organismes", "montant_total", "montant_ae",
        "nombre_allocataires", "montant_demande", "nombre_attente", "nombre_non_retenus", "part_professionnelle",
        "montant_professionnel", "montant_social", "date_seance",
    }  # fmt: skip
    analyse = analyser(TEXTE, toujours)
    assert (analyse.erreurs, set(analyse.variables)) == ((), toujours)
