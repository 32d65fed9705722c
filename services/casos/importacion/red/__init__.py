"""The network of institutions and services, as an office keeps it in a sheet."""
