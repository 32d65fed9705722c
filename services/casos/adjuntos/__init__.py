"""Attachments: papers of a case, of a person's documents and of what they consented to, sealed."""
