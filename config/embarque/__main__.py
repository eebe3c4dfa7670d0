"""`python -m config.embarque demo | arreter | etat | effacer`."""

import argparse
import fcntl
import os
import shutil
import sys

from config.embarque.erreurs import ErreurEmbarque
from config.embarque.essais import lieux_des_essais
from config.embarque.lieux import Lieux, lieux
from config.embarque.superviseur import Superviseur, lire_le_port
from config.embarque.usage import Verrou, exclusif, serveurs_voulus, tous_les_serveurs


def demo() -> None:
    """Lance la démonstration jusqu’à Ctrl-C."""
    Superviseur(lieux(os.environ), lire_le_port(os.environ.get("PORT", ""))).conduire()


def arreter() -> None:
    """Arrête des serveurs embarqués que plus personne n’utilise (après un arrêt brutal)."""
    for ici in (lieux(os.environ), lieux_des_essais(os.environ)):
        if ici.verrous.is_dir():
            liberer(ici)


def liberer(ici: Lieux) -> None:
    """Arrête les serveurs de `ici`. Lève `ErreurEmbarque` si une commande s’en sert encore."""
    usage = Verrou(ici.verrous / "usage")
    with exclusif(ici.verrous / "demarrage"):
        try:
            if not usage.prendre(fcntl.LOCK_EX | fcntl.LOCK_NB):
                raise ErreurEmbarque(f"Les serveurs de « {ici.etat} » servent encore : arrêtez « make demo » d’abord.")
            for serveur in tous_les_serveurs(ici, []):
                serveur.arreter()
        finally:
            usage.rendre()


def etat() -> None:
    """Dit où vivent les serveurs et s’ils répondent."""
    ici = lieux(os.environ)
    print(f"État : {ici.etat}\nDonnées : {ici.serveurs}\nSockets : {ici.sockets}")
    for serveur in serveurs_voulus(os.environ, ici):
        print(f"{serveur.nom} : {'répond' if serveur.repond() else 'arrêté'}")


def effacer() -> None:
    """Arrête les serveurs et efface toutes les données : la prochaine démonstration repart de rien."""
    arreter()
    for ici in (lieux(os.environ), lieux_des_essais(os.environ)):
        for dossier in (ici.sockets, ici.serveurs, ici.etat):
            shutil.rmtree(dossier, ignore_errors=True)


COMMANDES = {"demo": demo, "arreter": arreter, "etat": etat, "effacer": effacer}


def main() -> None:
    """Exécute une commande ; une erreur prévue est un message, pas une trace d’appel."""
    analyseur = argparse.ArgumentParser(prog="python -m config.embarque", description="Les serveurs embarqués.")
    analyseur.add_argument("commande", choices=COMMANDES)
    commande = analyseur.parse_args().commande
    try:
        COMMANDES[commande]()
    except ErreurEmbarque as erreur:
        sys.exit(f"\nErreur : {erreur}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
