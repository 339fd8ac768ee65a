"""People followed in a study: pseudonym, contact store, their own journey."""
