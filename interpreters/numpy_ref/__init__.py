"""The reference interpreter, in numpy: Algorithm 5.3 forward, Algorithm 5.4 backward, readable as such."""
