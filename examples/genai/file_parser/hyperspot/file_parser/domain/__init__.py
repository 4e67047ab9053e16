"""Rules of file_parser: recognise a file, choose a worker, render Markdown."""
