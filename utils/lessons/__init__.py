"""What belongs to one lesson only, a module a lesson."""
