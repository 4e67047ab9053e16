"""The REST API: describe operations with `Routes`, take part in it with `RestCapability`."""

from modkit.rest.api import RestApi
from modkit.rest.capability import RestCapability, RestHostCapability
from modkit.rest.compile import Hosting
from modkit.rest.cors import CorsSettings
from modkit.rest.created import Created
from modkit.rest.events import Event
from modkit.rest.operation import Operation
from modkit.rest.pipeline import PipelineSettings
from modkit.rest.routes import CompleteRoute, CompleteStream, Route, Routes

__all__ = [
    "CompleteRoute",
    "CompleteStream",
    "CorsSettings",
    "Created",
    "Event",
    "Hosting",
    "Operation",
    "PipelineSettings",
    "RestApi",
    "RestCapability",
    "RestHostCapability",
    "Route",
    "Routes",
]
