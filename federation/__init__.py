"""Between nodes: policy and network, without a database and without web pages."""
