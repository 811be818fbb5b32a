"""The chain lab: cases generated from a lesson's chain, whose keys are right by construction."""
