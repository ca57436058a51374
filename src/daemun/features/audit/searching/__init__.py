"""Finding what is in the log: a language to ask in, and a picture of the log to look it up in, drawn again whenever somebody wants."""
