"""The roles of users and tokens, as the contract names them."""

RESEARCHER = "researcher"
LEAD = "lead"
MANAGER = "manager"
ADMIN = "admin"
PRIVACY = "privacy"
INTEGRATOR = "integrator"
ROLES = (RESEARCHER, LEAD, MANAGER, ADMIN, PRIVACY, INTEGRATOR)
