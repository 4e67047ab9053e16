"""The REST operations of the ingress itself."""
