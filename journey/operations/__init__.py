"""What an operator does to an installation: back-up and restore, other keys, another database, a look at its health."""
