"""What `daemun doctor` asks of the house itself. A module here is one part of it; each is found by being here."""
