"""Les dépôts d’avant cette table : chaque pièce de la copie retrouve son document, à son empreinte."""

from django.db import migrations

# Un organisme n’a qu’un document par empreinte : au plus une ligne par pièce.
REPRENDRE = """
    INSERT INTO projets_documentdepose (depot_id, rang, document_id)
    SELECT de.id, piece.rang - 1, doc.id
      FROM projets_depot de
      JOIN projets_projet pr ON pr.id = de.projet_id
     CROSS JOIN LATERAL jsonb_array_elements(de.contenu -> 'pieces') WITH ORDINALITY AS piece (valeur, rang)
      JOIN comptes_document doc ON doc.organisme_id = pr.organisme_id AND doc.empreinte = piece.valeur ->> 'empreinte'
     WHERE NOT EXISTS (SELECT 1 FROM projets_documentdepose deja WHERE deja.depot_id = de.id)
"""


class Migration(migrations.Migration):
    dependencies = [("projets", "0013_depot_defendu")]

    operations = [migrations.RunSQL(REPRENDRE, migrations.RunSQL.noop)]  # défaite : la table part avec 0013
