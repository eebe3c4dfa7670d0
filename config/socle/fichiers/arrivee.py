"""Refuser un envoi démesuré avant d’en écrire le premier octet."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class Plafond(FileUploadHandler):
    """Premier gestionnaire d’envoi. Lève `RequestDataTooBig` au-delà de `ENVOI_TAILLE_MAXIMALE`."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002, N803 (signature de Django)
        """La longueur annoncée borne ce qui sera lu."""
        if content_length > settings.ENVOI_TAILLE_MAXIMALE:
            raise RequestDataTooBig(f"Envoi de {content_length} octets.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002 (signature de Django)
        """Laisse passer."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Laisse aux gestionnaires suivants le soin de rendre le fichier."""
