"""Alert decision, clues, digest mail, outbox and its dispatch."""
