"""Trains streams/models/ner: `make train-ner`, or `python -m streams.models.training.ner --help`."""
