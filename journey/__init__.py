"""Journey: follows people from the first registration for social assistance to the decision."""
