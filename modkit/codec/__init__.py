"""JSON for attrs classes: strict decoders with every error and its path, ordered encoders, textual parameters."""

from msgspec import UNSET, Meta, UnsetType

from modkit.codec.decode import MAX_DEPTH, Decoder, decoder
from modkit.codec.encode import encoder
from modkit.codec.shapes import UnsupportedType
from modkit.codec.text import text_decoder

__all__ = [
    "Decoder",
    "MAX_DEPTH",
    "Meta",
    "UNSET",
    "UnsetType",
    "UnsupportedType",
    "decoder",
    "encoder",
    "text_decoder",
]
