"""How the tables came to be, one numbered step a file; open_records() takes a database through them."""
