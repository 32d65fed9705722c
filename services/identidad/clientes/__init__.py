"""Programs that call the API: what each may do, and the secrets that it signs in with."""
