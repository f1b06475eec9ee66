"""What labels are written as: units of measure, and the many spellings of periods."""
