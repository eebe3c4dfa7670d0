"""De petits documents PDF pour la démonstration : un titre, des paragraphes."""

from collections.abc import Sequence

from django.template.loader import render_to_string

from projets.pdf.page import en_pdf


def papier(titre: str, parties: Sequence[tuple[str, str]]) -> bytes:
    """Une ou deux pages balisées (PDF/UA-1). `parties` : (intertitre, texte)."""
    page = render_to_string("financements/demonstration/papier.html", {"titre": titre, "parties": parties})
    return en_pdf(page)
