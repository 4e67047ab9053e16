"""DeclaredType: the media type that a caller put on a file."""

from __future__ import annotations

from attrs import frozen

_MAX_CHARS = 256


@frozen(kw_only=True)
class DeclaredType:
    """A media type and its charset, both lower case and empty or None where not given.

    Example:
        >>> DeclaredType.parse('text/HTML; charset="ISO-8859-1"')
        DeclaredType(media_type='text/html', charset='iso-8859-1')
    """

    media_type: str = ""
    charset: str | None = None

    @classmethod
    def parse(cls, header: str | None) -> DeclaredType:
        """Read the value of a ``Content-Type`` header; whatever cannot be read is as if not given."""
        value, _, parameters = (header or "")[:_MAX_CHARS].partition(";")
        charset: str | None = None
        for parameter in parameters.split(";"):
            name, _, text = parameter.partition("=")
            if name.strip().lower() == "charset":
                charset = text.strip().strip("\"'").lower() or None
        return cls(media_type=value.strip().lower(), charset=charset)
