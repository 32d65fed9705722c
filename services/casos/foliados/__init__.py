"""The file of a case as one PDF: index, ordered foliation, and the hash of every part."""
