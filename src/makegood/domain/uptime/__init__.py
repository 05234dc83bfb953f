"""Whether the product's own pages could be reached: evidence for everybody whose lesson was not seen to take place."""
