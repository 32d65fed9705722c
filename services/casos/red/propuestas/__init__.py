"""What was not in the directory: used at once, and looked at by the coordination afterwards."""
