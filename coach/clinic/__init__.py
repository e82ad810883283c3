"""The therapist's side: who may come in and what they did, and the clinical scales they fill in by hand."""
