"""Generators of what is committed and must be fresh; a test holds each against its file."""
