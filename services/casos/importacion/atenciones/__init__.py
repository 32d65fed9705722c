"""A register of attentions: a row an attention, as the office kept it by hand."""
