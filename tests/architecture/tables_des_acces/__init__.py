"""La table attendue des accès, app par app ; `tests.architecture.acces` dit comment elle se lit."""
