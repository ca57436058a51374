"""Where everything meets, once."""
