"""Routes: the ordered steps of one process. They are data with a version; people under way keep theirs."""
