"""What people see: plain data in, HTML text out. No JavaScript, nothing from elsewhere, five languages at once."""
