"""One module for each command: its `command` makes the function that typer calls."""
