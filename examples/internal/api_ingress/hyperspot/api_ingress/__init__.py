"""The one HTTP server of a platform, serving the operations of every module."""

from hyperspot.api_ingress.module import ApiIngressModule

__all__ = ["ApiIngressModule"]
