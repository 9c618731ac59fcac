"""Report content (pure) and the documents written from it."""
