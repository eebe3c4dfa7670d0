"""Écrire un cycle de vie en Markdown : diagramme Mermaid et table des actes. La documentation vient des données."""

from config.socle.transitions import CycleDeVie, Passage


def en_markdown(cycle: CycleDeVie) -> str:
    """Le diagramme et la table d’un cycle, sans titre."""
    actes = "\n".join(_ligne(cycle, passage) for passage in cycle.passages)
    return (
        f"{_diagramme(cycle)}\n\n| acte | depuis | vers | par |\n|---|---|---|---|\n{actes}\n\n"
        f"{_etats_isoles(cycle)}".rstrip()
        + "\n"
    )


def _diagramme(cycle: CycleDeVie) -> str:
    etats = [f'    state "{libelle}" as {etat}' for etat, libelle in cycle.etats.items()]
    fleches = [
        f"    {depart} --> {passage.vers} : {passage.acte}"
        for passage in cycle.passages
        for depart in cycle.etats
        if depart in passage.depuis
    ]
    return "\n".join(
        ["```mermaid", "stateDiagram-v2", *etats, f"    [*] --> {next(iter(cycle.etats))}", *fleches, "```"]
    )


def _ligne(cycle: CycleDeVie, passage: Passage) -> str:
    depuis = ", ".join(cycle.libelles(passage.depuis))
    qui = ", ".join(sorted(passage.roles)) or "l’application"
    return f"| `{passage.acte}` | {depuis} | {cycle.etats[passage.vers]} | {qui} |"


def _etats_isoles(cycle: CycleDeVie) -> str:
    """Les états dont aucun acte ne part : la vie s’y arrête."""
    departs = set().union(*(passage.depuis for passage in cycle.passages))
    fins = cycle.libelles(set(cycle.etats) - departs)
    return f"États finals : {', '.join(fins)}.\n" if fins else ""
