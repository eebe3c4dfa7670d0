"""Ce que montrent les pages et les PDF d’un comité, en lecture."""
