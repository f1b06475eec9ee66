"""The workbook and the Word document of a region."""
