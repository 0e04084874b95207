"""The HTTP side: Litestar routes that decode, call one action, and encode."""
