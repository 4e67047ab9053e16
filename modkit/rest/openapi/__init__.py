"""The operations of a platform as an OpenAPI 3.1 document; the page that shows it is in ``docs_ui``."""

from modkit.rest.api_info import ApiInfo
from modkit.rest.openapi.api_document import document, to_json
from modkit.rest.openapi.components import InvalidApi

__all__ = ["ApiInfo", "InvalidApi", "document", "to_json"]
