"""Commands of `./run manage`: each parses, calls one action or report, and prints."""
