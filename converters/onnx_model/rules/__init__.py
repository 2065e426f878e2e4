"""The meaning of ONNX's operators: one function per op and version range, in the module of its family.

How to write one:

    @rule("Softmax", 1, until=11)      # versions are since-versions of the schema, both ends included
    def softmax_flattened(b, n, x): ..

    @rule("Softmax", 13)
    def softmax(b: Emitter, n: OnnxOp, x: Value) -> Any:
        return b.softmax(x, axis=n["axis"])

`b` is a builder: every op of irlib is a method (``b.add``, ``b.reshape``, ..), values have operators, ``b.constant(3,
"int64")``, ``b.shape(x)`` is the shape as an int64 vector, ``b.full_like(x, 0)``. Return a value, or a tuple where
the op has several outputs: more than the node lists (``n.outputs``) are left out, fewer are an error. Never look
outside `b`.

`n` is the op: ``n["axis"]`` is an attribute as given, else the schema's default, else None; ``"axis" in n`` says
whether it was given; ``n.dtype("to")`` an element type; ``n.graph("body")`` a region; ``n.name``, ``n.version`` (the
since-version), ``n.outputs``; ``raise n.unsupported("why")`` for what irlib cannot do.

Operands come in order, None where absent; parameters that the node does not have operands for are None too. A
variadic op takes ``*xs``. A value has ``.dtype``, ``.shape`` (dims: int, symbolic or None; None where the rank is
unknown), ``.rank`` and, where it is a constant or computed from shapes, ``.known`` / ``.ints`` (integers and bools of
rank 0 and 1). Use ``.ints`` to make a simpler body, never to require one: axes, shapes, pads may be values that
appear when the graph runs, and then the operand itself is handed to the primitive. No float operand is ever looked
into.

A body that needs ranks asks ``rank_of(x, "the input")``: where the rank is unknown, that puts the body off until the
graph is specialized, planned or run, and the result's type is taken from the schema meanwhile. The same is done with
any `IRTypeError` of code IR210. Any other error is the user's: raise `IRTypeError`, `AttributeValueError`.

Regions: a region's inputs are those of the subgraph, then ``n.captures`` values it uses from outside, which are also
the last ``n.captures`` operands of the op.

Bodies are made once per distinct types and known values, so a rule need not be fast, but its body should be short:
what it appends is what runs, what is differentiated and what is printed. An op that equals one op of ours is no rule
but a row of `direct.py`.
"""
