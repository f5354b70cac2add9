"""The furniture of every page: access, forms, lists, layout, errors. No room's nouns."""
