"""Cases in words: whose turn it is, the steps, the parts of each page, and the timeline."""
