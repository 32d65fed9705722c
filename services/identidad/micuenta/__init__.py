"""What each person keeps of their own account: their password and how they sign in."""
