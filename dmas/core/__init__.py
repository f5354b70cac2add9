"""The ground floor: what every room stands on and no room's nouns."""
