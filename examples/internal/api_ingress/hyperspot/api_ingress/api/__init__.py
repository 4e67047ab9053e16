"""How others reach the ingress."""
