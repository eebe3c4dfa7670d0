"""Parler au prestataire : ce qui part, ce qui se lit, et tout ce qui peut mal se passer. Sans base."""

import hashlib
import time
from datetime import date

import pytest

from financements.registre import client
from financements.registre.cachet import (
    CACHET,
    ECART_ADMIS,
    HORODATAGE,
    IDENTIFIANT,
    CachetRefuse,
    Requete,
    cachet_d_une_requete,
    entetes_de,
    verifier_une_requete,
)
from financements.registre.client import TAILLE_D_UNE_REPONSE, Depot, PrestataireMuet, PrestataireRefuse
from financements.registre.lecture import Releve, ReponseIllisible, Signature, Sort, lire_le_releve
from tests.comptes.registre import PATIENCE
from tests.financements.conventions.prestataire import CLE

REFERENCE = "0b8f1c52-6f0e-4a57-9d52-1f5d2f0e7a11"
DEPOT = Depot(
    reference=REFERENCE,
    intitule="Convention C2016-0001",
    organisme={"nom": "Zoé Petit", "courriel": "contact@asso.exemple.fr"},
    departement={"nom": "Département du Nord", "qualite": "le président"},
    expire_le=date(2026, 12, 31),
    notification="https://actions.exemple.fr/signature/notifications/",
    pdf=b"%PDF-1.7 essai",
)
SIGNEE = {
    "reference": REFERENCE,
    "etat": "signee",
    "empreinte": "a" * 64,
    "signatures": {
        "organisme": {"le": "2026-03-01T23:30:00+00:00", "par": "Zoé\u202e  Petit\x00"},
        "departement": {"le": "2026-03-02T09:00:00+01:00", "par": 12},
    },
}


def test_un_depot_porte_le_pdf_et_ne_se_fait_qu_une_fois_par_reference(prestataire):
    assert [client.deposer(DEPOT), client.deposer(DEPOT)] == [f"P-{REFERENCE}"] * 2
    assert prestataire.depots == {
        REFERENCE: {
            "reference": REFERENCE,
            "intitule": "Convention C2016-0001",
            "signataires": {"organisme": DEPOT.organisme, "departement": DEPOT.departement},
            "expire_le": "2026-12-31",
            "notification": "https://actions.exemple.fr/signature/notifications/",
            "empreinte": hashlib.sha256(DEPOT.pdf).hexdigest(),
            "pdf": "JVBERi0xLjcgZXNzYWk=",
        }
    }


def test_relever_rapporter_annuler(prestataire):
    identifiant = client.deposer(DEPOT)
    assert client.relever(identifiant, REFERENCE) == Releve(Sort.EN_ATTENTE)
    prestataire.signe(REFERENCE, "2026-03-01T10:00:00+01:00", "2026-03-02T10:00:00+01:00")
    releve = client.relever(identifiant, REFERENCE)
    assert client.rapporter(identifiant, releve.empreinte) == DEPOT.pdf + b"\n% vu et signe\n"
    with pytest.raises(PrestataireMuet, match="empreinte annoncée"):
        client.rapporter(identifiant, "0" * 64)
    client.annuler(REFERENCE)
    assert prestataire.annulees == [REFERENCE]


CACHETS_FAUX = {"absent": "", "autre": "0" * 64, "pas de l’ASCII": "\xe9" * 64}


@pytest.mark.parametrize("cachet", CACHETS_FAUX.values(), ids=CACHETS_FAUX.keys())
@pytest.mark.parametrize("code", [200, 404])
def test_sans_cachet_juste_ni_accord_ni_refus(prestataire, code, cachet):
    prestataire.repondre = lambda traitement: traitement.repond(code, b'{"motif": "Non."}', cachet=cachet)
    with pytest.raises(PrestataireMuet, match="cachet faux"):
        client.annuler(REFERENCE)


def test_la_reponse_d_une_autre_requete_ne_sert_pas_deux_fois(prestataire):
    """Le cachet d’une réponse scelle l’identifiant de sa requête."""
    rejouees = []

    def repondre(traitement):
        traitement.headers.replace_header(IDENTIFIANT, rejouees[0]) if rejouees else None
        rejouees.append(traitement.headers[IDENTIFIANT])
        traitement.repond(200, b"{}")

    prestataire.repondre = repondre
    client.annuler(REFERENCE)
    with pytest.raises(PrestataireMuet, match="cachet faux"):
        client.annuler(REFERENCE)


@pytest.mark.parametrize(
    ("corps", "motif"), [(b'{"motif": " Trop\\n tard. "}', "Trop tard."), (b"<h1>", ""), (b"[]", "")]
)
def test_un_refus_scelle_est_un_refus(prestataire, corps, motif):
    prestataire.repondre = lambda traitement: traitement.repond(422, corps)
    with pytest.raises(PrestataireRefuse) as refus:
        client.deposer(DEPOT)
    assert str(refus.value) == motif


@pytest.mark.parametrize("code", [302, 408, 425, 429, 500, 503])
def test_une_panne_ou_une_redirection_se_reprend(prestataire, code):
    prestataire.repondre = lambda traitement: traitement.repond(
        code, b"{}", Location=f"{prestataire.adresse}/ailleurs"
    )
    with pytest.raises(PrestataireMuet, match=f"code {code}"):
        client.annuler(REFERENCE)
    assert prestataire.demandes == ["POST /v1/annulations"]


