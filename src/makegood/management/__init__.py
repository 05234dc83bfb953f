"""Commands an operator calls: `./run manage NAME`. Each reads the clock once and calls one action or report."""
