"""What a file must mind that somebody will open in a spreadsheet."""


def inofensivo(escrito: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{escrito}" if escrito[:1] in {"=", "+", "-", "@"} and len(escrito) > 1 else escrito