def test_une_reponse_enorme_n_est_pas_lue_jusqu_au_bout(prestataire):
    prestataire.repondre = lambda traitement: traitement.repond(200, b" " * 64 * TAILLE_D_UNE_REPONSE)
    with pytest.raises(PrestataireMuet, match=f"plus de {TAILLE_D_UNE_REPONSE} octets"):
        client.annuler(REFERENCE)


def egrener(traitement):
    traitement.send_response(200)
    traitement.end_headers()
    for _ in range(1000):  # ou jusqu’à ce que l’on raccroche
        traitement.wfile.write(b" ")
        time.sleep(0.03)


@pytest.mark.parametrize("lent", [lambda _: time.sleep(PATIENCE), egrener], ids=["muet", "qui égrène"])
def test_un_prestataire_lent_ne_retient_pas_le_travailleur(prestataire, settings, lent):
    settings.SIGNATURE_DELAI = 0.3
    prestataire.repondre, depart = lent, time.monotonic()
    with pytest.raises(PrestataireMuet):
        client.annuler(REFERENCE)
    assert time.monotonic() - depart < PATIENCE


@pytest.mark.parametrize("adresse", ["http://127.0.0.1:1", "file:///etc/passwd#", "ftp://127.0.0.1", "exemple.fr"])
def test_un_port_ferme_ou_rien_d_autre_que_http(prestataire, settings, adresse):
    settings.SIGNATURE_URL = adresse
    with pytest.raises(PrestataireMuet):
        client.annuler(REFERENCE)


# --- La lecture -------------------------------------------------------------------------------------------


def test_les_dates_sont_celles_d_ici_et_les_noms_d_une_ligne():
    assert lire_le_releve(SIGNEE, REFERENCE) == Releve(
        Sort.SIGNEE,
        organisme=Signature(date(2026, 3, 2), "Zoé Petit"),
        departement=Signature(date(2026, 3, 2), ""),
        empreinte="a" * 64,
    )


def test_un_motif_est_coupe_et_sans_moitie_de_caractere():
    lu = lire_le_releve({"reference": REFERENCE, "etat": "refusee", "motif": "\ud800Non " + "x" * 5000}, REFERENCE)
    assert (lu.sort, lu.motif[:5], len(lu.motif)) == (Sort.REFUSEE, "Non x", 500)


def signatures(**organisme):
    return {"signatures": {**SIGNEE["signatures"], "organisme": organisme}}


@pytest.mark.parametrize(
    "ecart",
    [
        {"reference": "autre"},
        {"reference": None},
        {"etat": "perdue"},
        {"etat": ["signee"]},
        {"empreinte": "A" * 64},
        {"empreinte": None},
        {"signatures": []},
        signatures(),
        signatures(le="2026-03-01"),
        signatures(le="2026-03-01T10:00:00"),
        signatures(le="2026-02-30T10:00:00+01:00"),
        signatures(le="0001-01-01T00:00:00+14:00"),
        signatures(le=1772352000),
        signatures(le="2026-03-01T10:00:00+01:00" + " " * 500),
    ],
)
def test_ce_qui_n_a_pas_la_forme_dite_est_refuse(ecart):
    with pytest.raises(ReponseIllisible):
        lire_le_releve(SIGNEE | ecart, REFERENCE)


@pytest.mark.parametrize("corps", [b"", b"[", b"[" * 50_000, b'"texte"', b'{"reference": "autre"}', b"\xff"])
def test_une_reponse_illisible_est_une_panne(prestataire, corps):
    prestataire.repondre = lambda traitement: traitement.repond(200, corps)
    with pytest.raises(PrestataireMuet):
        client.relever("P-1", REFERENCE)


# --- Le cachet d’une requête reçue ------------------------------------------------------------------------

RECUE = Requete("POST", "/signature/notifications/", b'{"identifiant": "P-1"}')


@pytest.fixture
def cle(settings):
    settings.SIGNATURE_CLE = CLE


def test_une_requete_scellee_est_reconnue(cle):
    entetes = entetes_de(RECUE)
    assert verifier_une_requete(RECUE, entetes) == entetes[IDENTIFIANT]


@pytest.mark.parametrize(
    "autre",
    [
        Requete("PUT", RECUE.chemin, RECUE.corps),
        Requete("POST", "/ailleurs/", RECUE.corps),
        Requete("POST", RECUE.chemin, b'{"identifiant": "P-2"}'),
    ],
    ids=["méthode", "chemin", "corps"],
)
def test_le_cachet_scelle_methode_chemin_et_corps(cle, autre):
    with pytest.raises(CachetRefuse):
        verifier_une_requete(autre, entetes_de(RECUE))


@pytest.mark.parametrize("nom", [HORODATAGE, IDENTIFIANT, CACHET])
@pytest.mark.parametrize("valeur", ["", "1", "99999999999", "é" * 20, "x\ny" * 5])
def test_un_entete_change_est_refuse(cle, nom, valeur):
    with pytest.raises(CachetRefuse):
        verifier_une_requete(RECUE, entetes_de(RECUE) | {nom: valeur})


@pytest.mark.parametrize("ecart", [-ECART_ADMIS - 5, ECART_ADMIS + 5])
def test_un_message_trop_vieux_ou_en_avance_est_refuse(cle, ecart):
    quand, identifiant = str(int(time.time()) + ecart), "message-0001"
    entetes = {HORODATAGE: quand, IDENTIFIANT: identifiant, CACHET: cachet_d_une_requete(RECUE, quand, identifiant)}
    with pytest.raises(CachetRefuse, match="horodatage"):
        verifier_une_requete(RECUE, entetes)
