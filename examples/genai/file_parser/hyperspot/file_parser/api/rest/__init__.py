"""HTTP face of file_parser."""
