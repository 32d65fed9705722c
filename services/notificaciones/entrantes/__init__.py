"""What people answer to the office's messages: understood by exact words, or left for somebody."""
