"""Resolve: revisions, copies, derivations and stories, decided in one ordered stream."""
