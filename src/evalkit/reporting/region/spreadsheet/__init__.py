"""What a spreadsheet holds of cells that show several values."""
