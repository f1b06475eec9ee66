"""From an executed notebook to a published site."""
