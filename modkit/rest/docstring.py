"""Reading Google-style docstrings; it lives in ``modkit.docstring``, as configuration reads them too."""

from modkit.docstring import arguments_of, description_of

__all__ = ["arguments_of", "description_of"]
