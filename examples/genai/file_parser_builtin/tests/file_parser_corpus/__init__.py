"""Small documents of every format that the builtin worker reads, each with the blocks that must come out of it.

A file here makes documents: its ``DOCUMENTS`` is ``{file name: maker}``, and ``golden/<file name>.jsonl`` has the blocks,
one a line. ``FILE_PARSER_CORPUS=write pytest test_builtin_corpus.py`` writes those files anew: read the difference.
"""
