"""From notebooks to published pages: one task, many tasks, the site around them."""
