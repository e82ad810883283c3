"""The parts of one patient's page, each drawn by `draw(patient, who)` and opened by its name in the address."""
