"""What every section is made of: HTML, tables, figures, prose."""
