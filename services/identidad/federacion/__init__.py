"""Signing in with who somebody is elsewhere: an OpenID Connect provider, found by discovery.

Code flow with PKCE, state and nonce. A provider says who somebody is; what they may do here, their
account says. Signing in with a password never depends on it.
"""
