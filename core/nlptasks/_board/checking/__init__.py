"""What makes records worthless, looked for record by record and side by side."""
