"""Rules of the ingress."""
