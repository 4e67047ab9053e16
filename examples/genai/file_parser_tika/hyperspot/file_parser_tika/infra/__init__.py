"""The Tika server, and the XHTML that it answers with."""
