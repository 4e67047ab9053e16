"""How file formats become blocks, whichever library reads them."""
