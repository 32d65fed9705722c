"""The office as a whole: the command line, the processes, and the embedded office.

The only package that knows every service. Nothing imports it but the `acogida` command.
"""
