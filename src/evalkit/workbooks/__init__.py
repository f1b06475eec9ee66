"""Workbooks and CSV files, ours and strangers': a file in, cells out, in a sandbox; and cells written."""
