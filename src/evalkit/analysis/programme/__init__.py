"""All treated regions together: staggered difference-in-differences and its inference."""
