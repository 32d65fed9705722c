"""What every service stands on.

It knows no service and holds no word of the domain, the published events aside.
A room is here because two services use it today and a different office could use it too.
"""
