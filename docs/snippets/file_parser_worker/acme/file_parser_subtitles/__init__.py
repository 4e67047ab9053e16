"""Subtitles as documents."""

from acme.file_parser_subtitles.module import SubtitlesModule

__all__ = ["SubtitlesModule"]
