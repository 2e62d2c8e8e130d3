"""Files of settings, as Java's programs read them."""


def write_properties(path, properties):
    """Gives the path."""
    path.write_text("".join(f"{name}={value}\n" for name, value in properties.items()), encoding="utf-8")
    return path
