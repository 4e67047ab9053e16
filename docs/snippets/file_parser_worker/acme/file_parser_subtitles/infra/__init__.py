"""How subtitles are read."""
