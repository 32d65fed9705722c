"""What people ask a programme for, and how it was decided."""
