"""What the lead of a study watches over: rounds, load, response, and who is missed."""
