"""Who said it: keys, body digests, HTTP signatures and object proofs."""
