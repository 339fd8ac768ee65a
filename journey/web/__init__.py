"""What every screen shares: templates, strings, forms, errors, headers, and how a request becomes a unit of work."""
