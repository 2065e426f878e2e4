"""How irlib's ops are said in ONNX, one file per family, found automatically: `row` says how a row is written."""
