"""ONNX models, read and written with their own ops and names. The only importer of `onnx`."""
