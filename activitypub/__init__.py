"""The protocol, without input or output: bytes, headers, documents and `now` come in, values come out."""
