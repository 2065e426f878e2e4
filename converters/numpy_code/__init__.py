"""numpy code as it stands, read by tracing or from its text, and written as source an engineer would check in."""
