"""La page de connexion : celle d’allauth, plus les comptes d’essai quand c’est une démonstration."""

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings

from comptes.demonstration import COMPTES_D_ESSAI, MOT_DE_PASSE_D_ESSAI


class ConnexionView(LoginView):  # type: ignore[misc]
    """Limites de débit, messages identiques pour un compte inconnu ou un mot de passe faux : allauth s’en charge."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Ajoute les comptes d’essai, en mode démonstration seulement."""
        essai = COMPTES_D_ESSAI if settings.MODE_DEMONSTRATION else ()
        contexte: dict[str, Any] = super().get_context_data(**kwargs)
        return contexte | {"comptes_d_essai": essai, "mot_de_passe_d_essai": MOT_DE_PASSE_D_ESSAI if essai else ""}
