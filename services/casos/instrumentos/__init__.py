"""What is asked to evaluate a case, as versioned data, and what the answers suggest."""
