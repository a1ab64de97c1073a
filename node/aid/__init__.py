"""Use cases: what people do here, one verb a function. Arguments and results are JSON values."""
