"""The project folder: params, region files and tables, read and checked, become one `Evaluation`."""
