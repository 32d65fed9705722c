"""The ledger of legal bases: with what right each piece of data left the office."""
