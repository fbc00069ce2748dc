"""The jinja2 templates of the generated files."""
