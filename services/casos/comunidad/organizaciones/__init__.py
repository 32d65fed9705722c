"""Organisations of migrants: who they are before the law, who leads them and until when."""
