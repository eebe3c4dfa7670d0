"""Ce que les financements écrivent aux organismes."""
