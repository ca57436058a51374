"""What we ask of the outside: Protocols, with their promises in prose."""
