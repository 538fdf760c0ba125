"""People at the site's pages, in a real browser."""
