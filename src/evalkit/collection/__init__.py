"""Collection workbooks: what is sent out, read back and still outstanding."""
