"""Collection workbooks: forms to send out, reading returned ones, and the list of outstanding ones."""
