"""Who is calling: tokens, keys, sessions and credentials, turned into a security context."""
