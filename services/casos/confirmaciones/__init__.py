"""The last word on a derivation: the person says, by a link or by SMS, whether it was so."""
