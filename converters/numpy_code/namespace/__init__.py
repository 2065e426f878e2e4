"""The tracing namespace: numpy's functions on arrays that record what is done to them. `face` is what users see."""
