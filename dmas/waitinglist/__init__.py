"""People who wait and their pathways, as the home trust's weekly extract tells them."""
