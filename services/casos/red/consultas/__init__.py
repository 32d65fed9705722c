"""The institution's own word on what is written of it: asked by mail, answered by a link."""
