"""What `./run` starts: the demo, single commands, the reset. Knows an installation's files and hands out variables."""
