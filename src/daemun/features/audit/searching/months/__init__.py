"""The picture in months."""
