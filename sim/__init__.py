"""A policy simulator of Stockholm's job centres (jobbtorg): people, caseworkers, waits and money."""
