"""One file is one kind of source, with `format = Format(…)`."""
